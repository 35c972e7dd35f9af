//! The arguments of `tokenize explain`.

use std::ffi::OsString;

use clap::Args;

use super::{CommonArgs, Special, VocabularyArgs};

/// What is shown, and how.
const EXAMPLES: &str = "\
Examples:
  tokenize explain strawberry                      every merge, from bytes on
  tokenize explain ' the' -e gemma3 --in none      by one encoding only
  tokenize explain unhappiness --expect happiness  why a token is not there
  tokenize explain --json - < word.txt             for programs

Signs:
  ␣ is a space, ‹e2 80› are bytes that are no whole character, \\n, \\t and
  \\u{200b} are characters that cannot be seen. A rank is the place of a merge in
  the order of merges: of all pairs of neighbours that are in the list, the one
  of lowest rank is joined first, and the leftmost of several.";

/// `tokenize explain`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, mut_arg("context", |arg| arg.hide(true)))]
pub(crate) struct ExplainArgs {
    /// Texts, or - for standard input. None: standard input.
    #[arg(value_name = "WORD")]
    pub(crate) words: Vec<OsString>,
    #[command(flatten)]
    pub(crate) vocabulary: VocabularyArgs,
    /// What names of special tokens in the text, such as <|endoftext|>, are [default: text].
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Vocabulary", display_order = 100)]
    pub(crate) special: Option<Special>,
    /// Show what this encoding makes of the text, too. Can be repeated; `none` shows no other
    /// [default: o200k_base, cl100k_base, llama3 and gemma3].
    #[arg(long = "in", value_name = "ENCODING", help_heading = "Output")]
    pub(crate) others: Vec<String>,
    /// Show what all built-in encodings make of the text.
    #[arg(long, conflicts_with = "others", help_heading = "Output")]
    pub(crate) all: bool,
    /// Say why this text is no token where it stands in WORD, although the vocabulary has it. Can be repeated.
    #[arg(long, value_name = "TOKEN", help_heading = "Output")]
    pub(crate) expect: Vec<OsString>,
    /// Say of all neighbours that are left why they are not merged.
    #[arg(long, help_heading = "Output")]
    pub(crate) no_merge_found: bool,
    /// Show at most N pieces, and N merges of each; 0 shows all. JSON has all.
    #[arg(long, value_name = "N", default_value_t = 40, help_heading = "Output")]
    pub(crate) limit: usize,
    /// Write one JSON document.
    ///
    /// Keys: schema_version, model, encoding, texts. Each text: text (or bytes_hex, if it is not UTF-8), normalized (null
    /// if nothing changed), tokens, ids, pieces, others, expected. Each piece: text, start and end in the text that was cut,
    /// source_start and source_end in the text as it was given, way (merged, whole, special), symbols, merges, merged (tokens
    /// after the last merge), ids, neighbours (with --no-merge-found). Symbols and tokens: id (null: not known), text, start,
    /// end in bytes of the piece. Merges: rank, left, right, token (ids), text, start, middle, end. Others: encoding, tokens,
    /// ids, texts. Expected: token, id, reason, places.
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}
