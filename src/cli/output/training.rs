//! What was learned, in a few lines or as JSON.

use std::io::{self, Write};
use std::path::Path;

use bytepair::train::{CountsTotals, Trained};
use serde::Serialize;

use super::stdout;
use crate::cli::name;

/// What there is to say of a vocabulary that was trained.
#[derive(Serialize)]
pub(crate) struct Summary {
    schema_version: u32,
    output: String,
    /// How many tokens it has, and how many of them were learned.
    tokens: usize,
    merges: usize,
    /// How often the last pair that was merged occurred.
    last_count: Option<u64>,
    documents: u64,
    bytes: u64,
    pieces: u64,
    /// How many tokens the texts are, by the merges.
    text_tokens: u64,
    bytes_per_token: Option<f64>,
}

impl Summary {
    /// The summary of a vocabulary that goes to `output`.
    pub(crate) fn new(trained: &Trained, totals: CountsTotals, output: &Path) -> Summary {
        let text_tokens = trained.text_tokens();
        let per_token = trained.text_bytes() as f64 / text_tokens as f64;
        Summary {
            schema_version: 1,
            output: name::shown(output),
            tokens: trained.size(),
            merges: trained.merges().len(),
            last_count: trained.merges().last().map(|merge| merge.count),
            documents: totals.documents,
            bytes: totals.bytes,
            pieces: totals.pieces,
            text_tokens,
            bytes_per_token: (text_tokens > 0).then_some(per_token),
        }
    }

    /// Writes it to standard output as one JSON document, with what held-out texts say.
    pub(crate) fn json(&self, held_out: Option<impl Serialize>) -> io::Result<()> {
        #[derive(Serialize)]
        struct Document<'a, H> {
            #[serde(flatten)]
            summary: &'a Summary,
            held_out: Option<H>,
        }
        let mut out = stdout();
        serde_json::to_writer(&mut out, &Document { summary: self, held_out })?;
        writeln!(out)?;
        out.flush()
    }

    /// Writes it to standard output in a few lines.
    pub(crate) fn text(&self) -> io::Result<()> {
        let mut out = stdout();
        writeln!(out, "{}: {} tokens, {} of them learned", self.output, self.tokens, self.merges)?;
        if let Some(count) = self.last_count {
            writeln!(out, "the last pair that was merged occurred {}", times(count))?;
        }
        let documents = if self.documents == 1 { "document" } else { "documents" };
        write!(out, "{} {documents}, {} bytes, {} pieces", self.documents, self.bytes, self.pieces)?;
        if let Some(per_token) = self.bytes_per_token {
            write!(out, ": {} tokens, {per_token:.2} bytes per token", self.text_tokens)?;
        }
        writeln!(out)?;
        out.flush()
    }
}

/// So many times, in words.
pub(crate) fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}
