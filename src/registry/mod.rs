//! What is known by name: the embedded encodings, the models and their context windows.

mod absent;
pub mod encodings;
pub mod models;
pub mod names;
mod spelling;

use crate::error::{Error, ErrorKind};
use crate::tokenizer::Tokenizer;

pub use encodings::encoding;
pub use models::Model;
pub use names::Resolved;

/// The model with this name, as providers and tools spell it: see [`names::resolve`] for the rules.
///
/// # Errors
///
/// [`ErrorKind::UnknownModel`]; the hint holds at most three near names, or says why the models of that family
/// are not known, such as that their maker publishes no tokenizer. There is never a silent default.
pub fn model(name: &str) -> Result<Resolved, Error> {
    names::resolve(name).map_err(|unknown| {
        let error = Error::new(ErrorKind::UnknownModel, format!("unknown model {name:?}"));
        if unknown.is_encoding() {
            return error.with_hint(format!("{name} is an encoding, not a model"));
        }
        match (unknown.near.as_slice(), unknown.why) {
            ([], Some(why)) => error.with_hint(why),
            ([], None) => error.with_hint("the table of models has no name like it (`tokenize models`)"),
            (near, None) => error.with_hint(format!("did you mean {}?", near.join(", "))),
            (near, Some(why)) => error.with_hint(format!("did you mean {}? {why}", near.join(", "))),
        }
    })
}

/// The tokenizer of a model.
///
/// # Errors
///
/// As [`model`].
///
/// ```
/// let tokenizer = bytepair::tokenizer_for_model("gpt-4")?;
/// assert_eq!(tokenizer.name(), "cl100k_base");
/// # Ok::<(), bytepair::Error>(())
/// ```
pub fn tokenizer_for_model(name: &str) -> Result<Tokenizer, Error> {
    encoding(model(name)?.model.encoding)
}
