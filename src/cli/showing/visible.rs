//! Text made visible: what of a token can be read as it is, and signs for the rest.
//!
//! What comes out is safe on a terminal and cannot be taken for anything else: it has no control characters but line
//! feeds, each after its sign, and a sign that the text itself has is written as its bytes. The signs are listed in the
//! long help of `show`. Colours and borders are left to `output::show`.

use std::fmt::Write;

use unicode_segmentation::UnicodeSegmentation;

use crate::cli::literal::{hex, is_invisible};

/// Stands before a mark that has no letter to stand on.
pub(crate) const NO_LETTER: char = '◌';
/// The border between two tokens.
pub(crate) const BORDER: char = '│';
/// Around special tokens.
pub(crate) const SPECIAL: [char; 2] = ['⟦', '⟧'];

/// How far is looked ahead for the end of a run of spaces.
pub(crate) const LOOK_AHEAD: usize = 4096;

/// Signs that are written as their bytes where the text has them. Of U+2400 to U+2426 all are signs.
const SIGNS: [char; 7] = ['‹', '›', SPECIAL[0], SPECIAL[1], '⇥', '↵', NO_LETTER];

/// Characters that cannot be seen and have a short name everyone uses.
pub(crate) const NAMES: [(u32, &str); 21] = [
    (0x85, "NEL"),
    (0xa0, "NBSP"),
    (0xad, "SHY"),
    (0x61c, "ALM"),
    (0x200b, "ZWSP"),
    (0x200c, "ZWNJ"),
    (0x200d, "ZWJ"),
    (0x200e, "LRM"),
    (0x200f, "RLM"),
    (0x2028, "LS"),
    (0x2029, "PS"),
    (0x202a, "LRE"),
    (0x202b, "RLE"),
    (0x202c, "PDF"),
    (0x202d, "LRO"),
    (0x202e, "RLO"),
    (0x202f, "NNBSP"),
    (0x2060, "WJ"),
    (0xfe0e, "VS15"),
    (0xfe0f, "VS16"),
    (0xfeff, "BOM"),
];

/// Makes the tokens of one text visible, one after another. It remembers the character that is not complete.
#[derive(Clone, Debug, Default)]
pub(crate) struct Visible {
    /// The first bytes of a character that later tokens may complete.
    begun: Vec<u8>,
    /// Whether borders are written with a sign, so that this is a sign, too.
    has_borders: bool,
}

impl Visible {
    /// For a text whose tokens are divided by a sign or not.
    pub(crate) fn new(has_borders: bool) -> Visible {
        Visible { begun: Vec::new(), has_borders }
    }

    /// Puts a token to `out`. `after` is the text that follows, as far as [`trails`] wants to see it.
    pub(crate) fn token(&mut self, token: &[u8], after: &[u8], out: &mut String) {
        let mut rest = token;
        // Whether an accent would stand on the letter that it belongs to.
        let mut has_letter = false;
        while let Some(&byte) = rest.first() {
            if self.begun.is_empty() && byte == b' ' {
                let spaces = rest.iter().take_while(|&&byte| byte == b' ').count();
                let ends = if spaces == rest.len() { trails(after) } else { ends_line(&rest[spaces..]) };
                out.extend(std::iter::repeat_n(if ends { '␣' } else { ' ' }, spaces));
                rest = &rest[spaces..];
                has_letter = !ends;
                continue;
            }
            match self.next(rest) {
                Next::Whole(c, length) if self.begun.is_empty() => {
                    has_letter = self.character(c, has_letter, out);
                    rest = &rest[length..];
                }
                Next::Whole(c, length) => {
                    let _ = write!(out, "‹{}=", hex(&rest[..length]));
                    named(c, out);
                    out.push('›');
                    self.begun.clear();
                    (rest, has_letter) = (&rest[length..], false);
                }
                Next::Begun => {
                    let _ = write!(out, "‹{}›", hex(rest));
                    self.begun.extend_from_slice(rest);
                    return;
                }
                Next::Wrong(0) => self.begun.clear(),
                Next::Wrong(first) => {
                    let length = if self.begun.is_empty() { self.wrong(rest) } else { first };
                    self.begun.clear();
                    let _ = write!(out, "‹{}›", hex(&rest[..length]));
                    (rest, has_letter) = (&rest[length..], false);
                }
            }
        }
    }

    /// Puts a special token to `out`.
    pub(crate) fn special(&mut self, name: &[u8], out: &mut String) {
        out.push(SPECIAL[0]);
        let mut alone = Visible::new(self.has_borders);
        alone.token(name, b"x", out);
        self.begun.clear();
        out.push(SPECIAL[1]);
    }

    /// Puts bytes to `out` of which the text has nothing, or the tokens.
    pub(crate) fn without_other(&mut self, sign: char, bytes: &[u8], out: &mut String) {
        let _ = write!(out, "‹{sign}{}›", hex(bytes));
    }

    /// How many bytes from here on are no UTF-8, without a character between them.
    fn wrong(&self, rest: &[u8]) -> usize {
        let mut length = 0;
        while let Next::Wrong(more @ 1..) = self.next(&rest[length..]) {
            length += more;
        }
        length.max(1)
    }

    /// What comes next, after the bytes of a character that came already.
    fn next(&self, rest: &[u8]) -> Next {
        let mut four = [0; 4];
        let bytes = self.begun.iter().chain(rest).take(4);
        let length = bytes.zip(&mut four).map(|(&byte, place)| *place = byte).count();
        let (before, bytes) = (self.begun.len(), &four[..length]);
        let valid = match std::str::from_utf8(bytes) {
            Ok(valid) => valid,
            Err(error) if error.valid_up_to() > 0 => {
                std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or("")
            }
            Err(error) => match error.error_len() {
                None => return Next::Begun,
                Some(length) => return Next::Wrong(length.saturating_sub(before)),
            },
        };
        match valid.chars().next() {
            Some(c) => Next::Whole(c, c.len_utf8() - before),
            None => Next::Wrong(0),
        }
    }

    /// Puts a character that is whole in its token. Says whether an accent may follow.
    fn character(&self, c: char, has_letter: bool, out: &mut String) -> bool {
        let is_sign =
            SIGNS.contains(&c) || matches!(c, '\u{2400}'..='\u{2426}') || (self.has_borders && c == BORDER);
        match c {
            ' '..='~' => out.push(c),
            '\t' => out.push('⇥'),
            '\n' => out.push_str("↵\n"),
            '\0'..' ' => out.extend(char::from_u32(0x2400 + c as u32)),
            '\x7f' => out.push('␡'),
            c if is_sign => {
                let _ = write!(out, "‹{}={c}›", hex(c.encode_utf8(&mut [0; 4]).as_bytes()));
            }
            c if is_invisible(c) => {
                out.push('‹');
                named(c, out);
                out.push('›');
            }
            c => {
                if !has_letter && is_mark(c) {
                    out.push(NO_LETTER);
                }
                out.push(c);
                return true;
            }
        }
        matches!(c, ' '..='~')
    }
}

enum Next {
    /// A character, and how many bytes of it are in this token.
    Whole(char, usize),
    /// The beginning of one, up to the end of the token.
    Begun,
    /// No character; so many bytes of this token that can be part of none.
    Wrong(usize),
}

/// Whether spaces before this text stand at the end of a line. Where nothing follows, the text has ended.
pub(crate) fn trails(after: &[u8]) -> bool {
    let near = &after[..after.len().min(LOOK_AHEAD)];
    let spaces = near.iter().take_while(|&&byte| byte == b' ').count();
    spaces < LOOK_AHEAD && ends_line(&near[spaces..])
}

/// Whether more of the text must be known to say whether spaces before it stand at the end of a line.
pub(crate) fn is_open(after: &[u8]) -> bool {
    after.len() < LOOK_AHEAD && after.iter().all(|&byte| byte == b' ')
}

fn ends_line(rest: &[u8]) -> bool {
    rest.is_empty() || rest.starts_with(b"\n") || rest.starts_with(b"\r\n")
}

/// Puts a character by its name if it cannot be seen, else as it is.
fn named(c: char, out: &mut String) {
    match NAMES.iter().find(|(code, _)| *code == c as u32) {
        Some((_, name)) => out.push_str(name),
        None if is_invisible(c) => {
            let _ = write!(out, "U+{:04X}", c as u32);
        }
        None => {
            if is_mark(c) {
                out.push(NO_LETTER);
            }
            out.push(c);
        }
    }
}

/// Whether a character stands on the one before it, after the grapheme clusters of Unicode Standard Annex 29.
fn is_mark(c: char) -> bool {
    c >= '\u{300}' && ['a', c].iter().collect::<String>().graphemes(true).nth(1).is_none()
}
