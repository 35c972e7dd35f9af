//! A byte-pair model from named tokens and a list of merges: what `tokenizer.json`, `vocab.json` with
//! `merges.txt` and GGUF have in common.
//!
//! Checks that every merge is one of tokens that there are. How a file spells names and merges is left to
//! its reader, what the merges do to a text to the vocabulary.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::{byte_alphabet, invalid, show};
use crate::error::Error;
use crate::token::{TokenId, Unit};
use crate::vocabulary::{BpeModel, UnknownToken};

/// The sign that stands for a space in SentencePiece's vocabularies. It is a space in a [`BpeModel`].
pub(super) const SPACE_SIGN: char = '\u{2581}';

/// A merge as a file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Merge<'f> {
    /// Two names with a space between them.
    Line(Cow<'f, str>),
    /// Two names.
    Pair(Cow<'f, str>, Cow<'f, str>),
}

/// What the file says.
pub(super) struct Source<'f> {
    /// The name and the id of each token, in any order.
    pub(super) tokens: Vec<(Cow<'f, str>, TokenId)>,
    /// The merges, the first to be done first.
    pub(super) merges: Vec<Merge<'f>>,
    /// Whether names are bytes in the byte alphabet, or text.
    pub(super) unit: Unit,
    /// Whether [`SPACE_SIGN`] stands for a space.
    pub(super) has_space_sign: bool,
    /// Whether `<0x00>` to `<0xFF>` stand for bytes.
    pub(super) byte_fallback: bool,
    /// The name of the token for the unknown, and whether several in a row become one.
    pub(super) unknown: Option<(&'f str, bool)>,
    /// See [`BpeModel::whole_pieces`].
    pub(super) whole_pieces: bool,
    /// Names that are found in the text before it is cut into pieces.
    pub(super) added: HashSet<&'f str>,
}

/// What becomes of a token of the file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// One that merging begins with or makes, or that is a piece.
    Token,
    /// One that stands for a byte.
    Byte(u8),
    /// One that no text becomes.
    Unreachable,
}

/// The tokens, ordered by id, and where their names are among them.
struct Named<'s> {
    tokens: Vec<(&'s str, TokenId)>,
    places: HashMap<&'s str, u32>,
}

/// The model that the file describes.
///
/// Fails, naming the token or the merge, if a name or id comes twice, if a merge has a part that is no token or
/// makes none, or if the byte tokens cannot be used as they are.
pub(super) fn build(source: &Source<'_>) -> Result<BpeModel, Error> {
    let named = Named::new(&source.tokens)?;
    let merges = named.merges(&source.merges, source.has_space_sign)?;
    let mut merged = vec![false; named.tokens.len()];
    for &place in merges.iter().flatten() {
        merged[place as usize] = true;
    }
    let byte_tokens = byte_tokens(&named, source)?;
    let (mut tokens, mut decode_only) = (Vec::new(), Vec::new());
    let mut new_places = vec![0; named.tokens.len()];
    let mut names_of_bytes: HashMap<Vec<u8>, &str> = HashMap::new();
    for (place, &(name, id)) in named.tokens.iter().enumerate() {
        let fate = fate(name, merged[place], !byte_tokens.is_empty(), source)?;
        if matches!(fate, Fate::Byte(_)) && merged[place] {
            return Err(invalid(format!("the byte token {name} takes part in a merge")));
        }
        if fate == Fate::Unreachable && !source.added.contains(name) {
            decode_only.push((bytes_of(name, source), id));
        }
        if fate == Fate::Token {
            let bytes = bytes_of(name, source);
            if let Some(other) = names_of_bytes.insert(bytes.clone(), name) {
                let message =
                    format!("the tokens {} and {} stand for the same bytes", show(other), show(name));
                return Err(invalid(message));
            }
            new_places[place] = tokens.len() as u32;
            tokens.push((bytes, id));
        }
    }
    let merges = merges.into_iter().map(|merge| merge.map(|place| new_places[place as usize])).collect();
    let unknown = unknown(&named, source, &tokens)?;
    let (unit, whole_pieces) = (source.unit, source.whole_pieces);
    Ok(BpeModel { tokens, merges: Some(merges), unit, byte_tokens, decode_only, unknown, whole_pieces })
}

/// What becomes of a token.
fn fate(name: &str, is_merged: bool, has_bytes: bool, source: &Source<'_>) -> Result<Fate, Error> {
    if has_bytes && let Some(byte) = byte_of_name(name) {
        return Ok(Fate::Byte(byte));
    }
    if source.has_space_sign && name.contains(' ') {
        // Every space of a text has become the sign before merging begins.
        return Ok(Fate::Unreachable);
    }
    let is_unit = match source.unit {
        Unit::Byte if byte_alphabet::decode(name).is_none() => {
            if source.added.contains(name) && !is_merged {
                return Ok(Fate::Unreachable);
            }
            if is_merged || source.whole_pieces {
                let message = format!("the token {} is not written in the byte alphabet", show(name));
                return Err(invalid(message));
            }
            false
        }
        _ => name.chars().nth(1).is_none(),
    };
    // An added token that no merge makes is found before; here it would be one more name for the same.
    let only_added = source.added.contains(name) && !is_merged && !is_unit && !source.whole_pieces;
    Ok(if only_added { Fate::Unreachable } else { Fate::Token })
}

/// The bytes of a token that is no byte token. A name that is not in the byte alphabet stands for itself, as
/// Hugging Face's decoder has it.
fn bytes_of(name: &str, source: &Source<'_>) -> Vec<u8> {
    match source.unit {
        Unit::Byte => byte_alphabet::decode(name).unwrap_or_else(|| name.as_bytes().to_vec()),
        Unit::Character if source.has_space_sign => name.replace(SPACE_SIGN, " ").into_bytes(),
        Unit::Character => name.as_bytes().to_vec(),
    }
}

/// The byte that `<0x00>` to `<0xFF>` stand for: two digits, letters in upper case.
pub(super) fn byte_of_name(name: &str) -> Option<u8> {
    let digits = name.strip_prefix("<0x")?.strip_suffix('>')?;
    let proper = digits.len() == 2 && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'));
    proper.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

/// The tokens of single bytes: all 256, or none. Some of them are as good as none if no character can be made
/// of them: a character is encoded with all its bytes, or is unknown.
fn byte_tokens(named: &Named<'_>, source: &Source<'_>) -> Result<Vec<(u8, TokenId)>, Error> {
    if !source.byte_fallback || source.unit == Unit::Byte {
        return Ok(Vec::new());
    }
    let found = named.tokens.iter().filter_map(|&(name, id)| Some((byte_of_name(name)?, id)));
    let mut bytes: Vec<(u8, TokenId)> = found.collect();
    bytes.sort_unstable();
    if bytes.len() == 256 || bytes.is_empty() {
        return Ok(bytes);
    }
    let has = |range: std::ops::RangeInclusive<u8>| bytes.iter().any(|(byte, _)| range.contains(byte));
    if has(0..=0x7f) || (has(0xc2..=0xf4) && has(0x80..=0xbf)) {
        return Err(invalid(format!(
            "byte_fallback with {} of the 256 byte tokens is not supported",
            bytes.len()
        )));
    }
    Ok(Vec::new())
}

/// The token for the unknown, unless nothing can be unknown.
fn unknown(
    named: &Named<'_>,
    source: &Source<'_>,
    tokens: &[(Vec<u8>, TokenId)],
) -> Result<Option<UnknownToken>, Error> {
    let Some((name, fuses)) = source.unknown else { return Ok(None) };
    let bytes = tokens.iter().filter(|(bytes, _)| bytes.len() == 1).count();
    if source.unit == Unit::Byte && bytes == 256 {
        return Ok(None);
    }
    match named.places.get(name) {
        Some(&place) => Ok(Some(UnknownToken { id: named.tokens[place as usize].1, fuses })),
        None => Err(invalid(format!("the unknown token {} is not in the vocabulary", show(name)))),
    }
}

impl<'s> Named<'s> {
    fn new(source: &'s [(Cow<'_, str>, TokenId)]) -> Result<Named<'s>, Error> {
        let mut tokens: Vec<(&str, TokenId)> = source.iter().map(|(name, id)| (name.as_ref(), *id)).collect();
        tokens.sort_unstable_by_key(|&(name, id)| (id, name));
        if let Some(pair) = tokens.windows(2).find(|pair| pair[0].1 == pair[1].1) {
            let [(one, id), (two, _)] = [pair[0], pair[1]];
            return Err(invalid(format!("the tokens {} and {} both have the id {id}", show(one), show(two))));
        }
        let mut places = HashMap::with_capacity(tokens.len());
        for (place, (name, _)) in tokens.iter().enumerate() {
            if places.insert(*name, place as u32).is_some() {
                return Err(invalid(format!("the token {} comes twice in the vocabulary", show(name))));
            }
        }
        Ok(Named { tokens, places })
    }

    /// The merges as places among the tokens. Those that no text comes to are left out: a space is never
    /// merged where a sign stands for it.
    fn merges(&self, merges: &[Merge<'_>], has_space_sign: bool) -> Result<Vec<[u32; 3]>, Error> {
        let mut places = Vec::with_capacity(merges.len());
        let mut result = String::new();
        for (number, merge) in merges.iter().enumerate() {
            let (left, right) = match merge {
                Merge::Pair(left, right) => (left.as_ref(), right.as_ref()),
                Merge::Line(line) => self
                    .parts(line)
                    .map_err(|what| invalid(format!("merge {}, {}, {what}", number + 1, show(line))))?,
            };
            result.clear();
            result.extend([left, right]);
            let place = |name: &str, role: &str| {
                self.places.get(name).copied().ok_or_else(|| {
                    let merge = format!("merge {}, {} and {}", number + 1, show(left), show(right));
                    invalid(format!("{merge}: {role} {} is not in the vocabulary", show(name)))
                })
            };
            let merge =
                [place(left, "the token")?, place(right, "the token")?, place(&result, "their result")?];
            if left.is_empty() || right.is_empty() {
                return Err(invalid(format!("merge {} has an empty part", number + 1)));
            }
            if !(has_space_sign && result.contains(' ')) {
                places.push(merge);
            }
        }
        Ok(places)
    }

    /// The two parts of a merge. Where names hold spaces, the vocabulary must tell which one is between them.
    fn parts<'m>(&self, line: &'m str) -> Result<(&'m str, &'m str), &'static str> {
        /// More spaces than a sane merge has; each costs a look at the whole line.
        const MOST_SPACES: usize = 200;
        let spaces: Vec<usize> = line.match_indices(' ').map(|(at, _)| at).take(MOST_SPACES + 1).collect();
        let cut = |at: usize| (&line[..at], &line[at + 1..]);
        match *spaces {
            [] => Err("is not two tokens with a space between them"),
            [at] => Ok(cut(at)),
            _ if spaces.len() > MOST_SPACES => Err("has too many spaces to tell its parts"),
            _ => {
                let known = |part: &str| self.places.contains_key(part);
                let fits = |&(left, right): &(&str, &str)| {
                    known(left) && known(right) && known(&format!("{left}{right}"))
                };
                let mut ways = spaces.into_iter().map(cut).filter(fits);
                let first = ways.next().ok_or("cannot be cut into two tokens that make a third")?;
                let is_only_way = ways.next().is_none();
                is_only_way.then_some(first).ok_or("can be cut into two tokens in more than one way")
            }
        }
    }
}
