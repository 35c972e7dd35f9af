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
const FAMILIES: [Family; 10] = [
    Family {
        beginnings: &["claude"],
        why: "Anthropic publishes no tokenizer for Claude 3 and later: count with its API, or as an estimate \
              with another encoding (-e ENCODING)",
    },
    Family {
        beginnings: &["grok"],
        why: "xAI publishes no tokenizer for Grok 3 and later: count as an estimate with another encoding \
              (-e ENCODING); those of Grok 1 and 2 come with the weights and are read from the file (--vocab FILE)",
    },
    Family {
        beginnings: &["command", "c4ai-command"],
        why: "Cohere publishes its tokenizers, but none is built in: name the model's tokenizer.json (--vocab FILE)",
    },
    Family {
        beginnings: &["minimax"],
        why: "MiniMax's tokenizers come with the weights, but none is built in: name the model's tokenizer.json \
              (--vocab FILE)",
    },
    Family {
        beginnings: &["granite"],
        why: "Granite's tokenizers come with the weights, but none is built in: name the model's tokenizer.json \
              (--vocab FILE)",
    },
    Family {
        beginnings: &["deepseek-v2", "deepseek-llm", "deepseek-coder", "deepseek-vl"],
        why: "DeepSeek's models before V3 have vocabularies of their own, and none is built in: name the \
              model's tokenizer.json (--vocab FILE)",
    },
    Family {
        beginnings: &["kimi-k3"],
        why: "it is not known here whether Kimi K3 has the vocabulary of K2: count as an estimate with \
              -e kimi-k2",
    },
    Family {
        beginnings: &["moonshot-v1"],
        why: "no public tokenizer of moonshot-v1 is known: count as an estimate with another encoding \
              (-e ENCODING)",
    },
    Family {
        beginnings: &["muse-spark", "muse-wonder"],
        why: "Meta's Muse models are closed and no public tokenizer of theirs is known: count as an estimate \
              with another encoding (-e ENCODING)",
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

/// Whether `id` is nothing but the beginning of such a family, as in "claude": then a near name may be meant.
pub(super) fn is_bare(id: &str) -> bool {
    FAMILIES.iter().any(|family| family.beginnings.contains(&id))
}

/// Whether `id` begins with `beginning` as a word: `grok-4` and `grok2`, but not `groking`.
fn begins(id: &str, beginning: &str) -> bool {
    id.strip_prefix(beginning).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::models::models;

    #[test]
    fn families_are_told_from_others() {
        for (name, wanted) in [
            ("claude-opus-5-5", "Anthropic"),
            ("grok-4", "xAI"),
            ("command-r7b", "Cohere"),
            ("minimax-m2", "MiniMax"),
            ("granite-4", "Granite"),
            ("deepseek-v2.5", "DeepSeek"),
            ("kimi-k3.1-pro", "K3"),
            ("muse-spark-1.3", "Muse"),
        ] {
            assert!(why(name).is_some_and(|why| why.contains(wanted)), "{name}");
        }
        for name in ["gpt-9", "kimi-k2", "deepseek-v3", "grokking", "", "commander"] {
            assert_eq!(why(name), None, "{name}");
        }
        assert!(is_bare("claude") && !is_bare("claude-3"));
    }

    #[test]
    fn a_hint_is_one_phrase() {
        for family in &FAMILIES {
            assert!(!family.why.ends_with('.') && !family.why.contains("  "), "{}", family.why);
        }
    }

    /// Only Claude 2 has rows of a family that is otherwise absent.
    #[test]
    fn no_family_has_rows() {
        for model in models().filter(|model| model.encoding != "claude-legacy") {
            assert_eq!(why(model.name), None, "{}", model.name);
        }
    }
}
