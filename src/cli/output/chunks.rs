//! Chunks of a text: a JSON object for each, or their bytes.
//!
//! Files for chunks are left to the command.

use std::io::{self, Write};

use bytepair::chunk::Chunk;
use bytepair::registry::estimates::{Profile, Ratios};
use serde::Serialize;

use super::ids::hex;

/// How many chunks a thread writes at a time.
const SHARE: usize = 256;

#[derive(Serialize)]
struct Line<'a> {
    index: usize,
    start: usize,
    end: usize,
    token_start: Option<u64>,
    tokens: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    upper: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text_hex: Option<String>,
}

/// Writes an object for each chunk, a line each. They are made on some threads and written in order. With ratios, the tokens
/// are estimates of the model's.
pub(crate) fn json(
    text: &[u8],
    chunks: &[Chunk],
    threads: usize,
    ratios: Option<Ratios>,
    out: &mut impl Write,
) -> io::Result<()> {
    let shares: Vec<(usize, &[Chunk])> = chunks.chunks(SHARE).enumerate().collect();
    for shares in shares.chunks(threads.max(1)) {
        let made = std::thread::scope(|scope| {
            let (first, others) = shares.split_first()?;
            let others: Vec<_> =
                others.iter().map(|share| scope.spawn(|| lines(text, *share, ratios))).collect();
            let mut made = vec![lines(text, *first, ratios)];
            for other in others {
                made.push(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            Some(made)
        });
        for lines in made.into_iter().flatten() {
            out.write_all(&lines?)?;
        }
    }
    Ok(())
}

fn lines(text: &[u8], (share, chunks): (usize, &[Chunk]), ratios: Option<Ratios>) -> io::Result<Vec<u8>> {
    let bytes: usize = chunks.iter().map(|chunk| chunk.end - chunk.start).sum();
    let mut lines = Vec::with_capacity(bytes + bytes / 8 + 128 * chunks.len());
    for (place, chunk) in chunks.iter().enumerate() {
        let &Chunk { start, end, token_start, tokens } = chunk;
        let bytes = &text[start..end];
        let estimate = ratios.map(|ratios| {
            let mut profile = Profile::default();
            profile.push(bytes);
            ratios.estimate(tokens, &profile)
        });
        let (tokens, upper) = (estimate.map_or(tokens, |own| own.tokens), estimate.map(|own| own.upper));
        let text = std::str::from_utf8(bytes).ok();
        let text_hex = text.is_none().then(|| hex(bytes));
        let line =
            Line { index: share * SHARE + place, start, end, token_start, tokens, upper, text, text_hex };
        serde_json::to_writer(&mut lines, &line)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// Writes the bytes of each chunk and a NUL.
pub(crate) fn null(text: &[u8], chunks: &[Chunk], out: &mut impl Write) -> io::Result<()> {
    for chunk in chunks {
        out.write_all(&text[chunk.start..chunk.end])?;
        out.write_all(b"\0")?;
    }
    Ok(())
}
