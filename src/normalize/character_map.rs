//! SentencePiece's precompiled character map: which strings are replaced by which, as they lie in a model file.
//!
//! The file form (`normalizer.cc` of SentencePiece 0.2.3, and the double array trie of the Darts-clone library that
//! it contains): four bytes with the length of the trie; the trie, units of 32 bits, all little-endian; the strings
//! that are put, each ended by a zero byte (the last may end with the data). What a trie leads to is the place of a
//! string in those.
//!
//! A unit: bits 0-7 its label, bit 31 is 0; bit 8 whether a string ends here; bits 10-30 the offset of its children,
//! times 256 if bit 9 is set. The child of label `l` of a unit at place `p` is at `p ^ offset ^ l`, the value of a
//! string that ends is at `p ^ offset`, in bits 0-30.

use super::characters::{Found, is_border, look, skip};
use super::rewriter::Rewriter;

/// What stands for a byte that is not valid UTF-8.
pub(super) const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// The longest string, in bytes, that may be replaced. Those of the maps that SentencePiece makes have at most
/// about 20; a limit keeps hostile ones from making every byte of a text slow.
const LONGEST: usize = 256;

/// A map, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CharacterMap {
    units: Vec<u32>,
    strings: Vec<u8>,
    /// At least the length of the longest string that is replaced.
    longest: usize,
    /// Where something may have to be done: the first bytes of what is replaced, or not valid.
    stops: [bool; 256],
    /// Whether bytes that are not valid UTF-8 are replaced in the same go.
    replaces_invalid: bool,
}

/// What a search in the map comes to.
struct Match<'m> {
    /// The longest string that the text begins with: its length, and what stands for it.
    found: Option<(usize, &'m [u8])>,
    /// Whether the text ended before it was clear that there is none longer.
    is_open: bool,
}

fn label(unit: u32) -> u32 {
    unit & 0x8000_00ff
}

/// Where the children of a unit are; at most 29 bits.
fn children(place: u32, unit: u32) -> u32 {
    place ^ ((unit >> 10) << ((unit & 1 << 9) >> 6))
}

impl CharacterMap {
    /// What is wrong with the data, if it is no map.
    pub(super) fn new(data: &[u8], replaces_invalid: bool) -> Result<CharacterMap, String> {
        let (length, rest) =
            data.split_first_chunk().ok_or("it is shorter than the length it begins with")?;
        let length = u32::from_le_bytes(*length) as usize;
        if length == 0 || !length.is_multiple_of(4) {
            return Err(format!("its trie has {length} bytes, which is no number of units of 4"));
        }
        let Some((trie, strings)) = rest.split_at_checked(length) else {
            return Err(format!("its trie has {length} bytes, but only {} follow", rest.len()));
        };
        let units = trie.as_chunks().0.iter().map(|unit| u32::from_le_bytes(*unit)).collect();
        if std::str::from_utf8(strings).is_err() {
            return Err("what it puts into the text is not valid UTF-8".into());
        }
        let mut map = CharacterMap {
            units,
            strings: strings.into(),
            longest: 0,
            stops: [false; 256],
            replaces_invalid,
        };
        map.longest = map.check()?;
        map.find_stops()?;
        Ok(map)
    }

    /// Walks through all of the trie, each unit once, and gives the length of the longest string in it.
    fn check(&self) -> Result<usize, String> {
        const ON_THE_WAY: u16 = u16::MAX;
        // For each place where children are: one more than the length of the longest string from there on.
        let mut heights = vec![0u16; self.units.len().next_multiple_of(256)];
        let root = children(0, self.units[0]);
        if root as usize >= heights.len() {
            return Ok(0);
        }
        heights[root as usize] = ON_THE_WAY;
        let mut way = vec![(root, 0u32, 0u16)];
        while let Some((base, next, height)) = way.last_mut() {
            if *next == 256 {
                let (base, height) = (*base, *height);
                heights[base as usize] = height + 1;
                way.pop();
                if let Some((_, _, above)) = way.last_mut() {
                    *above = (*above).max(height + 1);
                }
                continue;
            }
            let byte = *next;
            *next += 1;
            let place = *base ^ byte;
            let Some(&unit) = self.units.get(place as usize).filter(|&&unit| label(unit) == byte) else {
                continue;
            };
            let below = children(place, unit);
            if unit >> 8 & 1 == 1 {
                self.check_value(below)?;
            }
            match heights.get(below as usize) {
                Some(&ON_THE_WAY) => return Err("its trie leads back into itself".into()),
                Some(0) => {
                    heights[below as usize] = ON_THE_WAY;
                    way.push((below, 0, 0));
                }
                known => *height = (*height).max(known.copied().unwrap_or(1)),
            }
            if way.len() + usize::from(way.last().map_or(0, |step| step.2)) > LONGEST + 1 {
                return Err(format!("it replaces strings of more than {LONGEST} bytes"));
            }
        }
        Ok(usize::from(heights[root as usize] - 1))
    }

    fn check_value(&self, place: u32) -> Result<(), String> {
        let value = self.units.get(place as usize).ok_or("its trie leads out of itself")? & 0x7fff_ffff;
        match self.strings.get(value as usize) {
            Some(byte) if byte & 0xc0 == 0x80 => Err("its trie leads into the middle of a character".into()),
            None if value as usize > self.strings.len() => Err(format!("it has no string at place {value}")),
            _ => Ok(()),
        }
    }

    fn find_stops(&mut self) -> Result<(), String> {
        let root = children(0, self.units[0]);
        for byte in 0..=255u8 {
            let place = root ^ u32::from(byte);
            let is_first = self.units.get(place as usize).is_some_and(|&unit| label(unit) == u32::from(byte));
            if is_first && byte & 0xc0 == 0x80 {
                return Err("it replaces a string that begins inside of a character".into());
            }
            self.stops[byte as usize] = is_first || (self.replaces_invalid && byte >= 128);
        }
        Ok(())
    }

    /// The longest string of the map that the text begins with.
    fn find(&self, text: &[u8]) -> Match<'_> {
        let mut found = None;
        let mut base = children(0, self.units[0]);
        for (i, &byte) in text.iter().enumerate() {
            let place = base ^ u32::from(byte);
            let Some(&unit) = self.units.get(place as usize).filter(|&&unit| label(unit) == u32::from(byte))
            else {
                return Match { found: self.put(found), is_open: false };
            };
            base = children(place, unit);
            if unit >> 8 & 1 == 1 {
                found = self.units.get(base as usize).map(|value| (i + 1, value & 0x7fff_ffff));
            }
        }
        Match { found: self.put(found), is_open: true }
    }

    fn put(&self, found: Option<(usize, u32)>) -> Option<(usize, &[u8])> {
        let (length, value) = found?;
        let string = self.strings.get(value as usize..).unwrap_or_default();
        let end = string.iter().position(|&byte| byte == 0).unwrap_or(string.len());
        Some((length, &string[..end]))
    }

    /// At least how many bytes before a place have to be known to tell whether a text may be cut there.
    pub(super) fn reach(&self) -> usize {
        self.longest.max(4)
    }

    /// Whether the text may be cut at byte `at`, whatever follows it.
    pub(super) fn is_cut(&self, text: &[u8], at: usize) -> bool {
        is_border(text, at)
            && (at.saturating_sub(self.longest)..at).all(|start| {
                let Match { found, is_open } = self.find(&text[start..]);
                !is_open && found.is_none_or(|(length, _)| start + length <= at)
            })
    }

    /// Replaces what the text holds, from left to right; if the text goes on (it does not end), only as far as
    /// that does not depend on what follows.
    pub(super) fn run(&self, rewriter: &mut Rewriter<'_>, ends: bool) {
        let text = rewriter.source();
        let mut at = 0;
        loop {
            at = skip(text, at, &self.stops);
            rewriter.keep_to(at);
            if at == text.len() {
                return;
            }
            let Match { found, is_open } = self.find(&text[at..]);
            if is_open && !ends {
                return;
            }
            at += match (found, look(text, at)) {
                (Some((length, new)), _) => {
                    rewriter.put(length, new);
                    length
                }
                (None, Found::Character(_, length)) => length,
                (None, Found::Incomplete) if !ends => return,
                (None, _) => {
                    if self.replaces_invalid {
                        rewriter.put(1, REPLACEMENT);
                    }
                    1
                }
            };
        }
    }
}
