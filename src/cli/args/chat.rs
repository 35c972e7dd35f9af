//! The arguments of `tokenize chat`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{CommonArgs, Special, VocabularyArgs};

/// `tokenize chat`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tokenize chat request.json -m gpt-4o          as the API counts the request
  tokenize chat --template llama3 messages.jsonl")]
pub(crate) struct ChatArgs {
    /// A request body or messages, JSON or JSON Lines; - or none: standard input.
    ///
    /// A body of OpenAI (messages, or input), Anthropic or Gemini (contents); a list of messages; or, a line each,
    /// messages of one conversation or bodies of many. Which it is is seen from the content.
    #[arg(value_name = "FILE")]
    pub(crate) path: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) vocabulary: VocabularyArgs,
    #[command(flatten)]
    pub(crate) framing: FramingArgs,
    /// What names of special tokens in messages are [default: text].
    ///
    /// `encode` takes them as the tokens, as Hugging Face's apply_chat_template does; `forbid` is an error.
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Vocabulary")]
    pub(crate) special: Option<Special>,
    /// Write one JSON document.
    ///
    /// Keys: schema_version, model, encoding, window, template, exactness, conversations, total, upper. Each conversation:
    /// place, messages, fixed, content and framing (in tokens of the encoding), tokens and upper (of the model), window_share,
    /// exactness, label, notes, ignored. Each message: role, name, content, framing, tokens, upper.
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// How conversations are counted.
#[derive(Debug, Args)]
pub(crate) struct FramingArgs {
    /// How messages are framed, if not as the model's name says; a wrong name lists the templates.
    #[arg(long, value_name = "NAME", help_heading = "Chat")]
    pub(crate) template: Option<String>,
    /// Count each image, sound or file as N tokens. Without it, one is an error.
    #[arg(long, value_name = "N", help_heading = "Chat")]
    pub(crate) image_tokens: Option<u64>,
    /// The day that templates with a date in them state: YYYY-MM-DD [default: that of the template].
    #[arg(long, value_name = "DATE", help_heading = "Chat")]
    pub(crate) date: Option<String>,
    /// The effort that the system message of gpt-oss states.
    #[arg(long, value_enum, value_name = "HOW", default_value = "medium", help_heading = "Chat")]
    pub(crate) reasoning: Effort,
}

/// How much a model is to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Effort {
    /// A little.
    Low,
    /// As by default.
    Medium,
    /// A lot.
    High,
}
