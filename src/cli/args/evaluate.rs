//! The arguments of `tokenize evaluate`.

use std::path::PathBuf;

use clap::Args;

use super::count::By;
use super::{CommonArgs, InputArgs, MOST_THREADS, Words};

/// What the figures are, for the long help. The docs of the library's module `evaluate` name the sources.
const FIGURES: &str = "\
Figures (but for the first three of ordinary tokens; to compare of one text):
  bytes per token        bytes of the text for each token: the compression
  tokens per word        the fertility; a word is what --words says
  words per token        its inverse
  vocabulary size        ordinary tokens of the vocabulary
  used, never produced   of these, the share that is in the text, and how many
                         are not
  unreachable            of those, how many no text has, since merging does not
                         come to them
  single-byte tokens     tokens that stand for one byte, as a share of all
  Shannon entropy        bits that a token takes at least, each by itself
  Rényi entropy          the same of order 2.5, in bits
  Rényi efficiency       it, divided by log2 of the vocabulary size (Zouhar et
                         al. 2023)
  ... of used tokens     it, divided by log2 of the number of different tokens
Shares are from 0 to 1 in JSON and CSV. Of files compressed with gzip or zstd,
the text is evaluated.

Examples:
  tokenize evaluate own.json texts  beside o200k_base and cl100k_base
  tokenize evaluate llama3 --against gpt2 --by ext src";

/// `tokenize evaluate`.
#[derive(Debug, Args)]
#[command(
    after_long_help = FIGURES,
    mut_arg("bos", |arg| arg.hide(true)),
    mut_arg("eos", |arg| arg.hide(true)),
)]
pub(crate) struct EvaluateArgs {
    /// The vocabulary: an encoding, or a file or folder of any format that --vocab reads.
    #[arg(value_name = "VOCABULARY")]
    pub(crate) vocabulary: PathBuf,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Compare with this vocabulary, too. Can be repeated; `none` compares with nothing
    /// [default: o200k_base and cl100k_base].
    #[arg(long, value_name = "VOCABULARY", help_heading = "Vocabulary")]
    pub(crate) against: Vec<PathBuf>,
    /// Of vocabulary files that hold tokens only: the encoding whose pattern, normalizer and special tokens they
    /// have [default: the encoding that has the same tokens].
    #[arg(long, value_name = "ENCODING", help_heading = "Vocabulary")]
    pub(crate) like: Option<String>,
    /// What a word is: a run between white space, or a word after Unicode Standard Annex 29 [default: white].
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Output")]
    pub(crate) words: Option<Words>,
    /// Figures of each file, of the files of each folder, or of those with the same extension, besides those of all.
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Output")]
    pub(crate) by: Option<By>,
    /// Write one JSON document.
    ///
    /// Keys: schema_version, words, by, groups (with --by), total. Each of these: path (and path_bytes, an array, if it
    /// is not UTF-8), files, bytes, chars, words, lines, vocabularies. Each vocabulary: name, tokens, special_tokens (that
    /// many of them), bytes_per_token, tokens_per_word, words_per_token, vocabulary_size, used_tokens, used_share,
    /// unused_tokens, unreachable_tokens, single_byte_share, shannon_entropy, renyi_entropy, renyi_efficiency,
    /// renyi_efficiency_of_used; in the total unused_ids, too: the ids of the tokens that were never produced, the first
    /// 100 of them. null is unknown or meaningless.
    #[arg(long, conflicts_with = "csv", help_heading = "Output")]
    pub(crate) json: bool,
    /// Write CSV (RFC 4180): a header and a line for each vocabulary, with --by for each group and vocabulary.
    #[arg(long, help_heading = "Output")]
    pub(crate) csv: bool,
    /// In JSON, list all ids that were never produced.
    #[arg(long, requires = "json", help_heading = "Output")]
    pub(crate) all: bool,
    /// How many threads to use [default: as many as there are processors]. The answer is always the same.
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}
