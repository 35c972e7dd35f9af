//! The arguments of `tokenize count`.

use clap::{Args, ValueEnum};

use super::{CommonArgs, InputArgs, MOST_THREADS, VocabularyArgs, Words};

/// `tokenize count`.
#[derive(Debug, Args)]
pub(crate) struct CountArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) vocabulary: VocabularyArgs,
    /// What a word is: a run between white space, or a word after Unicode Standard Annex 29 [default: white].
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Output")]
    pub(crate) words: Option<Words>,
    #[command(flatten)]
    pub(crate) format: CountFormat,
    /// Add a column with characters (Unicode scalar values).
    #[arg(long, help_heading = "Output")]
    pub(crate) chars: bool,
    /// Add a column with lines (line feeds).
    #[arg(long, help_heading = "Output")]
    pub(crate) lines: bool,
    /// Sort rows: numbers from the largest, paths from the first. `none` is the order of the command line,
    /// folders by path [default: none].
    #[arg(long, value_enum, value_name = "KEY", help_heading = "Output")]
    pub(crate) sort: Option<Sort>,
    /// Turn the order of the rows round.
    #[arg(long, help_heading = "Output")]
    pub(crate) reverse: bool,
    /// Show only the N rows with the most tokens, or the first N after --sort. The total covers all files.
    #[arg(long, value_name = "N", help_heading = "Output")]
    pub(crate) top: Option<usize>,
    /// One row for each file, for the files of each folder, or for those with the same extension.
    #[arg(long, value_enum, value_name = "WHAT", default_value = "file", help_heading = "Output")]
    pub(crate) by: By,
    /// Say what the tokens cost as a prompt, by the price in your models file (--models). There are no prices built in.
    #[arg(long, help_heading = "Output")]
    pub(crate) cost: bool,
    /// How many threads to use [default: as many as there are processors]. The answer is always the same.
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// The forms in which counts can be written.
#[derive(Clone, Copy, Debug, Args)]
#[group(multiple = false)]
pub(crate) struct CountFormat {
    /// Write one JSON document.
    ///
    /// Keys: schema_version, model, encoding, window, exactness, words, by, files, omitted, total. Each file:
    /// path (and path_bytes, an array, if it is not UTF-8), files, tokens, upper (of an estimate: 95 % of such texts have no
    /// more tokens; null: not known), words, words_per_token,
    /// tokens_per_word, bytes, chars, lines, bytes_per_token, window_share; null is unknown or meaningless.
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    /// Write one JSON object a line: the files, then one with "total": true.
    #[arg(long, help_heading = "Output")]
    pub(crate) jsonl: bool,
    /// Write CSV (RFC 4180) with a header and without a total.
    #[arg(long, help_heading = "Output")]
    pub(crate) csv: bool,
}

/// What rows are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sort {
    /// Most tokens first.
    Tokens,
    /// Most words first.
    Words,
    /// Most bytes first.
    Bytes,
    /// By path.
    Path,
    /// As given.
    None,
}

/// What a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// A file.
    File,
    /// The files of a folder, without those of its subfolders.
    Dir,
    /// The files with one extension.
    Ext,
}
