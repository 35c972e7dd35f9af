//! Conversations of an input, counted as the model gets them; where the model's tokenizer is not public, estimated.
//!
//! Reading and counting are the library's; what the numbers are for is left to the commands.

use std::io::Read;

use bytepair::chat::{self, ChatCount, Conversation, Options, Reasoning, Template};
use bytepair::registry::estimates::{Estimate, Kind, Profile};
use bytepair::registry::models::Exactness;
use bytepair::report::Counts;
use bytepair::{Measures, SpecialPolicy};

use crate::cli::args::{Effort, FramingArgs};
use crate::cli::failure::Problem;
use crate::cli::input::{Input, Opened};
use crate::cli::plan::Basis;

/// A conversation with its tokens.
pub(crate) struct Counted {
    /// The conversation.
    pub(crate) conversation: Conversation,
    /// Its tokens by the encoding.
    pub(crate) count: ChatCount,
    /// The tokens of the model for each message.
    pub(crate) messages: Vec<Estimate>,
    /// The tokens of the model for each fixed part.
    pub(crate) fixed: Vec<Estimate>,
    /// All of them.
    pub(crate) total: Estimate,
    /// How far they can be trusted: no further than the framing and the vocabulary.
    pub(crate) exactness: chat::Exactness,
}

/// Reads the conversations of an input, all of which is kept: it is no longer than what is made of it.
pub(crate) fn read(input: &Input) -> Result<Vec<Conversation>, Problem> {
    let mut bytes = Vec::new();
    if let Opened::Text(mut text) = input.open(true, false)? {
        text.read_to_end(&mut bytes).map_err(|error| input.problem(&error))?;
    }
    chat::read(&bytes).map_err(|error| Problem::from(error).about(input.shown()))
}

/// How messages are framed.
#[derive(Clone, Copy)]
pub(crate) struct Framed {
    /// The template.
    pub(crate) template: Template,
    /// Whether the model is known to have it.
    pub(crate) is_own: bool,
}

/// The template that was named, or that of the model. `typed` is the model as somebody wrote it.
pub(crate) fn template(args: &FramingArgs, basis: &Basis, typed: Option<&str>) -> Result<Framed, Problem> {
    // The table has one row for snapshots that frame messages in two ways.
    let is_0301 = typed.is_some_and(|typed| typed.trim().ends_with("-0301"));
    let model = basis.model.as_ref();
    let named = model.map(|model| if is_0301 { "gpt-3.5-turbo-0301" } else { &model.name });
    // A vocabulary file stands for the encoding of the model that is named with it.
    let encoding = model.and_then(|model| model.encoding.as_deref()).unwrap_or(&basis.encoding);
    let own = Template::of(named, encoding);
    let Some(name) = &args.template else { return Ok(Framed { template: own?, is_own: true }) };
    let template = Template::named(name).map_err(|error| Problem::from(error).about("--template"))?;
    // Without a model, whoever names a template knows for which model it is.
    let is_own = model.is_none() || own.is_ok_and(|own| own == template);
    Ok(Framed { template, is_own })
}

/// What was said about how to count.
pub(crate) fn options(args: &FramingArgs, special: SpecialPolicy) -> Options {
    Options {
        image_tokens: args.image_tokens,
        date: args.date.clone(),
        reasoning: match args.reasoning {
            Effort::Low => Reasoning::Low,
            Effort::Medium => Reasoning::Medium,
            Effort::High => Reasoning::High,
        },
        special,
    }
}

impl Counted {
    /// Counts a conversation.
    pub(crate) fn new(
        conversation: Conversation,
        basis: &Basis,
        framed: Framed,
        options: &Options,
    ) -> Result<Counted, bytepair::Error> {
        let count = chat::count(&basis.tokenizer, framed.template, &conversation, options)?;
        let exactness = match (basis.exactness, count.exactness()) {
            (Exactness::Estimate, _) | (_, chat::Exactness::Approximate) => chat::Exactness::Approximate,
            _ if !framed.is_own => chat::Exactness::Approximate,
            (Exactness::OfficialLocal, _) => chat::Exactness::OfficialLocal,
            (Exactness::Exact, count) => count,
        };
        let profiles = profiles(&conversation);
        let of = |content: u64, profile: Option<&Profile>| match (basis.ratios, profile) {
            (Some(ratios), Some(profile)) => ratios.estimate(content, profile),
            // What tools are described with is JSON, or like it.
            (Some(ratios), None) => ratios.estimate_of_kind(content, Kind::Code),
            (None, _) => Estimate { tokens: content, upper: content },
        };
        // What was said about images is in tokens of the model.
        let attached: Vec<u64> = conversation
            .messages()
            .iter()
            .map(|message| message.attachments() as u64 * options.image_tokens.unwrap_or(0))
            .collect();
        let messages = count.messages().iter().zip(&attached).zip(&profiles);
        let messages = messages.map(|((own, images), profile)| {
            plus(of(own.content - images, Some(profile)), own.framing + images)
        });
        let messages = messages.collect();
        let fixed = count.fixed().iter().map(|part| match part.is_text {
            true => of(part.tokens, None),
            false => Estimate { tokens: part.tokens, upper: part.tokens },
        });
        let fixed = fixed.collect();
        // Of the sum, the bound is tighter than those of the parts together.
        let attached: u64 = attached.iter().sum();
        let tools = count.fixed().iter().filter(|part| part.is_text).map(|part| part.tokens).sum();
        let mut whole = Profile::default();
        profiles.iter().for_each(|profile| whole.add(profile));
        let texts = of(count.content() - attached - tools, Some(&whole));
        let tools = of(tools, None);
        let total = plus(
            Estimate { tokens: texts.tokens + tools.tokens, upper: texts.upper + tools.upper },
            count.framing() + attached,
        );
        Ok(Counted { conversation, messages, fixed, total, count, exactness })
    }

    /// The counts of all, with the measures of its texts.
    pub(crate) fn counts(&self) -> Counts {
        let mut measures = Measures::default();
        for message in self.conversation.messages() {
            measures.add(&Measures::of(message.text().as_bytes()));
        }
        Counts { tokens: self.total.tokens, upper: self.total.upper, measures }
    }
}

/// How sure a count is, in words.
pub(crate) fn label(counted: &Counted, framed: Framed) -> String {
    let doubt = match framed.is_own {
        true => "",
        false => "; approximate, as it is not known that the model has this template",
    };
    format!("template {}, {}{doubt}", framed.template.name(), counted.count.label())
}

fn plus(estimate: Estimate, known: u64) -> Estimate {
    Estimate { tokens: estimate.tokens + known, upper: estimate.upper + known }
}

/// What characters each message has.
fn profiles(conversation: &Conversation) -> Vec<Profile> {
    let of = |message: &chat::Message| {
        let mut profile = Profile::default();
        profile.push(message.written().as_bytes());
        profile
    };
    conversation.messages().iter().map(of).collect()
}
