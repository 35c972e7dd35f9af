//! Families of models that people ask about and that the table does not hold, each with the reason: whoever
//! names one gets that reason as the answer, and not the name of a model that only looks alike.
//!
//! A family is found by how a name begins. That is good enough to explain a refusal, never to accept a name.
//!
//! Compiled on 2026-11-25 together with `vocab/models.tsv`. Left to others: taking a name apart (`spelling`),
//! and finding near names (`names`).

/// One family: how its names begin, and why there is no count for it.
struct Family {
    beginnings: &'static [&'static str],
    /// A phrase without a full stop that says what is known and what can be done.
    why: &'static str,
}

/// Where one beginning continues another, the longer one comes first.
const FAMILIES: [Family; 2] = [
    Family {
        beginnings: &["deepseek-v2", "deepseek-llm", "deepseek-coder", "deepseek-vl"],
        why: "DeepSeek's models before V3 have vocabularies of their own, and none is built in: name the \
              model's tokenizer.json (--vocab FILE)",
    },
    Family {
        beginnings: &["falcon", "starcoder", "mpt", "modernbert"],
        why: "the tokenizer comes with the weights, but is not built in: name the model's tokenizer.json \
              (--vocab FILE)",
    },
];

/// Why the table has no model that is called `id`, if it is of a family that was left out.
pub(super) fn why(id: &str) -> Option<&'static str> {
    let of_it = |family: &&Family| family.beginnings.iter().any(|beginning| begins(id, beginning));
    FAMILIES.iter().find(of_it).map(|family| family.why)
}

/// Whether `id` is nothing but the beginning of such a family, as in "falcon": then a near name may be meant.
pub(super) fn is_bare(id: &str) -> bool {
    FAMILIES.iter().any(|family| family.beginnings.contains(&id))
}

/// Whether `id` begins with `beginning` as a word: `falcon-40b` and `starcoder2`, but not `falconer`.
fn begins(id: &str, beginning: &str) -> bool {
    id.strip_prefix(beginning).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::models::models;

    #[test]
    fn families_are_told_from_others() {
        for (name, wanted) in
            [("deepseek-v2.5", "DeepSeek"), ("falcon-40b", "weights"), ("starcoder2", "weights")]
        {
            assert!(why(name).is_some_and(|why| why.contains(wanted)), "{name}");
        }
        for name in ["gpt-9", "kimi-k2", "deepseek-v3", "falconer", "", "claude-9"] {
            assert_eq!(why(name), None, "{name}");
        }
        assert!(is_bare("falcon") && !is_bare("falcon-40b"));
    }

    #[test]
    fn a_hint_is_one_phrase() {
        for family in &FAMILIES {
            assert!(!family.why.ends_with('.') && !family.why.contains("  "), "{}", family.why);
        }
    }

    #[test]
    fn no_family_has_rows() {
        for model in models() {
            assert_eq!(why(&model.name), None, "{}", model.name);
        }
    }
}
