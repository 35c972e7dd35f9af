//! Rows of files as a tree of folders, with the sums of what is in each.
//!
//! How much of it is shown is decided here, how it looks in `output::tree` and `page::treemap`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use bytepair::report::Counts;

use crate::cli::arrange::Row;

/// A folder or a file, with all that is in it.
pub(crate) struct Node {
    /// Its name in the folder above; of the root the path.
    pub(crate) name: OsString,
    /// Whether it is no file.
    pub(crate) is_folder: bool,
    /// Whether it stands for all paths that were named, and is none of them.
    pub(crate) is_all: bool,
    /// How many files it is, or are in it.
    pub(crate) files: usize,
    /// Their counts.
    pub(crate) counts: Counts,
    /// What is in it and shown.
    pub(crate) children: Vec<Node>,
    /// What is in it and not shown, together: how many, and their counts.
    pub(crate) omitted: Option<(usize, Counts)>,
}

impl Node {
    /// Something with nothing in it.
    fn new(name: OsString) -> Node {
        let (counts, children) = (Counts::default(), Vec::new());
        Node { name, is_folder: false, is_all: false, files: 0, counts, children, omitted: None }
    }

    /// Puts the most tokens first, and keeps so many levels and so many entries of each folder. Sums stay what they are.
    pub(crate) fn arrange(&mut self, depth: usize, top: usize) {
        if depth == 0 {
            self.children.clear();
            return;
        }
        // Sorting keeps the order of names among equals.
        self.children.sort_by_key(|child| std::cmp::Reverse(child.counts.tokens));
        if self.children.len() > top {
            let others = self.children.split_off(top);
            let mut counts = Counts::default();
            others.iter().for_each(|child| counts.add(&child.counts));
            self.omitted = Some((others.len(), counts));
        }
        self.children.iter_mut().for_each(|child| child.arrange(depth - 1, top));
    }
}

/// An entry while the tree grows.
#[derive(Default)]
struct Branch {
    /// What stands here itself: a file, more than once if it was named more than once.
    own: Vec<Row>,
    children: BTreeMap<OsString, Branch>,
}

/// The tree of files. The deepest folder that all are in is its root, by its whole path, so that levels count from there.
pub(crate) fn tree(rows: Vec<Row>) -> Node {
    let mut all = Branch::default();
    for row in rows {
        let mut branch = &mut all;
        for name in parts(&row.name) {
            branch = branch.children.entry(name).or_default();
        }
        branch.own.push(row);
    }
    let mut root = all.into_node("total".into());
    root.is_all = true;
    let mut path = PathBuf::new();
    while root.children.len() == 1 && root.files == root.children[0].files {
        root = root.children.remove(0);
        path.push(&root.name);
    }
    if !path.as_os_str().is_empty() {
        root.name = path.into_os_string();
    }
    root
}

/// The parts of a path as they are written, the root of all folders with the first.
fn parts(path: &Path) -> Vec<OsString> {
    let mut names: Vec<OsString> = Vec::new();
    let mut before = OsString::new();
    for part in path.components() {
        let mut name = std::mem::take(&mut before);
        name.push(part.as_os_str());
        match part {
            Component::Prefix(_) | Component::RootDir => before = name,
            _ => names.push(name),
        }
    }
    if !before.is_empty() {
        names.push(before);
    }
    names
}

impl Branch {
    fn into_node(self, name: OsString) -> Node {
        let mut node = Node::new(name);
        for row in self.own {
            node.files += row.files;
            node.counts.add(&row.counts);
        }
        for (name, branch) in self.children {
            let child = branch.into_node(name);
            node.files += child.files;
            node.counts.add(&child.counts);
            node.children.push(child);
        }
        node.is_folder = !node.children.is_empty();
        node
    }
}
