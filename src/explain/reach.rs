//! Which tokens of a vocabulary no text becomes.

use super::{Origin, origin};
use crate::error::Error;
use crate::pretokenize::Split;
use crate::token::TokenId;
use crate::tokenizer::Tokenizer;

/// Why a token is not what its own bytes become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unreachable {
    /// No text becomes the token: no merge makes it, merging does not begin with it, and it is not found in text before. This is
    /// certain.
    Never,
    /// The normalizer changes its bytes, also between letters. Whether it leaves them alone anywhere is not known.
    Normalized,
    /// A text of its bytes alone is cut between them, so that no merge joins them. Whether another text is not cut there is
    /// not known.
    Cut,
}

/// The ordinary tokens that are not what their own bytes become, each with the reason, in the order of ids.
///
/// [`Unreachable::Never`] is what [`crate::evaluate::unreachable_tokens`] counts; where a piece that is a token becomes it
/// without merging, there is none. Whether a token is cut or normalized is asked only if its bytes are UTF-8: bytes of a part of a
/// character stand in texts beside the others.
///
/// # Errors
///
/// As [`Tokenizer::encode`].
///
/// ```
/// use bytepair::explain::{Unreachable, unreachable};
/// let tokenizer = bytepair::encoding("cl100k_base")?;
/// let found = unreachable(&tokenizer)?;
/// assert!(found.iter().all(|(_, why)| *why == Unreachable::Cut));
/// # Ok::<(), bytepair::Error>(())
/// ```
pub fn unreachable(tokenizer: &Tokenizer) -> Result<Vec<(TokenId, Unreachable)>, Error> {
    let normalizer = tokenizer.normalizer().continuing();
    let mut found = Vec::new();
    for (id, bytes) in tokenizer.vocabulary().iter() {
        let is_text = std::str::from_utf8(bytes).is_ok();
        match origin(tokenizer, id) {
            Some(Origin::Never) => found.push((id, Unreachable::Never)),
            Some(Origin::Merge(_) | Origin::WholePiece) if is_text => {
                // Spaces at the ends of a text are no spaces between letters.
                let between = [b"x", bytes, b"x"].concat();
                if !normalizer.is_identity() && *normalizer.apply(&between)? != between[..] {
                    found.push((id, Unreachable::Normalized));
                } else if is_cut(tokenizer, bytes)? {
                    found.push((id, Unreachable::Cut));
                }
            }
            _ => {}
        }
    }
    found.sort_unstable_by_key(|&(id, _)| id);
    Ok(found)
}

/// Whether the bytes, as a part of a text, are cut between.
fn is_cut(tokenizer: &Tokenizer, bytes: &[u8]) -> Result<bool, Error> {
    if *tokenizer.split() == Split::Whole {
        return Ok(false);
    }
    // What is put before the first piece of a text is not asked about.
    let pieces = tokenizer.pretokenizer().located_pieces(bytes, 1)?;
    Ok(pieces.len() != 1 || pieces[0].1 != (0..bytes.len()))
}
