//! The arguments of `tokenize chunk`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::shared::{OneInputArgs, tokens};
use super::{CommonArgs, MOST_THREADS, VocabularyArgs};

/// `tokenize chunk`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tokenize chunk -n 512 book.txt                JSON Lines, for programs
  tokenize chunk -n 512 --overlap 64 -o 'part-{:04}.txt' book.txt
  tokenize chunk -n 8k --at line --balanced -0 log | xargs -0 -n 1 summarise")]
pub(crate) struct ChunkArgs {
    #[command(flatten)]
    pub(crate) input: OneInputArgs,
    /// At most N tokens in a chunk: 500, 1_000, 8k (8,000).
    ///
    /// No chunk ever has more when it is counted by itself. The text is read to its end and held in memory.
    #[arg(short = 'n', long, visible_alias = "max", value_name = "N", value_parser = tokens)]
    pub(crate) tokens: u64,
    /// Begin each chunk with the end of the one before: at most K tokens of it, less than N.
    ///
    /// It begins with a unit of the kind that --at names if one begins there, else with a finer one. It is
    /// shorter where the next unit would not fit.
    #[arg(long, value_name = "K", value_parser = tokens, default_value = "0", help_heading = "Chunks")]
    pub(crate) overlap: u64,
    /// What chunks are made of. Only of a unit that is larger than a chunk, finer units are taken.
    ///
    /// A paragraph is made of lines, a line of sentences (Unicode), a sentence of words, a word of tokens. Blank lines
    /// belong to what stands before them, white space to the sentence before and the word after it. A character is never
    /// divided.
    #[arg(long, value_enum, value_name = "UNIT", default_value = "paragraph", help_heading = "Chunks")]
    pub(crate) at: Unit,
    /// Make as many chunks of about equal size, instead of full ones and a small one at the end.
    #[arg(long, help_heading = "Chunks")]
    pub(crate) balanced: bool,
    #[command(flatten)]
    pub(crate) vocabulary: VocabularyArgs,
    /// Write each chunk to a file of its own, all of them or none: {} in PATTERN becomes its index, {:04} the
    /// index with zeros before it up to four digits. Files that exist are replaced. [default: JSON lines]
    ///
    /// Files take their places when all of them are written, so that Ctrl-C or a full disk leaves none, and no old one is
    /// lost. Files of an earlier run with more chunks stay.
    ///
    /// JSON lines have index (from 0), start and end (bytes of the text, of UTF-16 in its text as UTF-8), token_start,
    /// tokens (of a model whose tokenizer is not public: estimated, and upper), and text; text_hex in its place if the chunk is not valid UTF-8. token_start is the index of the first
    /// token that begins at `start` or after it, when the whole text is encoded; null if the vocabulary does not tell.
    #[arg(short, long, value_name = "PATTERN", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// Write the chunks themselves, a NUL after each.
    #[arg(short = '0', long, conflicts_with = "output", help_heading = "Output")]
    pub(crate) null: bool,
    /// Use N threads [default: as many as there are processors]. The chunks do not depend on it.
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// What chunks are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Unit {
    /// Paragraphs, between which there are blank lines.
    Paragraph,
    /// Sentences after Unicode Standard Annex 29; a line ends a sentence.
    Sentence,
    /// Lines.
    Line,
    /// Words after Unicode Standard Annex 29.
    Word,
    /// Tokens.
    Token,
}
