//! Conversations counted: the tokens of each message, of what is put around it, and of what comes besides.
//!
//! Which tokens there are is left to the families.

use super::render::{self, Rendering, Whose};
use super::{Conversation, Options, deepseek, gemma, harmony, llama, mistral, openai, qwen};
use super::{Exactness, Template};
use crate::error::{Error, ErrorKind};
use crate::special::SpecialPolicy;
use crate::tokenizer::Tokenizer;

/// The tokens of one conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatCount {
    messages: Vec<MessageCount>,
    fixed: Vec<FixedPart>,
    exactness: Exactness,
    label: String,
    notes: Vec<String>,
}

/// The tokens of one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageCount {
    /// Tokens of its texts, calls of tools, images and files.
    pub content: u64,
    /// Tokens that are put around them: role, name and borders.
    pub framing: u64,
}

impl MessageCount {
    /// All tokens of the message.
    pub fn tokens(&self) -> u64 {
        self.content + self.framing
    }
}

/// Tokens that belong to no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedPart {
    /// What they are, such as `start of the answer`.
    pub name: &'static str,
    /// How many.
    pub tokens: u64,
    /// Whether they are text of the request (tools), which takes another number of tokens in another vocabulary.
    pub is_text: bool,
}

impl ChatCount {
    /// The tokens of each message, in the order of [`Conversation::messages`].
    pub fn messages(&self) -> &[MessageCount] {
        &self.messages
    }

    /// The parts that belong to no message, in the order in which they stand in the prompt. None has 0 tokens.
    pub fn fixed(&self) -> &[FixedPart] {
        &self.fixed
    }

    /// All tokens.
    pub fn total(&self) -> u64 {
        self.content() + self.framing()
    }

    /// The tokens of texts: what depends on the vocabulary. For a model whose vocabulary is another than the one that was
    /// counted with, this is the part to correct.
    pub fn content(&self) -> u64 {
        let messages: u64 = self.messages.iter().map(|message| message.content).sum();
        messages + self.fixed.iter().filter(|part| part.is_text).map(|part| part.tokens).sum::<u64>()
    }

    /// The tokens of everything else: roles, borders, and what the family adds.
    pub fn framing(&self) -> u64 {
        let messages: u64 = self.messages.iter().map(|message| message.framing).sum();
        messages + self.fixed.iter().filter(|part| !part.is_text).map(|part| part.tokens).sum::<u64>()
    }

    /// How far the number can be trusted, given that the tokenizer is the model's.
    pub fn exactness(&self) -> Exactness {
        self.exactness
    }

    /// The exactness and why, in a phrase.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What else a reader of the number should know, one sentence each: what no rule covers, what is not sent.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// Collects tokens.
pub(super) struct Tally {
    messages: Vec<MessageCount>,
    fixed: Vec<FixedPart>,
    /// What to tell besides.
    pub(super) notes: Vec<String>,
    /// Phrases that are put to the label.
    pub(super) remarks: Vec<String>,
    /// What makes the count less sure than its template is.
    pub(super) exactness: Exactness,
}

impl Tally {
    fn new(messages: usize, exactness: Exactness) -> Tally {
        let messages = vec![MessageCount::default(); messages];
        Tally { messages, fixed: Vec::new(), notes: Vec::new(), remarks: Vec::new(), exactness }
    }

    /// Adds tokens.
    pub(super) fn add(&mut self, whose: Whose, tokens: u64) {
        match whose {
            Whose::Frame(number) => self.messages[number].framing += tokens,
            Whose::Content(number) => self.messages[number].content += tokens,
            Whose::Fixed(_) if tokens == 0 => {}
            Whose::Fixed(name) => match self.fixed.iter_mut().find(|part| part.name == name) {
                Some(part) => part.tokens += tokens,
                None => self.fixed.push(FixedPart { name, tokens, is_text: whose == render::TOOLS }),
            },
        }
    }

    /// Takes tokens away from a message's frame, as far as there are any.
    pub(super) fn take(&mut self, number: usize, tokens: u64) {
        let framing = &mut self.messages[number].framing;
        *framing = framing.saturating_sub(tokens);
    }

    /// Notes something once.
    pub(super) fn note(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.notes.contains(&what) {
            self.notes.push(what);
        }
    }
}

/// Counts a conversation with a tokenizer and the template of the model's family.
///
/// For the exact templates the number is that of the ids of the whole prompt as the template writes it, with what makes
/// the model answer at the end (not if the last message is the model's own).
///
/// # Errors
///
/// [`ErrorKind::InvalidConversation`] if there is an image, sound or file and no [`Options::image_tokens`], if the
/// template has no place for something (a role, calls of tools), or if the tokenizer lacks a token of the template;
/// [`ErrorKind::ForbiddenSpecial`] with [`SpecialPolicy::Forbid`].
pub fn count(
    tokenizer: &Tokenizer,
    template: Template,
    conversation: &Conversation,
    options: &Options,
) -> Result<ChatCount, Error> {
    render::check_attachments(conversation, options)?;
    options.date.as_deref().map(super::parse_date).transpose()?;
    if options.special == SpecialPolicy::Forbid {
        check_specials(tokenizer, conversation)?;
    }
    let mut tally = Tally::new(conversation.messages.len(), template.exactness());
    match template {
        Template::OpenAi | Template::OpenAi0301 | Template::Gemini | Template::Claude { .. } => {
            openai::count(tokenizer, template, conversation, options, &mut tally)?;
        }
        _ => {
            let rendering = render(template, conversation, options, &mut tally)?;
            rendering.tally(tokenizer, options, &mut tally)?;
        }
    }
    if conversation.messages.iter().any(|message| message.attachments() > 0) {
        let tokens = options.image_tokens.unwrap_or_default();
        tally.exactness = Exactness::Approximate;
        tally.remarks.push(format!("images, sounds and files counted as {tokens} each, as was asked"));
    }
    let remarks = tally.remarks.iter().map(|remark| format!("; {remark}")).collect::<String>();
    let label = format!("{}: {}{remarks}", tally.exactness, template.source());
    let Tally { messages, fixed, notes, exactness, .. } = tally;
    Ok(ChatCount { messages, fixed, exactness, label, notes })
}

/// The prompt as the template of an open model writes it.
pub(super) fn render(
    template: Template,
    conversation: &Conversation,
    options: &Options,
    tally: &mut Tally,
) -> Result<Rendering, Error> {
    let mut rendering = Rendering::new();
    let to = &mut rendering;
    match template {
        Template::Llama3 => llama::v3(conversation, options, to)?,
        Template::Llama31 => {
            tally.remarks.push(llama::v31(conversation, options, to)?);
        }
        Template::MistralV1 | Template::MistralV2 | Template::MistralV3 | Template::MistralV7 => {
            mistral::render(template, conversation, options, to)?;
        }
        Template::Gemma3 => gemma::render(conversation, options, to)?,
        Template::Qwen25 => qwen::v25(conversation, options, to)?,
        Template::Qwen3 => qwen::v3(conversation, options, to)?,
        Template::DeepSeekV3 => deepseek::render(conversation, options, to)?,
        Template::Harmony => harmony::render(conversation, options, to, tally)?,
        Template::OpenAi | Template::OpenAi0301 | Template::Gemini | Template::Claude { .. } => {}
    }
    Ok(rendering)
}

/// An error that names the message in which the name of a special token stands.
fn check_specials(tokenizer: &Tokenizer, conversation: &Conversation) -> Result<(), Error> {
    for message in &conversation.messages {
        for text in message.texts() {
            tokenizer.count_with(text, SpecialPolicy::Forbid).map_err(|error| {
                let problem = conversation.error(&message.path, &error);
                Error::new(ErrorKind::ForbiddenSpecial, problem.to_string())
                    .with_hint(error.hint().unwrap_or("--special text takes it as ordinary text"))
            })?;
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) fn tally_for_tests(messages: usize) -> Tally {
    Tally::new(messages, Exactness::Exact)
}
