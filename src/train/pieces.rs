//! How often each piece occurs: a table that only grows, fed with many pieces at a time.
//!
//! Pieces of at most 7 bytes and those of at most 15 are numbers of one and two words, each kind in a table of its
//! own: nine of ten pieces cost a multiplication and one look into memory, which was asked for some hundred pieces
//! before. The bytes of longer ones are kept apart, once.
//!
//! Where pieces begin and end is the work of `pretokenize`; what becomes of the counts is left to `words`, `merge` and
//! `counts_file`.

use std::cmp::Ordering;
use std::io::Write;

use super::counts_file::{CountsHeader, CountsTotals, CountsWriter};
use crate::bpe::prefetch;
use crate::error::Error;

/// How many pieces are taken at a time, at most.
const BATCH: usize = 512;

/// The longest piece of one word, in bytes; the last byte of the word is the length.
const SHORT: usize = 7;

/// The longest piece of two words, in bytes.
const MIDDLE: usize = 15;

/// How many bytes a part of the memory for long pieces has, at least.
const CHUNK: usize = 1 << 20;

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// How often each piece occurs.
#[derive(Default)]
pub(crate) struct PieceCounts {
    short: Rows<1>,
    middle: Rows<2>,
    long: LongPieces,
}

/// A piece as `K` words, and its count. A last word of 0 is that of no piece.
#[derive(Clone, Copy)]
struct Row<const K: usize> {
    key: [u64; K],
    count: u64,
}

/// A table of pieces of up to `8 K - 1` bytes. A piece is at the place that its hash names, or after it.
#[derive(Default)]
struct Rows<const K: usize> {
    rows: Vec<Row<K>>,
    filled: usize,
}

/// Pieces longer than [`MIDDLE`] bytes.
#[derive(Default)]
struct LongPieces {
    entries: Vec<LongPiece>,
    /// Places in `entries`, plus one; 0 is free.
    places: Vec<u32>,
    bytes: Vec<Vec<u8>>,
}

/// A piece on its way into a file.
struct Sorted {
    /// Its first 16 bytes; zeros after its end.
    first: u128,
    /// How many bytes it has; 0 if it is one of the long ones.
    length: usize,
    /// Which of the long ones it is.
    long: u32,
    count: u64,
}

struct LongPiece {
    hash: u32,
    chunk: u32,
    start: u32,
    length: u32,
    count: u64,
}

impl PieceCounts {
    /// Counts the pieces of `text` between neighbouring `bounds`, which are at most [`BATCH`] pieces.
    #[inline]
    pub(crate) fn add_batch(&mut self, text: &[u8], bounds: &[usize]) {
        self.short.make_room(BATCH);
        self.middle.make_room(BATCH);
        let (mut keys, mut shorts) = ([(0, 0); BATCH], 0);
        let (mut others, mut longer) = ([0u32; BATCH], 0);
        for (piece, index) in bounds.windows(2).zip(0u32..) {
            let (start, length) = (piece[0], piece[1] - piece[0]);
            let word = word_at(text, start);
            let key = (word & (u64::MAX >> (64 - 8 * length.min(SHORT)))) | (length as u64) << 56;
            let place = self.short.place_of([key]);
            let is_short = length <= SHORT;
            keys[shorts] = (key, place);
            shorts += usize::from(is_short);
            others[longer] = index;
            longer += usize::from(!is_short);
            prefetch(&self.short.rows, place);
        }
        self.add_longer(text, bounds, &others[..longer]);
        for &(key, place) in &keys[..shorts] {
            self.short.add_at(place, [key], 1);
        }
    }

    /// Counts those of the pieces between `bounds` that have more than [`SHORT`] bytes.
    #[inline]
    fn add_longer(&mut self, text: &[u8], bounds: &[usize], pieces: &[u32]) {
        let (mut keys, mut middles) = ([([0; 2], 0); BATCH], 0);
        for &index in pieces {
            let (start, end) = (bounds[index as usize], bounds[index as usize + 1]);
            if end - start <= MIDDLE {
                let key = two_words(text, start, end - start);
                let place = self.middle.place_of(key);
                keys[middles] = (key, place);
                middles += 1;
                prefetch(&self.middle.rows, place);
            } else {
                self.long.add(&text[start..end], 1);
            }
        }
        for &(key, place) in &keys[..middles] {
            self.middle.add_at(place, key, 1);
        }
    }

    /// Counts a piece, which is not empty, so many times.
    pub(crate) fn add(&mut self, piece: &[u8], count: u64) {
        match piece.len() {
            0..=SHORT => {
                self.short.make_room(1);
                let key = [word_at(piece, 0) | (piece.len() as u64) << 56];
                self.short.add_at(self.short.place_of(key), key, count);
            }
            8..=MIDDLE => {
                self.middle.make_room(1);
                let key = two_words(piece, 0, piece.len());
                self.middle.add_at(self.middle.place_of(key), key, count);
            }
            _ => self.long.add(piece, count),
        }
    }

    /// Adds the counts of another table.
    pub(crate) fn absorb(&mut self, mut other: PieceCounts) {
        if other.memory() > self.memory() {
            std::mem::swap(self, &mut other);
        }
        self.short.absorb(std::mem::take(&mut other.short));
        self.middle.absorb(std::mem::take(&mut other.middle));
        for entry in &other.long.entries {
            self.long.add(other.long.bytes_of(entry), entry.count);
        }
    }

    /// How many different pieces there are.
    pub(crate) fn len(&self) -> usize {
        self.short.filled + self.middle.filled + self.long.entries.len()
    }

    /// Writes the pieces as a file of piece counts.
    pub(crate) fn write(
        &self,
        sink: &mut dyn Write,
        header: &CountsHeader,
        totals: CountsTotals,
    ) -> Result<(), Error> {
        let mut writer = CountsWriter::new(sink, header)?;
        for piece in self.sorted() {
            match self.long.entries.get(piece.long as usize) {
                Some(entry) if piece.length == 0 => writer.push(self.long.bytes_of(entry), piece.count)?,
                _ => writer.push(&piece.first.to_be_bytes()[..piece.length], piece.count)?,
            }
        }
        writer.finish(totals)?;
        Ok(())
    }

    /// The pieces in the order of their bytes.
    fn sorted(&self) -> Vec<Sorted> {
        let mut all = Vec::with_capacity(self.len());
        let short = |all: &mut Vec<Sorted>, piece: &[u8], count| {
            let length = piece.len();
            all.push(Sorted { first: first_bytes(piece), length, long: 0, count });
        };
        self.short.for_each(&mut |piece, count| short(&mut all, piece, count));
        self.middle.for_each(&mut |piece, count| short(&mut all, piece, count));
        all.extend(self.long.entries.iter().zip(0..).map(|(entry, long)| {
            let first = first_bytes(self.long.bytes_of(entry));
            Sorted { first, length: 0, long, count: entry.count }
        }));
        let bytes = |piece: &Sorted| self.long.bytes_of(&self.long.entries[piece.long as usize]);
        all.sort_unstable_by(|one, other| {
            // What is filled up with zeros comes before what really goes on with zeros.
            one.first.cmp(&other.first).then_with(|| match (one.length, other.length) {
                (0, 0) => bytes(one).cmp(bytes(other)),
                (0, _) => Ordering::Greater,
                (_, 0) => Ordering::Less,
                (one, other) => one.cmp(&other),
            })
        });
        all
    }

    /// How much memory the tables take, in bytes.
    pub(crate) fn memory(&self) -> usize {
        let long: usize = self.long.bytes.iter().map(Vec::capacity).sum();
        self.short.rows.len() * size_of::<Row<1>>()
            + self.middle.rows.len() * size_of::<Row<2>>()
            + self.long.entries.capacity() * size_of::<LongPiece>()
            + self.long.places.len() * size_of::<u32>()
            + long
    }

    /// Calls `each` with every piece and its count, in no particular order.
    pub(crate) fn for_each(&self, mut each: impl FnMut(&[u8], u64)) {
        self.short.for_each(&mut each);
        self.middle.for_each(&mut each);
        for entry in &self.long.entries {
            each(self.long.bytes_of(entry), entry.count);
        }
    }
}

impl<const K: usize> Rows<K> {
    /// Where the search for a piece begins.
    #[inline(always)]
    fn place_of(&self, key: [u64; K]) -> usize {
        let mut hash = 0u64;
        for word in key {
            hash = (hash.rotate_left(23) ^ word ^ word >> 29).wrapping_mul(FACTOR);
        }
        // The upper half of the product is the hash scaled to the number of rows, which need not be a power of two.
        ((u128::from(hash) * self.rows.len() as u128) >> 64) as usize
    }

    /// Makes sure that so many new pieces have room, and that a fifth of the rows is still free then.
    #[inline(always)]
    fn make_room(&mut self, pieces: usize) {
        if (self.filled + pieces) * 5 > self.rows.len() * 4 {
            self.grow(pieces);
        }
    }

    #[cold]
    fn grow(&mut self, pieces: usize) {
        let wanted = (self.rows.len() * 3 / 2).max((self.filled + pieces) * 2);
        let rows = vec![Row { key: [0; K], count: 0 }; wanted];
        let before = std::mem::replace(&mut self.rows, rows);
        self.filled = 0;
        for row in before.iter().filter(|row| row.key[K - 1] != 0) {
            self.add_at(self.place_of(row.key), row.key, row.count);
        }
    }

    /// Adds to the count of a piece, from the place on that [`Rows::place_of`] says. There is a free row.
    #[inline(always)]
    fn add_at(&mut self, mut place: usize, key: [u64; K], count: u64) {
        loop {
            let row = &mut self.rows[place];
            if row.key == key {
                // Not too large: the sum of all counts is checked, see `counts` and `corpus`.
                row.count = row.count.saturating_add(count);
                return;
            }
            if row.key[K - 1] == 0 {
                *row = Row { key, count };
                self.filled += 1;
                return;
            }
            place += 1;
            if place == self.rows.len() {
                place = 0;
            }
        }
    }

    /// Adds the pieces of another table, some rows here, some there: rows are in the order of hashes, and in that order they
    /// would all crowd at the beginning of this table, where each then had to pass all before it.
    fn absorb(&mut self, other: Rows<K>) {
        const TOGETHER: usize = 64;
        let groups = other.rows.len().div_ceil(TOGETHER);
        // Any step that has no divisor in common with the number of groups comes by each of them once.
        let step = (groups * 5 / 8..).find(|&step| greatest_common_divisor(step, groups) == 1).unwrap_or(1);
        let mut group = 0;
        for _ in 0..groups {
            let rows = &other.rows[group * TOGETHER..other.rows.len().min((group + 1) * TOGETHER)];
            for row in rows.iter().filter(|row| row.key[K - 1] != 0) {
                self.make_room(1);
                self.add_at(self.place_of(row.key), row.key, row.count);
            }
            group = (group + step) % groups;
        }
    }

    fn for_each(&self, each: &mut impl FnMut(&[u8], u64)) {
        for row in self.rows.iter().filter(|row| row.key[K - 1] != 0) {
            let bytes = row.key.map(u64::to_le_bytes);
            let bytes = bytes.as_flattened();
            each(&bytes[..usize::from(bytes[8 * K - 1])], row.count);
        }
    }
}

impl LongPieces {
    fn add(&mut self, piece: &[u8], count: u64) {
        if (self.entries.len() + 1) * 4 > self.places.len() * 3 {
            self.grow();
        }
        let hash = hash_of(piece);
        let mut place = place_among(hash, self.places.len());
        while let Some(index) = self.places[place].checked_sub(1) {
            let entry = &self.entries[index as usize];
            if entry.hash == hash && self.bytes_of(entry) == piece {
                let entry = &mut self.entries[index as usize];
                entry.count = entry.count.saturating_add(count);
                return;
            }
            place = (place + 1) % self.places.len();
        }
        let (chunk, start) = self.keep(piece);
        self.entries.push(LongPiece { hash, chunk, start, length: piece.len() as u32, count });
        self.places[place] = self.entries.len() as u32;
    }

    #[cold]
    fn grow(&mut self) {
        self.places = vec![0; (self.places.len() * 3 / 2).max(1024)];
        for (entry, number) in self.entries.iter().zip(1..) {
            let mut place = place_among(entry.hash, self.places.len());
            while self.places[place] != 0 {
                place = (place + 1) % self.places.len();
            }
            self.places[place] = number;
        }
    }

    /// Keeps the bytes of a piece; the chunk and the place in it.
    fn keep(&mut self, piece: &[u8]) -> (u32, u32) {
        let has_room = |chunk: &Vec<u8>| chunk.capacity() - chunk.len() >= piece.len();
        if !self.bytes.last().is_some_and(has_room) {
            self.bytes.push(Vec::with_capacity(piece.len().max(CHUNK)));
        }
        let number = self.bytes.len() - 1;
        let chunk = &mut self.bytes[number];
        let start = chunk.len();
        chunk.extend_from_slice(piece);
        (number as u32, start as u32)
    }

    fn bytes_of(&self, entry: &LongPiece) -> &[u8] {
        &self.bytes[entry.chunk as usize][entry.start as usize..][..entry.length as usize]
    }
}

/// The first 16 bytes of a piece as a number that orders as they do; zeros after its end.
fn first_bytes(piece: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    let length = piece.len().min(16);
    bytes[..length].copy_from_slice(&piece[..length]);
    u128::from_be_bytes(bytes)
}

fn greatest_common_divisor(one: usize, other: usize) -> usize {
    if other == 0 { one } else { greatest_common_divisor(other, one % other) }
}

fn place_among(hash: u32, places: usize) -> usize {
    ((u64::from(hash) * places as u64) >> 32) as usize
}

/// A hash of many bytes.
fn hash_of(piece: &[u8]) -> u32 {
    let mut hash = piece.len() as u64;
    let mut chunks = piece.chunks_exact(8);
    for chunk in &mut chunks {
        hash = (hash.rotate_left(23) ^ word_at(chunk, 0)).wrapping_mul(FACTOR);
    }
    hash = (hash.rotate_left(23) ^ word_at(chunks.remainder(), 0)).wrapping_mul(FACTOR);
    ((hash ^ hash >> 32).wrapping_mul(FACTOR) >> 32) as u32
}

/// The eight bytes from `start` on as a number, zeros after the end of the text.
#[inline(always)]
fn word_at(text: &[u8], start: usize) -> u64 {
    match text[start..].first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => {
            let rest = &text[start..];
            let mut bytes = [0; 8];
            bytes[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(bytes)
        }
    }
}

/// The two words of a piece of 8 to 15 bytes.
#[inline(always)]
fn two_words(text: &[u8], start: usize, length: usize) -> [u64; 2] {
    // Read from its end, the second word needs nothing that may not be there.
    let second = match length {
        8 => 0,
        _ => word_at(text, start + length - 8) >> (8 * (16 - length)),
    };
    [word_at(text, start), second | (length as u64) << 56]
}
