//! DeepSeek V3's framing, as its chat template writes it: all system prompts first, then one token before what user and
//! model say.
//!
//! Calls of tools are not built in: the template of V3 writes a single call without its end.

use super::render::{
    ANSWER, BEGIN, Rendering, Whose, is_answer_due, no_extras, no_role, one_text, only_text,
};
use super::{Conversation, Options};
use crate::error::Error;

pub(super) fn render(
    conversation: &Conversation,
    options: &Options,
    to: &mut Rendering,
) -> Result<(), Error> {
    only_text(conversation)?;
    to.special(BEGIN, "<｜begin▁of▁sentence｜>");
    let mut has_system = false;
    for (number, message) in conversation.messages.iter().enumerate() {
        no_extras(conversation, message, false)?;
        if message.role == "system" {
            if has_system {
                to.text(Whose::Frame(number), "\n\n");
            }
            to.text(Whose::Content(number), one_text(conversation, message)?);
            to.attachments(number, message, options);
            has_system = true;
        }
    }
    for (number, message) in conversation.messages.iter().enumerate() {
        let frame = Whose::Frame(number);
        let name = match message.role() {
            "system" => continue,
            "user" => "<｜User｜>",
            "assistant" => "<｜Assistant｜>",
            _ => return Err(no_role(conversation, message, "system, user and assistant")),
        };
        to.special(frame, name);
        to.text(Whose::Content(number), one_text(conversation, message)?);
        to.attachments(number, message, options);
        if message.role == "assistant" {
            to.special(frame, "<｜end▁of▁sentence｜>");
        }
    }
    if is_answer_due(conversation) {
        to.special(ANSWER, "<｜Assistant｜>");
    }
    Ok(())
}
