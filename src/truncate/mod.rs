//! Text cut so that it has at most a number of tokens.
//!
//! # The count of the result
//!
//! What is kept is encoded anew by whoever reads it, and then it need not have the tokens that it had before: the last
//! letters of a token are a word of their own now, and the end of the text can merge with the ellipsis. So the places
//! where tokens of the whole text end are only where the search begins. What counts is the count of the result itself,
//! with the same tokenizer and policy:
//!
//! ```text
//! keep as many tokens as the limit leaves beside the ellipsis
//! until the result, counted by itself, is within the limit:
//!     keep fewer tokens: by the excess, at least by one, then two, four, eight, ...
//! ```
//!
//! This ends, since the number of kept tokens reaches 0 after about as many steps as it has binary digits, and then
//! nothing but the ellipsis is left. That is known to be within the limit: it was counted first, and nothing at all has
//! no tokens. Nearly always the first or second try fits, so that a cut takes about as long as two counts of what
//! is kept.

mod borders;

use std::io::Read;

use crate::error::{Error, ErrorKind};
use crate::special::SpecialPolicy;
use crate::stream::Counter;
use crate::tokenizer::Tokenizer;
pub(crate) use borders::{character_after, character_before, is_between, sentence_ends, word_ends};
use borders::{line_after, line_before, word_after, word_before};

/// How much is read at a time.
const READ: usize = 64 * 1024;

/// Which part of a text is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// The beginning.
    #[default]
    Head,
    /// The end.
    Tail,
    /// The beginning and the end, each with about half of the tokens; the middle is cut out.
    Ends,
}

/// Where a text may be cut. It is never inside a character; a byte that is no UTF-8 is one of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum At {
    /// Between two tokens of the whole text; if that is inside a character, then beside the character.
    #[default]
    Token,
    /// Between any two characters: can keep some more than [`At::Token`].
    Char,
    /// Between two words after Unicode Standard Annex 29, which sees white space and punctuation as words, too.
    Word,
    /// After a line feed.
    Line,
}

/// How to cut.
///
/// ```
/// use bytepair::truncate::{At, Keep, Options};
/// let options = Options::new(1000).keep(Keep::Tail).at(At::Line).ellipsis("[...]\n");
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    limit: u64,
    keep: Keep,
    at: At,
    ellipsis: Vec<u8>,
    policy: SpecialPolicy,
}

impl Options {
    /// At most so many tokens: the head is kept, up to a token, without ellipsis; names of special tokens are text.
    pub fn new(limit: u64) -> Options {
        let policy = SpecialPolicy::default();
        Options { limit, keep: Keep::default(), at: At::default(), ellipsis: Vec::new(), policy }
    }

    /// Which part is kept.
    pub fn keep(mut self, keep: Keep) -> Options {
        self.keep = keep;
        self
    }

    /// Where the text may be cut.
    pub fn at(mut self, at: At) -> Options {
        self.at = at;
        self
    }

    /// What stands in place of what is left out. Its tokens count.
    pub fn ellipsis(mut self, ellipsis: impl Into<Vec<u8>>) -> Options {
        self.ellipsis = ellipsis.into();
        self
    }

    /// What the names of special tokens mean, in the text and in the result.
    pub fn policy(mut self, policy: SpecialPolicy) -> Options {
        self.policy = policy;
        self
    }
}

/// What is kept of a text: `text[..head]`, and `text[tail..]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Where the head ends, in bytes: the length of the text if nothing was cut, 0 if the head is not kept.
    pub head: usize,
    /// Where the tail begins, in bytes: the length of the text if nothing was cut, or the tail is not kept.
    pub tail: usize,
    /// The number of tokens of the result with its ellipsis, counted by itself.
    pub tokens: u64,
    /// The number of tokens of the text.
    pub of: u64,
    /// Whether something was cut.
    pub is_cut: bool,
}

impl Cut {
    /// The result, in parts that come one after another: head, ellipsis (if something was cut) and tail.
    pub fn parts<'a>(&self, text: &'a [u8], options: &'a Options) -> [&'a [u8]; 3] {
        let ellipsis: &[u8] = if self.is_cut { &options.ellipsis } else { b"" };
        [&text[..self.head], ellipsis, &text[self.tail..]]
    }
}

/// Cuts a text, so that the result has at most as many tokens as the options allow. A text that fits is not cut.
///
/// # Errors
///
/// [`ErrorKind::OverLimit`] if not even the ellipsis is within the limit; else as [`Tokenizer::count_with`].
///
/// ```
/// use bytepair::truncate::{Keep, Options, truncate};
/// let tokenizer = bytepair::encoding("o200k_base")?;
/// let text = b"The quick brown fox jumps over the lazy dog.";
/// let cut = truncate(&tokenizer, text, &Options::new(4))?;
/// assert_eq!(&text[..cut.head], b"The quick brown fox");
/// assert_eq!((cut.tokens, cut.of), (4, 10));
///
/// let options = Options::new(6).keep(Keep::Ends).ellipsis(" ...");
/// let cut = truncate(&tokenizer, text, &options)?;
/// assert_eq!(cut.parts(text, &options).concat(), b"The quick brown ... dog.");
/// assert_eq!(tokenizer.count(cut.parts(text, &options).concat())?, 6);
/// # Ok::<(), bytepair::Error>(())
/// ```
pub fn truncate(tokenizer: &Tokenizer, text: impl AsRef<[u8]>, options: &Options) -> Result<Cut, Error> {
    let text = text.as_ref();
    let of = tokenizer.count_with(text, options.policy)? as u64;
    if of <= options.limit {
        return Ok(Cut { head: text.len(), tail: text.len(), tokens: of, of, is_cut: false });
    }
    let counter = Counter::new(tokenizer, options.policy);
    let mut cutting = Cutting { tokenizer, text, options, of, counter };
    let ellipsis = cutting.count(0, text.len())?;
    if ellipsis > options.limit {
        let (tokens, limit) = (plural(ellipsis), options.limit);
        let message = format!("the ellipsis alone has {tokens}, more than the limit of {limit}");
        return Err(
            Error::new(ErrorKind::OverLimit, message).with_hint("a shorter ellipsis, or a higher limit")
        );
    }
    cutting.search(options.limit - ellipsis)
}

/// A number of tokens in words.
pub(crate) fn plural(tokens: u64) -> String {
    format!("{tokens} token{}", if tokens == 1 { "" } else { "s" })
}

/// What was read of a text.
#[derive(Clone, Debug)]
pub struct Beginning {
    /// What was read.
    pub text: Vec<u8>,
    /// Whether that is all of the text.
    pub is_all: bool,
}

/// Reads what [`truncate`] has to see of a text: if the head is kept, no more than it takes to be certain that the text
/// is over the limit, so that a text without end can be cut; else all.
///
/// The text is certainly over the limit when so many tokens have come whatever follows. Where the vocabulary takes
/// text as it is, there is a second bound: a token has at most as many bytes as the longest. (For normalizers that may leave
/// out text, vocabularies that do not know every character, and patterns without a scanner there may be no such bound,
/// and then a text without end is never certain.)
///
/// # Errors
///
/// [`ErrorKind::Io`] if reading fails; else as [`Tokenizer::count_with`].
///
/// ```
/// use bytepair::truncate::{Options, read, truncate};
/// let tokenizer = bytepair::encoding("o200k_base")?;
/// let options = Options::new(1000);
/// let endless = std::io::repeat(b'a');
/// let beginning = read(&tokenizer, endless, &options)?;
/// assert!(!beginning.is_all);
/// assert!(truncate(&tokenizer, &beginning.text, &options)?.tokens <= 1000);
/// # Ok::<(), bytepair::Error>(())
/// ```
pub fn read(tokenizer: &Tokenizer, mut reader: impl Read, options: &Options) -> Result<Beginning, Error> {
    let mut text = Vec::new();
    if options.keep != Keep::Head {
        reader.read_to_end(&mut text).map_err(failed)?;
        return Ok(Beginning { text, is_all: true });
    }
    let most = most_bytes(tokenizer, options);
    let mut counter = Counter::new(tokenizer, options.policy);
    let mut buffer = vec![0; READ];
    loop {
        let length = match reader.read(&mut buffer) {
            Ok(0) => return Ok(Beginning { text, is_all: true }),
            Ok(length) => length,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(error)),
        };
        text.extend_from_slice(&buffer[..length]);
        counter.push(&buffer[..length])?;
        if counter.so_far() > options.limit || most.is_some_and(|most| text.len() as u64 > most) {
            return Ok(Beginning { text, is_all: false });
        }
    }
}

fn failed(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("reading failed: {error}")).with_source(error)
}

/// How many bytes a text within the limit has at most, if that can be said.
fn most_bytes(tokenizer: &Tokenizer, options: &Options) -> Option<u64> {
    let takes_all = tokenizer.normalizer().is_identity()
        && tokenizer.cuts_and_knows_all()
        && !tokenizer.specials().look_around(options.policy);
    let longest = tokenizer.vocabulary().longest_token().max(tokenizer.specials().longest());
    takes_all.then(|| options.limit.saturating_mul(longest as u64))
}

/// A text that is too long.
struct Cutting<'a> {
    tokenizer: &'a Tokenizer,
    text: &'a [u8],
    options: &'a Options,
    of: u64,
    counter: Counter<'a>,
}

impl Cutting<'_> {
    /// The number of tokens of the result if these places are where it is cut.
    fn count(&mut self, head: usize, tail: usize) -> Result<u64, Error> {
        for part in [&self.text[..head], &self.options.ellipsis, &self.text[tail..]] {
            self.counter.push(part)?;
        }
        self.counter.end_text()
    }

    /// The search that the module describes, for so many tokens beside the ellipsis.
    fn search(&mut self, budget: u64) -> Result<Cut, Error> {
        let budget = usize::try_from(budget).unwrap_or(usize::MAX);
        let (mut first, mut last) = match self.options.keep {
            Keep::Head => (budget, 0),
            Keep::Tail => (0, budget),
            Keep::Ends => (budget - budget / 2, budget / 2),
        };
        let (heads, tails) = (self.head_places(first)?, self.tail_places(last)?);
        let mut step = 1;
        let mut tried = None;
        loop {
            let head = self.before(heads.at(first));
            let tail = self.after(self.text.len() - tails.at(last)).max(head);
            if tried.is_none_or(|(places, _)| places != (head, tail)) {
                tried = Some(((head, tail), self.count(head, tail)?));
            }
            let tokens = tried.map_or(0, |(_, tokens)| tokens);
            // Without head and tail it is the ellipsis, which is known to fit.
            if tokens <= self.options.limit {
                return self.widen(Cut { head, tail, tokens, of: self.of, is_cut: true });
            }
            let fewer = usize::try_from(tokens - self.options.limit).unwrap_or(usize::MAX).max(step);
            let of_last = match (first, last) {
                (0, _) => fewer,
                (_, 0) => 0,
                _ => fewer / 2,
            };
            (first, last) = (first.saturating_sub(fewer - of_last), last.saturating_sub(of_last));
            step = step.saturating_mul(2);
        }
    }

    /// The place to cut off a head at or before byte `at`.
    fn before(&self, at: usize) -> usize {
        match self.options.at {
            At::Token | At::Char => character_before(self.text, at),
            At::Word => word_before(self.text, at),
            At::Line => line_before(self.text, at),
        }
    }

    /// The place to cut off a tail at or after byte `at`.
    fn after(&self, at: usize) -> usize {
        match self.options.at {
            At::Token | At::Char => character_after(self.text, at),
            At::Word => word_after(self.text, at),
            At::Line => line_after(self.text, at),
        }
    }

    /// Keeps characters of the next token, too, if they fit.
    fn widen(&mut self, cut: Cut) -> Result<Cut, Error> {
        /// How many more characters are tried: few tokens have more.
        const MORE: usize = 16;
        let mut best = cut;
        if self.options.at != At::Char {
            return Ok(best);
        }
        let (mut head, mut tail) = (cut.head, cut.tail);
        for _ in 0..MORE {
            if head >= tail {
                break;
            }
            if self.options.keep == Keep::Tail {
                tail = character_before(self.text, tail - 1);
            } else {
                head = character_after(self.text, head + 1);
            }
            let tokens = self.count(head, tail.max(head))?;
            if tokens <= self.options.limit {
                best = Cut { head, tail, tokens, ..cut };
            }
        }
        Ok(best)
    }

    /// How many bytes the first tokens of the text have, up to `tokens` of them.
    fn head_places(&self, tokens: usize) -> Result<Places, Error> {
        self.places(tokens, |length| {
            let text = &self.text[..character_before(self.text, length)];
            let spans = self.tokenizer.spans(text, self.options.policy)?;
            Ok(spans.iter().map(|span| span.end).collect())
        })
    }

    /// How many bytes the last tokens of the text have, up to `tokens` of them.
    fn tail_places(&self, tokens: usize) -> Result<Places, Error> {
        self.places(tokens, |length| {
            let text = &self.text[character_before(self.text, self.text.len() - length)..];
            let spans = self.tokenizer.spans(text, self.options.policy)?;
            Ok(spans.iter().rev().map(|span| text.len() - span.start).collect())
        })
    }

    /// The same for one end: of so many bytes from there, `find` tells where the tokens end.
    fn places(
        &self,
        tokens: usize,
        find: impl Fn(usize) -> Result<Vec<usize>, Error>,
    ) -> Result<Places, Error> {
        if tokens == 0 {
            return Ok(Places::Of(Vec::new()));
        }
        if !self.tokenizer.cuts_and_knows_all() {
            return Ok(Places::Share { bytes: self.text.len(), of: self.of });
        }
        // Most text has four bytes to a token. Only so much is looked at as there is need for.
        let mut length = tokens.saturating_mul(8).saturating_add(256).min(self.text.len());
        loop {
            let places = find(length)?;
            if places.len() > tokens || length == self.text.len() {
                return Ok(Places::Of(places));
            }
            length = length.saturating_mul(4).min(self.text.len());
        }
    }
}

/// How many bytes some tokens have.
enum Places {
    /// Those of one token, of two, and so on.
    Of(Vec<usize>),
    /// It is not known: about the same share of the bytes as of the tokens.
    Share { bytes: usize, of: u64 },
}

impl Places {
    fn at(&self, tokens: usize) -> usize {
        match self {
            _ if tokens == 0 => 0,
            Places::Of(places) => places.get(tokens - 1).or(places.last()).copied().unwrap_or(0),
            Places::Share { bytes, of } => {
                let share = *bytes as u128 * tokens as u128 / u128::from((*of).max(1));
                usize::try_from(share).unwrap_or(*bytes).min(*bytes)
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
