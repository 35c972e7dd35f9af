//! The arguments of `tokenize compare`.

use std::path::PathBuf;

use clap::Args;

use super::count::By;
use super::{CommonArgs, InputArgs, MOST_THREADS, Words};

const EXAMPLES: &str = "\
Examples:
  tokenize compare prompt.md                            with models many use
  tokenize compare -m gpt-5.6 -m claude-opus-5 docs     with these
  tokenize compare -e gpt2 --vocab own.json --by ext .  by kind of file";

/// `tokenize compare`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// A model. Can be repeated [default: if nothing else is named, some that many use].
    #[arg(short, long, value_name = "MODEL", help_heading = "Vocabulary")]
    pub(crate) model: Vec<String>,
    /// An encoding. Can be repeated.
    #[arg(short, long, value_name = "ENCODING", help_heading = "Vocabulary")]
    pub(crate) encoding: Vec<String>,
    /// A vocabulary file, or a folder that holds one. Can be repeated.
    #[arg(long, value_name = "FILE|FOLDER", help_heading = "Vocabulary")]
    pub(crate) vocab: Vec<PathBuf>,
    /// Of vocabulary files that hold tokens only: the encoding whose pattern, normalizer and special tokens they
    /// have [default: the encoding that has the same tokens].
    #[arg(long, value_name = "ENCODING", requires = "vocab", help_heading = "Vocabulary")]
    pub(crate) like: Option<String>,
    /// What a word is: a run between white space, or a word after Unicode Standard Annex 29 [default: white].
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Output")]
    pub(crate) words: Option<Words>,
    /// Rows of each file, of the files of each folder, or of those with the same extension, besides those of all.
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Output")]
    pub(crate) by: Option<By>,
    /// Write one JSON document.
    ///
    /// Keys: schema_version, words, by, groups (with --by), total. Each of these: path (and path_bytes, an array, if it
    /// is not UTF-8), files, words, bytes, chars, lines, models. Each model: model, encoding, window, exactness, tokens,
    /// upper (of an estimate: 95 % of such texts have no more tokens; null: not known), words_per_token, tokens_per_word,
    /// bytes_per_token, window_share; null is unknown or meaningless.
    #[arg(long, conflicts_with = "csv", help_heading = "Output")]
    pub(crate) json: bool,
    /// Write CSV (RFC 4180): a header and a line for each model, with --by for each group and model.
    #[arg(long, help_heading = "Output")]
    pub(crate) csv: bool,
    /// How many threads to use [default: as many as there are processors]. The answer is always the same.
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}
