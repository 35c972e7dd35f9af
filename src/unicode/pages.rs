//! The classes in the order of UTF-8: tables of 64 characters that differ in their last byte only, and tables of
//! what can be said sooner, by the first one or two bytes.
//!
//! They are made from the class table at compile time, for `masks`, which looks up many bytes in one of them
//! at once. Every index is the lower six bits of a byte.

use super::{CASELESS, Class, LOWER, UPPER, class_of_code, is_unspaced};

/// In these tables, on top of the class: a letter of a script written without spaces. It takes the bit of
/// [`super::NEWLINE`], a class that no character outside ASCII has.
pub(super) const UNSPACED: Class = 64;

/// An entry for each value of six bits, in one cache line.
#[repr(align(64))]
pub(super) struct Page(pub(super) [Class; 64]);

/// By the first byte: the class of all characters that begin with it, or 0 if they differ.
pub(super) static LEADS: Page = leads();

/// By the first byte, then the second: the class of all characters that begin with them, or 0 if they differ
/// or there are none.
pub(super) static SECONDS: [Page; 48] = seconds();

/// For three bytes, by the lower four bits of the first and six of the second, then the third: the class of
/// the character, or 0 if there is none (overlong forms and surrogates).
pub(super) static THIRDS: [Page; 1024] = thirds();

/// The class of a code point that is no ASCII, with the bit of [`UNSPACED`].
#[inline(always)]
pub(super) const fn marked_class(code: u32) -> Class {
    let class = class_of_code(code);
    let is_letter = class & (UPPER | LOWER | CASELESS) != 0;
    if is_letter && is_unspaced(code) { class | UNSPACED } else { class }
}

const fn thirds() -> [Page; 1024] {
    let mut pages = [const { Page([0; 64]) }; 1024];
    let mut code = 0x800;
    while code < 0x1_0000 {
        if code & 0xf800 != 0xd800 {
            pages[code as usize >> 6].0[code as usize & 63] = marked_class(code);
        }
        code += 1;
    }
    pages
}

const fn seconds() -> [Page; 48] {
    let mut pages = [const { Page([0; 64]) }; 48];
    let mut code = 0x80;
    while code < 0x800 {
        pages[code as usize >> 6].0[code as usize & 63] = marked_class(code);
        code += 1;
    }
    let mut prefix = 0;
    while prefix < THIRDS.len() {
        pages[32 + (prefix >> 6)].0[prefix & 63] = shared(&THIRDS[prefix]);
        prefix += 1;
    }
    pages
}

const fn leads() -> Page {
    let mut page = Page([0; 64]);
    let mut lead = 0;
    while lead < SECONDS.len() {
        page.0[lead] = shared(&SECONDS[lead]);
        lead += 1;
    }
    page
}

/// The class that all of a page has, or 0.
const fn shared(page: &Page) -> Class {
    let mut place = 1;
    while place < 64 {
        if page.0[place] != page.0[0] {
            return 0;
        }
        place += 1;
    }
    page.0[0]
}
