//! How many tokens closed tokenizers make of what an encoding makes one of, by kind of text.
//!
//! Left to others: what is counted of a text (`profile`); how the figures were measured stands above.

use super::{Kind, Profile};

/// How many tokens a closed tokenizer makes of what an encoding makes one of, by kind of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratios {
    by_kind: &'static ByKind,
    extra: &'static Extra,
    /// How many tokens the service adds to a single message of a user.
    frame: u64,
}

/// In hundredths, so that sums are exact and the same on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ratio {
    middle: u64,
    upper: u64,
    /// Tokens on top of `upper`: short texts vary more.
    more: u64,
}

/// In the order of [`Kind::ALL`].
type ByKind = [Ratio; Kind::ALL.len()];

/// What some letters and shapes cost beside the ratio, in [`PARTS`] of a token each; half of it in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Extra {
    capitals: u64,
    blanks: u64,
    bars: u64,
    repeats: u64,
}

const PARTS: u64 = 48;

/// A letter of Arabic, of India, of Kannada in a text of a kind that costs less, in [`PARTS`].
const FOREIGN: [u64; 3] = [12, 24, 96];

const fn ratio(middle: u64, upper: u64, more: u64) -> Ratio {
    Ratio { middle, upper, more }
}

/// Claude 3 to Opus 4.6, against o200k_base.
const CLAUDE_3: ByKind = [
    ratio(109, 120, 2),
    ratio(117, 165, 1),
    ratio(121, 150, 5),
    ratio(125, 160, 1),
    ratio(121, 150, 2),
    ratio(135, 195, 0),
    ratio(132, 180, 2),
    ratio(191, 240, 2),
    ratio(230, 265, 6),
    ratio(402, 470, 26),
    ratio(106, 175, 0),
    ratio(141, 500, 0),
];
const CLAUDE_3_EXTRA: Extra = Extra { capitals: 8, blanks: 3, bars: 0, repeats: 16 };

/// Opus 4.7 and later, against o200k_base.
const CLAUDE_4_7: ByKind = [
    ratio(148, 165, 2),
    ratio(164, 230, 1),
    ratio(155, 195, 0),
    ratio(150, 185, 0),
    ratio(155, 185, 1),
    ratio(146, 195, 2),
    ratio(137, 180, 2),
    ratio(192, 240, 2),
    ratio(230, 265, 6),
    ratio(402, 470, 26),
    ratio(106, 175, 0),
    ratio(149, 500, 0),
];
const CLAUDE_4_7_EXTRA: Extra = Extra { capitals: 32, blanks: 3, bars: 12, repeats: 48 };

/// An estimated number of tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// As likely too high as too low, for texts of the kind.
    pub tokens: u64,
    /// 95 of 100 such texts have no more tokens.
    pub upper: u64,
}

impl Ratios {
    /// The ratios of a tokenizer by its name in the table of models: `claude-v3`, `claude-v4.7`, `claude-v4.8` (which
    /// counts as 4.7 does, with another frame around a message).
    pub fn of(tokenizer: &str) -> Option<Ratios> {
        let (by_kind, extra, frame) = match tokenizer {
            "claude-v3" => (&CLAUDE_3, &CLAUDE_3_EXTRA, 7),
            "claude-v4.7" => (&CLAUDE_4_7, &CLAUDE_4_7_EXTRA, 11),
            "claude-v4.8" => (&CLAUDE_4_7, &CLAUDE_4_7_EXTRA, 6),
            _ => return None,
        };
        Some(Ratios { by_kind, extra, frame })
    }

    /// The encoding that the ratios were measured against.
    pub fn encoding(&self) -> &'static str {
        "o200k_base"
    }

    /// How many tokens the service counts for a message of a user beside its text, measured by the author of ctok.
    pub fn frame(&self) -> u64 {
        self.frame
    }

    /// The estimate for a text that has this profile, and this many tokens in [`Ratios::encoding`].
    ///
    /// ```
    /// use bytepair::registry::estimates::{Estimate, Profile, Ratios};
    /// let ratios = Ratios::of("claude-v3").expect("it is known");
    /// let mut profile = Profile::default();
    /// profile.push(b"It was the best of times, it was the worst of times.");
    /// assert_eq!(ratios.estimate(14, &profile), Estimate { tokens: 16, upper: 19 });
    /// ```
    pub fn estimate(&self, tokens: u64, profile: &Profile) -> Estimate {
        let kind = profile.kind(tokens);
        let foreign: u64 =
            profile.foreign(kind).iter().zip(FOREIGN).map(|(letters, each)| letters * each).sum();
        let shape = &profile.shape;
        let extra = foreign
            + shape.capitals * self.extra.capitals
            + shape.blanks * self.extra.blanks
            + shape.bars * self.extra.bars
            + shape.repeats * self.extra.repeats;
        let estimate = self.with_extra(tokens, kind, extra);
        // Fewer bytes than tokens: the profile is not of all that was counted.
        match profile.bytes < tokens {
            true => estimate,
            false => {
                let upper = estimate.upper.min(by_bytes(profile.bytes));
                Estimate { tokens: estimate.tokens.min(upper), upper }
            }
        }
    }

    /// The estimate for a text of which no more is known than its kind, and how many tokens it has in
    /// [`Ratios::encoding`].
    pub fn estimate_of_kind(&self, tokens: u64, kind: Kind) -> Estimate {
        self.with_extra(tokens, kind, 0)
    }

    /// The smallest upper bound that a text with this many tokens in [`Ratios::encoding`] can have, whatever it is.
    pub fn least_upper(&self, tokens: u64) -> u64 {
        let kinds = Kind::ALL.map(|kind| self.estimate_of_kind(tokens, kind).upper);
        // A token has at least one byte.
        let least = kinds.into_iter().min().unwrap_or(0);
        if tokens == 0 { 0 } else { least.min(by_bytes(tokens)) }
    }

    /// The largest number of tokens in [`Ratios::encoding`] whose estimate stays within `limit` with its upper bound, for
    /// every kind of text that [is usual](Kind::is_usual), without letters and shapes that cost extra. For what is not
    /// usual no useful number is certain: [`Ratios::estimate`] tells once there is a text.
    pub fn certain_within(&self, limit: u64) -> u64 {
        let within = |ratio: &Ratio| {
            let room = u128::from(limit.saturating_sub(ratio.more)) * 100 / u128::from(ratio.upper);
            u64::try_from(room).unwrap_or(u64::MAX)
        };
        let usual = Kind::ALL.iter().zip(self.by_kind).filter(|(kind, _)| kind.is_usual());
        usual.map(|(_, ratio)| within(ratio)).min().unwrap_or(0)
    }

    fn with_extra(&self, tokens: u64, kind: Kind, extra: u64) -> Estimate {
        if tokens == 0 {
            return Estimate::default();
        }
        let Ratio { middle, upper, more } = self.by_kind[kind as usize];
        let sum = |hundredths: u64, share: u64| {
            let parts = u128::from(tokens) * u128::from(hundredths * PARTS);
            (parts + u128::from(extra) * u128::from(share)).div_ceil(u128::from(100 * PARTS))
        };
        let tokens_of = |number: u128| u64::try_from(number).unwrap_or(u64::MAX);
        Estimate { tokens: tokens_of(sum(middle, 50)), upper: tokens_of(sum(upper, 100) + u128::from(more)) }
    }
}

/// What no text that was measured has more tokens than. A little more than its bytes: some letters of three bytes take
/// four tokens if white space is before each.
fn by_bytes(bytes: u64) -> u64 {
    bytes.saturating_add(bytes / 4).saturating_add(2)
}
