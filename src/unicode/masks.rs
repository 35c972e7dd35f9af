//! 64 bytes of text as bit masks of character classes: what a [`Kernel`] gives, and how the wide ones find the
//! classes of characters outside ASCII.
//!
//! Text in one script has few first bytes, and few pairs of first and second bytes that say less than the whole
//! character. So not every character is looked up, but every *distinct* beginning of one in the block, in a
//! table of 64 entries that is applied to all bytes at once ([`characters_by_page`]).
//!
//! Which instructions a kernel consists of is left to `simd`, and the kernel without any to `portable`. What
//! the masks are good for is left to `pretokenize` and `measure`.

use super::pages::{LEADS, SECONDS, THIRDS, UNSPACED, marked_class};
use super::{CASELESS, Class, LOWER, MARK, NUMBER, SPACE, UPPER, decode};

/// How many bytes a block has.
pub(crate) const BLOCK: usize = 64;

/// A block, and what of the longest character stands beyond if it begins with the last byte.
pub(crate) const WINDOW: usize = BLOCK + 3;

/// The ASCII classes of a block: bit i is set if byte i is of the class. A byte that is in none of them and
/// not in `high` is any other ASCII character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AsciiMasks {
    /// `A` to `Z`.
    pub(crate) upper: u64,
    /// `a` to `z`.
    pub(crate) lower: u64,
    /// `0` to `9`.
    pub(crate) digit: u64,
    /// The space.
    pub(crate) blank: u64,
    /// Tab, vertical tab, form feed.
    pub(crate) tab: u64,
    /// `\r` and `\n`.
    pub(crate) newline: u64,
    /// `\n` alone.
    pub(crate) line_feed: u64,
    /// `'`.
    pub(crate) apostrophe: u64,
    /// `/`.
    pub(crate) slash: u64,
    /// Bytes from 128 on, which are no ASCII.
    pub(crate) high: u64,
    /// Those of them below 192, which follow the first byte of a character.
    pub(crate) follow: u64,
}

/// The classes of the characters of more than one byte that begin in a block: bit i is set if one begins with
/// byte i and is of the class. A character that has a bit in no class is any other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Characters {
    pub(crate) upper: u64,
    pub(crate) lower: u64,
    pub(crate) caseless: u64,
    pub(crate) mark: u64,
    pub(crate) number: u64,
    pub(crate) space: u64,
    /// Letters of scripts that are written without spaces.
    pub(crate) unspaced: u64,
    /// The bytes of the next block that belong to the last of these characters.
    pub(crate) beyond: u64,
}

/// A way to classify a block.
pub(crate) trait Kernel: Copy {
    /// Whether it has vector instructions. Without them, sums of bytes are had cheaper than masks.
    const WIDE: bool;

    /// The ASCII classes of the block.
    fn classify(self, block: &[u8; BLOCK]) -> AsciiMasks;

    /// The other characters of the block that the window begins with, whose ASCII classes are known; `pending`
    /// has the bytes that belong to a character of the block before. `None` if not all is valid UTF-8, up to the
    /// end of the last character that begins in the block.
    fn characters(self, window: &[u8; WINDOW], ascii: &AsciiMasks, pending: u64) -> Option<Characters>;
}

/// Work that is written once and compiled for each kernel: `simd::by_widest` does it.
pub(crate) trait Work {
    type Result;

    /// Does it. To be inlined always, or it would not be compiled for the kernel's instructions.
    fn by<K: Kernel>(self, kernel: K) -> Self::Result;
}

/// What vector instructions have to offer: all that a kernel with them consists of.
pub(super) trait Vectors: Copy {
    /// 64 bytes.
    type Bytes: Copy;
    /// One truth for each of 64 bytes.
    type Mask: Copy;

    fn load(self, block: &[u8; BLOCK]) -> Self::Bytes;
    /// Which bytes are this one.
    fn equal(self, bytes: Self::Bytes, byte: u8) -> Self::Mask;
    /// Which bytes are one of the `count` from `first` on.
    fn within(self, bytes: Self::Bytes, first: u8, count: u8) -> Self::Mask;
    /// Which bytes have this bit.
    fn having(self, bytes: Self::Bytes, bit: u8) -> u64;
    /// Which bytes have the uppermost bit.
    fn high(self, bytes: Self::Bytes) -> u64;
    fn both(self, one: Self::Mask, other: Self::Mask) -> Self::Mask;
    fn bits(self, mask: Self::Mask) -> u64;
    /// For each byte the entry that its lower six bits number.
    fn look_up(self, page: &[u8; 64], bytes: Self::Bytes) -> Self::Bytes;
    /// `new` where the mask is true, else `old`.
    fn choose(self, mask: Self::Mask, new: Self::Bytes, old: Self::Bytes) -> Self::Bytes;
}

impl<V: Vectors> Kernel for V {
    const WIDE: bool = true;

    #[inline(always)]
    fn classify(self, block: &[u8; BLOCK]) -> AsciiMasks {
        let bytes = self.load(block);
        let line_feed = self.bits(self.equal(bytes, b'\n'));
        let newline = line_feed | self.bits(self.equal(bytes, b'\r'));
        let high = self.high(bytes);
        AsciiMasks {
            upper: self.bits(self.within(bytes, b'A', 26)),
            lower: self.bits(self.within(bytes, b'a', 26)),
            digit: self.bits(self.within(bytes, b'0', 10)),
            blank: self.bits(self.equal(bytes, b' ')),
            tab: self.bits(self.within(bytes, b'\t', 5)) & !newline,
            newline,
            line_feed,
            apostrophe: self.bits(self.equal(bytes, b'\'')),
            slash: self.bits(self.equal(bytes, b'/')),
            high,
            follow: high & !self.having(bytes, 0x40),
        }
    }

    #[inline(always)]
    fn characters(self, window: &[u8; WINDOW], ascii: &AsciiMasks, pending: u64) -> Option<Characters> {
        characters_by_page(self, window, ascii, pending)
    }
}

/// [`Kernel::characters`], by pages of 64 characters.
///
/// ```text
/// give up if there are not as many follow bytes after each first byte as it says
/// classes = for every byte as a first one, what LEADS says
/// while a character begins at a byte of which nothing is known yet:
///     classes at all bytes with the same value = what the page of that first byte says of the second
/// while there are characters of three bytes that this left unknown:
///     classes at all bytes with the same value and successor = what the page of the two says of the third
/// give up if a character has no class, for then it is none
/// ```
///
/// All of it speaks of the place of the first byte: the second and third bytes are loaded as blocks that
/// begin one and two bytes later. Each round settles at least one first byte, or pair, for good. Characters of
/// four bytes are rare, and taken one by one.
#[inline(always)]
fn characters_by_page<V: Vectors>(
    vectors: V,
    window: &[u8; WINDOW],
    ascii: &AsciiMasks,
    pending: u64,
) -> Option<Characters> {
    let first = vectors.load(window.first_chunk()?);
    let second = vectors.load(window[1..].first_chunk()?);
    let third = vectors.load(window[2..].first_chunk()?);
    let leads = ascii.high & !ascii.follow;
    let long = leads & vectors.having(first, 0x20);
    let four = long & vectors.having(first, 0x10);
    let beyond = follow_beyond(window, ascii.follow, pending, [leads, long, four])?;

    let mut classes = vectors.look_up(&LEADS.0, first);
    let mut left = leads & !four & vectors.bits(vectors.equal(classes, 0));
    while left != 0 {
        let lead = window[left.trailing_zeros() as usize];
        let same = vectors.equal(first, lead);
        let page = &SECONDS[usize::from(lead & 0x3f) % SECONDS.len()];
        classes = vectors.choose(same, vectors.look_up(&page.0, second), classes);
        left &= !vectors.bits(same);
    }
    let mut left = long & !four & vectors.bits(vectors.equal(classes, 0));
    while left != 0 {
        let place = left.trailing_zeros() as usize % BLOCK;
        let (lead, middle) = (window[place], window[place + 1]);
        let same = vectors.both(vectors.equal(first, lead), vectors.equal(second, middle));
        let page = &THIRDS[usize::from(lead & 0x0f) << 6 | usize::from(middle & 0x3f)];
        classes = vectors.choose(same, vectors.look_up(&page.0, third), classes);
        left &= !vectors.bits(same);
    }
    let starts = leads & !four;
    if starts & vectors.bits(vectors.equal(classes, 0)) != 0 {
        return None;
    }
    let of = |class: Class| starts & vectors.having(classes, class);
    let mut characters = Characters {
        upper: of(UPPER),
        lower: of(LOWER),
        caseless: of(CASELESS),
        mark: of(MARK),
        number: of(NUMBER),
        space: of(SPACE),
        unspaced: of(UNSPACED),
        beyond,
    };
    if four != 0 {
        characters.add_each(window, four)?;
    }
    Some(characters)
}

/// The follow bytes after the block that its last character wants. `None` if the follow bytes are not exactly
/// those that are wanted: one after the first bytes in `leads`, one more after those also in `long`, and again
/// in `four`; and those that are pending.
#[inline(always)]
fn follow_beyond(
    window: &[u8; WINDOW],
    follow: u64,
    pending: u64,
    [leads, long, four]: [u64; 3],
) -> Option<u64> {
    let wanted = leads << 1 | long << 2 | four << 3;
    if wanted | pending != follow {
        return None;
    }
    let beyond = leads >> 63 | long >> 62 | four >> 61;
    let [.., a, b, c] = *window;
    // `beyond` is 0, 1, 3 or 7: as many bytes.
    let bytes = (1u32 << (8 * beyond.count_ones())) - 1;
    let there = (u32::from_le_bytes([a, b, c, 0]) ^ 0x80_8080) & 0xc0_c0c0 & bytes == 0;
    there.then_some(beyond)
}

impl Characters {
    /// Adds the characters that begin at these places, one by one. `None` if one of them is none.
    #[inline]
    fn add_each(&mut self, window: &[u8; WINDOW], places: u64) -> Option<()> {
        let mut left = places;
        while left != 0 {
            let place = left.trailing_zeros();
            left &= left - 1;
            let class = marked_class(decode(window, place as usize)?.0 as u32);
            let of = |one: Class| u64::from(class & one != 0) << place;
            self.upper |= of(UPPER);
            self.lower |= of(LOWER);
            self.caseless |= of(CASELESS);
            self.mark |= of(MARK);
            self.number |= of(NUMBER);
            self.space |= of(SPACE);
            self.unspaced |= of(UNSPACED);
        }
        Some(())
    }
}

/// From the first bytes of characters to all of their bytes. `pending` has the bytes of a character from the
/// block before, if it is one of those.
#[inline(always)]
pub(crate) fn whole(starts: u64, follow: u64, pending: u64) -> u64 {
    // A first byte's neighbour begins a run of follow bytes: adding it carries through the run and clears it.
    let seeds = (starts << 1 & follow) | (pending & 1);
    starts | (follow & !follow.wrapping_add(seeds))
}
