//! The families of framings: their names, which one a model has, and how sure a count by it is.
//!
//! The framings themselves are left to the modules of the families.

use std::fmt;

use crate::error::{Error, ErrorKind};

/// What puts a conversation into the form in which a model gets it, or a rule for how many tokens that takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Template {
    /// OpenAI's chat completions, by the formulas of its cookbook.
    OpenAi,
    /// The same for gpt-3.5-turbo-0301.
    OpenAi0301,
    /// Llama 3.
    Llama3,
    /// Llama 3.1, 3.2 and 3.3: with a date in the system message.
    Llama31,
    /// Mistral's first models.
    MistralV1,
    /// Mistral's models of early 2024.
    MistralV2,
    /// Mistral's models of 2024, with SentencePiece or the first Tekken.
    MistralV3,
    /// Mistral's models from the end of 2024 on; for messages of text also those that Mistral calls v11 and v13.
    MistralV7,
    /// Gemma 3.
    Gemma3,
    /// Qwen 2.5.
    Qwen25,
    /// Qwen 3 as first published, with thinking.
    Qwen3,
    /// DeepSeek V3.
    DeepSeekV3,
    /// OpenAI's harmony, that of gpt-oss.
    Harmony,
    /// Gemini: the sum of the texts, as Google's local tokenizer counts.
    Gemini,
    /// Claude 3 and later: the texts by the tokenizer that is given, and a frame.
    Claude {
        /// What one message of the user takes besides its text: 7 up to Claude 4.6, 11 in 4.7, 6 from 4.8 on.
        frame: u64,
    },
}

/// How far the number of tokens of a conversation can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exactness {
    /// By the template that the maker publishes: the count is the model's.
    Exact,
    /// As the maker's local tool counts, which does not promise that the service counts alike.
    OfficialLocal,
    /// By a rule that was published or found, and that services do not promise to keep.
    Approximate,
}

impl Exactness {
    /// `exact`, `official-local` or `approximate`.
    pub const fn name(self) -> &'static str {
        match self {
            Exactness::Exact => "exact",
            Exactness::OfficialLocal => "official-local",
            Exactness::Approximate => "approximate",
        }
    }
}

impl fmt::Display for Exactness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Templates by name.
const NAMES: [(&str, Template); 17] = [
    ("openai", Template::OpenAi),
    ("openai-0301", Template::OpenAi0301),
    ("llama3", Template::Llama3),
    ("llama3.1", Template::Llama31),
    ("mistral-v1", Template::MistralV1),
    ("mistral-v2", Template::MistralV2),
    ("mistral-v3", Template::MistralV3),
    ("mistral-v7", Template::MistralV7),
    ("gemma3", Template::Gemma3),
    ("qwen2.5", Template::Qwen25),
    ("qwen3", Template::Qwen3),
    ("deepseek-v3", Template::DeepSeekV3),
    ("harmony", Template::Harmony),
    ("gemini", Template::Gemini),
    ("claude-3", Template::Claude { frame: 7 }),
    ("claude-4.7", Template::Claude { frame: 11 }),
    ("claude-4.8", Template::Claude { frame: 6 }),
];

impl Template {
    /// The names of all templates, as [`Template::named`] takes them.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// The template with this name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConversation`], with the names that there are.
    pub fn named(name: &str) -> Result<Template, Error> {
        NAMES.iter().find(|(other, _)| *other == name).map(|(_, template)| *template).ok_or_else(|| {
            Error::new(ErrorKind::InvalidConversation, format!("no template is called {name:?}"))
                .with_hint(choices(""))
        })
    }

    /// The name of the template.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, template)| *template == self).map_or("claude", |(name, _)| name)
    }

    /// The template of a model, by its canonical name (`llama-3.1`) and that of its encoding; without a model, that of
    /// an encoding which only one family has.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConversation`] if the framing of the model is not known here, or if models of one encoding have
    /// several. There is never a guess.
    ///
    /// ```
    /// use bytepair::chat::Template;
    /// assert_eq!(Template::of(Some("gpt-4o"), "o200k_base")?, Template::OpenAi);
    /// assert!(Template::of(Some("kimi-k2.5"), "kimi-k2").is_err());
    /// # Ok::<(), bytepair::Error>(())
    /// ```
    pub fn of(model: Option<&str>, encoding: &str) -> Result<Template, Error> {
        let found = match model {
            Some(model) => of_model(model, encoding),
            None => of_encoding(encoding),
        };
        found.ok_or_else(|| {
            let whose = model.unwrap_or(encoding);
            let what = format!("how {whose} frames the messages of a chat is not known here");
            let more = match encoding {
                "llama3" if model.is_none() => "the models of this encoding have several: ",
                _ => "",
            };
            Error::new(ErrorKind::InvalidConversation, what).with_hint(choices(more))
        })
    }

    /// How far a count can be trusted if nothing in the conversation makes it less sure.
    pub fn exactness(self) -> Exactness {
        match self {
            Template::OpenAi | Template::OpenAi0301 | Template::Claude { .. } => Exactness::Approximate,
            Template::Gemini => Exactness::OfficialLocal,
            _ => Exactness::Exact,
        }
    }

    /// Where the framing comes from and how sure it is, in a phrase.
    pub(super) fn source(self) -> &'static str {
        match self {
            Template::OpenAi => {
                "OpenAI's published formula, which gave what the API counted for the examples of its cookbook"
            }
            Template::OpenAi0301 => {
                "OpenAI's published formula for gpt-3.5-turbo-0301, which gave what the API counted in 2023"
            }
            Template::Llama3 => "the chat template of Llama 3",
            Template::Llama31 => "the chat template of Llama 3.2, whose texts those of 3.1 and 3.3 share",
            Template::MistralV1 => "as mistral-common frames v1",
            Template::MistralV2 => "as mistral-common frames v2",
            Template::MistralV3 => "as mistral-common frames v3",
            Template::MistralV7 => "as mistral-common frames v7, and messages of text in v11 and v13",
            Template::Gemma3 => "the chat template of Gemma 3",
            Template::Qwen25 => "the chat template of Qwen 2.5",
            Template::Qwen3 => "the chat template of Qwen 3, thinking left on",
            Template::DeepSeekV3 => "the chat template of DeepSeek V3",
            Template::Harmony => "OpenAI's harmony with its default system message",
            Template::Gemini => {
                "the sum of the texts, as Google's local tokenizer counts; roles are not counted"
            }
            Template::Claude { .. } => {
                "the texts by another maker's vocabulary, and a frame that was found for one message of the user"
            }
        }
    }
}

fn choices(before: &str) -> String {
    let names: Vec<&str> = Template::names().collect();
    format!("{before}if you know it, --template NAME says which: {}", names.join(", "))
}

fn of_model(model: &str, encoding: &str) -> Option<Template> {
    let is = |family: &str| {
        model == family || model.strip_prefix(family).is_some_and(|rest| rest.starts_with('-'))
    };
    match encoding {
        _ if model.starts_with("claude-") => claude(model),
        "llama3" if is("llama-3") => Some(Template::Llama3),
        "llama3" if is("llama-3.1") || is("llama-3.2") || is("llama-3.3") => Some(Template::Llama31),
        "mistral-v1" | "mistral-v2" | "mistral-v3" | "mistral-v7" | "tekken-240718" => of_encoding(encoding),
        // The first model of the second Tekken still has the older framing.
        "tekken-240911" if model == "pixtral-12b" => Some(Template::MistralV3),
        "tekken-240911" if is("mistral-small-3") || is("mistral-small-3.1") => Some(Template::MistralV7),
        "gemma3" | "gemma4" | "gemma2" if is("gemini") && !is("gemini-embedding") => Some(Template::Gemini),
        "gemma3" if is("gemma-3") => Some(Template::Gemma3),
        "qwen2.5" if model == "qwen2.5" => Some(Template::Qwen25),
        "qwen3" if model == "qwen3" => Some(Template::Qwen3),
        "deepseek-v3" if model == "deepseek-v3" => Some(Template::DeepSeekV3),
        "o200k_harmony" if is("gpt-oss") => Some(Template::Harmony),
        "o200k_base" | "cl100k_base" => openai(model),
        _ => None,
    }
}

/// OpenAI's models that take chats.
fn openai(model: &str) -> Option<Template> {
    let chats =
        ["gpt-3.5-turbo", "gpt-4", "gpt-5", "gpt-6", "chatgpt-", "chat-latest", "codex-", "o1", "o3", "o4"];
    let is_chat = chats.iter().any(|start| model.starts_with(start)) && !model.contains("instruct");
    is_chat.then_some(if model.ends_with("-0301") { Template::OpenAi0301 } else { Template::OpenAi })
}

/// Claude by its version: the first number of its name and a second one, which is no date.
fn claude(model: &str) -> Option<Template> {
    let mut numbers =
        model.split(['-', '.']).filter_map(|word| word.parse::<u64>().ok()).filter(|n| *n < 100);
    let (major, minor) = (numbers.next()?, numbers.next().unwrap_or(0));
    match (major, minor) {
        (..=2, _) => None,
        (3, _) | (4, ..=6) => Some(Template::Claude { frame: 7 }),
        (4, 7) => Some(Template::Claude { frame: 11 }),
        _ => Some(Template::Claude { frame: 6 }),
    }
}

fn of_encoding(encoding: &str) -> Option<Template> {
    Some(match encoding {
        "o200k_base" | "cl100k_base" => Template::OpenAi,
        "o200k_harmony" => Template::Harmony,
        "mistral-v1" => Template::MistralV1,
        "mistral-v2" => Template::MistralV2,
        "mistral-v3" | "tekken-240718" => Template::MistralV3,
        "mistral-v7" => Template::MistralV7,
        "gemma3" => Template::Gemma3,
        "qwen2.5" => Template::Qwen25,
        "deepseek-v3" => Template::DeepSeekV3,
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for name in Template::names() {
            assert_eq!(Template::named(name).unwrap().name(), name);
        }
        let error = Template::named("llama").unwrap_err();
        assert!(error.hint().unwrap().contains("llama3.1"), "{error:?}");
    }

    #[test]
    fn models_have_templates_or_a_reason() {
        for (model, encoding, wanted) in [
            ("gpt-4", "cl100k_base", Some("openai")),
            ("gpt-3.5-turbo-0301", "cl100k_base", Some("openai-0301")),
            ("gpt-3.5-turbo-instruct", "cl100k_base", None),
            ("text-embedding-3-small", "cl100k_base", None),
            ("phi-4", "cl100k_base", None),
            ("o3-mini", "o200k_base", Some("openai")),
            ("gpt-oss-120b", "o200k_harmony", Some("harmony")),
            ("llama-3", "llama3", Some("llama3")),
            ("llama-3.3", "llama3", Some("llama3.1")),
            ("deepseek-r1-distill-llama", "llama3", None),
            ("llama-4-scout", "llama4", None),
            ("mistral-7b", "mistral-v1", Some("mistral-v1")),
            ("mistral-nemo", "tekken-240718", Some("mistral-v3")),
            ("pixtral-12b", "tekken-240911", Some("mistral-v3")),
            ("mistral-small-3", "tekken-240911", Some("mistral-v7")),
            ("mistral-small-4", "tekken-240911", None),
            ("gemma-3-1b", "gemma3", Some("gemma3")),
            ("gemma-2", "gemma2", None),
            ("gemini-2.5-pro", "gemma3", Some("gemini")),
            ("gemini-embedding-001", "gemma3", None),
            ("qwen3", "qwen3", Some("qwen3")),
            ("qwen3-coder", "qwen3", None),
            ("deepseek-v3", "deepseek-v3", Some("deepseek-v3")),
            ("deepseek-v3.1", "deepseek-v3.1", None),
            ("kimi-k2.5", "kimi-k2", None),
            ("claude-2.1", "claude-legacy", None),
            ("claude-3-5-sonnet-20241022", "o200k_base", Some("claude-3")),
            ("claude-opus-4-5", "o200k_base", Some("claude-3")),
            ("claude-sonnet-4-20250514", "o200k_base", Some("claude-3")),
            ("claude-opus-4-7", "o200k_base", Some("claude-4.7")),
            ("claude-opus-4-8", "o200k_base", Some("claude-4.8")),
            ("claude-fable-5", "o200k_base", Some("claude-4.8")),
        ] {
            assert_eq!(Template::of(Some(model), encoding).ok().map(Template::name), wanted, "{model}");
        }
        assert!(Template::of(None, "llama3").unwrap_err().hint().unwrap().contains("several"));
        assert_eq!(Template::of(None, "qwen2.5").unwrap(), Template::Qwen25);
    }
}
