//! The arguments of the commands about what is known: encodings, vocabularies, models.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::CommonArgs;
use crate::cli::literal;

/// `tokenize encodings`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Write one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// `tokenize vocab`, about tokens.
const VOCAB_EXAMPLES: &str = "\
Examples:
  tokenize vocab cl100k_base --token ' the' --tree  a token and how it is merged
  tokenize vocab o200k_base --search '^ ?[Tt]oken'  tokens that match a pattern
  tokenize vocab llama3 --diff cl100k_base          what two vocabularies share";

/// `tokenize vocab`.
#[derive(Debug, Args)]
#[command(after_help = VOCAB_EXAMPLES)]
pub(crate) struct VocabArgs {
    /// The encoding, vocabulary file or folder to tell about.
    #[arg(value_name = "NAME|FILE|FOLDER")]
    pub(crate) which: Option<PathBuf>,
    /// Of a file that holds tokens only: the encoding whose pattern, normalizer and special tokens it has.
    #[arg(long, value_name = "ENCODING", requires = "which")]
    pub(crate) like: Option<String>,
    /// List all special tokens, not only the first 20.
    #[arg(long, requires = "which")]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) tokens: TokenArgs,
    #[command(flatten)]
    pub(crate) list: ListArgs,
}

/// What `tokenize vocab` is asked about tokens.
#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// Show the token with this id. Can be repeated, as the next two.
    #[arg(long, value_name = "ID", requires = "which", help_heading = "Tokens")]
    pub(crate) id: Vec<u32>,
    /// Show the token with exactly this text.
    #[arg(
        long,
        value_name = "TEXT",
        requires = "which",
        allow_hyphen_values = true,
        help_heading = "Tokens"
    )]
    pub(crate) token: Vec<OsString>,
    /// Show the token with exactly these bytes, in hexadecimal digits such as 'e2 80'.
    #[arg(long, value_name = "HEX", requires = "which", value_parser = hex, help_heading = "Tokens")]
    pub(crate) bytes: Vec<Hex>,
    /// Show how these tokens are merged, as trees.
    #[arg(long, conflicts_with = "question", help_heading = "Tokens")]
    pub(crate) tree: bool,
    /// List all tokens.
    ///
    /// A line a token: id, rank (the place in the order of merges, if it has one), number of bytes, kind, text. The
    /// text is quoted: \" \\ \n \r \t are what they are in most languages, \u{HEX} is a character, \xHH a byte that is no part of
    /// UTF-8; all else stands for itself. Kinds: symbol (merging begins with it), merge, whole-piece (no merge makes it, but a piece
    /// that is it becomes it), special, text (special, but found in ordinary text), unknown (stands for the unknown), never.
    #[arg(long = "list", group = "question", requires = "which", conflicts_with_all = LOOK_UPS, help_heading = "Tokens")]
    pub(crate) list_all: bool,
    /// List the N longest tokens, by bytes.
    #[arg(long, value_name = "N", group = "question", requires = "which", conflicts_with_all = LOOK_UPS, help_heading = "Tokens")]
    pub(crate) longest: Option<usize>,
    /// Of --longest: by characters, of tokens that are UTF-8.
    #[arg(long, requires = "longest", help_heading = "Tokens")]
    pub(crate) chars: bool,
    /// List the tokens in whose bytes REGEX matches.
    ///
    /// In the syntax of the crate regex: (?i) for any case, ^ and $ for the ends of a token, (?-u:\xe2) for a byte.
    #[arg(long, value_name = "REGEX", group = "question", requires = "which", conflicts_with_all = LOOK_UPS, help_heading = "Tokens")]
    pub(crate) search: Option<String>,
    /// Compare with another vocabulary: tokens that only one has, and those with another id.
    #[arg(long, value_name = "NAME|FILE|FOLDER", group = "question", requires = "which", conflicts_with_all = LOOK_UPS, help_heading = "Tokens")]
    pub(crate) diff: Option<PathBuf>,
    /// List the ordinary tokens that are not what their own bytes become, and why.
    ///
    /// never: no text becomes the token, as no merge makes it; this is certain. normalized: the normalizer changes its
    /// bytes, also between letters. cut: a text of its bytes alone is cut between them. Of the last two it is not known whether
    /// some other text becomes the token, and they are asked of tokens that are UTF-8 only.
    #[arg(long, group = "question", requires = "which", conflicts_with_all = LOOK_UPS, help_heading = "Tokens")]
    pub(crate) unreachable: bool,
    /// List at most N tokens of each kind, 0 all [default: 20; with --list, --longest and --jsonl all].
    #[arg(long, value_name = "N", requires = "question", help_heading = "Tokens")]
    pub(crate) limit: Option<usize>,
    /// Write one JSON object a token.
    #[arg(long, requires = "which", conflicts_with_all = ["json", "tree"], help_heading = "Tokens")]
    pub(crate) jsonl: bool,
}

/// The flags that name tokens.
const LOOK_UPS: [&str; 3] = ["id", "token", "bytes"];

/// Bytes that were typed as hexadecimal digits.
#[derive(Clone, Debug)]
pub(crate) struct Hex(pub(crate) Vec<u8>);

fn hex(text: &str) -> Result<Hex, String> {
    literal::from_hex(text)
        .map(Hex)
        .ok_or_else(|| "expected two hexadecimal digits a byte, such as 'e2 80'".to_owned())
}

/// `tokenize convert`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tokenize convert llama3 -o tokenizer.json     for Hugging Face's tokenizers
  tokenize convert tokenizer.json -o own.pack")]
pub(crate) struct ConvertArgs {
    /// The vocabulary: a file or folder of any format that --vocab reads, or the name of an encoding.
    #[arg(value_name = "IN")]
    pub(crate) input: PathBuf,
    /// Where to: a file, or a folder for the two files of GPT-2. Written whole or not at all.
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// The format [default: by the name of OUT: *.tiktoken, *.json, *.pack or a folder].
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) to: Option<Target>,
    /// Of a file that holds tokens only: the encoding whose pattern, normalizer and special tokens it has.
    #[arg(long, value_name = "ENCODING")]
    pub(crate) like: Option<String>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// `tokenize models`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tokenize models                               all, with window and encoding
  tokenize models gpt-4o                        all about one
  tokenize models mistral --json                those of a maker, for programs")]
pub(crate) struct ModelsArgs {
    /// The model to tell about, in any usual spelling, or a maker such as openai whose models are listed.
    #[arg(value_name = "NAME|PROVIDER")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) list: ListArgs,
}

/// The formats that vocabularies can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    /// OpenAI's text file: tokens and ranks only.
    Tiktoken,
    /// Hugging Face's JSON: everything, for byte-level vocabularies.
    #[value(name = "tokenizer.json")]
    TokenizerJson,
    /// vocab.json and merges.txt in a folder.
    Gpt2,
    /// The form in which vocabularies are built in: tokens and merges only.
    Pack,
}
