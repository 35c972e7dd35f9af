//! The models we know: names, limits, and the encoding each one counts with.
//!
//! The table is `vocab/models.tsv`, part of the program; its head says what the columns mean and where the
//! rows come from. It is read anew, line by line, by whoever asks: a run that names no model pays nothing.
//!
//! Left to others: models that a user adds (`catalogue`), which of its many spellings a model was called by
//! (`names`), what an encoding is (`encodings`), how a count is estimated (`estimates`), and what becomes of a
//! prompt that is too long (the report).

use std::borrow::Cow;
use std::fmt;

use super::estimates::Ratios;
use crate::error::{Error, ErrorKind};

/// The table, compiled in.
const TABLE: &str = include_str!(concat!(env!("OUT_DIR"), "/models.tsv"));

/// What to do for a model whose tokenizer is published, but not built in.
pub(super) const NOT_BUILT_IN: &str =
    "it is published with the model: name its file, tokenizer.json for example (--vocab FILE)";

/// How many columns a row has.
const COLUMNS: usize = 15;

/// One model: a row of the table.
///
/// Every limit is a number of tokens, counted by the model's own tokenizer. A limit is what the maker of the
/// model states; whoever hosts it may allow less.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Model {
    /// The canonical name, lower case.
    pub name: Cow<'static, str>,
    /// Who makes the model, lower case, for example `openai`.
    pub provider: Cow<'static, str>,
    /// The context window in tokens. What it has to hold, see [`Model::io`].
    pub context_window: Option<u64>,
    /// The longest prompt in tokens, where it is stated apart from the window.
    ///
    /// Most callers want [`Model::input_limit`] or [`Model::room`] instead.
    pub max_input: Option<u64>,
    /// The longest answer in tokens.
    pub max_output: Option<u64>,
    /// Whether prompt and answer share the window.
    pub io: Io,
    /// The name of the encoding, for example `o200k_base`. `None`: the tokenizer is published, but it is not
    /// built in; the text is counted with the model's own vocabulary file.
    pub encoding: Option<Cow<'static, str>>,
    /// How far a count made with [`Model::encoding`] can be trusted.
    pub exactness: Exactness,
    /// The name of the model's own tokenizer, where that is not public but its counts were measured: see
    /// [`Model::ratios`].
    pub tokenizer: Option<Cow<'static, str>>,
    /// The day of release, as exact as it is known: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub released: Option<Cow<'static, str>>,
    /// The shutdown date, past or announced, written as [`Model::released`] is. `None`: none is known.
    pub retired: Option<Cow<'static, str>>,
    /// What the row was compiled from.
    pub source: Cow<'static, str>,
    /// The day of the facts, `YYYY-MM-DD`.
    pub as_of: Cow<'static, str>,
    /// Where the sources disagree, and other remarks.
    pub notes: Option<Cow<'static, str>>,
    /// The other names, separated by commas: kept as written, so that a row needs no memory of its own.
    pub(super) aliases: Cow<'static, str>,
}

impl Model {
    /// The other names of the model, lower case, in the order of the table.
    pub fn aliases(&self) -> impl Iterator<Item = &str> {
        self.aliases.split(',').filter(|alias| !alias.is_empty())
    }

    /// Whether `name` is the canonical name or an alias, letter for letter.
    ///
    /// For names as people write them use `names::resolve`.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.aliases().any(|alias| alias == name)
    }

    /// The largest prompt that fits, in tokens: the smaller of [`Model::max_input`] and
    /// [`Model::context_window`], or the one that is known, or `None`.
    ///
    /// Where prompt and answer share the window, a prompt of this size may leave no room for an answer.
    pub fn input_limit(&self) -> Option<u64> {
        match (self.max_input, self.context_window) {
            (Some(input), Some(window)) => Some(input.min(window)),
            (input, window) => input.or(window),
        }
    }

    /// The largest prompt in tokens that fits beside an answer of `reserve` tokens: the smaller of
    /// [`Model::max_input`] and, where prompt and answer share the window, the window less the reserve; `None`
    /// if neither limit is known. 0 if the reserve fills the window.
    pub fn room(&self, reserve: u64) -> Option<u64> {
        let reserve = if self.io == Io::Shared { reserve } else { 0 };
        match (self.max_input, self.context_window) {
            (Some(input), Some(window)) => Some(input.min(window.saturating_sub(reserve))),
            (Some(input), None) => Some(input),
            (None, window) => window.map(|window| window.saturating_sub(reserve)),
        }
    }

    /// The name of the encoding.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownEncoding`] if the model's tokenizer is not built in, and if it is not public and the encoding only
    /// stands in for it: a count of that is no count of the model's. [`Model::encoding`] and [`Model::ratios`] tell what
    /// can be estimated.
    pub fn encoding_name(&self) -> Result<&str, Error> {
        let refuse = |what: &str, hint: &str| {
            let message = format!("the tokenizer of {} {what}", self.name);
            Err(Error::new(ErrorKind::UnknownEncoding, message).with_hint(hint))
        };
        match (&self.encoding, &self.tokenizer) {
            (Some(encoding), None) => Ok(encoding),
            (Some(_), Some(_)) => refuse("is not public", "`registry::estimates` has measured ratios"),
            (None, _) => refuse("is not built in", NOT_BUILT_IN),
        }
    }

    /// The measured ratios by which a count of [`Model::encoding`] becomes an estimate of the model's own; `None`
    /// where the count is not changed.
    pub fn ratios(&self) -> Option<Ratios> {
        self.tokenizer.as_deref().and_then(Ratios::of)
    }

    /// Whether the model had been shut down on the day the row was compiled ([`Model::as_of`]).
    ///
    /// An announced shutdown that was still to come does not count. The library reads no clock: compare
    /// [`Model::retired`] with the date of today, as text, to learn how things stand now.
    pub fn is_retired(&self) -> bool {
        self.retired.as_ref().is_some_and(|date| *date <= self.as_of)
    }

    /// Reads a row; `None` if it does not have the columns that the head of the table states.
    fn parse(line: &'static str) -> Option<Model> {
        let mut cells = [""; COLUMNS];
        let mut count = 0;
        for cell in line.split('\t') {
            *cells.get_mut(count)? = cell;
            count += 1;
        }
        if count != COLUMNS {
            return None;
        }
        let [name, aliases, provider, window, input, output, io, encoding, exactness, rest @ ..] = cells;
        let [tokenizer, released, retired, source, as_of, notes] = rest;
        Some(Model {
            name: name.into(),
            provider: provider.into(),
            context_window: tokens(window)?,
            max_input: tokens(input)?,
            max_output: tokens(output)?,
            io: Io::from_name(io)?,
            encoding: known(encoding),
            exactness: Exactness::from_name(exactness)?,
            tokenizer: known(tokenizer),
            released: known(released),
            retired: known(retired),
            source: source.into(),
            as_of: as_of.into(),
            notes: known(notes),
            aliases: known(aliases).unwrap_or_default(),
        })
    }
}

/// Every model of the table, sorted by canonical name in byte order.
///
/// Nothing is read before the iterator is asked, and no more of the table than it is asked for.
pub fn models() -> impl Iterator<Item = Model> {
    // A row that cannot be read is left out: the table is fixed when the program is built, and a test holds
    // that every row can be read. A panic here could only come too late to be of use.
    rows().filter_map(Model::parse)
}

/// How prompt and answer use the context window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Io {
    /// Prompt and answer together must fit the window.
    Shared,
    /// Prompt and answer each have a limit of their own.
    Separate,
    /// There is no answer to count: embeddings.
    InputOnly,
}

impl Io {
    /// The kind that the table calls so.
    pub fn from_name(name: &str) -> Option<Io> {
        [Io::Shared, Io::Separate, Io::InputOnly].into_iter().find(|io| io.name() == name)
    }

    /// The word the table uses: `shared`, `separate` or `input-only`.
    pub const fn name(self) -> &'static str {
        match self {
            Io::Shared => "shared",
            Io::Separate => "separate",
            Io::InputOnly => "input-only",
        }
    }
}

impl fmt::Display for Io {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How far a count of plain text can be trusted to be what the model itself counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exactness {
    /// The maker names a public vocabulary for the model: the count is the model's.
    Exact,
    /// The maker ships or documents a local tokenizer, without promising that the service counts alike.
    OfficialLocal,
    /// There is no public tokenizer, or it is assumed which one is used.
    Estimate,
}

impl Exactness {
    /// The word the table uses: `exact`, `official-local` or `estimate`.
    pub const fn name(self) -> &'static str {
        match self {
            Exactness::Exact => "exact",
            Exactness::OfficialLocal => "official-local",
            Exactness::Estimate => "estimate",
        }
    }

    /// The exactness that the table calls so.
    pub fn from_name(name: &str) -> Option<Exactness> {
        let all = [Exactness::Exact, Exactness::OfficialLocal, Exactness::Estimate];
        all.into_iter().find(|exactness| exactness.name() == name)
    }
}

impl fmt::Display for Exactness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The rows of the table, without its comments.
fn rows() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter(|line| !line.starts_with('#'))
}

/// A cell, `None` if it says "unknown".
fn known(cell: &'static str) -> Option<Cow<'static, str>> {
    (cell != "-").then_some(Cow::Borrowed(cell))
}

/// A cell that holds a number of tokens; the outer `None` means that it holds something else.
fn tokens(cell: &str) -> Option<Option<u64>> {
    if cell == "-" { Some(None) } else { cell.parse().ok().map(Some) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn model(name: &str) -> Model {
        models().find(|model| model.name == name).unwrap()
    }

    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    fn is_date(text: &str) -> bool {
        let shape = text.bytes().map(|b| if b.is_ascii_digit() { b'0' } else { b });
        let shape = String::from_utf8(shape.collect()).unwrap();
        ["0000", "0000-00", "0000-00-00"].contains(&shape.as_str())
    }

    #[test]
    fn every_row_can_be_read() {
        for row in rows() {
            assert!(Model::parse(row).is_some(), "{row}");
        }
        assert_eq!(models().count(), rows().count());
        assert!(rows().count() > 0);
    }

    #[test]
    fn head_names_the_columns() {
        let head = TABLE.lines().rfind(|line| line.starts_with('#')).unwrap();
        let columns = "name aliases provider context_window max_input max_output io encoding exactness \
                       tokenizer released retired source as_of notes";
        assert_eq!(head, format!("# {}", columns.split(' ').collect::<Vec<_>>().join("\t")));
    }

    #[test]
    fn rows_that_are_wrong_are_not_read() {
        let good = "a\tb,c\topenai\t10\t-\t5\tshared\tgpt2\texact\t-\t2020\t-\tpage\t2026-01-01\t-";
        let model = Model::parse(good).unwrap();
        assert_eq!(model.aliases().collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!((model.max_input, model.max_output), (None, Some(5)));
        for (from, to) in
            [("\t10", "\tten"), ("shared", "both"), ("exact", "sure"), ("\tpage", ""), ("a", "a\t")]
        {
            let bad: &'static str = Box::leak(good.replacen(from, to, 1).into_boxed_str());
            assert_eq!(Model::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn sorted_by_name() {
        let names: Vec<_> = models().map(|model| model.name).collect();
        assert!(names.is_sorted(), "{names:?}");
    }

    #[test]
    fn a_name_stands_once() {
        let mut seen = HashSet::new();
        for model in models() {
            for name in model.aliases().chain([&*model.name]) {
                assert!(seen.insert(name.to_owned()), "{name} stands twice");
            }
        }
    }

    #[test]
    fn sourced_and_dated() {
        for model in models() {
            assert!(model.source.len() > 3, "{model:?}");
            assert!(model.as_of.len() == 10 && is_date(&model.as_of), "{model:?}");
            assert!(model.released.as_deref().is_none_or(is_date), "{model:?}");
            assert!(model.retired.as_deref().is_none_or(is_date), "{model:?}");
        }
    }

    #[test]
    fn encodings_are_known() {
        for model in models() {
            let mut encodings = super::super::encodings::encodings();
            let Some(name) = &model.encoding else {
                assert!(model.exactness != Exactness::Estimate, "{model:?}");
                continue;
            };
            assert!(encodings.any(|encoding| encoding.name == name), "{model:?}");
            assert_eq!(model.tokenizer.is_some(), model.ratios().is_some(), "{model:?}");
            assert!(model.tokenizer.is_none() || model.exactness == Exactness::Estimate, "{model:?}");
        }
    }

    #[test]
    fn limits_make_sense() {
        for model in models() {
            let Some(window) = model.context_window else { continue };
            assert!(window >= 1024, "{model:?}");
            assert!(model.max_input.is_none_or(|input| input <= window), "{model:?}");
            if model.io == Io::InputOnly {
                assert_eq!(model.max_output, None, "{model:?}");
            } else {
                assert!(model.max_output.is_none_or(|output| output <= window), "{model:?}");
            }
        }
    }

    #[test]
    fn input_limit_is_the_smaller() {
        assert_eq!(model("gpt-4o").input_limit(), Some(128_000));
        assert_eq!(model("gpt-5").input_limit(), Some(272_000));
        assert_eq!(model("text-embedding-3-small").input_limit(), Some(8191));
        let unknown = Model { context_window: None, max_input: None, ..model("gpt-5") };
        assert_eq!(unknown.room(5), None);
        assert_eq!(unknown.input_limit(), None);
        assert_eq!(Model { max_input: Some(7), ..unknown }.input_limit(), Some(7));
    }

    #[test]
    fn room_beside_an_answer() {
        // Shared, without and with a limit of the prompt; an embedding has no answer.
        assert_eq!(model("gpt-4o").room(0), Some(128_000));
        assert_eq!(model("gpt-4o").room(16_384), Some(111_616));
        assert_eq!(model("gpt-5").room(0), Some(272_000));
        assert_eq!(model("gpt-5").room(128_000), Some(272_000));
        assert_eq!(model("gpt-5").room(150_000), Some(250_000));
        assert_eq!(model("gpt-4").room(10_000), Some(0));
        assert_eq!(model("text-embedding-3-small").room(100), Some(8191));
        assert_eq!(Model { io: Io::Separate, ..model("gpt-4o") }.room(16_384), Some(128_000));
    }

    #[test]
    fn announced_shutdowns_are_no_retirements() {
        assert!(model("davinci").is_retired());
        assert!(model("code-davinci-002").is_retired());
        assert!(!model("gpt-4o").is_retired());
        assert!(!model("gpt-5.2").is_retired());
    }

    /// The window is not the limit of the answer, and "128K" is 128,000.
    #[test]
    fn windows_as_reported() {
        let old = models().find(|model| model.is_called("gpt-4-1106-preview")).unwrap();
        assert_eq!((old.context_window, old.max_output), (Some(128_000), Some(4096)));
        assert_eq!(model("gpt-4").context_window, Some(8192));
        assert_eq!(model("gpt-4-32k").context_window, Some(32_768));
        assert_eq!(model("gpt-3.5-turbo-0613").context_window, Some(4097));
        assert_eq!(model("gpt-4o-2024-05-13").max_output, Some(4096));
    }
}
