//! What each token of a vocabulary is made of: which two tokens merging its bytes comes down to before the last
//! step. Why there is at most one such pair for each token is told in `pairs`.
//!
//! Vocabularies say in two ways what merges. In one, any two neighbours do whose bytes together are a token, the
//! token of lowest rank first ([`by_rank`]). In the other there is a list of pairs, the first to be merged first
//! ([`listed`]); a token may be the result of several pairs far apart in the list, but only that one counts which merging
//! comes to. So the second way comes down to the first: the tokens get their ranks in the order of the pairs that count.

use std::collections::HashMap;

use super::heap::Scratch;
use super::join::{Join, NO_NEIGHBOUR, NO_PAIR};
use super::pieces::PieceTable;
use super::{heap, merge};
use crate::token::Unit;

/// The parts of the bytes with which merging begins.
pub(crate) fn units(unit: Unit, bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let &first = rest.first()?;
        let length = match unit {
            Unit::Character => super::chars::character(rest, 0).map_or(1, |(_, length)| length),
            Unit::Byte => 1,
        };
        debug_assert!(length <= rest.len(), "{first}");
        let (one, others) = rest.split_at(length);
        rest = others;
        Some(one)
    })
}

/// The pair of each token, by ranks; `None` for those that merging does not come to, and those with which it begins.
/// `byte_ranks` are the ranks of what stands for the bytes of a character that is no token.
pub(crate) fn by_rank(
    table: &PieceTable,
    unit: Unit,
    byte_ranks: &[Option<u32>; 256],
) -> Vec<Option<(u32, u32)>> {
    let mut scratch = Scratch::default();
    let mut row = Vec::new();
    (0..table.len())
        .map(|rank| {
            row.clear();
            for one in units(unit, table.bytes(rank)) {
                match table.rank(one) {
                    Some(rank) => row.push(rank),
                    None => row.extend(
                        one.iter().map(|&byte| byte_ranks[usize::from(byte)].unwrap_or(NO_NEIGHBOUR)),
                    ),
                }
            }
            // What stands for bytes that are no tokens of their own has no part in any.
            last_pair(&row, &Without { table, rank }, &mut scratch)
                .filter(|&(left, right)| left.max(right) < table.len())
        })
        .collect()
}

/// The two parts that are left when the row is merged, if they are two.
fn last_pair(row: &[u32], join: &impl Join, scratch: &mut Scratch) -> Option<(u32, u32)> {
    if row.len() < 2 {
        return None;
    }
    let mut parts = [0; 2];
    let mut count = 0;
    let part = |rank| {
        if let Some(place) = parts.get_mut(count) {
            *place = rank;
        }
        count += 1;
    };
    let row = row.iter().copied();
    if row.len() <= merge::LARGE - 2 {
        merge::merge::<{ merge::LARGE }, _>(row, join, part);
    } else {
        heap::merge(row, join, scratch, part);
    }
    (count == 2).then_some((parts[0], parts[1]))
}

/// Merging by the bytes of the tokens, as if the token of one rank were not there.
struct Without<'t> {
    table: &'t PieceTable,
    rank: u32,
}

impl Join for Without<'_> {
    type Asked = (u32, u32);

    fn ask(&self, left: u32, right: u32) -> (u32, u32) {
        (left, right)
    }

    fn answer(&self, (left, right): (u32, u32)) -> u32 {
        // Above all ranks are those that stand for bytes which are no tokens of their own.
        if left.max(right) >= self.table.len() {
            return NO_PAIR;
        }
        let (left, right) = (self.table.bytes(left), self.table.bytes(right));
        let mut short = [0; 2 * merge::LARGE];
        let long;
        let both = match short.get_mut(..left.len() + right.len()) {
            Some(both) => {
                both[..left.len()].copy_from_slice(left);
                both[left.len()..].copy_from_slice(right);
                &*both
            }
            None => {
                long = [left, right].concat();
                long.as_slice()
            }
        };
        self.table.rank(both).filter(|&joined| joined != self.rank).unwrap_or(NO_PAIR)
    }

    fn confirm(&self, _: u32, _: u32, _: u32) -> bool {
        true
    }
}

/// Where no token reaches across that is joined of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KnownBorders {
    /// Before a space that follows anything but a space, or `but_after`.
    pub(crate) before_spaces: bool,
    /// The one byte after which a space goes on in a token.
    pub(crate) but_after: Option<u8>,
    /// On both sides of a line feed.
    pub(crate) beside_newlines: bool,
    /// On both sides of a run of line feeds.
    pub(crate) beside_newline_runs: bool,
    /// Between a letter and anything else of ASCII, but for a letter that follows a space.
    pub(crate) beside_letters: bool,
    /// On both sides of a digit.
    pub(crate) beside_digits: bool,
}

impl KnownBorders {
    /// Those of these tokens, of which `pairs` says what they are joined of.
    pub(crate) fn of(tokens: &[&[u8]], pairs: &[Option<(u32, u32)>]) -> KnownBorders {
        let joined = tokens.iter().zip(pairs).filter(|(_, pair)| pair.is_some()).map(|(token, _)| token);
        let (mut before_space, mut newlines, mut runs) = ([false; 256], true, true);
        let (mut letters, mut digits) = (true, true);
        for pair in joined.flat_map(|token| token.windows(2)) {
            let (before, after) = (pair[0], pair[1]);
            letters &= before.is_ascii_alphabetic() == after.is_ascii_alphabetic()
                || !before.is_ascii()
                || !after.is_ascii()
                || before == b' ';
            digits &= !before.is_ascii_digit() && !after.is_ascii_digit();
            before_space[usize::from(before)] |= after == b' ' && before != b' ';
            newlines &= before != b'\n' && after != b'\n';
            runs &= (before == b'\n') == (after == b'\n');
        }
        let mut exceptions = (0..=255u8).filter(|&byte| before_space[usize::from(byte)]);
        let but_after = exceptions.next();
        KnownBorders {
            // A byte of ASCII is a character of its own.
            before_spaces: exceptions.next().is_none() && but_after.is_none_or(|byte| byte < 0x80),
            but_after,
            beside_newlines: newlines,
            beside_newline_runs: runs,
            beside_letters: letters,
            beside_digits: digits,
        }
    }
}

/// A pair that counts: its place in the list of merges, and its parts, as places among the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) priority: u32,
    pub(crate) left: u32,
    pub(crate) right: u32,
}

/// The pair of each token that counts, `None` for those that merging does not come to. `rows` are the parts that merging
/// each token begins with, as places among the tokens, `u32::MAX` for what is no token; `merges` are left, right and result. All
/// places are below the number of rows.
pub(crate) fn listed(rows: &[Vec<u32>], merges: &[[u32; 3]]) -> Vec<Option<Listed>> {
    // What merging calls a token is a number for each merge, so that it is also the order, and for what it begins
    // with, a number after these.
    let mut list = List { merges, by_pair: HashMap::with_capacity(merges.len()), without: u32::MAX };
    for (place, &[left, right, _]) in merges.iter().enumerate() {
        list.by_pair.insert((left, right), place as u32);
    }
    let has_merge: Vec<bool> = {
        let mut has = vec![false; rows.len()];
        merges.iter().for_each(|&[_, _, result]| has[result as usize] = true);
        has
    };
    let mut scratch = Scratch::default();
    let mut row = Vec::new();
    let first_name = merges.len() as u32;
    let pairs = rows.iter().zip(has_merge).zip(0u32..).map(|((parts, has_merge), token)| {
        if !has_merge {
            return None;
        }
        row.clear();
        let name = |&part: &u32| if part == u32::MAX { NO_NEIGHBOUR } else { first_name + part };
        row.extend(parts.iter().map(name));
        list.without = token;
        let (left, right) = last_pair(&row, &list, &mut scratch)?;
        let (left, right) = (list.token(left)?, list.token(right)?);
        let &priority = list.by_pair.get(&(left, right))?;
        (merges[priority as usize][2] == token).then_some(Listed { priority, left, right })
    });
    pairs.collect()
}

/// Merging by a list, as if one token were not there.
struct List<'m> {
    merges: &'m [[u32; 3]],
    by_pair: HashMap<(u32, u32), u32>,
    without: u32,
}

impl List<'_> {
    /// The token of this name.
    fn token(&self, name: u32) -> Option<u32> {
        match self.merges.get(name as usize) {
            Some(&[_, _, result]) => Some(result),
            None if name == NO_NEIGHBOUR => None,
            None => Some(name - self.merges.len() as u32),
        }
    }
}

impl Join for List<'_> {
    type Asked = (u32, u32);

    fn ask(&self, left: u32, right: u32) -> (u32, u32) {
        (left, right)
    }

    fn answer(&self, (left, right): (u32, u32)) -> u32 {
        let (Some(left), Some(right)) = (self.token(left), self.token(right)) else { return NO_PAIR };
        match self.by_pair.get(&(left, right)) {
            Some(&place) if self.merges[place as usize][2] != self.without => place,
            _ => NO_PAIR,
        }
    }

    fn confirm(&self, _: u32, _: u32, _: u32) -> bool {
        true
    }
}
