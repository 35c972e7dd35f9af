//! Runs of one character whose pieces all have the same score: that merging the first pair in the text comes to the same
//! as merging by ranks that prefer the longer result.
//!
//! If there are pieces of all lengths up to the longest, the first of them grows by one character after the other, and it
//! is the longest as well. If lengths are missing (Mistral has none of 15 signs of a space, but one of 16), both ways are
//! tried out. What stands before a run that has become the longest does not change any more, so that runs of a few
//! times that length have shown everything.

/// Longer runs are not tried out.
const LONGEST: usize = 64;

/// Whether both ways give the same for pieces of these lengths, the longest first.
pub(super) fn longer_first_is_first_first(lengths: &[usize]) -> bool {
    let longest = lengths.first().copied().unwrap_or_default();
    if lengths.len() + 1 == longest {
        return true;
    }
    longest <= LONGEST
        && (2..=4 * longest).all(|length| merge(length, lengths, true) == merge(length, lengths, false))
}

/// The lengths of the pieces that a run becomes.
fn merge(length: usize, lengths: &[usize], by_place: bool) -> Vec<usize> {
    let mut parts = vec![1; length];
    loop {
        let pairs = parts.windows(2).map(|pair| pair[0] + pair[1]).enumerate();
        let mut possible = pairs.filter(|(_, joined)| lengths.contains(joined));
        let first = if by_place {
            possible.next()
        } else {
            possible.max_by_key(|&(place, joined)| (joined, std::cmp::Reverse(place)))
        };
        let Some((place, joined)) = first else { return parts };
        parts.splice(place..place + 2, [joined]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_so_for_the_models_that_have_such_runs() {
        let llama2: Vec<usize> = (2..=16).rev().collect();
        let mistral: Vec<usize> = llama2.iter().copied().filter(|&length| length != 15).collect();
        for lengths in [&llama2, &mistral] {
            assert!(longer_first_is_first_first(lengths));
            assert!((2..=64).all(|length| merge(length, lengths, true) == merge(length, lengths, false)));
        }
        // Two and then four, but three and then nothing.
        assert!(!longer_first_is_first_first(&[5, 2]) || merge(5, &[5, 2], true) == merge(5, &[5, 2], false));
        assert_eq!(merge(17, &mistral, true), [16, 1]);
        assert_eq!(merge(15, &mistral, true), [14, 1]);
    }
}
