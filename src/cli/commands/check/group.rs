//! What is checked together: inputs under one limit, and the verdict on them.

use std::path::PathBuf;

use bytepair::chat::Exactness;
use bytepair::report::Counts;
use bytepair::report::budget::Verdict;

use super::limit::Limit;
use crate::cli::args::Share;
use crate::cli::arrange::Row;
use crate::cli::plan::Basis;
use crate::cli::rules::{Level, Rule};

/// Inputs under one limit.
pub(crate) struct Group {
    /// The rule that they are checked by, if it is one.
    pub(crate) rule: Option<Rule>,
    /// What the counts are based on.
    pub(crate) basis: Basis,
    /// The limit.
    pub(crate) limit: Limit,
    /// How much is added to the counts, as a share of them.
    pub(crate) margin: Option<Share>,
    /// Whether the limit is for each input.
    pub(crate) per_file: bool,
    /// The inputs that were counted.
    pub(crate) rows: Vec<Row>,
    /// The inputs that were not read to their end, because there were too many tokens already.
    pub(crate) partial: Vec<PathBuf>,
    /// Whether all inputs could be read.
    pub(crate) complete: bool,
    /// How conversations are framed and how sure that is, if the inputs are conversations.
    pub(crate) framing: Option<Framing>,
}

/// How conversations are framed.
#[derive(Clone, Debug)]
pub(crate) struct Framing {
    /// In words, with how sure the count is.
    pub(crate) label: String,
    /// How sure the count is.
    pub(crate) exactness: Exactness,
}

impl Group {
    /// The number that is compared with the limit: the upper bound of an estimate, with the margin.
    pub(crate) fn used(&self, counts: &Counts) -> u64 {
        with_margin(counts.upper, self.margin)
    }

    /// Whether it is known what error the counts can have.
    pub(crate) fn is_measured(&self) -> bool {
        let is_approximate = |framing: &Framing| framing.exactness == Exactness::Approximate;
        match self.basis.ratios {
            Some(_) => true,
            None => !self.basis.is_unmeasured() && !self.framing.as_ref().is_some_and(is_approximate),
        }
    }

    /// All inputs together.
    pub(crate) fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.rows.iter().for_each(|row| total.add(&row.counts));
        total
    }

    /// The verdict on these counts.
    pub(crate) fn verdict_on(&self, counts: &Counts) -> Verdict {
        self.limit.budget.verdict(self.used(counts))
    }

    /// The verdict on all.
    pub(crate) fn verdict(&self) -> Verdict {
        if !self.per_file {
            return self.verdict_on(&self.total());
        }
        let verdicts = self.rows.iter().map(|row| self.verdict_on(&row.counts));
        verdicts.max_by_key(|&verdict| verdict as u8).unwrap_or(Verdict::Within)
    }

    /// Whether a limit that is passed makes the check say no.
    pub(crate) fn is_strict(&self) -> bool {
        self.rule.as_ref().is_none_or(|rule| rule.level == Level::Error)
    }

    /// The inputs with the most tokens first.
    pub(crate) fn heaviest(&self) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        rows.sort_by_key(|row| std::cmp::Reverse((row.counts.upper, row.counts.tokens)));
        rows
    }
}

/// A number of tokens and a share of it more, rounded up.
pub(crate) fn with_margin(tokens: u64, margin: Option<Share>) -> u64 {
    let Some(Share(share)) = margin else { return tokens };
    let all = (u128::from(tokens) * (10_000 + u128::from(share))).div_ceil(10_000);
    u64::try_from(all).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_round_up() {
        assert_eq!(with_margin(100, None), 100);
        assert_eq!(with_margin(100, Some(Share(1000))), 110);
        assert_eq!(with_margin(101, Some(Share(1000))), 112);
        assert_eq!(with_margin(0, Some(Share(1000))), 0);
        assert_eq!(with_margin(u64::MAX, Some(Share(1))), u64::MAX);
    }
}
