//! Standard input under a limit: read only until it is certain that it does not fit, so that an endless one has an
//! answer; and kept, if it is to be passed on.

use std::io::{self, Read};

use bytepair::registry::estimates::Ratios;
use bytepair::report::Counts;
use bytepair::stream::Counter;
use bytepair::{Meter, SpecialPolicy, Tokenizer};

use crate::cli::failure::Problem;
use crate::cli::input::{Input, Opened, Remark};
use crate::cli::spread;

/// How much is read at a time.
const READ: usize = 64 * 1024;

/// How to read it.
pub(super) struct Piped<'a> {
    /// The tokenizer.
    pub(super) tokenizer: &'a Tokenizer,
    /// What names of special tokens are.
    pub(super) policy: SpecialPolicy,
    /// The ratios of the model, if its tokens are estimated.
    pub(super) ratios: Option<Ratios>,
    /// How many tokens are put around the text.
    pub(super) around: u64,
    /// Whether this many tokens, or more as an upper bound, are too many.
    pub(super) is_over: &'a dyn Fn(u64) -> bool,
    /// Whether to keep the text.
    pub(super) keeps: bool,
}

/// What was read.
pub(super) struct Reading {
    /// The counts, of all or of the beginning.
    pub(super) counts: Counts,
    /// Whether reading was stopped, because there were too many already.
    pub(super) at_least: bool,
    /// The text, if it was to be kept.
    pub(super) text: Vec<u8>,
    /// What there is to tell about it.
    pub(super) remarks: Vec<Remark>,
}

impl Piped<'_> {
    /// Reads and counts it.
    pub(super) fn read(&self, input: &Input) -> Result<Reading, Problem> {
        let Opened::Text(mut text) = input.open(true, false)? else {
            return Err(Problem::new("is no text").about(input.shown()));
        };
        if self.keeps && text.is_transcoded() {
            let problem = Problem::new("UTF-16 is counted as UTF-8, and would be passed on as another text");
            return Err(problem.about(input.shown()).hint("convert it first: iconv -f UTF-16 -t UTF-8"));
        }
        if self.ratios.is_some() {
            text.profile();
        }
        let mut counter = Counter::new(self.tokenizer, self.policy);
        let (mut meter, mut kept, mut buffer) = (Meter::new(false), Vec::new(), vec![0; READ]);
        let at_least = loop {
            let chunk = match text.read(&mut buffer) {
                Ok(0) => break false,
                Ok(length) => &buffer[..length],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(input.problem(&error)),
            };
            counter.push(chunk).map_err(|error| spread::explain(error, input))?;
            meter.push(chunk);
            if self.keeps {
                kept.extend_from_slice(chunk);
            }
            let tokens = counter.so_far() + self.around;
            if (self.is_over)(self.ratios.map_or(tokens, |ratios| ratios.least_upper(tokens))) {
                break true;
            }
        };
        let tokens = match at_least {
            true => counter.so_far(),
            false => counter.finish().map_err(|error| spread::explain(error, input))?,
        };
        let measures = meter.finish();
        let counts = spread::counts(tokens + self.around, self.ratios, text.profiled(), measures);
        let remarks = text.remarks(Some(&measures), self.tokenizer);
        Ok(Reading { counts, at_least, text: kept, remarks })
    }
}
