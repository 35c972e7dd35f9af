//! The limit of a check: what was said, or what a model leaves room for.

use bytepair::registry::models::Io;
use bytepair::report::budget::Budget;

use crate::cli::args::Share;
use crate::cli::failure::Problem;
use crate::cli::plan::Basis;

/// A limit, and where it is from.
#[derive(Clone, Debug)]
pub(crate) struct Limit {
    /// The limit.
    pub(crate) budget: Budget,
    /// In words.
    pub(crate) origin: String,
}

/// What was said about a limit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Said {
    /// The limit itself.
    pub(crate) max: Option<u64>,
    /// Room for the answer.
    pub(crate) reserve: Option<u64>,
    /// The longest answer, in place of the model's.
    pub(crate) max_output: Option<u64>,
    /// From where on to warn.
    pub(crate) warn_at: Option<Share>,
    /// What the reserve is called where it was said.
    pub(crate) key: &'static str,
}

impl Limit {
    /// The limit for a count with this basis.
    pub(crate) fn find(said: Said, basis: &Basis) -> Result<Limit, Problem> {
        let limit = |limit, origin| {
            let warn_at = said.warn_at.map(|share| share.0);
            Limit { budget: Budget { limit, warn_at }, origin }
        };
        if let Some(max) = said.max {
            return Ok(limit(max, "--max".to_owned()));
        }
        let reserve = said.reserve.unwrap_or(0);
        let named = basis.model.as_ref().map_or("the context window", |model| &model.name);
        let longest = said.max_output.or(basis.model.as_ref().and_then(|model| model.max_output));
        if let Some(longest) = longest.filter(|&longest| reserve > longest) {
            let what = format!("an answer of {reserve} tokens is more than {named} gives: at most {longest}");
            return Err(Problem::new(what)
                .about(said.key)
                .hint("a smaller --reserve; or --max-output N, if this host allows longer answers"));
        }
        let Some(room) = basis.room(reserve) else {
            let what = "there is no limit to check against";
            return Err(Problem::new(what).hint("--max N, or --model MODEL, or --context N"));
        };
        let is_shared = basis.model.as_ref().is_none_or(|model| model.io == Io::Shared);
        let window = basis.window.unwrap_or(0);
        if is_shared && reserve > 0 && reserve >= window {
            let what = format!("{reserve} tokens leave nothing of a window of {window}");
            return Err(Problem::new(what).about(said.key).hint("a smaller one, or a larger --context"));
        }
        let prompt = match basis.has_own_window {
            true => "--context".to_owned(),
            false => format!("the largest prompt of {named}"),
        };
        let origin = match reserve {
            0 => prompt,
            reserve => format!("{prompt} beside an answer of {reserve}"),
        };
        Ok(limit(room, origin))
    }
}
