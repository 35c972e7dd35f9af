//! Training: what texts are made of, counted, and the file that such counts travel in.

mod counts_file;

pub use counts_file::{CountsHeader, CountsReader, CountsTotals, CountsWriter, merge as merge_counts};
