//! Counts as CSV after RFC 4180: a header, one line a row, no total. Lines end in CRLF as the RFC says.
//!
//! What is unknown or meaningless is an empty field.

use std::io::{self, Write};

use bytepair::report::window_share;

use crate::cli::output::{Report, stdout};

const HEADER: &str = "path,files,tokens,words,words_per_token,tokens_per_word,bytes,chars,lines,\
                      bytes_per_token,window_share,upper,exactness";

/// Writes counts as CSV. Names keep their bytes, also where they are not UTF-8.
pub(crate) fn counts(report: &Report) -> io::Result<()> {
    let mut out = stdout();
    write!(out, "{HEADER}\r\n")?;
    for row in &report.rows.shown {
        let (counts, measures) = (&row.counts, &row.counts.measures);
        let share = report.basis.window.and_then(|window| window_share(counts.tokens, window));
        out.write_all(&field(row.name.as_os_str().as_encoded_bytes()))?;
        write!(
            out,
            ",{},{},{},{},{},{},{},{},{},{},{},{}\r\n",
            row.files,
            counts.tokens,
            measures.words,
            ratio(counts.words_per_token()),
            ratio(counts.tokens_per_word()),
            measures.bytes,
            measures.chars,
            measures.lines,
            ratio(counts.bytes_per_token()),
            ratio(share),
            if report.basis.is_unmeasured() { String::new() } else { counts.upper.to_string() },
            report.basis.exactness,
        )?;
    }
    out.flush()
}

pub(super) fn ratio(ratio: Option<f64>) -> String {
    ratio.map(|ratio| ratio.to_string()).unwrap_or_default()
}

/// A field, in quotes if it needs them.
pub(super) fn field(text: &[u8]) -> Vec<u8> {
    if !text.iter().any(|byte| b",\"\r\n".contains(byte)) {
        return text.to_vec();
    }
    let mut quoted = vec![b'"'];
    for &byte in text {
        quoted.extend(std::iter::repeat_n(byte, if byte == b'"' { 2 } else { 1 }));
    }
    quoted.push(b'"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_needed() {
        assert_eq!(field(b"a b"), b"a b");
        assert_eq!(field(b"a,\"b\"\n"), b"\"a,\"\"b\"\"\n\"");
    }
}
