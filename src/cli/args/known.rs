//! The arguments of the commands about what is known: encodings, vocabularies, models.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::CommonArgs;

/// `tokenize encodings`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Write one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// `tokenize vocab`.
#[derive(Debug, Args)]
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
    pub(crate) list: ListArgs,
}

/// `tokenize convert`.
#[derive(Debug, Args)]
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
