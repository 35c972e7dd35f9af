//! A conversation as its model gets it: special tokens and the text between them, each stretch with whose it is, and the
//! tokens of both counted.
//!
//! What is put where is left to the families. Text between two special tokens is encoded as one, since tokens reach
//! across the seam between a frame and a message.

use super::count::Tally;
use super::{Conversation, Message, Options, Part};
use crate::error::{Error, ErrorKind};
use crate::tokenizer::Tokenizer;

/// Whose a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// Nobody's: a part of the prompt with this name.
    Fixed(&'static str),
    /// What is put around a message, by its number.
    Frame(usize),
    /// The text of a message.
    Content(usize),
}

/// What is to be counted, in order.
pub(super) struct Rendering {
    runs: Vec<Run>,
    /// Tokens that are no text, and whose they are.
    extra: Vec<(Whose, u64)>,
    is_cut: bool,
}

enum Run {
    Special(&'static str, Whose),
    /// A text, with the places from which on it is somebody else's.
    Text(String, Vec<(usize, Whose)>),
}

/// The beginning of the text: the fixed part that most templates have.
pub(super) const BEGIN: Whose = Whose::Fixed("beginning of text");
/// The words that make the model answer.
pub(super) const ANSWER: Whose = Whose::Fixed("start of the answer");
/// What tells of the tools.
pub(super) const TOOLS: Whose = Whose::Fixed("tools");
/// What a template says to the model by itself.
pub(super) const SYSTEM: Whose = Whose::Fixed("system message of the template");

impl Rendering {
    pub(super) fn new() -> Rendering {
        Rendering { runs: Vec::new(), extra: Vec::new(), is_cut: true }
    }

    /// Puts a special token.
    pub(super) fn special(&mut self, whose: Whose, name: &'static str) {
        self.runs.push(Run::Special(name, whose));
        self.is_cut = true;
    }

    /// Puts text to that before it.
    pub(super) fn text(&mut self, whose: Whose, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.runs.last_mut() {
            Some(Run::Text(before, marks)) if !self.is_cut => {
                if marks.last().is_none_or(|(_, last)| *last != whose) {
                    marks.push((before.len(), whose));
                }
                before.push_str(text);
            }
            _ => self.runs.push(Run::Text(text.to_owned(), vec![(0, whose)])),
        }
        self.is_cut = false;
    }

    /// Puts pieces of the form `<name>text<name>text`, in which `names` are special tokens.
    pub(super) fn mixed(&mut self, whose: Whose, text: &str, names: &[&'static str]) {
        let mut rest = text;
        let found = |rest: &str| {
            names.iter().filter_map(|name| rest.find(name).map(|at| (at, *name))).min_by_key(|(at, _)| *at)
        };
        while let Some((at, name)) = found(rest) {
            self.text(whose, &rest[..at]);
            self.special(whose, name);
            rest = &rest[at + name.len()..];
        }
        self.text(whose, rest);
    }

    /// What follows is encoded as a text of its own.
    pub(super) fn cut(&mut self) {
        self.is_cut = true;
    }

    /// Counts the images, sounds and files of a message.
    pub(super) fn attachments(&mut self, number: usize, message: &Message, options: &Options) {
        let tokens = message.attachments() as u64 * options.image_tokens.unwrap_or(0);
        self.extra.push((Whose::Content(number), tokens));
    }

    /// Counts the tokens, for each whose they are.
    pub(super) fn tally(
        &self,
        tokenizer: &Tokenizer,
        options: &Options,
        tally: &mut Tally,
    ) -> Result<(), Error> {
        for run in &self.runs {
            match run {
                Run::Special(name, whose) => {
                    if tokenizer.specials().id(name).is_none() {
                        let what =
                            format!("{} has no token {name}, which the template needs", tokenizer.name());
                        let error = Error::new(ErrorKind::InvalidConversation, what);
                        return Err(error.with_hint("a template goes with the encoding of its family: -m MODEL or -e ENCODING names it"));
                    }
                    tally.add(*whose, 1);
                }
                Run::Text(text, marks) => count_run(tokenizer, options, text, marks, tally)?,
            }
        }
        self.extra.iter().for_each(|(whose, tokens)| tally.add(*whose, *tokens));
        Ok(())
    }

    /// The text as a reference writes it, for tests.
    #[cfg(test)]
    pub(super) fn written(&self) -> String {
        let runs = self.runs.iter().map(|run| match run {
            Run::Special(name, _) => name,
            Run::Text(text, _) => text.as_str(),
        });
        runs.collect()
    }
}

/// Counts a stretch of text: a token belongs to whose text it begins in.
fn count_run(
    tokenizer: &Tokenizer,
    options: &Options,
    text: &str,
    marks: &[(usize, Whose)],
    tally: &mut Tally,
) -> Result<(), Error> {
    let spans = match marks {
        [_, _, ..] => tokenizer.spans(text, options.special),
        _ => Ok(Vec::new()),
    };
    match (marks, spans) {
        ([_, _, ..], Ok(spans)) => {
            let mut at = 0;
            for span in spans {
                while marks.get(at + 1).is_some_and(|(from, _)| *from <= span.start) {
                    at += 1;
                }
                tally.add(marks[at].1, 1);
            }
        }
        // Where the places of tokens are not known they are all the content's; the sum is right.
        (marks, spans) => {
            if let Err(error) = spans
                && error.kind() != ErrorKind::InvalidVocabulary
            {
                return Err(error);
            }
            let is_content = |(_, whose): &&(usize, Whose)| matches!(whose, Whose::Content(_));
            if let Some((_, whose)) = marks.iter().find(is_content).or(marks.first()) {
                tally.add(*whose, tokenizer.count_with(text, options.special)? as u64);
            }
        }
    }
    Ok(())
}

/// The white space that Python's `strip` takes off, which Jinja's `trim` is: that of Unicode and four separators.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c))
}

/// The one text of a message, for templates that know no others; nothing if it has none.
pub(super) fn one_text<'c>(conversation: &Conversation, message: &'c Message) -> Result<&'c str, Error> {
    let mut texts = message.texts();
    let first = texts.next().unwrap_or("");
    if texts.next().is_some() {
        let what = "several texts in one message, and the template does not say how they are joined";
        return Err(conversation.error(&message.path, what).with_hint("join them to one text"));
    }
    Ok(first)
}

/// The error for a role that a template does not know.
pub(super) fn no_role(conversation: &Conversation, message: &Message, known: &str) -> Error {
    let what = format!("the template knows no role {:?} here", message.role);
    conversation.error(&message.path, what).with_hint(format!("it knows {known}"))
}

/// An error if there is something that a template, or what is built in of it, has no place for.
pub(super) fn only_text(conversation: &Conversation) -> Result<(), Error> {
    if let Some(tool) = conversation.tools.first() {
        let what = "how this template tells of tools is not built in";
        return Err(conversation.error(&tool.path, what).with_hint("take the tools out to count the rest"));
    }
    conversation.messages.iter().try_for_each(|message| text_message(conversation, message))
}

/// The same for one message.
pub(super) fn text_message(conversation: &Conversation, message: &Message) -> Result<(), Error> {
    if !message.calls.is_empty() || ["tool", "function"].contains(&message.role.as_str()) {
        let what = "how this template writes calls of tools and their results is not built in";
        return Err(conversation.error(&message.path, what).with_hint("take them out to count the rest"));
    }
    Ok(())
}

/// An error for names and reasoning, which templates of open models have no place for.
pub(super) fn no_extras(conversation: &Conversation, message: &Message, reasons: bool) -> Result<(), Error> {
    let extra = match message {
        Message { name: Some(_), role, .. } if role != "tool" => "a name",
        Message { reasoning: Some(_), .. } if !reasons => "reasoning",
        _ => return Ok(()),
    };
    let what = format!("{extra}, for which the template has no place");
    Err(conversation.error(&message.path, what).with_hint("take it out: the model would not get it"))
}

/// Whether the model is to answer: not if the last message is its own, as in what models are trained with.
pub(super) fn is_answer_due(conversation: &Conversation) -> bool {
    conversation.messages.last().is_none_or(|message| message.role != "assistant")
}

/// An error for each attachment, unless there is a number of tokens for it.
pub(super) fn check_attachments(conversation: &Conversation, options: &Options) -> Result<(), Error> {
    if options.image_tokens.is_some() {
        return Ok(());
    }
    let parts = conversation.messages.iter().flat_map(|message| &message.parts);
    for part in parts {
        if let Part::Attachment { what, path } = part {
            let problem =
                conversation.error(path, format_args!("{what}: its tokens cannot be told from here"));
            return Err(problem.with_hint("--image-tokens N counts each image, sound or file as N tokens"));
        }
    }
    Ok(())
}
