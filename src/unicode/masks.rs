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

/// The characters of more than one byte that begin in a block: bit i is set if a valid one begins with byte i
/// and is of the class, or as long as is said. A character that has a bit in `starts` and in no class is any
/// other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Characters {
    pub(crate) starts: u64,
    /// Those of at least three bytes.
    pub(crate) three: u64,
    /// Those of four bytes.
    pub(crate) four: u64,
    pub(crate) upper: u64,
    pub(crate) lower: u64,
    pub(crate) caseless: u64,
    pub(crate) mark: u64,
    pub(crate) number: u64,
    pub(crate) space: u64,
    /// Letters of scripts that are written without spaces.
    pub(crate) unspaced: u64,
}

/// A way to classify a block.
pub(crate) trait Kernel: Copy {
    /// The ASCII classes of the block.
    fn classify(self, block: &[u8; BLOCK]) -> AsciiMasks;

    /// The other characters of the block that the window begins with, whose ASCII classes are known.
    fn characters(self, window: &[u8; WINDOW], ascii: &AsciiMasks) -> Characters;
}

/// Work that is written once and compiled for each kernel: `simd::by_widest` does it.
pub(crate) trait Work {
    type Result;

    /// Does it. To be inlined always, or it would not be compiled for the kernel's instructions.
    fn by<K: Kernel>(self, kernel: K) -> Self::Result;
}

/// What vector instructions have to offer for [`characters_by_page`].
pub(super) trait Vectors: Copy {
    /// 64 bytes.
    type Bytes: Copy;
    /// One truth for each of 64 bytes.
    type Mask: Copy;

    fn load(self, block: &[u8; BLOCK]) -> Self::Bytes;
    /// Which bytes are this one.
    fn equal(self, bytes: Self::Bytes, byte: u8) -> Self::Mask;
    /// Which bytes have this bit.
    fn having(self, bytes: Self::Bytes, bit: u8) -> u64;
    fn both(self, one: Self::Mask, other: Self::Mask) -> Self::Mask;
    fn bits(self, mask: Self::Mask) -> u64;
    /// For each byte the entry that its lower six bits number.
    fn look_up(self, page: &[u8; 64], bytes: Self::Bytes) -> Self::Bytes;
    /// `new` where the mask is true, else `old`.
    fn choose(self, mask: Self::Mask, new: Self::Bytes, old: Self::Bytes) -> Self::Bytes;
}

/// [`Kernel::characters`], by pages of 64 characters.
///
/// ```text
/// classes = for every byte as a first one, what LEADS says
/// while a character begins at a byte of which nothing is known yet:
///     classes at all bytes with the same value = what the page of that first byte says of the second
/// while there are characters of three bytes that this left unknown:
///     classes at all bytes with the same value and successor = what the page of the two says of the third
/// ```
///
/// All of it speaks of the place of the first byte: the second and third bytes are loaded as blocks that
/// begin one and two bytes later. Each round settles at least one first byte, or pair, for good, and one that
/// is no character gets the class 0. Characters of four bytes are rare, and taken one by one.
#[inline(always)]
pub(super) fn characters_by_page<V: Vectors>(
    vectors: V,
    window: &[u8; WINDOW],
    ascii: &AsciiMasks,
) -> Characters {
    let [first, second, third] = std::array::from_fn(|offset| match window[offset..].first_chunk() {
        Some(block) => vectors.load(block),
        None => unreachable!("the window has three bytes more than a block"),
    });
    let leads = ascii.high & !ascii.follow;
    let [one, two] = followed(window, ascii.follow);
    let long = leads & vectors.having(first, 0x20);
    let four = long & vectors.having(first, 0x10);
    let three = long & !four & one & two;
    let short = (leads & !long & one) | three;

    let mut classes = vectors.look_up(&LEADS.0, first);
    let mut left = short & vectors.bits(vectors.equal(classes, 0));
    while left != 0 {
        let lead = window[left.trailing_zeros() as usize];
        let same = vectors.equal(first, lead);
        let page = &SECONDS[usize::from(lead & 0x3f) % SECONDS.len()];
        classes = vectors.choose(same, vectors.look_up(&page.0, second), classes);
        left &= !vectors.bits(same);
    }
    let mut left = three & vectors.bits(vectors.equal(classes, 0));
    while left != 0 {
        let place = left.trailing_zeros() as usize % BLOCK;
        let (lead, middle) = (window[place], window[place + 1]);
        let same = vectors.both(vectors.equal(first, lead), vectors.equal(second, middle));
        let page = &THIRDS[usize::from(lead & 0x0f) << 6 | usize::from(middle & 0x3f)];
        classes = vectors.choose(same, vectors.look_up(&page.0, third), classes);
        left &= !vectors.bits(same);
    }
    let starts = short & !vectors.bits(vectors.equal(classes, 0));
    let of = |class: Class| starts & vectors.having(classes, class);
    let mut characters = Characters {
        starts,
        three: starts & three,
        four: 0,
        upper: of(UPPER),
        lower: of(LOWER),
        caseless: of(CASELESS),
        mark: of(MARK),
        number: of(NUMBER),
        space: of(SPACE),
        unspaced: of(UNSPACED),
    };
    if four != 0 {
        characters.add_each(window, four);
    }
    characters
}

/// After which bytes of the block one follow byte stands, and after which two.
#[inline(always)]
fn followed(window: &[u8; WINDOW], follow: u64) -> [u64; 2] {
    let beyond = |place: usize| u64::from(window[BLOCK + place] & 0xc0 == 0x80);
    let one = follow >> 1 | beyond(0) << 63;
    [one, one & (one >> 1 | beyond(1) << 63)]
}

impl Characters {
    /// Adds the characters that begin at these places, one by one.
    #[inline]
    pub(super) fn add_each(&mut self, window: &[u8; WINDOW], places: u64) {
        let mut left = places;
        while left != 0 {
            let place = left.trailing_zeros();
            left &= left - 1;
            let Some((c, length)) = decode(window, place as usize) else { continue };
            let class = marked_class(c as u32);
            let bit = |truth: bool| u64::from(truth) << place;
            let of = |one: Class| bit(class & one != 0);
            self.starts |= bit(true);
            self.three |= bit(length >= 3);
            self.four |= bit(length == 4);
            self.upper |= of(UPPER);
            self.lower |= of(LOWER);
            self.caseless |= of(CASELESS);
            self.mark |= of(MARK);
            self.number |= of(NUMBER);
            self.space |= of(SPACE);
            self.unspaced |= of(UNSPACED);
        }
    }

    /// Whether these characters and one from the block before, of which `pending` has the bytes in this block,
    /// are all that is no ASCII in this block; then the bytes that they have in the block after it.
    #[inline(always)]
    pub(crate) fn cover(&self, ascii: &AsciiMasks, pending: u64) -> Option<u64> {
        let spread = |starts: u64, distance: u32| u128::from(starts) << distance;
        let wanted = spread(self.starts, 1) | spread(self.three, 2) | spread(self.four, 3);
        let all = self.starts == ascii.high & !ascii.follow && wanted as u64 | pending == ascii.follow;
        all.then_some((wanted >> 64) as u64)
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
