//! A tokenizer in words: what its parts are, for people and as JSON. Written by `tokenize vocab`.

use bytepair::{
    Behavior, NormalizerStep, SpecialToken, Split, SplitStep, TokenId, Tokenizer, Unit, Vocabulary,
};
use serde::Serialize;

use crate::cli::output::Style;

/// How many ranges of ids are shown to people.
const RANGES: usize = 6;

/// What there is to tell about a tokenizer.
#[derive(Serialize)]
pub(crate) struct Description {
    /// Its name.
    pub(crate) name: String,
    tokens: usize,
    special_tokens: usize,
    /// The ids of ordinary tokens: the first and the last of each range.
    ids: Vec<[TokenId; 2]>,
    unit: &'static str,
    whole_pieces: bool,
    has_unreachable_tokens: bool,
    split: Vec<String>,
    normalizer: Vec<String>,
    bos: Vec<TokenId>,
    eos: Vec<TokenId>,
    strips_first_space: bool,
    hides_control: bool,
    /// The special tokens.
    pub(crate) specials: Vec<Special>,
}

/// What there is to tell about a special token.
#[derive(Serialize)]
pub(crate) struct Special {
    /// Its id.
    pub(crate) id: TokenId,
    /// Its name.
    pub(crate) name: String,
    kind: &'static str,
    in_normalized: bool,
    single_word: bool,
    strips_left: bool,
    strips_right: bool,
}

impl Special {
    fn of(token: &SpecialToken) -> Special {
        Special {
            id: token.id,
            name: token.name.to_string(),
            kind: if token.is_control { "control" } else { "text" },
            in_normalized: token.in_normalized,
            single_word: token.single_word,
            strips_left: token.strips_left,
            strips_right: token.strips_right,
        }
    }

    /// Its kind, and how it is looked for if that is not the usual way.
    pub(crate) fn in_words(&self) -> String {
        let rules = [
            (self.in_normalized, "in normalized text"),
            (self.single_word, "as a word"),
            (self.strips_left, "with space before"),
            (self.strips_right, "with space after"),
        ];
        let rules = rules.iter().filter(|(holds, _)| *holds).map(|(_, words)| *words);
        std::iter::once(self.kind).chain(rules).collect::<Vec<_>>().join(", ")
    }
}

impl Description {
    /// All about a tokenizer.
    pub(crate) fn of(tokenizer: &Tokenizer) -> Description {
        let vocabulary = tokenizer.vocabulary();
        let specials = tokenizer.specials().tokens();
        let mut sorted: Vec<&SpecialToken> = specials.iter().collect();
        sorted.sort_by_key(|special| special.id);
        Description {
            name: tokenizer.name().to_owned(),
            tokens: vocabulary.len(),
            special_tokens: specials.len(),
            ids: ranges(vocabulary),
            unit: match vocabulary.unit() {
                Unit::Character => "character",
                _ => "byte",
            },
            whole_pieces: vocabulary.whole_pieces(),
            has_unreachable_tokens: vocabulary.has_unreachable_tokens(),
            split: split(tokenizer.split()),
            normalizer: tokenizer.normalizer().steps().iter().map(step).collect(),
            bos: tokenizer.frame().before.clone(),
            eos: tokenizer.frame().after.clone(),
            strips_first_space: tokenizer.strips_first_space(),
            hides_control: tokenizer.hides_control(),
            specials: sorted.into_iter().map(Special::of).collect(),
        }
    }

    /// The lines for people: what it is about, and what there is to say. Special tokens are only counted.
    pub(crate) fn lines(&self, style: Style) -> Vec<(&'static str, String)> {
        let mut ranges: Vec<String> =
            self.ids.iter().take(RANGES).map(|[first, last]| format!("{first}-{last}")).collect();
        ranges.extend((self.ids.len() > RANGES).then(|| "...".to_owned()));
        let merging = match (self.has_unreachable_tokens, self.whole_pieces) {
            (true, true) => "; a piece that is a token becomes it, even if merging does not come to it",
            (true, false) => "; there are tokens that merging does not come to",
            (false, _) => "",
        };
        let decoding = match (self.strips_first_space, self.hides_control) {
            (false, false) => "all bytes",
            (true, false) => "without the first space",
            (false, true) => "without control tokens",
            (true, true) => "without the first space and control tokens",
        };
        let frame = |ids: &[TokenId]| match ids {
            [] => "-".to_owned(),
            ids => ids.iter().map(|&id| self.named(id)).collect::<Vec<_>>().join(" "),
        };
        let mut lines = vec![
            ("tokens", format!("{} (ids {})", style.number(self.tokens as u64), ranges.join(", "))),
            ("special", style.number(self.special_tokens as u64)),
            ("merging", format!("begins with {}s{merging}", self.unit)),
        ];
        let parts = |steps: &[String], none: &str| match steps {
            [] => vec![none.to_owned()],
            steps => steps.to_vec(),
        };
        lines.extend(parts(&self.normalizer, "-").into_iter().map(|step| ("normalizer", step)));
        lines.extend(parts(&self.split, "nowhere").into_iter().map(|step| ("split", step)));
        lines.push(("bos", frame(&self.bos)));
        lines.push(("eos", frame(&self.eos)));
        lines.push(("decoding", decoding.to_owned()));
        lines
    }

    fn named(&self, id: TokenId) -> String {
        match self.specials.iter().find(|special| special.id == id) {
            Some(special) => format!("{id} {}", special.name),
            None => id.to_string(),
        }
    }
}

fn ranges(vocabulary: &Vocabulary) -> Vec<[TokenId; 2]> {
    let mut ids: Vec<TokenId> = vocabulary.iter().map(|(id, _)| id).collect();
    ids.sort_unstable();
    let mut ranges: Vec<[TokenId; 2]> = Vec::new();
    for id in ids {
        match ranges.last_mut() {
            Some([_, last]) if last.checked_add(1) == Some(id) => *last = id,
            _ => ranges.push([id, id]),
        }
    }
    ranges
}

/// The steps of a split; none if there is nothing to cut.
fn split(split: &Split) -> Vec<String> {
    match split {
        Split::Whole => Vec::new(),
        Split::Pattern(pattern) => vec![pattern.clone()],
        Split::Patterns(patterns) => patterns.clone(),
        Split::Steps(steps) => steps.iter().map(split_step).collect(),
        other => vec![format!("{other:?}")],
    }
}

fn split_step(step: &SplitStep) -> String {
    match step {
        SplitStep::Pattern { pattern, behavior, invert } => {
            let matches = if *invert { "what does not match" } else { "matches" };
            let becomes = match behavior {
                Behavior::Isolated => "a piece each",
                Behavior::Removed => "left out",
                Behavior::MergedWithPrevious => "to the piece before",
                Behavior::MergedWithNext => "to the piece after",
                Behavior::Contiguous => "a piece together",
            };
            format!("{pattern} ({matches}: {becomes})")
        }
        SplitStep::Prefix { text, only_first: true } => format!("{text:?} is put before the first piece"),
        SplitStep::Prefix { text, only_first: false } => format!("{text:?} is put before each piece"),
        other => format!("{other:?}"),
    }
}

fn step(step: &NormalizerStep) -> String {
    match step {
        NormalizerStep::Nfc => "NFC".to_owned(),
        NormalizerStep::Nfd => "NFD".to_owned(),
        NormalizerStep::Nfkc => "NFKC".to_owned(),
        NormalizerStep::Nfkd => "NFKD".to_owned(),
        NormalizerStep::Lowercase => "lower case".to_owned(),
        NormalizerStep::StripAccents => "combining marks are left out".to_owned(),
        NormalizerStep::Strip { left, right } => {
            let where_ = match (left, right) {
                (true, true) => "at both ends",
                (true, false) => "at the beginning",
                (false, true) => "at the end",
                (false, false) => "nowhere",
            };
            format!("white space is left out {where_}")
        }
        NormalizerStep::Replace { from, to } => format!("{to:?} stands for {from:?}"),
        NormalizerStep::ReplacePattern { pattern, to } => format!("{to:?} stands for what matches {pattern}"),
        NormalizerStep::Prepend(text) => format!("{text:?} is put before the text"),
        NormalizerStep::CharacterMap(map) => format!("character map of {} bytes", map.len()),
        NormalizerStep::ReplaceInvalid => "U+FFFD stands for each byte that is not UTF-8".to_owned(),
        NormalizerStep::SqueezeSpaces => "one space stands for several, none at the ends".to_owned(),
        other => format!("{other:?}"),
    }
}
