//! The arguments of `tokenize tree`.

use std::path::PathBuf;

use clap::Args;

use super::{CommonArgs, InputArgs, MOST_THREADS, VocabularyArgs, Words};

const EXAMPLES: &str = "\
Examples:
  tokenize tree                       where the tokens of this folder are
  tokenize tree src docs --depth 1    of two folders, without what is in them
  tokenize tree --html map.html .     a map for the browser, to zoom into
  tokenize tree --json . | jq '.tree.children[0].name'";

/// `tokenize tree`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, mut_arg("paths", |arg| arg.help("Files, folders, or - for standard input. None: this folder")))]
pub(crate) struct TreeArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) vocabulary: VocabularyArgs,
    /// What a word is: a run between white space, or a word after Unicode Standard Annex 29 [default: white].
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Output")]
    pub(crate) words: Option<Words>,
    /// How many levels below the top are shown [default: 2; with --json and --html all]. Deeper ones are in the sums.
    #[arg(short, long, value_name = "N", help_heading = "Output")]
    pub(crate) depth: Option<usize>,
    /// Of each folder, show the N entries with the most tokens [default: 10; with --json and --html all], and the others together.
    #[arg(long, value_name = "N", help_heading = "Output")]
    pub(crate) top: Option<usize>,
    /// Write one JSON document.
    ///
    /// Keys: schema_version, model, encoding, window, exactness, words, tree. An entry of the tree: name (and name_bytes,
    /// an array, if it is not UTF-8), kind (folder, file, or all for the sum of paths that are in no folder together), files, tokens, upper (of an estimate: 95 % of such texts have no more tokens; null:
    /// not known), share (of all tokens), window_share, words, words_per_token, bytes, children (a list), omitted (entries
    /// that --top left out, which are in the sums); null is unknown or meaningless.
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    /// Write a page for the browser: one file that needs no network, with a map of folders and files that one can zoom into,
    /// and a table of them; - is standard output.
    #[arg(long, value_name = "FILE", conflicts_with = "json", help_heading = "Output")]
    pub(crate) html: Option<PathBuf>,
    /// How many threads to use [default: as many as there are processors]. The answer is always the same.
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}
