//! How two vocabularies differ: by the bytes of their tokens, their ids, and what merges make them.

use std::collections::BTreeMap;

use bytepair::{TokenId, Tokenizer};

use super::{Entry, all};

/// Tokens of two vocabularies, by what they have in common.
pub(crate) struct Difference {
    /// How many each has, special tokens too.
    pub(crate) sizes: [usize; 2],
    /// Those that only one has, by ids.
    pub(crate) only: [Vec<Entry>; 2],
    /// How many have the same bytes and the same id.
    pub(crate) same: usize,
    /// Those with the same bytes, and another id.
    pub(crate) moved: Vec<Moved>,
    /// How many that both have are merged of other parts.
    pub(crate) other_parts: usize,
}

/// A token that both have, under two ids.
pub(crate) struct Moved {
    /// As the first has it.
    pub(crate) entry: Entry,
    /// Its id in the second.
    pub(crate) other: TokenId,
}

/// Compares two. Special tokens and ordinary ones are never the same; of several with the same bytes, that of the lowest id
/// counts first.
pub(crate) fn between(one: &Tokenizer, other: &Tokenizer) -> Difference {
    let [first, second] = [one, other].map(all);
    let sizes = [first.len(), second.len()];
    let mut rest: BTreeMap<(bool, Vec<u8>), Vec<Entry>> = BTreeMap::new();
    for entry in second.into_iter().rev() {
        rest.entry(key(&entry)).or_default().push(entry);
    }
    let mut difference =
        Difference { sizes, only: Default::default(), same: 0, moved: Vec::new(), other_parts: 0 };
    for entry in first {
        let alike = rest.get_mut(&key(&entry));
        let Some(twin) = alike.and_then(|entries| {
            let same = entries.iter().position(|twin| twin.id == entry.id);
            same.map(|at| entries.remove(at)).or_else(|| entries.pop())
        }) else {
            difference.only[0].push(entry);
            continue;
        };
        difference.other_parts += usize::from(parts(one, &entry) != parts(other, &twin));
        if twin.id == entry.id {
            difference.same += 1;
        } else {
            difference.moved.push(Moved { other: twin.id, entry });
        }
    }
    difference.only[1] = rest.into_values().flatten().collect();
    difference.only[1].sort_by_key(|entry| entry.id);
    difference
}

fn key(entry: &Entry) -> (bool, Vec<u8>) {
    (matches!(entry.kind, "special" | "text"), entry.bytes.clone())
}

/// Where the last merge of a token joins its bytes; `None` if there is none.
fn parts(tokenizer: &Tokenizer, entry: &Entry) -> Option<usize> {
    let merge = entry.merge?;
    tokenizer.vocabulary().bytes(merge.left).map(<[u8]>::len)
}
