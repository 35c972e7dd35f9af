//! The arguments of `tokenize cut`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::shared::{OneInputArgs, tokens};
use super::{CommonArgs, VocabularyArgs};

/// `tokenize cut`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tokenize cut -n 8k long.txt > short.txt       its beginning
  tail -f log | tokenize cut -n 500             of a stream, until it is full
  tokenize cut -n 2k --keep ends --ellipsis ' … ' a.txt")]
pub(crate) struct CutArgs {
    #[command(flatten)]
    pub(crate) input: OneInputArgs,
    /// At most N tokens: 500, 1_000, 8k (8,000), 1.5k, 1M (1,000,000).
    ///
    /// The result, ellipsis included, never has more when it is counted by itself. A text that fits is written as it
    /// is.
    #[arg(short = 'n', long, visible_alias = "max", value_name = "N", value_parser = tokens)]
    pub(crate) tokens: u64,
    /// What to keep: the beginning, the end, or both ends of the text without its middle.
    ///
    /// For the head no more is read than is needed to be certain that the text is too long, so that it can be cut from
    /// a stream without end. For the other two the text is read to its end and held in memory.
    #[arg(long, value_enum, value_name = "PART", default_value = "head", help_heading = "Cut")]
    pub(crate) keep: Keep,
    /// Where to cut: between tokens, characters, words (Unicode) or lines. Never inside a character.
    ///
    /// `char` keeps some letters more than `token` where they fit. With `line`, nothing is kept of a line that does
    /// not fit whole.
    #[arg(long, value_enum, value_name = "BORDER", default_value = "token", help_heading = "Cut")]
    pub(crate) at: Border,
    /// Put TEXT in place of what is cut out. Its tokens count.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, help_heading = "Cut")]
    pub(crate) ellipsis: String,
    /// End with exit status 1 if something was cut. The result is written all the same.
    #[arg(long, help_heading = "Cut")]
    pub(crate) fail_if_cut: bool,
    #[command(flatten)]
    pub(crate) vocabulary: VocabularyArgs,
    /// Write to FILE, whole or not at all; - is standard output.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// What to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Keep {
    /// The beginning.
    Head,
    /// The end.
    Tail,
    /// Beginning and end, about half of the tokens each; the middle is cut out.
    #[value(alias = "middle")]
    Ends,
}

/// Where to cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Border {
    /// Between tokens of the text, or beside the character that is there.
    Token,
    /// Between characters.
    Char,
    /// Between words after Unicode Standard Annex 29.
    Word,
    /// Between lines.
    Line,
}
