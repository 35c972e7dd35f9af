//! What is known by name: the embedded encodings, the models and their context windows.

mod absent;
pub mod catalogue;
pub mod encodings;
pub mod estimates;
pub mod models;
pub mod names;
mod specials;
mod spelling;

use crate::error::Error;
use crate::tokenizer::Tokenizer;

pub use catalogue::Catalogue;
pub use encodings::encoding;
pub use models::Model;
pub use names::Resolved;

/// The model with this name, as providers and tools spell it: see [`names::resolve`] for the rules.
///
/// # Errors
///
/// [`ErrorKind::UnknownModel`](crate::ErrorKind); the hint holds at most three near names, or says why the models of that family
/// are not known, such as that their maker publishes no tokenizer. There is never a silent default.
pub fn model(name: &str) -> Result<Resolved, Error> {
    Catalogue::built_in().model(name)
}

/// The tokenizer of a model.
///
/// # Errors
///
/// As [`model`], and [`ErrorKind::UnknownEncoding`](crate::ErrorKind) if the model's vocabulary is not built in.
///
/// ```
/// let tokenizer = bytepair::tokenizer_for_model("gpt-4")?;
/// assert_eq!(tokenizer.name(), "cl100k_base");
/// # Ok::<(), bytepair::Error>(())
/// ```
pub fn tokenizer_for_model(name: &str) -> Result<Tokenizer, Error> {
    let model = model(name)?.model;
    encoding(model.encoding_name()?)
}
