//! The data of the page of `show --html`: a text, its tokens, and how each of them is merged.
//!
//! It is made to be small: numbers as base 128 in base64, each token of the vocabulary once. The script beside this file
//! puts it together again. Of a vocabulary there are the tokens of the text and the parts that these are merged of.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use bytepair::{TokenId, Tokenizer};
use serde::Serialize;

use super::Page;
use crate::cli::literal::INVISIBLE;
use crate::cli::showing::Token;
use crate::cli::showing::visible::NAMES;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The data. Numbers of tokens are places in `vocabulary`.
#[derive(Serialize)]
pub(crate) struct Data {
    schema_version: u32,
    /// What the counts are based on, in words.
    basis: String,
    /// Names and values of the counts, in words.
    totals: Vec<(&'static str, String)>,
    limit: Option<u64>,
    tokens: usize,
    text: String,
    sequence: String,
    /// Of each token the length of its text, doubled, and one more if a piece begins with it.
    shapes: String,
    /// Places of tokens before which so many bytes stand that no token stands for.
    skips: Vec<(usize, usize)>,
    /// Whether it is known where pieces begin.
    has_pieces: bool,
    whole_pieces: bool,
    /// The first token of each file and the file's name, if there are several.
    files: Vec<(usize, String)>,
    vocabulary: Parts,
    signs: Signs,
}

#[derive(Default, Serialize)]
struct Parts {
    ids: Vec<TokenId>,
    /// -1: it has none.
    ranks: Vec<i64>,
    /// The two tokens it is merged of; -1: it is not merged.
    left: Vec<i64>,
    right: Vec<i64>,
    /// Its bytes in base64, if it is not merged.
    bytes: Vec<String>,
    /// The names of special tokens.
    names: BTreeMap<usize, String>,
}

/// Characters that cannot be seen, and what they are called.
#[derive(Serialize)]
struct Signs {
    invisible: &'static [(u32, u32)],
    names: BTreeMap<u32, &'static str>,
}

/// The tokens of texts, as they come.
pub(crate) struct Collector<'t> {
    tokenizer: &'t Tokenizer,
    text: Vec<u8>,
    ids: Vec<TokenId>,
    lengths: Vec<usize>,
    skips: Vec<(usize, usize)>,
    files: Vec<(usize, String)>,
    /// Whether the tokens stand for another text than this one, which the normalizer made of it.
    is_changed: bool,
}

impl<'t> Collector<'t> {
    /// Of nothing yet.
    pub(crate) fn new(tokenizer: &'t Tokenizer) -> Collector<'t> {
        let (text, ids, lengths) = (Vec::new(), Vec::new(), Vec::new());
        Collector { tokenizer, text, ids, lengths, skips: Vec::new(), files: Vec::new(), is_changed: false }
    }

    /// A file with this name begins.
    pub(crate) fn begin_file(&mut self, name: String) {
        self.files.push((self.ids.len(), name));
    }

    /// Takes a token.
    pub(crate) fn token(&mut self, token: Token<'_>) {
        if !token.skipped.is_empty() {
            self.skips.push((self.ids.len(), token.skipped.len()));
            self.text.extend_from_slice(token.skipped);
        }
        let own = self.tokenizer.vocabulary().bytes(token.id);
        self.is_changed |= !token.skipped.is_empty() || own.is_some_and(|own| own != token.text);
        self.text.extend_from_slice(token.text);
        self.ids.push(token.id);
        self.lengths.push(token.text.len());
    }

    /// How many tokens came.
    pub(crate) fn tokens(&self) -> u64 {
        self.ids.len() as u64
    }

    /// The data, with what the counts say.
    pub(crate) fn finish(
        self,
        basis: String,
        totals: Vec<(&'static str, String)>,
        limit: Option<u64>,
    ) -> Result<Data, bytepair::Error> {
        let has_pieces = !self.is_changed;
        let opens = if has_pieces { self.openings()? } else { vec![false; self.ids.len()] };
        let shapes = self.lengths.iter().zip(&opens).map(|(length, &opens)| length * 2 + usize::from(opens));
        let shapes = numbers(shapes);
        let (vocabulary, sequence) = parts(self.tokenizer, &self.ids);
        Ok(Data {
            schema_version: 1,
            basis,
            totals,
            limit,
            tokens: self.ids.len(),
            text: base64(&self.text),
            sequence,
            shapes,
            skips: self.skips,
            has_pieces,
            whole_pieces: self.tokenizer.vocabulary().whole_pieces(),
            files: self.files,
            vocabulary,
            signs: Signs { invisible: &INVISIBLE, names: NAMES.into_iter().collect() },
        })
    }

    /// Which tokens a piece begins with, of a text that is not changed before it is cut. The stretches between special tokens, and files, are texts of their own.
    fn openings(&self) -> Result<Vec<bool>, bytepair::Error> {
        let is_special = |id| self.tokenizer.specials().name(id).is_some();
        let firsts: HashSet<usize> = self.files.iter().map(|&(first, _)| first).collect();
        let mut opens = vec![false; self.ids.len()];
        let (mut place, mut at) = (0, 0);
        while place < self.ids.len() {
            let first = place;
            let is_end = |place: usize| place == self.ids.len() || is_special(self.ids[place]);
            while !is_end(place) {
                place += 1;
                if firsts.contains(&place) {
                    break;
                }
            }
            let length: usize = self.lengths[first..place].iter().sum();
            let pieces = self.tokenizer.pieces(&self.text[at..at + length])?;
            let mut ends = std::iter::once(0).chain(pieces).peekable();
            let mut offset = 0;
            for (opens, length) in opens[first..place].iter_mut().zip(&self.lengths[first..place]) {
                while ends.next_if(|&end| end < offset).is_some() {}
                *opens = ends.peek() == Some(&offset);
                offset += length;
            }
            at += length;
            if place < self.ids.len() && is_special(self.ids[place]) {
                opens[place] = true;
                at += self.lengths[place];
                place += 1;
            }
        }
        Ok(opens)
    }
}

/// The tokens that a text has, the most frequent first, and those they are merged of; and the text as places of these.
fn parts(tokenizer: &Tokenizer, ids: &[TokenId]) -> (Parts, String) {
    let vocabulary = tokenizer.vocabulary();
    let mut counts: HashMap<TokenId, u64> = HashMap::new();
    ids.iter().for_each(|&id| *counts.entry(id).or_default() += 1);
    let mut wanted: Vec<TokenId> = counts.keys().copied().collect();
    wanted.sort_unstable_by_key(|id| (Reverse(counts[id]), *id));
    let ranks: HashMap<TokenId, i64> = vocabulary.iter().map(|(id, _)| id).zip(0..).collect();
    let pairs: HashMap<TokenId, [TokenId; 2]> =
        vocabulary.merges().map(|(left, right, both)| (both, [left, right])).collect();
    let mut places: HashMap<TokenId, usize> = wanted.iter().copied().zip(0..).collect();
    let mut parts = Parts::default();
    let mut next = 0;
    while let Some(&id) = wanted.get(next) {
        let name = tokenizer.specials().name(id);
        let pair = pairs.get(&id).filter(|_| name.is_none());
        let mut place_of = |id: TokenId| {
            *places.entry(id).or_insert_with(|| {
                wanted.push(id);
                wanted.len() - 1
            }) as i64
        };
        parts.left.push(pair.map_or(-1, |pair| place_of(pair[0])));
        parts.right.push(pair.map_or(-1, |pair| place_of(pair[1])));
        parts.ids.push(id);
        parts.ranks.push(ranks.get(&id).copied().filter(|_| name.is_none()).unwrap_or(-1));
        let own = vocabulary.bytes(id).filter(|_| pair.is_none());
        parts.bytes.push(own.map_or(String::new(), base64));
        if let Some(name) = name {
            parts.names.insert(next, name.to_owned());
        }
        next += 1;
    }
    (parts, numbers(ids.iter().map(|id| places[id])))
}

/// The page.
pub(crate) fn page<'a>(title: &'a str, about: &'a str, data: Data) -> Page<'a, Data> {
    Page {
        title,
        about,
        tabs: &[("tokens", "Tokens"), ("counts", "Counts"), ("merges", "Merges")],
        body: include_str!("tokens.html"),
        style: include_str!("tokens.css"),
        script: include_str!("tokens.js"),
        data,
    }
}

/// Numbers, seven bits a byte, the lowest first, as base64.
fn numbers(numbers: impl Iterator<Item = usize>) -> String {
    let mut bytes = Vec::new();
    for mut number in numbers {
        while number > 127 {
            bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
    }
    base64(&bytes)
}

fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |place: usize| u32::from(three.get(place).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if place > three.len() { '=' } else { char::from(digit) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_every_length() {
        let wanted = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for (length, wanted) in wanted.iter().enumerate() {
            assert_eq!(base64(&b"foobar"[..length]), *wanted);
        }
        assert_eq!(numbers([0, 127, 128, 300].into_iter()), base64(&[0, 127, 0x80, 1, 0xac, 2]));
    }
}
