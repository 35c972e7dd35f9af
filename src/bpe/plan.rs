//! From tokens and what they are made of to the images of the tables.
//!
//! The build script compiles this file and those that it names, for the embedded vocabularies.

use super::borders::Borders;
use super::chars::Chars;
use super::origin;
use super::pairs::{Made, Pairs};
use super::tokens::{Facts, Tokens};
use crate::token::{Rank, Unit};

/// What the images of the tables are made from.
pub(crate) struct Plan<'p> {
    pub(crate) unit: Unit,
    /// The tokens that merging begins with or makes, in the order of their ranks; distinct, and not empty.
    pub(crate) tokens: &'p [&'p [u8]],
    /// The two tokens that each is made of, for those that are and that merging comes to.
    pub(crate) pairs: &'p [Option<(Rank, Rank)>],
    /// What has ranks above those of the tokens, and never merges.
    pub(crate) others: &'p [&'p [u8]],
    /// Which of the others stand for bytes that merging does not begin with otherwise, by their ranks.
    pub(crate) bytes: &'p [Option<Rank>; 256],
    /// Whether a piece that is a token becomes that token, even if merging does not come to it.
    pub(crate) whole_pieces: bool,
    /// Whether the tables are to be small; to make them takes longer then.
    pub(crate) saves_room: bool,
    /// Whether a second thread may help.
    pub(crate) side_by_side: bool,
}

impl Plan<'_> {
    /// The images of the tables: tokens, pairs, characters, borders.
    pub(crate) fn build_images(&self) -> [Vec<u8>; 4] {
        let all: Vec<&[u8]> = self.tokens.iter().chain(self.others).copied().collect();
        let mut literals = 0;
        let mut literal = || {
            literals += 1;
            Made::Literal(literals - 1)
        };
        let joined = |pair: Option<(Rank, Rank)>| pair.map(|(left, right)| Made::Joined(left, right));
        let made =
            self.pairs.iter().map(|&pair| joined(pair).unwrap_or_else(&mut literal)).collect::<Vec<_>>();
        let made: Vec<Made> = made.into_iter().chain(self.others.iter().map(|_| literal())).collect();
        let is_unit = |token: &[u8]| origin::units(self.unit, token).nth(1).is_none();
        let mut singles = *self.bytes;
        let mut unreachable = 0;
        for (rank, (token, pair)) in (0..).zip(self.tokens.iter().zip(self.pairs)) {
            match **token {
                [byte] if byte < 0x80 || self.unit == Unit::Byte => singles[usize::from(byte)] = Some(rank),
                _ => unreachable += u32::from(pair.is_none() && !is_unit(token)),
            }
        }
        let make_pairs = || Pairs::build_image(&made, unreachable, self.saves_room);
        let own = self.tokens.len() as Rank;
        let found_whole = |rank| self.whole_pieces && rank < own;
        let make_others = || {
            let facts = Facts { singles: &singles, tokens: &all, made: &made, found_whole: &found_whole };
            let borders = Borders::build_image(self.tokens, unreachable == 0 || !self.whole_pieces);
            (Tokens::build_image(&facts), borders)
        };
        let (pairs_image, (tokens_image, borders_image)) = match self.side_by_side {
            true => std::thread::scope(|scope| {
                let helper = std::thread::Builder::new().spawn_scoped(scope, make_pairs);
                let others = make_others();
                let pairs = match helper {
                    Ok(helper) => helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                    Err(_) => make_pairs(),
                };
                (pairs, others)
            }),
            false => (make_pairs(), make_others()),
        };
        let known = Tokens::from_image(tokens_image.clone().into()).expect("an image just made");
        let pairs = Pairs::from_image(pairs_image.clone().into()).expect("an image just made");
        let chars_image = Chars::build_image(self.unit, self.tokens, &known, &pairs);
        [tokens_image, pairs_image, chars_image, borders_image]
    }
}
