//! The pre-tokenizer of a `tokenizer.json`.

use serde_json::Value;

use super::super::invalid;
use super::super::merge_model::SPACE_SIGN;
use super::component::{Component, Sought};
use super::pattern::{literally, translate};
use crate::error::Error;
use crate::pretokenize::{Behavior, Split, SplitStep, pattern};

/// Patterns that match every character, so that to leave out what does not match leaves out nothing.
const MATCH_ALL: [&str; 2] = [
    // cl100k_base and o200k_base as their files have them.
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    pattern::O200K,
];

/// What Hugging Face's `ByteLevel` cuts by unless it is told otherwise.
const BYTE_LEVEL: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

/// ASCII punctuation and what Unicode takes for it.
const PUNCTUATION: &str = r"[!-/:-@\[-`{-~\p{P}]";

/// What the pre-tokenizer does.
#[derive(Default)]
pub(super) struct Splits {
    steps: Vec<SplitStep>,
    /// Whether a sign stands for every space, here or before.
    pub(super) has_space_sign: bool,
    /// Whether it writes the text in the byte alphabet.
    pub(super) is_byte_level: bool,
}

pub(super) fn read(value: &Value, has_space_sign: bool) -> Result<Splits, Error> {
    let mut splits = Splits { has_space_sign, ..Splits::default() };
    for component in Component::flattened("pre-tokenizer", "pretokenizers", value)? {
        if splits.is_byte_level {
            return Err(component.unsupported("after ByteLevel"));
        }
        splits.add(&component)?;
    }
    Ok(splits)
}

impl Splits {
    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The simplest way to say it.
    pub(super) fn into_split(self) -> Split {
        let isolated = |step: &SplitStep| match step {
            SplitStep::Pattern { pattern, behavior: Behavior::Isolated, .. } => Some(pattern.clone()),
            SplitStep::Pattern { pattern, behavior: Behavior::Removed, invert: true } => {
                MATCH_ALL.contains(&pattern.as_str()).then(|| pattern.clone())
            }
            _ => None,
        };
        let patterns: Option<Vec<String>> = self.steps.iter().map(isolated).collect();
        match patterns {
            None => Split::Steps(self.steps),
            Some(patterns) if patterns.is_empty() => Split::Whole,
            Some(mut patterns) if patterns.len() == 1 => Split::Pattern(patterns.remove(0)),
            Some(patterns) => Split::Patterns(patterns),
        }
    }

    fn add(&mut self, component: &Component<'_>) -> Result<(), Error> {
        // These see no difference between a space and its sign.
        let is_blind = matches!(component.kind, "Digits" | "Punctuation" | "Metaspace" | "Split");
        if self.has_space_sign && !is_blind {
            return Err(component.unsupported(&format!("after spaces have become {SPACE_SIGN}")));
        }
        let settings: &[&str] = match component.kind {
            "ByteLevel" => &["add_prefix_space", "trim_offsets", "use_regex"],
            "Split" => &["pattern", "behavior", "invert"],
            "Digits" => &["individual_digits"],
            "Punctuation" => &["behavior"],
            "CharDelimiterSplit" => &["delimiter"],
            "Metaspace" => &["replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"],
            _ => &[],
        };
        component.only(settings)?;
        match component.kind {
            "ByteLevel" => self.byte_level(component)?,
            "Split" => self.split(component)?,
            "Metaspace" => self.metaspace(component)?,
            "Digits" => {
                let each = component.flag("individual_digits", false)?;
                let behavior = if each { Behavior::Isolated } else { Behavior::Contiguous };
                self.push(r"\p{N}", behavior, false);
            }
            "Punctuation" => {
                let behavior = match component.get("behavior") {
                    Some(_) => behavior(component)?,
                    None => Behavior::Isolated,
                };
                self.push(PUNCTUATION, behavior, false);
            }
            // Its `\w` is that of Rust's `regex`.
            "Whitespace" => self.push(r"\w+|[^\w\s]+", Behavior::Removed, true),
            "WhitespaceSplit" => self.push(r"\s", Behavior::Removed, false),
            "BertPreTokenizer" => {
                self.push(r"\s", Behavior::Removed, false);
                self.push(PUNCTUATION, Behavior::Isolated, false);
            }
            "CharDelimiterSplit" => {
                let delimiter = literally(component.text("delimiter")?);
                self.push(&delimiter, Behavior::Removed, false);
            }
            _ => return Err(component.unsupported("")),
        }
        Ok(())
    }

    fn push(&mut self, pattern: &str, behavior: Behavior, invert: bool) {
        self.steps.push(SplitStep::Pattern { pattern: pattern.into(), behavior, invert });
    }

    fn byte_level(&mut self, component: &Component<'_>) -> Result<(), Error> {
        if component.flag("add_prefix_space", true)? {
            self.steps.push(SplitStep::Prefix { text: " ".into(), only_first: false });
        }
        if component.flag("use_regex", true)? {
            self.push(BYTE_LEVEL, Behavior::Isolated, false);
        }
        self.is_byte_level = true;
        Ok(())
    }

    fn split(&mut self, component: &Component<'_>) -> Result<(), Error> {
        let behavior = behavior(component)?;
        let invert = component.flag("invert", false)?;
        let pattern = match component.pattern()? {
            Sought::String("") => return Err(component.unsupported("by the empty string")),
            Sought::String(text) if self.has_space_sign && text.contains(' ') => {
                // It is found nowhere, as there are no spaces any more.
                return if invert {
                    Err(component.unsupported("by spaces that are not there"))
                } else {
                    Ok(())
                };
            }
            Sought::String(text) if self.has_space_sign => literally(&text.replace(SPACE_SIGN, " ")),
            Sought::String(text) => literally(text),
            Sought::Regex(_) if self.has_space_sign => {
                let why = format!("with a Regex after spaces have become {SPACE_SIGN}");
                return Err(component.unsupported(&why));
            }
            Sought::Regex(regex) => {
                translate(regex).map_err(|what| invalid(format!("the pre-tokenizer Split: {what}")))?
            }
        };
        self.push(&pattern, behavior, invert);
        Ok(())
    }

    fn metaspace(&mut self, component: &Component<'_>) -> Result<(), Error> {
        if !component.text("replacement")?.chars().eq([SPACE_SIGN]) {
            return Err(component.unsupported(&format!("with another replacement than {SPACE_SIGN}")));
        }
        let can_tell_signs = |step: &SplitStep| match step {
            SplitStep::Pattern { pattern, .. } => pattern != r"\p{N}" && pattern != PUNCTUATION,
            SplitStep::Prefix { .. } => true,
        };
        if !self.has_space_sign && self.steps.iter().any(can_tell_signs) {
            return Err(component.unsupported("after another pre-tokenizer"));
        }
        self.has_space_sign = true;
        if let Some(only_first) = prepends(component)? {
            self.steps.push(SplitStep::Prefix { text: " ".into(), only_first });
        }
        if component.flag("split", true)? {
            self.push(" ", Behavior::MergedWithNext, false);
        }
        Ok(())
    }
}

/// Whether a Metaspace puts a space before the text; if so, whether only before its first piece.
pub(super) fn prepends(component: &Component<'_>) -> Result<Option<bool>, Error> {
    if component.get("prepend_scheme").is_none() {
        // Before version 0.15.
        return Ok(component.flag("add_prefix_space", true)?.then_some(false));
    }
    match component.text("prepend_scheme")? {
        "always" => Ok(Some(false)),
        "first" => Ok(Some(true)),
        "never" => Ok(None),
        _ => Err(component.wrong("prepend_scheme", "always, first or never")),
    }
}

fn behavior(component: &Component<'_>) -> Result<Behavior, Error> {
    match component.text("behavior")? {
        "Isolated" => Ok(Behavior::Isolated),
        "Removed" => Ok(Behavior::Removed),
        "MergedWithPrevious" => Ok(Behavior::MergedWithPrevious),
        "MergedWithNext" => Ok(Behavior::MergedWithNext),
        "Contiguous" => Ok(Behavior::Contiguous),
        _ => Err(component.wrong("behavior", "one that there is")),
    }
}
