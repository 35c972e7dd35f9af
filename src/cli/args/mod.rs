//! What was typed: commands and flags, as clap reads them. What they mean is left to `plan`.

mod chat;
mod check;
mod chunk;
mod compare;
mod count;
mod cut;
mod evaluate;
mod explain;
mod ids;
mod known;
mod overview;
mod shared;
mod shell;
mod show;
mod stats;
mod train;
mod tree;

use std::sync::LazyLock;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::messages::{self, Messages};

pub(crate) use chat::{ChatArgs, Effort, FramingArgs};
pub(crate) use check::CheckArgs;
pub(crate) use chunk::{ChunkArgs, Unit};
pub(crate) use compare::CompareArgs;
pub(crate) use count::{By, CountArgs, Sort};
pub(crate) use cut::{Border, CutArgs, Keep};
pub(crate) use evaluate::EvaluateArgs;
pub(crate) use explain::ExplainArgs;
pub(crate) use ids::{DecodeArgs, EncodeArgs};
pub(crate) use known::{ConvertArgs, ListArgs, ModelsArgs, Target, TokenArgs, VocabArgs};
pub(crate) use shared::{
    Color, CommonArgs, InputArgs, PathArgs, Share, Special, VocabularyArgs, Words, part, share, size, tokens,
};
pub(crate) use shell::{CompletionsArgs, ManArgs, Shell, with_names};
pub(crate) use show::ShowArgs;
pub(crate) use stats::StatsArgs;
pub(crate) use train::{CorpusArgs, CountWordsArgs, MergeCountsArgs, Tie, TrainArgs};
pub(crate) use tree::TreeArgs;

/// More threads than any machine has use for; each holds some blocks of text.
pub(crate) const MOST_THREADS: i64 = 256;

const EXAMPLES: &str = "\
Examples:
  tokenize prompt.md                         tokens, words, share of the window
  git diff | tokenize -q                     only the number
  tokenize check prompt.md --max 8k          exit status 0 if it fits, 1 if not
  tokenize src --top 10 -m gpt-5             the ten largest files of a folder
  tokenize docs --by ext --json              for programs
  tokenize show prompt.md                    the tokens in colour
  tokenize explain strawberry                why a word is split as it is
  tokenize chat request.json -m gpt-4o       messages, as the API counts them
  tokenize encode prompt.md                  token ids
  echo 13225 2375 | tokenize decode          text again
  tokenize --vocab tokenizer.json prompt.md  by the vocabulary file of any model
  tokenize vocab llama3                      all about a vocabulary";

/// Counts tokens exactly, offline; turns text into token ids and back.
#[derive(Debug, Parser)]
#[command(
    name = "tokenize",
    version,
    long_version = long_version(),
    args_conflicts_with_subcommands = true,
    before_long_help = EXAMPLES,
    after_help = "A file named like a command: ./count, or after --. \
                  Exit status: 0 done, 1 a check said no, 2 wrong usage or something failed, 130 stopped by Ctrl-C."
)]
pub(crate) struct Cli {
    /// The command; without one, `count`.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// The arguments of `count`, which may be left out.
    #[command(flatten)]
    pub(crate) count: CountArgs,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Count tokens of files, folders or standard input (the default).
    Count(CountArgs),
    /// Say whether texts fit a limit of tokens, by exit status.
    ///
    /// 0 yes, 1 no, 2 anything else.
    Check(CheckArgs),
    /// Count the tokens of chats, with what is put around messages.
    ///
    /// As APIs and chat templates make them of messages.
    Chat(ChatArgs),
    /// Show the tokens of texts: in colours, or as a page.
    ///
    /// In a pipe with borders between them; the page is for a browser, and needs no network.
    Show(ShowArgs),
    /// Compare what texts are for several models.
    ///
    /// A row for each: tokens, words and bytes per token, share of the window, exact or estimated.
    Compare(CompareArgs),
    /// Show where the tokens are, folder by folder.
    ///
    /// A tree with bars, the largest first.
    Tree(TreeArgs),
    /// Tell the numbers of a text: lengths, frequent tokens and more.
    ///
    /// Lengths of tokens and pieces as histograms, the most frequent tokens, pairs of the attention.
    Stats(StatsArgs),
    /// Turn text into token ids.
    Encode(EncodeArgs),
    /// Turn token ids into text.
    Decode(DecodeArgs),
    /// Show how a text becomes its tokens, merge by merge.
    ///
    /// The pieces, the merges of each in their order, and what other encodings make of it.
    Explain(ExplainArgs),
    /// Cut a text so that it has at most N tokens.
    Cut(CutArgs),
    /// Divide a text into chunks of at most N tokens.
    ///
    /// At paragraphs, sentences, lines or words.
    Chunk(ChunkArgs),
    /// List the encodings.
    Encodings(ListArgs),
    /// List the vocabularies, tell all about one, look up tokens.
    ///
    /// Built in or from a file.
    Vocab(VocabArgs),
    /// Learn a vocabulary from texts.
    ///
    /// Byte-pair encoding, exact, with the same result everywhere.
    Train(TrainArgs),
    /// Count the pieces of some texts, to learn from later.
    ///
    /// For a vocabulary that is learned from more than one machine can hold.
    CountWords(CountWordsArgs),
    /// Add up files of counts.
    MergeCounts(MergeCountsArgs),
    /// Write a vocabulary in another format, with the same ids.
    ///
    /// Whether both give the same ids is checked before.
    Convert(ConvertArgs),
    /// Say how good a vocabulary is for texts, beside others.
    ///
    /// Bytes per token, tokens per word, what is used of it.
    Evaluate(EvaluateArgs),
    /// List the models and their context windows, or tell all about one.
    Models(ModelsArgs),
    /// Show which settings and rules are in force, and where from.
    Config(ListArgs),
    /// Write completions for a shell.
    Completions(CompletionsArgs),
    /// Write the manual, as pages for `man`.
    Man(ManArgs),
}

impl Cli {
    /// What every command takes, as it was typed for this one.
    pub(crate) fn common(&self) -> &CommonArgs {
        match &self.command {
            None => &self.count.common,
            Some(Command::Count(args)) => &args.common,
            Some(Command::Check(args)) => &args.common,
            Some(Command::Config(args)) => &args.common,
            Some(Command::Chat(args)) => &args.common,
            Some(Command::Show(args)) => &args.common,
            Some(Command::Tree(args)) => &args.common,
            Some(Command::Compare(args)) => &args.common,
            Some(Command::Stats(args)) => &args.common,
            Some(Command::Encode(args)) => &args.common,
            Some(Command::Decode(args)) => &args.common,
            Some(Command::Explain(args)) => &args.common,
            Some(Command::Cut(args)) => &args.common,
            Some(Command::Chunk(args)) => &args.common,
            Some(Command::Encodings(args)) => &args.common,
            Some(Command::Vocab(args)) => &args.list.common,
            Some(Command::Train(args)) => &args.common,
            Some(Command::CountWords(args)) => &args.common,
            Some(Command::MergeCounts(args)) => &args.common,
            Some(Command::Convert(args)) => &args.common,
            Some(Command::Evaluate(args)) => &args.common,
            Some(Command::Models(args)) => &args.list.common,
            Some(Command::Completions(args)) => &args.common,
            Some(Command::Man(args)) => &args.common,
        }
    }
}

/// The definition of the whole: what is completed and written as a manual.
pub(crate) fn whole() -> clap::Command {
    let mut whole = Cli::command().bin_name("tokenize");
    whole.build();
    whole
}

/// Reads the arguments of this process. Help, version and complaints are printed here.
pub(crate) fn parse() -> Result<Cli, Exit> {
    let matches = overview::arrange(Cli::command()).try_get_matches();
    matches.and_then(|matches| Cli::from_arg_matches(&matches)).map_err(|answer| {
        let printed = answer.print().map_err(Failure::from);
        let status = Messages::new(false, false).status(printed);
        if answer.use_stderr() { Exit::Failure } else { status }
    })
}

/// Prints the short help to stderr: of a command, or of the whole.
pub(crate) fn print_usage(command: Option<&str>) {
    let mut whole = overview::arrange(Cli::command());
    whole.build();
    let help = match command.and_then(|name| whole.find_subcommand_mut(name)) {
        Some(command) => command.render_help(),
        None => whole.render_help(),
    };
    messages::usage(help.to_string().trim_end());
}

/// Whether a path looks like a command that was not put first.
pub(crate) fn is_command(name: &std::path::Path) -> bool {
    name.to_str().is_some_and(|name| Cli::command().find_subcommand(name).is_some())
}

/// The command that a path with no file behind it may have been meant to be: two slips at most, in less than half a word.
pub(crate) fn near_command(name: &std::path::Path) -> Option<String> {
    let name = name.to_str().filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '-'))?;
    let whole = Cli::command();
    let near =
        whole.get_subcommands().map(|command| (strsim::osa_distance(name, command.get_name()), command));
    let (slips, command) = near.min_by_key(|(slips, _)| *slips)?;
    (slips <= 2 && 2 * slips < name.len()).then(|| command.get_name().to_owned())
}

/// What `--version` says: a count depends on the vocabularies and on Unicode's tables.
fn long_version() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let encodings: Vec<&str> = bytepair::encoding_names().collect();
        format!(
            "{}\nUnicode {}\nencodings: {}",
            env!("CARGO_PKG_VERSION"),
            bytepair::UNICODE_VERSION,
            encodings.join(", ")
        )
    });
    &TEXT
}
