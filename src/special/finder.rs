//! Finding the names of special tokens in a text.
//!
//! ```text
//! blocks      = 64 bytes that hold the first two bytes of a name         comparisons without branches
//! candidates  = places whose first two bytes some name begins with      a table of 2^16 bits
//! at each one = the names in order, narrowed down byte by byte          the longest that is all there
//! ```
//!
//! There may be thousands of names, most of which begin with the same few bytes; an automaton of them would take longer
//! to build than most texts take to be counted.
//!
//! Which white space belongs to a token follows Hugging Face's tokenizers 0.23, `added_vocabulary.rs`.

use std::ops::Range;

use super::{Found, SpecialToken};

/// How many different first bytes there are at most for a search by them alone, or block by block.
const FEW: usize = 3;
const SOME: usize = 12;

/// How many bytes are looked at together.
const BLOCK: usize = 64;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Finder {
    /// The places of the tokens in the list, in the order of their names.
    sorted: Vec<u32>,
    /// The first bytes of the names.
    first: Vec<Beginning>,
    /// What two bytes a name can begin with.
    pairs: Pairs,
}

/// The names that begin with a byte.
#[derive(Clone, Debug)]
struct Beginning {
    first: u8,
    /// The byte after it, if that is the same in all of them.
    second: Option<u8>,
    /// The places of the names in the sorted list.
    range: Range<usize>,
}

/// A set of pairs of bytes.
#[derive(Clone, Debug)]
pub(super) struct Pairs(Vec<u64>);

impl Pairs {
    /// The set of these pairs.
    pub(super) fn of(all: impl Iterator<Item = [u8; 2]>) -> Pairs {
        let mut pairs = Pairs(vec![0; (1 << 16) / 64]);
        all.for_each(|pair| pairs.add(pair));
        pairs
    }

    fn add(&mut self, pair: [u8; 2]) {
        let bit = usize::from(u16::from_be_bytes(pair));
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    /// Whether the pair is in the set.
    #[inline]
    pub(super) fn has(&self, pair: [u8; 2]) -> bool {
        let bit = usize::from(u16::from_be_bytes(pair));
        self.0[bit / 64] >> (bit % 64) & 1 != 0
    }
}

impl Finder {
    /// A finder of the tokens that are wanted, of all [`by_name`].
    pub(super) fn new(
        tokens: &[SpecialToken],
        sorted: &[u32],
        wanted: impl Fn(&SpecialToken) -> bool,
    ) -> Finder {
        let is_wanted = |place: &u32| wanted(&tokens[*place as usize]);
        let sorted: Vec<u32> = sorted.iter().copied().filter(is_wanted).collect();
        let mut pairs = Pairs::of(std::iter::empty());
        let mut first: Vec<Beginning> = Vec::new();
        for (at, &place) in sorted.iter().enumerate() {
            let (one, two) = match *tokens[place as usize].name.as_bytes() {
                [one, two, ..] => (one, Some(two)),
                [one] => (one, None),
                [] => continue,
            };
            match two {
                Some(two) => pairs.add([one, two]),
                None => (0..=255).for_each(|two| pairs.add([one, two])),
            }
            match first.last_mut() {
                Some(last) if last.first == one => {
                    last.second = last.second.filter(|_| last.second == two);
                    last.range.end = at + 1;
                }
                _ => first.push(Beginning { first: one, second: two, range: at..at + 1 }),
            }
        }
        Finder { sorted, first, pairs }
    }

    /// The first token in the text from `from` on.
    pub(super) fn find(&self, tokens: &[SpecialToken], text: &[u8], from: usize) -> Option<Found> {
        let mut at = from;
        loop {
            at = self.candidate(text, at)?;
            let Some(token) = self.longest_at(tokens, text, at) else {
                at += 1;
                continue;
            };
            let end = at + token.name.len();
            if token.single_word && (ends_with_word(&text[..at]) || begins_with_word(&text[end..])) {
                at = end;
                continue;
            }
            let start = if token.strips_left { from + trimmed_end(&text[from..at]) } else { at };
            let white = |rest: &[u8]| rest.len() - trimmed_start(rest);
            let end = if token.strips_right { end + white(&text[end..]) } else { end };
            return Some(Found { range: start..end, id: token.id, is_control: token.is_control });
        }
    }

    /// The first place from `at` on where a name may begin.
    fn candidate(&self, text: &[u8], at: usize) -> Option<usize> {
        let rest = text.get(at..)?;
        let is_first = |byte: u8| self.first.iter().any(|names| names.first == byte);
        let mut from = 0;
        loop {
            let left = &rest[from..];
            let found = match &self.first[..] {
                [] => None,
                [a] => memchr::memchr(a.first, left),
                [a, b] => memchr::memchr2(a.first, b.first, left),
                [a, b, c] => memchr::memchr3(a.first, b.first, c.first, left),
                _ => {
                    let passed = if self.first.len() <= SOME { self.pass_blocks(left) } else { 0 };
                    let left = &left[passed..];
                    let by_pairs = left.windows(2).position(|pair| self.pairs.has([pair[0], pair[1]]));
                    let at_end = || left.last().filter(|&&last| is_first(last)).map(|_| left.len() - 1);
                    by_pairs.or_else(at_end).map(|place| passed + place)
                }
            }?;
            let place = from + found;
            match rest.get(place + 1) {
                Some(&second) if self.first.len() <= FEW && !self.pairs.has([rest[place], second]) => {
                    from = place + 1
                }
                _ => return Some(at + place),
            }
        }
    }

    /// How many bytes at the beginning of a text have no candidate among them, in whole blocks.
    fn pass_blocks(&self, text: &[u8]) -> usize {
        let mut passed = 0;
        while let Some(block) = text[passed..].first_chunk::<{ BLOCK + 1 }>()
            && !self.may_begin_in(block)
        {
            passed += BLOCK;
        }
        passed
    }

    /// Whether one of these places may be a candidate. All are looked at, so that many are looked at together.
    #[inline]
    fn may_begin_in(&self, block: &[u8; BLOCK + 1]) -> bool {
        let mut found = [0u8; BLOCK];
        for &Beginning { first, second, .. } in &self.first {
            let pairs = block.iter().zip(&block[1..]);
            match second {
                Some(second) => found.iter_mut().zip(pairs).for_each(|(found, (&one, &two))| {
                    *found |= u8::from(one == first) & u8::from(two == second);
                }),
                None => {
                    found.iter_mut().zip(block).for_each(|(found, &one)| *found |= u8::from(one == first))
                }
            }
        }
        found.iter().fold(0, |all, &one| all | one) != 0
    }

    /// The token with the longest name that stands at `at`.
    fn longest_at<'s>(&self, tokens: &'s [SpecialToken], text: &[u8], at: usize) -> Option<&'s SpecialToken> {
        let rest = &text[at..];
        let name = |place: u32| tokens[place as usize].name.as_bytes();
        let names = self.first.iter().find(|names| names.first == rest[0])?;
        let mut range = &self.sorted[names.range.clone()];
        let mut longest = None;
        for (depth, &byte) in rest.iter().enumerate() {
            let first =
                range.partition_point(|&place| name(place).get(depth).is_none_or(|&other| other < byte));
            let last =
                range.partition_point(|&place| name(place).get(depth).is_none_or(|&other| other <= byte));
            range = &range[first..last];
            let Some(&shortest) = range.first() else { break };
            if name(shortest).len() == depth + 1 {
                longest = Some(&tokens[shortest as usize]);
                if range.len() == 1 {
                    break;
                }
            }
        }
        longest
    }
}

/// The places of tokens, sorted by the bytes of their names. Numbers of the first bytes tell most names apart, and sooner.
pub(super) fn by_name(tokens: &[SpecialToken]) -> Vec<u32> {
    let key = |token: &SpecialToken| {
        let mut first = [0; 16];
        first.iter_mut().zip(token.name.bytes()).for_each(|(to, byte)| *to = byte);
        u128::from_be_bytes(first)
    };
    let mut keys: Vec<(u128, u32)> = tokens.iter().map(key).zip(0..).collect();
    let name = |place: u32| tokens[place as usize].name.as_bytes();
    keys.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| name(a.1).cmp(name(b.1))));
    keys.into_iter().map(|(_, place)| place).collect()
}

/// The last character of a text that may begin inside one.
fn last_char(text: &[u8]) -> Option<char> {
    let tail = &text[text.len().saturating_sub(4)..];
    let start = tail.iter().rposition(|&byte| byte & 0xc0 != 0x80)?;
    first_char(&tail[start..]).filter(|char| start + char.len_utf8() == tail.len())
}

fn first_char(text: &[u8]) -> Option<char> {
    text[..text.len().min(4)].utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next())
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

fn ends_with_word(text: &[u8]) -> bool {
    last_char(text).is_some_and(is_word)
}

fn begins_with_word(text: &[u8]) -> bool {
    first_char(text).is_some_and(is_word)
}

/// The length of the text without the white space at its end.
fn trimmed_end(text: &[u8]) -> usize {
    let mut end = text.len();
    while let Some(char) = last_char(&text[..end]).filter(|char| char.is_whitespace()) {
        end -= char.len_utf8();
    }
    end
}

/// The length of the text without the white space at its beginning.
fn trimmed_start(text: &[u8]) -> usize {
    let mut rest = text;
    while let Some(char) = first_char(rest).filter(|char| char.is_whitespace()) {
        rest = &rest[char.len_utf8()..];
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token(name: &str) -> SpecialToken {
        SpecialToken::control(name.to_owned(), 0)
    }

    proptest! {
        /// Against looking for every name at every place.
        #[test]
        fn the_first_and_longest_is_found(
            names in prop::collection::btree_set("[ab<> ]{1,4}|[a-f]{1,2}|[a-z]{2}", 0..12),
            text in "[ab<>c ]{0,40}|([ab<> ]{1,3}|[.]{50,80}|[a-z]){0,9}",
            from in any::<prop::sample::Index>(),
        ) {
            let tokens: Vec<SpecialToken> = names.iter().map(|name| token(name)).collect();
            let sorted = by_name(&tokens);
            prop_assert!(sorted.iter().is_sorted_by_key(|&place| &tokens[place as usize].name));
            let finder = Finder::new(&tokens, &by_name(&tokens), |_| true);
            let from = from.index(text.len() + 1);
            let longest = |at: &usize| {
                let there = names.iter().filter(|name| text[*at..].starts_with(name.as_str()));
                there.map(|name| *at..*at + name.len()).max_by_key(|range| range.end)
            };
            let wanted = (from..text.len()).find_map(|at| longest(&at));
            let found = finder.find(&tokens, text.as_bytes(), from);
            prop_assert_eq!(found.map(|found| found.range), wanted);
        }
    }

    #[test]
    fn white_space_and_words_beside_a_name() {
        let with = |left, right, word| SpecialToken {
            strips_left: left,
            strips_right: right,
            single_word: word,
            ..token("<m>")
        };
        let find = |token: SpecialToken, text: &str, from| {
            let tokens = [token];
            Finder::new(&tokens, &by_name(&tokens), |_| true)
                .find(&tokens, text.as_bytes(), from)
                .map(|found| found.range)
        };
        assert_eq!(find(with(true, false, false), "a \u{3000}<m> b", 0), Some(1..8));
        assert_eq!(find(with(true, false, false), "  <m>", 1), Some(1..5));
        assert_eq!(find(with(false, true, false), "a<m> \n\u{a0}b", 0), Some(1..8));
        assert_eq!(find(with(false, false, true), "a<m> <m>é <m>.", 0), Some(11..14));
        assert_eq!(find(with(false, false, true), "_<m>", 0), None);
    }
}
