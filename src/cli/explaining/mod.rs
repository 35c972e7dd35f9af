//! What `tokenize explain` finds out of one text, before any of it is written: the explanation, what other encodings make of
//! the text, and why expected tokens are not there.

pub(crate) mod reasons;

use bytepair::explain::{Explanation, explain};
use bytepair::registry::encodings;
use bytepair::{SpecialPolicy, TokenId, Tokenizer};

use crate::cli::args::ExplainArgs;
use crate::cli::failure::Problem;
use reasons::Expectation;

/// The encodings beside the one that is explained, if nobody names others: of four families, and quick to load.
const OTHERS: [&str; 4] = ["o200k_base", "cl100k_base", "llama3", "gemma3"];

/// What one encoding makes of a text.
pub(crate) struct Other {
    /// The name of the encoding.
    pub(crate) encoding: String,
    /// The bytes and the id of each token.
    pub(crate) tokens: Vec<(TokenId, Vec<u8>)>,
}

/// All there is to tell of a text.
pub(crate) struct Explained {
    /// The text as it was given.
    pub(crate) text: Vec<u8>,
    /// How it became tokens.
    pub(crate) explanation: Explanation,
    /// What other encodings make of it.
    pub(crate) others: Vec<Other>,
    /// What became of the tokens that were expected.
    pub(crate) expectations: Vec<Expectation>,
}

/// The other encodings that are asked for, without the one that is explained.
pub(crate) fn others(args: &ExplainArgs, own: &str) -> Result<Vec<Tokenizer>, Problem> {
    if args.others.iter().any(|name| name == "none") {
        if args.others.len() > 1 {
            let what = "none leaves out all others, but more are named";
            return Err(Problem::new(what).about("--in").hint("leave out `--in none`"));
        }
        return Ok(Vec::new());
    }
    let is_built_in = |name: &&str| encodings::find(name).is_ok_and(|encoding| encoding.is_built_in());
    let names: Vec<&str> = match (&args.others[..], args.all) {
        ([], true) => bytepair::encoding_names().filter(is_built_in).collect(),
        ([], false) => OTHERS.into_iter().filter(is_built_in).collect(),
        (names, _) => names.iter().map(String::as_str).collect(),
    };
    let wanted = names.into_iter().filter(|&name| name != own || !args.others.is_empty());
    wanted.map(|name| bytepair::encoding(name).map_err(|error| Problem::from(error).about("--in"))).collect()
}

/// Explains a text.
pub(crate) fn of(
    tokenizer: &Tokenizer,
    others: &[Tokenizer],
    text: Vec<u8>,
    args: &ExplainArgs,
    policy: SpecialPolicy,
) -> Result<Explained, Problem> {
    let explanation = explain(tokenizer, &text, policy)?;
    let others = others.iter().map(|other| {
        let ids = other.encode_with(&text, policy)?;
        let spelled = |id| other.token_bytes(id).map(|bytes| (id, bytes.to_vec()));
        let tokens = ids.into_iter().map(spelled).collect::<Result<_, _>>()?;
        Ok(Other { encoding: other.name().to_owned(), tokens })
    });
    let others = others.collect::<Result<_, bytepair::Error>>()?;
    let expectations = args
        .expect
        .iter()
        .map(|token| reasons::expectation(tokenizer, &explanation, token.as_encoded_bytes().to_vec()));
    let expectations = expectations.collect::<Result<_, Problem>>()?;
    Ok(Explained { text, explanation, others, expectations })
}
