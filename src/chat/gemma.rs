//! Gemma 3's framing, as its chat template writes it: turns of user and model, and a system prompt before the first
//! words of the user.

use super::render::{ANSWER, BEGIN, Rendering, Whose, is_answer_due, no_extras, no_role, only_text, trim};
use super::{Conversation, Options};
use crate::error::Error;

pub(super) fn render(
    conversation: &Conversation,
    options: &Options,
    to: &mut Rendering,
) -> Result<(), Error> {
    only_text(conversation)?;
    to.special(BEGIN, "<bos>");
    let system = usize::from(conversation.messages.first().is_some_and(|message| message.role == "system"));
    if conversation.messages.len() == system {
        let path = &conversation.messages[0].path;
        return Err(conversation
            .error(path, "Gemma puts the system prompt into a message of the user: there is none"));
    }
    for (number, message) in conversation.messages.iter().enumerate().skip(system) {
        no_extras(conversation, message, false)?;
        let is_users = (number - system).is_multiple_of(2);
        let role = match message.role() {
            "user" if is_users => "user",
            "assistant" if !is_users => "model",
            _ => {
                return Err(no_role(
                    conversation,
                    message,
                    "a system prompt, then user and assistant in turns",
                ));
            }
        };
        let frame = Whose::Frame(number);
        to.special(frame, "<start_of_turn>");
        to.text(frame, &format!("{role}\n"));
        if number == 1 && system == 1 {
            let prompt = &conversation.messages[0];
            no_extras(conversation, prompt, false)?;
            to.text(Whose::Content(0), super::render::one_text(conversation, prompt)?);
            to.text(Whose::Frame(0), "\n\n");
            to.attachments(0, prompt, options);
        }
        message.texts().for_each(|text| to.text(Whose::Content(number), trim(text)));
        to.attachments(number, message, options);
        to.special(frame, "<end_of_turn>");
        to.text(frame, "\n");
    }
    if is_answer_due(conversation) {
        to.special(ANSWER, "<start_of_turn>");
        to.text(ANSWER, "model\n");
    }
    Ok(())
}
