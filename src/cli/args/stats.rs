//! The arguments of `tokenize stats`.

use clap::Args;

use super::{CommonArgs, InputArgs, MOST_THREADS, VocabularyArgs, Words};

/// What the figures are, for the long help.
const FIGURES: &str = "\
Figures:
  tokens per word        a word is what --words says
  distinct tokens        different tokens in the text, and their share of the
                         ordinary ones of the vocabulary
  single-byte tokens     tokens that stand for one byte, as a share of all
  attention              pairs of tokens that one head of one layer compares if
                         the text is one sequence: n x n, and n (n + 1) / 2 where
                         each token sees itself and what is before it. That is
                         why twice the text costs four times as much (Vaswani et
                         al. 2017, table 1: n^2 d for each layer)
  lengths of tokens      how many tokens of the text have so many bytes, control
                         tokens left out
  lengths of pieces      the same of what the pattern cuts the text into before
                         anything is merged; special tokens that are found
                         are between pieces. Not told where there is no
                         pattern, text is normalized before, or something else
                         keeps the pieces from being the text as it is
  tokens of pieces       how many pieces became so many tokens
  most frequent tokens   in quotes, with \\n, \\t, \\u{HEX} and \\xHH for what
                         cannot be seen

Examples:
  tokenize stats prompt.md                  of one text
  tokenize stats src --top 30 -m llama-3.1  of a folder, thirty frequent tokens
  tokenize stats --json book.txt            for programs";

/// `tokenize stats`.
#[derive(Debug, Args)]
#[command(after_long_help = FIGURES, mut_arg("bos", |arg| arg.hide(true)), mut_arg("eos", |arg| arg.hide(true)))]
pub(crate) struct StatsArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) vocabulary: VocabularyArgs,
    /// What a word is: a run between white space, or a word after Unicode Standard Annex 29 [default: white].
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Output")]
    pub(crate) words: Option<Words>,
    /// Show the N most frequent tokens.
    #[arg(long, value_name = "N", default_value_t = 10, help_heading = "Output")]
    pub(crate) top: usize,
    /// Write one JSON document.
    ///
    /// Keys: schema_version, model, encoding, window, files, tokens, special_tokens, word_kind, words, chars, bytes, lines,
    /// bytes_per_token, chars_per_token, tokens_per_word, words_per_token, window_share, distinct_tokens, vocabulary_size,
    /// used_share, single_byte_share, attention_pairs, causal_attention_pairs, token_lengths and piece_lengths (each a
    /// list of bytes and count), piece_tokens (a list of tokens and count; null, as piece_lengths: not known), top (id, bytes as an array, text or null, count, share).
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    /// How many threads to use [default: as many as there are processors]. The answer is always the same.
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}
