//! The data of the page of `tree --html`: folders and files with their counts, largest first.
//!
//! How large a box is and where it stands is left to the script beside this file, as it depends on the window.

use std::path::Path;

use bytepair::registry::models::Exactness;
use clap::ValueEnum;
use serde::Serialize;

use super::Page;
use crate::cli::folders::Node;
use crate::cli::name;
use crate::cli::output::tree::Report;
use crate::cli::output::{Style, table};

/// The data.
#[derive(Serialize)]
pub(crate) struct Data {
    schema_version: u32,
    /// What the counts are based on, in words.
    basis: String,
    window: Option<u64>,
    is_estimate: bool,
    /// Whether it is known how many tokens there are at most.
    has_upper: bool,
    /// What a word is.
    words: Option<String>,
    /// Whether the root stands for all paths that were named, and is no folder itself.
    root_is_all: bool,
    root: Item,
}

/// An entry, without names of its fields to make the page small: name, whether it is a folder, files, tokens, tokens at most,
/// words (if they mean something), bytes, how many of its entries are left out, and the others.
#[derive(Serialize)]
struct Item(String, bool, usize, u64, u64, Option<u64>, u64, usize, Vec<Item>);

impl Item {
    fn of(node: &Node) -> Item {
        let counts = &node.counts;
        let words = counts.words_are_meaningful().then_some(counts.measures.words);
        let children = node.children.iter().map(Item::of).collect();
        let name = name::shown(Path::new(&node.name));
        let (bytes, omitted) = (counts.measures.bytes, node.omitted.map_or(0, |(number, _)| number));
        Item(name, node.is_folder, node.files, counts.tokens, counts.upper, words, bytes, omitted, children)
    }
}

/// The data of a tree.
pub(crate) fn data(report: &Report) -> Data {
    let basis = report.basis;
    Data {
        schema_version: 1,
        basis: table::basis(basis, Some(&report.root.counts), Style::plain().grouped()),
        window: basis.window,
        is_estimate: basis.exactness == Exactness::Estimate,
        has_upper: basis.ratios.is_some(),
        words: report.words.to_possible_value().map(|kind| kind.get_name().to_owned()),
        root_is_all: report.root.is_all,
        root: Item::of(report.root),
    }
}

/// The page.
pub(crate) fn page<'a>(title: &'a str, about: &'a str, data: Data) -> Page<'a, Data> {
    Page {
        title,
        about,
        tabs: &[("map", "Map"), ("list", "List")],
        body: include_str!("treemap.html"),
        style: include_str!("treemap.css"),
        script: include_str!("treemap.js"),
        data,
    }
}
