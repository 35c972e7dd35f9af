//! Request bodies of any shape: an error or conversations, and of these a count or an error by every template. What is
//! counted is never less than the texts have.

#![no_main]

use bytepair::chat::{self, Options, Template};
use bytepair_fuzz::TOKENIZERS;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let Ok(conversations) = chat::read(body) else { return };
    let options = Options { image_tokens: Some(7), ..Options::default() };
    for conversation in &conversations {
        for name in Template::names() {
            let template = Template::named(name).expect("it is one of them");
            for tokenizer in TOKENIZERS.iter() {
                let Ok(count) = chat::count(tokenizer, template, conversation, &options) else { continue };
                assert_eq!(count.messages().len(), conversation.messages().len());
                assert_eq!(count.total(), count.content() + count.framing());
            }
        }
    }
});
