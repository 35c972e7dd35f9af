//! Ratios, shares and budgets: what counts mean to a reader. Pure numbers: nothing is counted or printed here.

pub mod budget;

/// The least share of letters in scripts without spaces from which on words say nothing about a text.
///
/// Such a script has no white space between words, so a "word" is a whole sentence.
pub const UNSPACED_SHARE: f64 = 0.2;

/// The counts of one text, or of several together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tokens. Where they are estimated: as likely too many as too few.
    pub tokens: u64,
    /// The upper bound of an estimate, which 95 of 100 such texts do not pass; of an exact count, [`Counts::tokens`].
    pub upper: u64,
    /// Everything that can be measured without a vocabulary.
    pub measures: crate::measure::Measures,
}

impl Counts {
    /// Adds the counts of another text.
    pub fn add(&mut self, other: &Counts) {
        self.tokens += other.tokens;
        self.upper += other.upper;
        self.measures.add(&other.measures);
    }

    /// Words for each token; `None` if there are no tokens or if words say nothing (see
    /// [`Counts::words_are_meaningful`]).
    pub fn words_per_token(&self) -> Option<f64> {
        self.words_are_meaningful().then(|| ratio(self.measures.words, self.tokens)).flatten()
    }

    /// Tokens for each word; `None` if there are no words or if words say nothing.
    pub fn tokens_per_word(&self) -> Option<f64> {
        self.words_are_meaningful().then(|| ratio(self.tokens, self.measures.words)).flatten()
    }

    /// Bytes for each token; `None` if there are no tokens.
    pub fn bytes_per_token(&self) -> Option<f64> {
        ratio(self.measures.bytes, self.tokens)
    }

    /// Whether words say something about this text: not if more than a fifth of its letters belong to
    /// scripts written without spaces.
    pub fn words_are_meaningful(&self) -> bool {
        let share = ratio(self.measures.unspaced_letters, self.measures.letters);
        share.is_none_or(|share| share <= UNSPACED_SHARE)
    }
}

/// The share of a context window that a number of tokens takes, 1.0 being all of it; `None` for a window of
/// 0 tokens.
///
/// ```
/// assert_eq!(bytepair::report::window_share(32_000, 128_000), Some(0.25));
/// ```
pub fn window_share(tokens: u64, window: u64) -> Option<f64> {
    ratio(tokens, window)
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gives_no_ratio() {
        let none = Counts::default();
        assert_eq!(
            (none.words_per_token(), none.tokens_per_word(), none.bytes_per_token()),
            (None, None, None)
        );
        assert_eq!(window_share(1, 0), None);
    }
}
