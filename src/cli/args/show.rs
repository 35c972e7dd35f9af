//! The arguments of `tokenize show`.

use std::path::PathBuf;

use clap::Args;

use super::{CommonArgs, InputArgs, VocabularyArgs, tokens};

/// How what cannot be seen is shown, for the long help. `showing::visible` does it.
const LEGEND: &str = "\
Signs:
  │                 the border between two tokens, where there is no colour
  ⟦<|endoftext|>⟧   a special token
  ⇥ ↵ ␍ ␀ ␛         tab, line feed (the line breaks after it), carriage return,
                    other control characters
  ␣                 a space at the end of a line
  ‹NBSP› ‹U+2003›   other spaces, characters without width, and those that turn
                    the direction of writing
  ‹e2 80›           bytes: a part of a character, or no UTF-8
  ‹a6=…›            the bytes that complete a character, and the character
  ◌                 stands before an accent (or another mark) whose letter is
                    not in the same token
  ‹+20›             bytes of a token that stands for no part of the text
  ‹-20›             bytes of the text that no token stands for
Where the text itself has one of these signs, it is written as its bytes:
‹e2 86 b5=↵›.

Examples:
  tokenize show prompt.md                    in colour, in the pager if long
  tokenize show -i prompt.md | head          with the ids, and │ between tokens
  tokenize show --over 8k prompt.md          what is past a limit
  tokenize show -e gpt2 -e o200k_base a.txt  where two encodings differ
  tokenize show --html page.html prompt.md   a page for the browser";

/// `tokenize show`.
#[derive(Debug, Args)]
#[command(after_long_help = LEGEND)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) sides: SidesArgs,
    /// Show the id of each token after it.
    #[arg(short, long, help_heading = "Output")]
    pub(crate) ids: bool,
    /// Show from the Nth token on (the first is 1; those of several inputs are counted through).
    #[arg(long, value_name = "N", value_parser = place, help_heading = "Output")]
    pub(crate) from: Option<u64>,
    /// Show so many tokens at most. The totals are those of the whole.
    #[arg(long, value_name = "N", value_parser = tokens, help_heading = "Output")]
    pub(crate) count: Option<u64>,
    /// Mark what lies past a limit of N tokens, and say by how many it is passed.
    #[arg(long, value_name = "N", value_parser = tokens, help_heading = "Output")]
    pub(crate) over: Option<u64>,
    /// Where two encodings are shown, show all of what they cut alike, not only its beginning and end.
    #[arg(long, conflicts_with = "html", help_heading = "Output")]
    pub(crate) all: bool,
    /// Write a page for the browser: one file that needs no network, with the tokens, the counts and how the
    /// tokens were merged; - is standard output.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["ids", "from", "count"],
        help_heading = "Output"
    )]
    pub(crate) html: Option<PathBuf>,
    /// On a terminal, write through this command [default: PAGER, or less -RFX].
    #[arg(long, value_name = "COMMAND", conflicts_with = "no_pager", help_heading = "Output")]
    pub(crate) pager: Option<String>,
    /// Write to the terminal itself.
    #[arg(long, help_heading = "Output")]
    pub(crate) no_pager: bool,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// Which vocabulary, or which two.
#[derive(Clone, Debug, Args)]
pub(crate) struct SidesArgs {
    /// The model: gives the encoding and the context window [default: gpt-4o]. Twice: shows where the two differ.
    #[arg(short, long, value_name = "MODEL", help_heading = "Vocabulary")]
    pub(crate) model: Vec<String>,
    /// The context window in tokens, in place of the model's.
    #[arg(long, value_name = "N", value_parser = tokens, help_heading = "Vocabulary")]
    pub(crate) context: Option<u64>,
    /// The encoding, in place of the model's. Twice, or with --vocab: shows where the two differ.
    #[arg(short, long, value_name = "ENCODING", help_heading = "Vocabulary")]
    pub(crate) encoding: Vec<String>,
    /// A vocabulary file, or a folder that holds one, as `tokenize count` reads it. Twice: shows where the two differ.
    #[arg(long, value_name = "FILE|FOLDER", help_heading = "Vocabulary")]
    pub(crate) vocab: Vec<PathBuf>,
    /// Of vocabulary files that hold tokens only: the encoding whose pattern, normalizer and special tokens they
    /// have [default: the encoding that has the same tokens].
    #[arg(long, value_name = "ENCODING", requires = "vocab", help_heading = "Vocabulary")]
    pub(crate) like: Option<String>,
}

impl SidesArgs {
    /// Each vocabulary by itself: encodings, then files, or else models. Nothing named is one, too.
    pub(crate) fn each(&self) -> Vec<VocabularyArgs> {
        let side =
            |encoding: Option<&String>, vocab: Option<&PathBuf>, model: Option<&String>| VocabularyArgs {
                model: model.cloned(),
                context: self.context,
                encoding: encoding.cloned(),
                vocab: vocab.cloned(),
                like: self.like.clone().filter(|_| vocab.is_some()),
            };
        let model = self.model.first();
        let encodings = self.encoding.iter().map(|encoding| side(Some(encoding), None, model));
        let files = self.vocab.iter().map(|vocab| side(None, Some(vocab), model));
        let named: Vec<VocabularyArgs> = encodings.chain(files).collect();
        match (named.is_empty(), self.model.is_empty()) {
            (false, _) => named,
            (true, false) => self.model.iter().map(|model| side(None, None, Some(model))).collect(),
            (true, true) => vec![side(None, None, None)],
        }
    }
}

/// The place of a token, from 1.
fn place(text: &str) -> Result<u64, String> {
    match tokens(text)? {
        0 => Err("the first token is 1".to_owned()),
        place => Ok(place),
    }
}
