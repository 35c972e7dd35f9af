//! A perfect hash: for each small group of keys a number, found by trying, that sends all keys of the group to slots that
//! no other key is sent to ("hash and displace", Belazzougui, Botelho, Dietzfelbinger 2009).
//!
//! The largest groups are placed first, while much is free. When nearly all slots are taken, no number may be left
//! for a group; then it drives out others, as few and as small ones as it can, which are placed anew (as PtrHash does,
//! Groot Koerkamp 2025). So the table can be nearly full, and the groups larger, which makes both parts smaller;
//! a look-up does not know the difference.
//!
//! What is kept in the slots, and how a look-up finds out that a key is not there, is left to `pairs`.

/// Who owns a slot that nobody owns.
const NOBODY: u32 = u32::MAX;

/// A group must not drive out those that were placed in the last steps: so they do not go round in a circle.
const RECENT: usize = 16;

/// How many times nearly full tables are tried.
pub(super) const TIGHT_TRIES: u32 = 4;

/// The numbers of groups and of slots for so many keys, in the first and in later attempts: a table that is nearly full
/// might not come out for each set of keys, and takes three times as long to make.
pub(super) fn sizes(keys: usize, attempt: u32) -> (u32, u32) {
    let (group, slots, of_them_taken) = if attempt < TIGHT_TRIES { (3, 128, 127) } else { (2, 9, 8) };
    ((keys / group + 1) as u32, (keys * slots / of_them_taken + 1) as u32)
}

/// Which of the groups a hash is in.
#[inline(always)]
pub(super) fn group(hash: u64, groups: u32) -> usize {
    reduce((hash >> 32) as u32, groups)
}

/// The slot of a hash, by the number of its group.
#[inline(always)]
pub(super) fn slot(hash: u64, number: u8, slots: u32) -> usize {
    reduce(hash as u32 ^ u32::from(number).wrapping_mul(0x9e37_79b9), slots)
}

/// Maps a hash evenly to `0..size` (Lemire 2019).
#[inline(always)]
fn reduce(hash: u32, size: u32) -> usize {
    ((u64::from(hash) * u64::from(size)) >> 32) as usize
}

/// Finds a number for each group; `None` if that takes too long.
pub(super) fn numbers(hashes: &[u64], (groups, slots): (u32, u32)) -> Option<Vec<u8>> {
    let mut placing = Placing::new(hashes, groups, slots);
    let mut order: Vec<u32> = (0..groups).collect();
    order.sort_by_key(|&group| std::cmp::Reverse(placing.members(group).len()));
    let mut steps = 0u64;
    let most = 16 * u64::from(groups) + 1000;
    let mut waiting = Vec::new();
    for group in order {
        waiting.push(group);
        while let Some(group) = waiting.pop() {
            steps += 1;
            if steps > most || !placing.place(group, &mut waiting) {
                return None;
            }
        }
    }
    Some(placing.numbers)
}

/// Which groups have which slots so far.
struct Placing {
    /// The hashes, group by group, and where each group begins.
    hashes: Vec<u64>,
    starts: Vec<usize>,
    numbers: Vec<u8>,
    owners: Vec<u32>,
    /// The groups that drove out others last, and how many did so far.
    recent: [u32; RECENT],
    drives: usize,
}

impl Placing {
    fn new(hashes: &[u64], groups: u32, slots: u32) -> Placing {
        let mut starts = vec![0; groups as usize + 1];
        hashes.iter().for_each(|&hash| starts[group(hash, groups) + 1] += 1);
        (1..starts.len()).for_each(|group| starts[group] += starts[group - 1]);
        let mut next = starts.clone();
        let mut by_group = vec![0; hashes.len()];
        for &hash in hashes {
            let place = &mut next[group(hash, groups)];
            by_group[*place] = hash;
            *place += 1;
        }
        Placing {
            hashes: by_group,
            starts,
            numbers: vec![0; groups as usize],
            owners: vec![NOBODY; slots as usize],
            recent: [NOBODY; RECENT],
            drives: 0,
        }
    }

    fn members(&self, group: u32) -> &[u64] {
        &self.hashes[self.starts[group as usize]..self.starts[group as usize + 1]]
    }

    /// The slots that the members of a group are sent to by this number.
    fn slots(&self, group: u32, number: u8) -> impl Iterator<Item = usize> + Clone {
        let size = self.owners.len() as u32;
        self.members(group).iter().map(move |&hash| slot(hash, number, size))
    }

    /// Gives the group a number and slots. Those that lose theirs come to `waiting`. `false` if there is no number.
    fn place(&mut self, group: u32, waiting: &mut Vec<u32>) -> bool {
        let free = |number: &u8| {
            self.slots(group, *number).all(|slot| self.owners[slot] == NOBODY)
                && self.is_apart(group, *number)
        };
        let found = (0..=u8::MAX).find(free);
        let Some(number) = found.or_else(|| self.cheapest(group)) else { return false };
        if found.is_none() {
            for slot in self.slots(group, number).collect::<Vec<_>>() {
                let owner = self.owners[slot];
                if owner != NOBODY {
                    self.slots(owner, self.numbers[owner as usize])
                        .collect::<Vec<_>>()
                        .into_iter()
                        .for_each(|slot| self.owners[slot] = NOBODY);
                    waiting.push(owner);
                }
            }
            self.recent[self.drives % RECENT] = group;
            self.drives += 1;
        }
        self.numbers[group as usize] = number;
        for slot in self.slots(group, number).collect::<Vec<_>>() {
            self.owners[slot] = group;
        }
        true
    }

    /// Whether no two of the group are sent to the same slot.
    fn is_apart(&self, group: u32, number: u8) -> bool {
        let mut slots = self.slots(group, number);
        std::iter::from_fn(|| slots.next().map(|slot| slots.clone().all(|other| other != slot)))
            .all(|apart| apart)
    }

    /// The number by which the group drives out the fewest and smallest others, but none of the recent ones.
    fn cheapest(&self, group: u32) -> Option<u8> {
        let cost = |number: u8| {
            let owners = self.slots(group, number).map(|slot| self.owners[slot]);
            let mut cost = 0;
            for owner in owners.filter(|&owner| owner != NOBODY) {
                if self.recent.contains(&owner) {
                    return None;
                }
                cost += self.members(owner).len().pow(2);
            }
            self.is_apart(group, number).then_some((cost, number))
        };
        // Not always from the same number on: of many that cost the same, each has its turn.
        let first = (self.drives as u64).wrapping_mul(0x9d) as u8;
        let numbers = (0..=u8::MAX).map(|number| number.wrapping_add(first));
        numbers.filter_map(cost).min_by_key(|&(cost, _)| cost).map(|(_, number)| number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(count: usize, seed: u64) -> Vec<u64> {
        let mix = |i: u64| (i ^ i >> 31).wrapping_mul(0xd6e8_feb8_6659_fd93);
        (1..=count as u64).map(|i| mix(mix((i + (seed << 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)))).collect()
    }

    #[test]
    fn every_key_has_a_slot_of_its_own() {
        for (count, attempt) in
            [0, 1, 2, 3, 10, 100, 5_000, 60_000].into_iter().flat_map(|n| [(n, 0), (n, 9)])
        {
            let (groups, slots) = sizes(count, attempt);
            assert!(groups > 0 && slots as usize > count);
            // Other hashes, if there are no numbers for these.
            let (hashes, numbers) = (0..10)
                .map(|seed| hashes(count, seed))
                .find_map(|hashes| numbers(&hashes, (groups, slots)).map(|numbers| (hashes, numbers)))
                .expect("a number for each group");
            assert_eq!(numbers.len(), groups as usize);
            let mut taken = vec![false; slots as usize];
            for hash in hashes {
                let slot = slot(hash, numbers[group(hash, groups)], slots);
                assert!(!std::mem::replace(&mut taken[slot], true), "{count} {attempt}");
            }
        }
    }

    #[test]
    fn keys_that_cannot_be_told_apart_are_given_up() {
        assert_eq!(numbers(&[7, 7], (1, 3)), None);
    }
}
