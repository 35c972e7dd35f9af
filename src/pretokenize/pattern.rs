//! Which pattern texts the hand-written scanners stand for.
//!
//! A pattern is looked up by its exact text. Spellings of the same pattern are listed only where they give
//! the same pieces on every text; every other pattern goes to the regular-expression engine and is just as
//! right, only slower.

use super::split::{Behavior, Split, SplitStep};

/// The pattern of gpt2, r50k_base, p50k_base and p50k_edit (tiktoken 0.14).
pub(crate) const GPT2: &str =
    r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s";

/// The pattern of cl100k_base (tiktoken 0.14).
pub(crate) const CL100K: &str = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s";

/// The pattern of o200k_base and o200k_harmony (tiktoken 0.14), Llama 4.
pub(crate) const O200K: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// The pattern of Llama 3 and GLM-4 (`tokenizer.json` of Llama 3.1 and GLM-4.5), and of cl100k_base before
/// tiktoken 0.8. It is not [`CL100K`]: white space with a line end at the end of a text is one piece there, and
/// here the line end ends a piece.
pub(crate) const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// The pattern of Qwen 2 to 3 (`tokenizer.json`).
pub(crate) const QWEN2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// The pattern of Qwen 3.5 (`tokenizer.json`).
pub(crate) const QWEN35: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// The pattern of Mistral's Tekken (`tekken.json` of 2024).
pub(crate) const TEKKEN: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// The pattern of Kimi K2 (`tokenization_kimi.py`).
pub(crate) const KIMI_K2: &str = r"[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// The three patterns of DeepSeek V3 and R1 and their successors (`tokenizer.json`), one within the pieces of
/// the other. `\r` and `\n` stand in them as characters.
pub(crate) const DEEPSEEK: [&str; 3] = [
    r"\p{N}{1,3}",
    "[\u{4e00}-\u{9fa5}\u{3040}-\u{309f}\u{30a0}-\u{30ff}]+",
    concat!(
        r##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^"##,
        "\r\n",
        r"\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[",
        "\r\n",
        r"]*|\s*[",
        "\r\n",
        r"]+|\s+(?!\S)|\s+"
    ),
];

/// Other spellings of [`GPT2`]: OpenAI's `encoder.py` of 2019 and what Hugging Face's `ByteLevel` stands for,
/// tiktoken before 0.7.
pub(crate) const GPT2_SPELLINGS: [&str; 2] = [
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
];

/// The pattern with a short name of its own: `gpt2`, `cl100k` (as it is written by now), `o200k`.
pub(crate) fn known_pattern(name: &str) -> Option<&'static str> {
    match name {
        "gpt2" => Some(GPT2_SPELLINGS[1]),
        "cl100k" => Some(LLAMA3),
        "o200k" => Some(O200K),
        _ => None,
    }
}

/// A pattern that has a scanner of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KnownPattern {
    /// See [`GPT2`].
    Gpt2,
    /// See [`CL100K`].
    Cl100k,
    /// See [`LLAMA3`].
    Llama3,
    /// See [`QWEN2`].
    Qwen2,
    /// See [`QWEN35`].
    Qwen35,
    /// See [`O200K`].
    O200k,
    /// See [`TEKKEN`].
    Tekken,
    /// See [`KIMI_K2`].
    KimiK2,
    /// See [`DEEPSEEK`].
    Deepseek,
}

impl KnownPattern {
    /// The known pattern with this text.
    pub(crate) fn from_text(text: &str) -> Option<KnownPattern> {
        match text {
            GPT2 => Some(KnownPattern::Gpt2),
            CL100K => Some(KnownPattern::Cl100k),
            LLAMA3 => Some(KnownPattern::Llama3),
            QWEN2 => Some(KnownPattern::Qwen2),
            QWEN35 => Some(KnownPattern::Qwen35),
            O200K => Some(KnownPattern::O200k),
            TEKKEN => Some(KnownPattern::Tekken),
            KIMI_K2 => Some(KnownPattern::KimiK2),
            _ => GPT2_SPELLINGS.contains(&text).then_some(KnownPattern::Gpt2),
        }
    }

    /// The known pattern, or patterns one within the other, with these texts.
    pub(super) fn from_texts(texts: &[&str]) -> Option<KnownPattern> {
        match texts {
            [text] => KnownPattern::from_text(text),
            _ => (texts == DEEPSEEK).then_some(KnownPattern::Deepseek),
        }
    }

    /// Whether words are told apart by upper and lower case: those of [`O200K`] and its relatives.
    pub(super) fn has_case(self) -> bool {
        matches!(self, KnownPattern::O200k | KnownPattern::Tekken | KnownPattern::KimiK2)
    }

    /// Whether marks belong to words, to the letters they stand on.
    pub(super) fn has_marks_in_words(self) -> bool {
        self.has_case() || matches!(self, KnownPattern::Qwen35 | KnownPattern::Deepseek)
    }
}

impl Split {
    /// The regular expressions that say the same, each to be used within the pieces of those before; `None` if
    /// there are steps that say more, or nothing is split.
    pub(super) fn patterns(&self) -> Option<Vec<&str>> {
        match self {
            Split::Whole => None,
            Split::Pattern(pattern) => Some(vec![pattern]),
            Split::Patterns(patterns) => Some(patterns.iter().map(String::as_str).collect()),
            Split::Steps(steps) => steps.iter().map(SplitStep::plain_pattern).collect(),
        }
    }
}

impl SplitStep {
    /// The pattern, if the step does what the pattern alone would do, and the text is one whose meaning is the same
    /// in Oniguruma. That is known of the known ones, but for [`CL100K`]: there `{1,3}+` takes any number of digits.
    ///
    /// In them every character matches, but for those of [`DEEPSEEK`]; so leaving out what does not is nothing.
    fn plain_pattern(&self) -> Option<&str> {
        let SplitStep::Pattern { pattern, behavior, invert } = self else { return None };
        let complete = pattern != CL100K && KnownPattern::from_text(pattern).is_some();
        let plain = match behavior {
            Behavior::Isolated => complete || DEEPSEEK.contains(&pattern.as_str()),
            Behavior::Removed => *invert && complete,
            _ => false,
        };
        plain.then_some(pattern)
    }
}
