//! The arguments of the commands that train: `train`, `count-words` and `merge-counts`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{CommonArgs, MOST_THREADS, PathArgs, Target, size, tokens};

/// Which texts to learn from, and how they are cut.
#[derive(Debug, Args)]
pub(crate) struct CorpusArgs {
    #[command(flatten)]
    pub(crate) files: PathArgs,
    /// Where texts are cut into pieces, which no token reaches across: like gpt2, cl100k or o200k do it, or at the matches
    /// of a regular expression [default: o200k].
    ///
    /// Of the three patterns it is known where a text can be cut, so that files of any size are read in blocks. A regular
    /// expression of your own is slower, and with it a file is held in memory whole and may have at most 2^31 bytes, unless
    /// its lines are documents (--lines, --jsonl).
    #[arg(long, value_name = "NAME|REGEX", help_heading = "Texts")]
    pub(crate) pattern: Option<String>,
    /// A special token, part of the vocabulary. In texts it separates documents and is not learned from. Can be repeated.
    #[arg(long, value_name = "NAME", help_heading = "Texts")]
    pub(crate) special: Vec<String>,
    /// Each line is a document, with its line end.
    #[arg(long, group = "documents", help_heading = "Texts")]
    pub(crate) lines: bool,
    /// Each line is a JSON object, and the string under KEY is a document.
    ///
    /// Blank lines are skipped, and a byte order mark at the beginning of a file. Any other line without such a string is an
    /// error, with its number.
    #[arg(long, value_name = "KEY", group = "documents", help_heading = "Texts")]
    pub(crate) jsonl: Option<String>,
    /// Documents are separated by TEXT, which is not learned from. Can be repeated.
    #[arg(long, value_name = "TEXT", help_heading = "Texts")]
    pub(crate) separator: Vec<String>,
    /// How much memory the tables of counts may take before they are put aside on disk (suffixes K, M, G: 1024, ...).
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "4G", help_heading = "Work")]
    pub(crate) memory: u64,
    /// Go on where a run with the same texts and the same output was stopped.
    ///
    /// What was counted is kept in the folder OUT.training after Ctrl-C (exit status 130), a text that cannot be read, or a full disk. A text
    /// that could not be read may be mended or left out by then, as long as what was read of it is the same, and texts that
    /// nobody had begun to read may be others.
    #[arg(long, help_heading = "Work")]
    pub(crate) resume: bool,
    /// How many threads to use [default: as many as there are processors]. The result is always the same.
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS), help_heading = "Work")]
    pub(crate) threads: Option<u16>,
}

/// `tokenize train`.
#[derive(Debug, Args)]
#[command(
    group = clap::ArgGroup::new("wanted").required(true).args(["size", "add"]),
    after_help = "\
Examples:
  tokenize train --size 32k -o own.json texts/
  tokenize train --from o200k_base --add 2000 -o more.tiktoken notes/
  tokenize train --size 100k --from-counts -o own.json counts/"
)]
pub(crate) struct TrainArgs {
    #[command(flatten)]
    pub(crate) corpus: CorpusArgs,
    /// How many tokens the vocabulary has, at most, with the 256 bytes and special tokens: 32768, 100k.
    #[arg(short, long, value_name = "N", value_parser = tokens, help_heading = "Vocabulary")]
    pub(crate) size: Option<u64>,
    /// With --from: how many tokens to add, at most.
    #[arg(long, value_name = "N", value_parser = tokens, requires = "from", help_heading = "Vocabulary")]
    pub(crate) add: Option<u64>,
    /// Where the vocabulary goes. Written whole or not at all.
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// The format [default: by the name of OUT: *.json, *.tiktoken, *.pack or a folder].
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) to: Option<Target>,
    /// Continue this vocabulary (an encoding, file or folder): its tokens keep their ids, what is learned comes after.
    #[arg(long, value_name = "VOCABULARY", conflicts_with_all = ["pattern", "ties", "initial_alphabet"], help_heading = "Vocabulary")]
    pub(crate) from: Option<PathBuf>,
    /// The paths are files of counts (of count-words or merge-counts), or folders of such files, not texts.
    #[arg(long, conflicts_with_all = ["documents", "separator", "resume"], help_heading = "Texts")]
    pub(crate) from_counts: bool,
    /// Merge no pair that occurs less often.
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Vocabulary")]
    pub(crate) min_frequency: u64,
    /// Leave out pieces that occur less often in all texts together.
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Vocabulary")]
    pub(crate) min_count: u64,
    /// No learned token is longer than this.
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Vocabulary")]
    pub(crate) max_token_length: Option<u32>,
    /// Characters that become a token each, whether the texts have them or not. Single bytes always are tokens.
    #[arg(long, value_name = "CHARACTERS", help_heading = "Vocabulary")]
    pub(crate) initial_alphabet: Option<String>,
    /// Which of equally frequent pairs is merged first.
    #[arg(long, value_enum, value_name = "RULE", default_value = "hf", help_heading = "Vocabulary")]
    pub(crate) ties: Tie,
    /// As Hugging Face's BpeTrainer: special tokens get the first ids, not the last; and with a --max-token-length of M, tokens
    /// have less than M bytes, or two.
    #[arg(long, help_heading = "Vocabulary")]
    pub(crate) hf_compat: bool,
    /// A text, or folder of texts, that is not learned from, to judge the vocabulary by. Can be repeated.
    #[arg(long, value_name = "PATH", help_heading = "Output")]
    pub(crate) held_out: Vec<PathBuf>,
    /// Write what was learned as one JSON document.
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// Which of equally frequent pairs is merged first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tie {
    /// That of the smaller ids, bytes in the order of GPT-2's alphabet, as Hugging Face's BpeTrainer.
    Hf,
    /// That of the smaller ids, bytes in the order of their values, as rustbpe and bpeasy.
    Raw,
}

/// `tokenize count-words`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tokenize count-words -o part1.counts texts/   on each machine
  tokenize train --from-counts --size 100k -o own.json *.counts")]
pub(crate) struct CountWordsArgs {
    #[command(flatten)]
    pub(crate) corpus: CorpusArgs,
    /// Where the counts go. Written whole or not at all.
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// `tokenize merge-counts`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tokenize merge-counts -o all.counts part1.counts part2.counts")]
pub(crate) struct MergeCountsArgs {
    /// Files of counts.
    #[arg(value_name = "COUNTS", required_unless_present = "files0_from")]
    pub(crate) paths: Vec<PathBuf>,
    /// Read the paths from FILE (- is standard input), each ended by a NUL.
    #[arg(long, value_name = "FILE", conflicts_with = "paths")]
    pub(crate) files0_from: Option<PathBuf>,
    /// Where the sums go. Written whole or not at all.
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}
