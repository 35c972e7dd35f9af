//! Exact, fast byte-pair encoding: text to token ids and back, and token counts without the ids.
//!
//! ```
//! let tokenizer = bytepair::tokenizer_for_model("gpt-4o")?;
//! let ids = tokenizer.encode("Hello world")?;
//! assert_eq!(ids, [13225, 2375]);
//! assert_eq!(tokenizer.count("Hello world")?, 2);
//! assert_eq!(tokenizer.decode(&ids)?, b"Hello world");
//! # Ok::<(), bytepair::Error>(())
//! ```
//!
//! The vocabularies of OpenAI, Llama, Mistral, Gemma, Qwen, DeepSeek, GLM, Kimi, GPT-NeoX and old Claude are built in (a
//! cargo feature for each class of licences): [`encoding`] takes a name, [`tokenizer_for_model`] a model. Any other
//! byte-pair encoding is read from its file by [`format::read`], and written by [`mod@format`], too.
//! Text that does not fit into memory goes through [`stream::Counter`], [`stream::Encoder`] or
//! [`parallel::count_reader`]. The command `tokenize` is made of this library.
//!
//! # What holds
//!
//! * The ids are those of the reference implementation (tiktoken 0.14, sentencepiece 0.2, Hugging Face's tokenizers 0.23, as
//!   the model's makers use it), for every text, with the character classes of Unicode 16.0 ([`UNICODE_VERSION`]).
//! * `count(x) == encode(x).len()`; and `decode(encode(x)) == x` for any bytes, where nothing is normalized. (With
//!   [`SpecialPolicy::Encode`] there is one exception: o200k_harmony has two names for the id 200018, which decodes to
//!   `<|endofprompt|>`.)
//! * A stream gives what the whole text gives, however it is cut into chunks; so do threads.
//! * No input takes more than about linear time.
//! * Nothing is dropped, replaced or guessed, but by a [`Normalizer`] that the model has: what cannot be done is an [`Error`].
//!
//! # Text that is not UTF-8
//!
//! Text is bytes. A stretch of valid UTF-8 is cut into pieces as a text of its own; bytes that are not valid
//! UTF-8 belong to the last piece of the stretch before them (or are a piece, if there is none) and are
//! encoded as the bytes they are. For a text that is cut inside a character this is what tiktoken's
//! `_encode_bytes` gives. In vocabularies of SentencePiece (Llama 2, Mistral before Tekken, Gemma) each of these bytes
//! becomes U+FFFD, as SentencePiece does it, and so it does in those that lack some bytes (GPT-NeoX).
//!
//! # The house
//!
//! A module imports only from lower layers; `tests/tidy.rs` checks it.
//!
//! | layer | modules |
//! |---|---|
//! | 0 | `error`, `token`, `unicode`: words everyone shares |
//! | 1 | `vocabulary`, `special`, `measure`, `normalize`, `pretokenize` (text to pieces), `bpe` (a piece to tokens) |
//! | 2 | `definition`, `tokenizer`, `format`, `train`: the parts put together, their files, and how they are learned |
//! | 3 | `stream`, `parallel`, `registry`, `chat`, `truncate`, `chunk`, `explain`: big inputs, names of encodings and models, conversations, texts cut to fit, how a text came to its tokens |
//! | 4 | `report`: ratios, shares and budgets; `evaluate`: how good a vocabulary is for a text |
//! | 5 | the command line, in the binary |

mod bpe;
pub mod chat;
pub mod chunk;
mod definition;
mod error;
pub mod evaluate;
pub mod explain;
pub mod format;
mod measure;
mod normalize;
pub mod parallel;
mod pretokenize;
pub mod registry;
pub mod report;
mod special;
pub mod stream;
mod token;
mod tokenizer;
pub mod train;
pub mod truncate;
mod unicode;
mod vocabulary;

pub use definition::{Definition, Frame};
pub use error::{Error, ErrorKind};
pub use measure::{Measures, Meter};
pub use normalize::{Normalizer, NormalizerStep};
pub use pretokenize::{Behavior, Split, SplitStep};
pub use registry::encodings::{encoding, encoding_names};
pub use registry::{model, tokenizer_for_model};
pub use special::{SpecialPolicy, SpecialToken, SpecialTokens};
pub use token::{Span, TokenId, Unit};
pub use tokenizer::Tokenizer;
pub use unicode::UNICODE_VERSION;
pub use vocabulary::{BpeModel, UnknownToken, Vocabulary};

/// The Rust code in README.md, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
