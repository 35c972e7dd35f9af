//! Budgets: whether a number of tokens fits a limit. Pure numbers: which model has which limit is left to the registry.

/// A limit in tokens, and from where on to warn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The most tokens that fit. Exactly as many do.
    pub limit: u64,
    /// The share of the limit, in parts of ten thousand, from which on a text that fits is [`Verdict::Near`]. `None`: never.
    pub warn_at: Option<u64>,
}

/// What becomes of a text under a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It fits.
    Within,
    /// It fits, and takes at least the share from which on to warn.
    Near,
    /// It does not fit.
    Over,
}

impl Verdict {
    /// The verdict in one word.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Within => "within",
            Verdict::Near => "near",
            Verdict::Over => "over",
        }
    }
}

impl Budget {
    /// The verdict on this many tokens; of an estimate, on its upper bound.
    ///
    /// ```
    /// use bytepair::report::budget::{Budget, Verdict};
    /// let budget = Budget { limit: 1000, warn_at: Some(9000) };
    /// assert_eq!(budget.verdict(899), Verdict::Within);
    /// assert_eq!(budget.verdict(900), Verdict::Near);
    /// assert_eq!(budget.verdict(1000), Verdict::Near);
    /// assert_eq!(budget.verdict(1001), Verdict::Over);
    /// ```
    pub fn verdict(&self, tokens: u64) -> Verdict {
        let share =
            |warn_at: u64| u128::from(tokens) * 10_000 >= u128::from(self.limit) * u128::from(warn_at);
        match self.warn_at {
            _ if tokens > self.limit => Verdict::Over,
            Some(warn_at) if share(warn_at) => Verdict::Near,
            _ => Verdict::Within,
        }
    }

    /// How many tokens are left; negative: how many are too many.
    pub fn left(&self, tokens: u64) -> i128 {
        i128::from(self.limit) - i128::from(tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_exact() {
        let most = Budget { limit: u64::MAX, warn_at: Some(10_000) };
        assert_eq!((most.verdict(u64::MAX), most.verdict(u64::MAX - 1)), (Verdict::Near, Verdict::Within));
        let none = Budget { limit: 0, warn_at: None };
        assert_eq!((none.verdict(0), none.verdict(1)), (Verdict::Within, Verdict::Over));
        assert_eq!((none.left(u64::MAX), most.left(0)), (-i128::from(u64::MAX), i128::from(u64::MAX)));
    }
}
