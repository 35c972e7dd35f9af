//! Tokens together with the text that they stand for, of inputs that are read in parts.
//!
//! Only the text whose tokens are not certain yet is kept, and what has to be seen of the text after a token. How it
//! looks is left to `visible`, where two encodings differ to `difference`, and writing it to `output::show`.

pub(crate) mod difference;
pub(crate) mod visible;

use std::io::{self, Read};

use bytepair::stream::Encoder;
use bytepair::{Frame, Span, SpecialPolicy, TokenId, Tokenizer};

use crate::cli::failure::Failure;
use crate::cli::input::{Input, Text};
use crate::cli::messages::Messages;
use crate::cli::progress::Progress;
use crate::cli::spread;

/// How much is read at a time.
const READ: usize = 64 * 1024;

/// A token and its text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    /// The token.
    pub(crate) id: TokenId,
    /// The text that it stands for; of some that a tokenizer puts there by itself, nothing.
    pub(crate) text: &'a [u8],
    /// The text before it that no token stands for, since the normalizer takes it away.
    pub(crate) skipped: &'a [u8],
    /// What follows it, as far as it is known: enough for [`visible::trails`].
    pub(crate) after: &'a [u8],
}

/// A text that comes in chunks, from the first byte on that is still wanted.
#[derive(Debug, Default)]
pub(crate) struct Window {
    text: Vec<u8>,
    /// The place in the text of the first byte that is kept.
    base: usize,
    is_whole: bool,
}

impl Window {
    /// Takes the next bytes.
    pub(crate) fn push(&mut self, chunk: &[u8]) {
        self.text.extend_from_slice(chunk);
    }

    /// Nothing follows.
    pub(crate) fn end(&mut self) {
        self.is_whole = true;
    }

    /// The text from a place to another, as far as it is kept.
    pub(crate) fn slice(&self, start: usize, end: usize) -> &[u8] {
        let inside = |place: usize| place.saturating_sub(self.base).min(self.text.len());
        &self.text[inside(start)..inside(end).max(inside(start))]
    }

    /// The text from a place on.
    pub(crate) fn after(&self, place: usize) -> &[u8] {
        self.slice(place, self.length())
    }

    /// How long the text is so far.
    pub(crate) fn length(&self) -> usize {
        self.base + self.text.len()
    }

    /// Whether so much of the text after a place is known that what stands before can be shown.
    pub(crate) fn is_settled(&self, place: usize) -> bool {
        self.is_whole || !visible::is_open(self.after(place))
    }

    /// Forgets the text before a place.
    pub(crate) fn forget(&mut self, place: usize) {
        let length = place.saturating_sub(self.base).min(self.text.len());
        self.text.drain(..length);
        self.base += length;
    }
}

/// What is done with each token.
pub(crate) type Doing<'a> = &'a mut dyn FnMut(Token<'_>) -> Result<(), Failure>;

/// Finds the tokens of one text that comes in chunks, with what is put around it.
pub(crate) struct Finder<'t> {
    encoder: Encoder<'t>,
    frame: &'t Frame,
    found: Found,
}

/// Tokens that were not passed on yet.
struct Found {
    spans: Vec<Span>,
    window: Window,
    /// Where the last token that was passed on ended.
    end: usize,
}

impl<'t> Finder<'t> {
    /// For one text.
    pub(crate) fn new(tokenizer: &'t Tokenizer, policy: SpecialPolicy, frame: &'t Frame) -> Finder<'t> {
        let found = Found { spans: at(0, &frame.before), window: Window::default(), end: 0 };
        Finder { encoder: Encoder::new(tokenizer, policy), frame, found }
    }

    /// Takes the next bytes, and does something with each token that is certain.
    pub(crate) fn push(&mut self, chunk: &[u8], each: Doing<'_>) -> Result<Encoded, Failure> {
        self.found.window.push(chunk);
        if let Err(error) = self.encoder.push_spans(chunk, &mut self.found.spans) {
            return Ok(Err(error));
        }
        self.found.pass(each).map(Ok)
    }

    /// Ends the text.
    pub(crate) fn finish(self, each: Doing<'_>) -> Result<Encoded, Failure> {
        let Finder { encoder, frame, mut found } = self;
        found.window.end();
        if let Err(error) = encoder.finish_spans(&mut found.spans) {
            return Ok(Err(error));
        }
        found.spans.extend(at(found.window.length(), &frame.after));
        found.pass(each).map(Ok)
    }
}

impl Found {
    fn pass(&mut self, each: Doing<'_>) -> Result<(), Failure> {
        let settled = self.spans.iter().take_while(|span| self.window.is_settled(span.end)).count();
        for &Span { id, start, end } in &self.spans[..settled] {
            let text = self.window.slice(start, end);
            let skipped = self.window.slice(self.end, start);
            each(Token { id, text, skipped, after: self.window.after(end) })?;
            self.end = self.end.max(end);
        }
        self.spans.drain(..settled);
        self.window.forget(self.end);
        Ok(())
    }
}

/// Tokens that stand at a place for none of the text.
fn at(place: usize, ids: &[TokenId]) -> Vec<Span> {
    ids.iter().map(|&id| Span { id, start: place, end: place }).collect()
}

/// Whether a text could be encoded. It is no reason to stop that one could not.
pub(crate) type Encoded = Result<(), bytepair::Error>;

/// Reads a text to its end. An error of reading or encoding it is told, and says that it is not whole.
pub(crate) fn read(
    input: &Input,
    text: &mut Text,
    (messages, progress): (&Messages, &Progress),
    each: &mut dyn FnMut(&[u8]) -> Result<Encoded, Failure>,
) -> Result<bool, Failure> {
    let mut buffer = vec![0; READ];
    loop {
        let chunk = match text.read(&mut buffer) {
            Ok(0) => return Ok(true),
            Ok(read) => &buffer[..read],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                messages.error(&input.problem(&error));
                return Ok(false);
            }
        };
        progress.add(chunk.len() as u64);
        if !tell(each(chunk)?, input, messages) {
            return Ok(false);
        }
    }
}

/// Tells why a text could not be encoded, if so; whether it could.
pub(crate) fn tell(encoded: Encoded, input: &Input, messages: &Messages) -> bool {
    match encoded {
        Ok(()) => true,
        Err(error) => {
            messages.error(&spread::explain(error, input));
            false
        }
    }
}
