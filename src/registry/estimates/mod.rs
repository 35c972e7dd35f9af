//! @DOC@

mod profile;
mod ratios;

pub use profile::Profile;
pub use ratios::{Estimate, Ratios};

/// What kind of text a text is, seen from its characters and how many of them the encoding packs in a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// English prose: "th" is frequent, few letters are accented, and a token is 2.9 visible characters or more.
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
