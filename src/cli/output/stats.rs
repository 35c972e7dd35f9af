//! The numbers of texts under a vocabulary: for people with bars, and as JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};

use bytepair::TokenId;
use bytepair::evaluate::{Quality, Usage};
use bytepair::report::window_share;
use bytepair::stream::PieceSizes;
use clap::ValueEnum;
use serde::Serialize;

use super::json::{SCHEMA_VERSION, value};
use super::table::{self, Table, percent};
use crate::cli::args::Words;
use crate::cli::literal;
use crate::cli::output::{Style, bar, columns, stdout};
use crate::cli::plan::Basis;

/// How many columns the longest bar has, and at least on a narrow terminal.
const BAR: usize = 40;
const NARROWEST_BAR: usize = 8;

/// Lengths of at most so many bytes have a bar of their own; longer ones share one with those up to twice as long.
const OWN_BARS: u64 = 16;

/// How often there are tokens or pieces of each length, or pieces of each number of tokens.
struct Lengths(BTreeMap<u64, u64>);

impl Lengths {
    /// The lengths of the tokens of a text, but for control tokens: these stand for no text.
    fn of_tokens(report: &Report) -> Lengths {
        let mut lengths = Lengths(BTreeMap::new());
        let specials = report.basis.tokenizer.specials().tokens();
        for (id, count) in report.usage.counts() {
            if !specials.iter().any(|special| special.id == id && special.is_control) {
                *lengths.0.entry(report.bytes(id).len() as u64).or_default() += count;
            }
        }
        lengths
    }

    /// The bars: first and last length of each, and how many have it.
    fn bars(&self) -> Vec<(u64, u64, u64)> {
        let mut bars: Vec<(u64, u64, u64)> = Vec::new();
        for (&length, &count) in &self.0 {
            let (first, last) = match length {
                0..=OWN_BARS => (length, length),
                _ => {
                    let above = (length - 1) / OWN_BARS;
                    let first = OWN_BARS << above.ilog2();
                    (first + 1, 2 * first)
                }
            };
            match bars.last_mut() {
                Some(bar) if bar.0 == first => bar.2 += count,
                _ => bars.push((first, last, count)),
            }
        }
        bars
    }
}

/// All that there is to write.
pub(crate) struct Report<'a> {
    /// Model and vocabulary.
    pub(crate) basis: &'a Basis,
    /// How many texts there were.
    pub(crate) files: usize,
    /// How often each token came.
    pub(crate) usage: &'a Usage,
    /// What that says.
    pub(crate) quality: Quality,
    /// The sizes of pieces, if they are known.
    pub(crate) pieces: Option<&'a PieceSizes>,
    /// What a word is.
    pub(crate) words: Words,
    /// How many of the most frequent tokens are told.
    pub(crate) top: usize,
}

impl Report<'_> {
    /// The most frequent tokens; of equally frequent ones the lowest ids first.
    fn most_frequent(&self) -> Vec<(TokenId, u64)> {
        let mut counts = self.usage.counts();
        counts.sort_by_key(|&(id, count)| (std::cmp::Reverse(count), id));
        counts.truncate(self.top);
        counts
    }

    fn bytes(&self, id: TokenId) -> Vec<u8> {
        self.basis.tokenizer.token_bytes(id).unwrap_or_default().to_vec()
    }

    fn chars_per_token(&self) -> Option<f64> {
        let tokens = self.usage.tokens();
        (tokens > 0).then(|| self.usage.measures().chars as f64 / tokens as f64)
    }

    fn share(&self) -> Option<f64> {
        self.basis.window.and_then(|window| window_share(self.usage.tokens(), window))
    }
}

/// Pairs of tokens that are compared: all, and those where none is after the other.
fn attention(tokens: u64) -> (u128, u128) {
    let n = u128::from(tokens);
    (n * n, n * (n + 1) / 2)
}

/// Writes tables to standard output.
pub(crate) fn table(report: &Report, style: Style) -> io::Result<()> {
    let mut out = stdout();
    let quality = &report.quality;
    let measures = report.usage.measures();
    let number = |number: u64| style.number(number);
    let decimal = |number: Option<f64>| number.map_or("-".to_owned(), |number| format!("{number:.2}"));
    let per_word = match (quality.tokens_per_word(), quality.counts.words_are_meaningful()) {
        (None, false) => "n/a".to_owned(),
        (ratio, _) => decimal(ratio),
    };
    let share = |part: u64, share: Option<f64>| share.map_or("-".to_owned(), |share| percent(part, share));
    let (all, causal) = attention(report.usage.tokens());
    let rows = [
        ("tokens", number(report.usage.tokens())),
        ("words", number(measures.words)),
        ("chars", number(measures.chars)),
        ("bytes", number(measures.bytes)),
        ("lines", number(measures.lines)),
        ("bytes per token", decimal(quality.bytes_per_token())),
        ("chars per token", decimal(report.chars_per_token())),
        ("tokens per word", per_word),
        ("share of window", share(report.usage.tokens(), report.share())),
        ("distinct tokens", number(quality.distinct)),
        ("of the vocabulary", share(quality.distinct, quality.used_share())),
        ("single-byte tokens", share(quality.single_bytes, quality.single_byte_share())),
        ("attention, n x n", style.large_number(all)),
        ("attention, causal", style.large_number(causal)),
    ];
    let width = rows.iter().map(|(_, cell)| cell.len()).max().unwrap_or(0);
    for (name, cell) in rows {
        writeln!(out, "{name:<18}  {cell:>width$}")?;
    }
    histogram("lengths of tokens, in bytes", &Lengths::of_tokens(report), style, &mut out)?;
    match report.pieces {
        Some(pieces) => {
            histogram("lengths of pieces, in bytes", &Lengths(pieces.by_bytes()), style, &mut out)?;
            histogram("tokens of pieces", &Lengths(pieces.by_tokens()), style, &mut out)?;
        }
        None => {
            let why = "no pattern cuts the text into pieces as it is";
            writeln!(out, "\nlengths of pieces: not known, as {why}")?;
        }
    }
    frequent(report, style, &mut out)?;
    writeln!(out, "\n{}", table::basis(report.basis, None, style))?;
    out.flush()
}

fn histogram(title: &str, lengths: &Lengths, style: Style, out: &mut impl Write) -> io::Result<()> {
    let bars = lengths.bars();
    let total: u64 = bars.iter().map(|bar| bar.2).sum();
    let Some(most) = bars.iter().map(|bar| bar.2).max() else { return Ok(()) };
    writeln!(out, "\n{}", style.strong(title))?;
    let names: Vec<String> = bars
        .iter()
        .map(|&(first, last, _)| if first == last { first.to_string() } else { format!("{first}-{last}") })
        .collect();
    let name_width = names.iter().map(String::len).max().unwrap_or(0);
    let counts: Vec<String> = bars.iter().map(|bar| style.number(bar.2)).collect();
    let width = counts.iter().map(String::len).max().unwrap_or(0);
    let room = columns().map_or(BAR, |columns| columns.saturating_sub(name_width + width + 12));
    let longest = room.clamp(NARROWEST_BAR, BAR);
    for ((name, count), &(_, _, times)) in names.iter().zip(&counts).zip(&bars) {
        let share = percent(times, times as f64 / total as f64);
        writeln!(out, "{name:>name_width$}  {count:>width$}  {share:>6}  {}", bar(times, most, longest))?;
    }
    Ok(())
}

fn frequent(report: &Report, style: Style, out: &mut impl Write) -> io::Result<()> {
    let most = report.most_frequent();
    if most.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", style.strong("most frequent tokens"))?;
    let total = report.usage.tokens() as f64;
    let row = |&(id, count): &(TokenId, u64)| {
        let share = percent(count, count as f64 / total);
        vec![style.number(count), share, id.to_string(), literal::quoted(&report.bytes(id))]
    };
    let rows = most.iter().map(row).collect();
    Table { header: vec!["count", "share", "id", "token"], rows, has_total: false, words: 1 }
        .write(out, style)
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    model: Option<&'a str>,
    encoding: &'a str,
    window: Option<u64>,
    files: usize,
    word_kind: Option<String>,
    tokens: u64,
    special_tokens: u64,
    words: u64,
    chars: u64,
    bytes: u64,
    lines: u64,
    bytes_per_token: Option<f64>,
    chars_per_token: Option<f64>,
    tokens_per_word: Option<f64>,
    words_per_token: Option<f64>,
    window_share: Option<f64>,
    distinct_tokens: u64,
    vocabulary_size: u64,
    used_share: Option<f64>,
    single_byte_share: Option<f64>,
    attention_pairs: u128,
    causal_attention_pairs: u128,
    token_lengths: Vec<Length>,
    piece_lengths: Option<Vec<Length>>,
    piece_tokens: Option<Vec<Size>>,
    top: Vec<Frequent>,
}

#[derive(Serialize)]
struct Length {
    bytes: u64,
    count: u64,
}

#[derive(Serialize)]
struct Size {
    tokens: u64,
    count: u64,
}

#[derive(Serialize)]
struct Frequent {
    id: TokenId,
    bytes: Vec<u8>,
    text: Option<String>,
    count: u64,
    share: f64,
}

/// Writes one JSON document to standard output.
pub(crate) fn json(report: &Report) -> io::Result<()> {
    let quality = &report.quality;
    let measures = report.usage.measures();
    let tokens = report.usage.tokens();
    let (attention_pairs, causal_attention_pairs) = attention(tokens);
    let list = |lengths: BTreeMap<u64, u64>| {
        lengths.into_iter().map(|(bytes, count)| Length { bytes, count }).collect::<Vec<_>>()
    };
    let piece_tokens = report.pieces.map(|pieces| {
        pieces.by_tokens().into_iter().map(|(tokens, count)| Size { tokens, count }).collect::<Vec<_>>()
    });
    let frequent = |(id, count)| {
        let bytes = report.bytes(id);
        let text = String::from_utf8(bytes.clone()).ok();
        Frequent { id, bytes, text, count, share: count as f64 / tokens as f64 }
    };
    let document = Document {
        schema_version: SCHEMA_VERSION,
        model: report.basis.model.as_ref().map(|model| &*model.name),
        encoding: &report.basis.encoding,
        window: report.basis.window,
        files: report.files,
        word_kind: report.words.to_possible_value().map(|kind| kind.get_name().to_owned()),
        tokens,
        special_tokens: quality.special_tokens,
        words: measures.words,
        chars: measures.chars,
        bytes: measures.bytes,
        lines: measures.lines,
        bytes_per_token: quality.bytes_per_token(),
        chars_per_token: report.chars_per_token(),
        tokens_per_word: quality.tokens_per_word(),
        words_per_token: quality.words_per_token(),
        window_share: report.share(),
        distinct_tokens: quality.distinct,
        vocabulary_size: quality.size,
        used_share: quality.used_share(),
        single_byte_share: quality.single_byte_share(),
        attention_pairs,
        causal_attention_pairs,
        token_lengths: list(Lengths::of_tokens(report).0),
        piece_lengths: report.pieces.map(|pieces| list(pieces.by_bytes())),
        piece_tokens,
        top: report.most_frequent().into_iter().map(frequent).collect(),
    };
    value(&document)
}
