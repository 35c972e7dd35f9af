//! Which pattern belongs to the name of a pre-tokenizer in a GGUF file.
//!
//! Names and flags from llama.cpp of 2026, `llama-vocab.cpp`. The patterns are those of the models' own
//! `tokenizer.json` files, which llama.cpp quotes where it has rewritten them for its own engine.

use crate::pretokenize::{Behavior, Split, SplitStep};

const GPT2: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const QWEN2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const QWEN35: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const O200K: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const TEKKEN: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const BAILING: &str = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+";
const SEED: &str = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
/// DeepSeek V3: digits, then Chinese and Japanese, then the rest.
const DEEPSEEK3: [&str; 3] = [
    r"\p{N}{1,3}",
    "[一-龥\u{3040}-ゟ゠-ヿ]+",
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
];
const DEEPSEEK_CODER: [&str; 5] = ["[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[一-龥ࠀ-一가-\u{d7ff}]+", r"\p{N}"];
const DEEPSEEK_LLM: [&str; 6] = [
    "[\r\n]",
    "\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-\u{1f7d}ᾀ-ᾴᾶ-ᾼ\u{1fbe}ῂ-ῄῆ-ῌῐ-\u{1fd3}ῖ-\u{1fdb}ῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u{2126}ℨ\u{212a}-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+",
    "\\s?[!-/:-~！-／：-～‘-‟\u{3000}-。]+",
    r"\s+$",
    "[一-龥ࠀ-一가-\u{d7ff}]+",
    r"\p{N}+",
];

/// How the text of a model is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// By one pattern.
    One(&'static str),
    /// By several, one after the other.
    Several(&'static [&'static str]),
    /// Each digit by itself, then as GPT-2.
    DigitsThenGpt2,
    /// Falcon: punctuation, then as GPT-2, then digits in groups of three.
    Falcon,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pre {
    cut: Cut,
    /// A piece that is a token as a whole becomes that token.
    pub(super) whole_pieces: bool,
    /// The model normalizes text to form C.
    pub(super) is_nfc: bool,
    /// The model's own tokenizer puts a token before the text if the file does not say otherwise.
    pub(super) adds_begin: bool,
}

impl Pre {
    /// Where the text is cut.
    pub(super) fn split(&self) -> Split {
        let isolated = |pattern: &str| SplitStep::Pattern {
            pattern: pattern.into(),
            behavior: Behavior::Isolated,
            invert: false,
        };
        let together = |pattern: &str| SplitStep::Pattern {
            pattern: pattern.into(),
            behavior: Behavior::Contiguous,
            invert: false,
        };
        match self.cut {
            Cut::One(pattern) => Split::Pattern(pattern.into()),
            Cut::Several(patterns) => {
                Split::Patterns(patterns.iter().map(|&pattern| pattern.into()).collect())
            }
            Cut::DigitsThenGpt2 => Split::Patterns(vec![r"\p{N}".into(), GPT2.into()]),
            Cut::Falcon => Split::Steps(vec![
                together(r"[!-/:-@\[-`{-~\p{P}]"),
                isolated(GPT2),
                isolated("[0-9][0-9][0-9]"),
            ]),
        }
    }
}

/// What a name stands for; `None` if it is not known.
pub(super) fn find(name: &str) -> Option<Pre> {
    let plain = |cut| Pre { cut, whole_pieces: false, is_nfc: false, adds_begin: false };
    let nfc = |cut| Pre { is_nfc: true, ..plain(cut) };
    let whole = |cut| Pre { whole_pieces: true, ..plain(cut) };
    Some(match name {
        "gpt-2" | "phi-2" | "jais" | "trillion" | "granite-docling" | "exaone4" | "gigachat" | "a.x-4.0"
        | "mellum" | "roberta-bpe" | "jina-v1-en" | "jina-v2-code" | "jina-v2-es" | "jina-v2-de"
        | "jina-es" | "jina-de" => plain(Cut::One(GPT2)),
        "mpt" | "olmo" | "modern-bert" => nfc(Cut::One(GPT2)),
        "llama-bpe" | "llama3" | "llama-v3" | "falcon3" | "falcon-h1" | "pixtral" | "midm-2.0" | "lfm2" => {
            Pre { adds_begin: true, ..whole(Cut::One(LLAMA3)) }
        }
        "glm4" | "chatglm-bpe" => whole(Cut::One(LLAMA3)),
        "dbrx" | "smaug-bpe" => plain(Cut::One(LLAMA3)),
        "qwen2" | "deepseek-r1-qwen" | "megrez" | "kormo" | "stablelm2" => nfc(Cut::One(QWEN2)),
        "hunyuan" | "grok-2" | "solar-open" => plain(Cut::One(QWEN2)),
        "qwen35" => nfc(Cut::One(QWEN35)),
        "gpt-4o" | "llama4" | "kanana2" => plain(Cut::One(O200K)),
        "minimax-m2" => nfc(Cut::One(O200K)),
        "tekken" => Pre { adds_begin: true, ..whole(Cut::One(TEKKEN)) },
        "bailingmoe" | "bailingmoe2" | "llada-moe" => plain(Cut::One(BAILING)),
        "seed-coder" => plain(Cut::One(SEED)),
        "deepseek-v3" | "hunyuan-dense" | "joyai-llm" => plain(Cut::Several(&DEEPSEEK3)),
        "deepseek-coder" => plain(Cut::Several(&DEEPSEEK_CODER)),
        "deepseek-llm" => plain(Cut::Several(&DEEPSEEK_LLM)),
        "starcoder" | "refact" | "smollm" | "codeshell" | "exaone" | "minerva-7b" | "mellum2" => {
            plain(Cut::DigitsThenGpt2)
        }
        "command-r" => nfc(Cut::DigitsThenGpt2),
        "falcon" => plain(Cut::Falcon),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_one() {
        for name in [
            "gpt-2",
            "mpt",
            "llama-bpe",
            "glm4",
            "dbrx",
            "qwen2",
            "hunyuan",
            "qwen35",
            "gpt-4o",
            "tekken",
            "bailingmoe",
            "seed-coder",
            "deepseek-v3",
            "deepseek-coder",
            "deepseek-llm",
            "starcoder",
            "command-r",
            "falcon",
        ] {
            let patterns = match find(name).expect("a known name").split() {
                Split::Pattern(pattern) => vec![pattern],
                Split::Patterns(patterns) => patterns,
                Split::Steps(steps) => steps
                    .into_iter()
                    .map(|step| match step {
                        SplitStep::Pattern { pattern, .. } => pattern,
                        SplitStep::Prefix { .. } => panic!("no prefix"),
                    })
                    .collect(),
                Split::Whole => panic!("no pattern"),
            };
            for pattern in patterns {
                assert!(fancy_regex::Regex::new(&pattern).is_ok(), "{name}: {pattern}");
            }
        }
        assert_eq!(find("no-such-thing"), None);
    }
}
