//! The arguments of `tokenize check`.

use clap::Args;

use super::{CommonArgs, FramingArgs, InputArgs, MOST_THREADS, Share, VocabularyArgs, part, share, tokens};

const EXAMPLES: &str = "\
Examples:
  tokenize check prompt.md --max 8k             exit status 0: it fits, 1: not
  tokenize check -m gpt-4o --reserve 4k src     with room for an answer of 4000
  cat p | tokenize check --max 8k --pass | llm  nothing passes that does not fit
  tokenize check --rules                        by .tokenize.toml, with rules as

  [[rule]]
  paths = [\"AGENTS.md\", \"prompts/**\"]   # as in a .gitignore beside it
  exclude = [\"prompts/archive/**\"]
  max = \"2k\"                            # or model = \"gpt-4o\", reserve = \"4k\"
  warn-at = \"90%\"
  level = \"error\"                       # or \"warning\": told, and passed
  total = false                         # true: the limit is for all together";

/// `tokenize check`.
#[derive(Debug, Args)]
#[command(before_long_help = EXAMPLES)]
pub(crate) struct CheckArgs {
    /// The limit in tokens, such as 8000, 8k or 1M. Exactly as many fit.
    ///
    /// Without it, the limit is the largest prompt of the model beside --reserve.
    #[arg(short = 'n', long, visible_alias = "tokens", value_name = "N", value_parser = tokens)]
    #[arg(conflicts_with = "reserve", help_heading = "Limit")]
    pub(crate) max: Option<u64>,
    /// Leave room for an answer of N tokens, where prompt and answer share the model's window [default: 0].
    #[arg(long, value_name = "N", value_parser = tokens, help_heading = "Limit")]
    pub(crate) reserve: Option<u64>,
    /// The longest answer in tokens, in place of the model's: --reserve cannot be more.
    #[arg(long, value_name = "N", value_parser = tokens, help_heading = "Limit")]
    pub(crate) max_output: Option<u64>,
    /// The limit is for each file, not for all together.
    #[arg(long, help_heading = "Limit")]
    pub(crate) per_file: bool,
    /// Warn from this share of the limit on, for example 90%.
    #[arg(long, value_name = "SHARE", value_parser = part, help_heading = "Limit")]
    pub(crate) warn_at: Option<Share>,
    /// Count SHARE more tokens than there are, for estimates whose error is not known, or as a margin.
    #[arg(long, value_name = "SHARE", value_parser = share, help_heading = "Limit")]
    pub(crate) margin: Option<Share>,
    /// Check the files that the rules in .tokenize.toml are for, among the PATHs or in the whole project.
    ///
    /// So does `tokenize check` without a PATH, a limit or a model, if there are rules. Say it in scripts: with it, that
    /// there are no rules is an error.
    #[arg(long, conflicts_with_all = ["max", "reserve", "per_file", "pass"], help_heading = "Limit")]
    pub(crate) rules: bool,
    /// The inputs are request bodies or lists of messages, counted as `tokenize chat` does, each conversation by itself.
    ///
    /// How long an answer a body asks for (max_tokens) is not looked at: --reserve says it.
    #[arg(long, conflicts_with_all = ["rules", "bos", "eos"], help_heading = "Chat")]
    pub(crate) chat: bool,
    #[command(flatten)]
    pub(crate) framing: FramingArgs,
    /// Copy standard input to standard output if it fits; else nothing comes out.
    #[arg(long, conflicts_with_all = ["json", "github", "chat"], help_heading = "Output")]
    pub(crate) pass: bool,
    /// Write annotations for GitHub Actions.
    #[arg(long, conflicts_with = "json", help_heading = "Output")]
    pub(crate) github: bool,
    /// Write one JSON document.
    ///
    /// Keys: schema_version, verdict (within, near, over, unknown), checks. Each check: rule, level, verdict, model, encoding,
    /// exactness, limit, limit_from, per_file, complete, files, tokens, upper (of an estimate: 95 % of such texts have no more
    /// tokens; null: not known), used (what is compared with the limit), at_least (reading was stopped: there are more),
    /// left (negative: too many), share, words, words_per_token, inputs, each with path, tokens, upper, used, left, verdict.
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Say what the tokens cost as a prompt, by the price in your models file (--models). There are no prices built in.
    #[arg(long, help_heading = "Output")]
    pub(crate) cost: bool,
    #[command(flatten)]
    pub(crate) vocabulary: VocabularyArgs,
    /// How many threads to use [default: as many as there are processors]. The answer is always the same.
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}
