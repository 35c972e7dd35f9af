//! How good a vocabulary is for a text: how many tokens it takes, and how well they use the vocabulary.
//!
//! [`Usage`] is how often each id came in a text, with the text's measures; usages of several texts add up. [`Quality`] is
//! what follows from it. Nothing here judges: a vocabulary is compared with another one on the same text.
//!
//! ```
//! use bytepair::evaluate::{Quality, Usage};
//! let tokenizer = bytepair::encoding("o200k_base")?;
//! let usage = Usage::of(&tokenizer, "Hello world, hello world\n", Default::default())?;
//! let quality = Quality::of(&usage, &tokenizer);
//! assert_eq!((quality.counts.tokens, quality.distinct), (6, 5)); // " world" comes twice
//! assert_eq!(quality.bytes_per_token(), Some(25.0 / 6.0));
//! assert_eq!(quality.tokens_per_word(), Some(1.5));
//! assert_eq!(quality.unused(), quality.size - 5);
//! # Ok::<(), bytepair::Error>(())
//! ```
//!
//! # What the figures are
//!
//! Tokens, bytes, characters and words are those of the whole text. The figures about the use of the vocabulary are about
//! its ordinary tokens: N tokens of the text are ordinary ones, and the token i is c(i) of them, p(i) = c(i) / N. Special
//! tokens that were found in the text ([`Quality::special_tokens`]) say nothing about how well text is encoded.
//!
//! | figure | unit | what it is | better |
//! |---|---|---|---|
//! | [`bytes_per_token`](Quality::bytes_per_token) | bytes | bytes of the text (before it is normalized) / tokens: the compression | more |
//! | [`tokens_per_word`](Quality::tokens_per_word) | tokens | the fertility, as in Rust et al. 2021, "How Good is Your Tokenizer?" (there with the words of treebanks) | fewer |
//! | [`words_per_token`](Quality::words_per_token) | words | its inverse | more |
//! | [`used_share`](Quality::used_share) | 0 to 1 | different ordinary tokens in the text / ordinary tokens of the vocabulary | more |
//! | [`unused`](Quality::unused) | tokens | ordinary tokens of the vocabulary that are not in the text | fewer |
//! | [`unreachable_tokens`] | tokens | of these, how many no text has, as merging does not come to them | fewer |
//! | [`single_byte_share`](Quality::single_byte_share) | 0 to 1 | tokens of the text that stand for one byte / N | fewer |
//! | [`shannon_entropy`](Quality::shannon_entropy) | bits | H = -Σ p(i) log2 p(i): bits that a token takes at least if each is encoded by itself (Shannon 1948) | |
//! | [`renyi_entropy`](Quality::renyi_entropy) | bits | H(α) = log2(Σ p(i)^α) / (1 - α) for the order α = 2.5 ([`RENYI_ORDER`]) | |
//! | [`renyi_efficiency`](Quality::renyi_efficiency) | 0 to 1 | H(2.5) / log2(ordinary tokens of the vocabulary): Zouhar et al. 2023, "Tokenization and the Noiseless Channel" (ACL 2023, arXiv 2306.16842), who found that of all orders 2.5 goes best with the quality of translation | more |
//! | [`renyi_efficiency_of_used`](Quality::renyi_efficiency_of_used) | 0 to 1 | H(2.5) / log2(different tokens in the text), as the authors' tool `tokenization-scorer` has it if no size of a vocabulary is named | more |
//!
//! A word is a run between white space, or what [`CountOptions::measure`] says. Where words say nothing (see
//! [`Counts::words_are_meaningful`]), there is no figure that needs them. The Rényi efficiency is no verdict: Cognetta et al.
//! 2024, "Two Counterexamples to Tokenization and the Noiseless Channel" (arXiv 2402.14614), raise it with worse vocabularies.
//! Shares of a small text are low for every vocabulary: only figures of the same text can be compared.

use std::io::Read;

use crate::error::Error;
use crate::explain::{Origin, origin};
use crate::measure::Measures;
use crate::parallel::{CountOptions, count_ids};
use crate::report::Counts;
use crate::special::SpecialPolicy;
use crate::stream::IdCounts;
use crate::token::TokenId;
use crate::tokenizer::Tokenizer;

/// The order of the Rényi entropy.
pub const RENYI_ORDER: f64 = 2.5;

/// How often each id came in a text, or in several texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    tokens: u64,
    measures: Measures,
    counts: IdCounts,
}

impl Usage {
    /// The usage of a text that is in memory.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::encode_with`].
    pub fn of(tokenizer: &Tokenizer, text: impl AsRef<[u8]>, policy: SpecialPolicy) -> Result<Usage, Error> {
        let options = CountOptions { policy, ..CountOptions::default() };
        Usage::read(tokenizer, &mut text.as_ref(), options, &mut |_| ())
    }

    /// The usage of everything that a reader gives, in memory that grows with the number of different tokens only. `progress`
    /// is called with the number of bytes that were read since the last call. The answer is the same for any number of
    /// threads.
    ///
    /// # Errors
    ///
    /// As [`crate::parallel::count_reader`].
    pub fn read(
        tokenizer: &Tokenizer,
        reader: &mut (dyn Read + Send),
        options: CountOptions,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Usage, Error> {
        let mut counts = IdCounts::default();
        let tally = count_ids(tokenizer, reader, options, progress, &mut counts)?;
        Ok(Usage { tokens: tally.tokens, measures: tally.measures, counts })
    }

    /// Adds the usage of another text by the same tokenizer.
    pub fn add(&mut self, other: &Usage) {
        self.tokens += other.tokens;
        self.measures.add(&other.measures);
        for (&id, &count) in &other.counts {
            *self.counts.entry(id).or_default() += count;
        }
    }

    /// The number of tokens.
    pub fn tokens(&self) -> u64 {
        self.tokens
    }

    /// Bytes, characters, words and lines of the text.
    pub fn measures(&self) -> &Measures {
        &self.measures
    }

    /// How often this id came.
    pub fn count(&self, id: TokenId) -> u64 {
        self.counts.get(&id).copied().unwrap_or(0)
    }

    /// The ids that came and how often, in ascending order of ids.
    pub fn counts(&self) -> Vec<(TokenId, u64)> {
        let mut counts: Vec<(TokenId, u64)> = self.counts.iter().map(|(&id, &count)| (id, count)).collect();
        counts.sort_unstable();
        counts
    }

    /// The ids of the ordinary tokens of the tokenizer that never came, in ascending order.
    pub fn unused_ids(&self, tokenizer: &Tokenizer) -> Vec<TokenId> {
        let ids = tokenizer.vocabulary().iter().map(|(id, _)| id);
        let mut unused: Vec<TokenId> = ids.filter(|id| !self.counts.contains_key(id)).collect();
        unused.sort_unstable();
        unused
    }
}

/// How well a vocabulary encodes a text. What the figures are is said in the [module](self).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Quality {
    /// The tokens of the text, and its measures.
    pub counts: Counts,
    /// How many of the tokens of the text are special tokens.
    pub special_tokens: u64,
    /// How many ordinary tokens the vocabulary has.
    pub size: u64,
    /// How many different ordinary tokens the text has.
    pub distinct: u64,
    /// How many ordinary tokens of the text stand for one byte.
    pub single_bytes: u64,
    /// The Shannon entropy of the ordinary tokens of the text, in bits; `None` if there are none.
    pub shannon_entropy: Option<f64>,
    /// The Rényi entropy of order [`RENYI_ORDER`] of the ordinary tokens of the text, in bits; `None` if there are none.
    pub renyi_entropy: Option<f64>,
}

impl Quality {
    /// What follows from a usage by this tokenizer.
    pub fn of(usage: &Usage, tokenizer: &Tokenizer) -> Quality {
        let vocabulary = tokenizer.vocabulary();
        let mut ordinary = Vec::with_capacity(usage.counts.len());
        let mut single_bytes = 0;
        for (&id, &count) in &usage.counts {
            let Some(bytes) = vocabulary.bytes(id) else { continue };
            ordinary.push(count);
            single_bytes += if bytes.len() == 1 { count } else { 0 };
        }
        // Sums of floating-point numbers depend on the order, so there has to be one.
        ordinary.sort_unstable();
        let tokens: u64 = ordinary.iter().sum();
        Quality {
            counts: Counts { tokens: usage.tokens, upper: usage.tokens, measures: usage.measures },
            special_tokens: usage.tokens - tokens,
            size: vocabulary.len() as u64,
            distinct: ordinary.len() as u64,
            single_bytes,
            shannon_entropy: (tokens > 0).then(|| shannon_entropy(&ordinary, tokens)),
            renyi_entropy: (tokens > 0).then(|| renyi_entropy(&ordinary, tokens)),
        }
    }

    /// Bytes for each token; `None` without tokens.
    pub fn bytes_per_token(&self) -> Option<f64> {
        self.counts.bytes_per_token()
    }

    /// Tokens for each word, the fertility; `None` without words, or where they say nothing.
    pub fn tokens_per_word(&self) -> Option<f64> {
        self.counts.tokens_per_word()
    }

    /// Words for each token; `None` without tokens, or where words say nothing.
    pub fn words_per_token(&self) -> Option<f64> {
        self.counts.words_per_token()
    }

    /// The share of the vocabulary that the text has, from 0 to 1; `None` for a vocabulary without tokens.
    pub fn used_share(&self) -> Option<f64> {
        (self.size > 0).then(|| self.distinct as f64 / self.size as f64)
    }

    /// How many ordinary tokens of the vocabulary the text does not have; [`Usage::unused_ids`] says which.
    pub fn unused(&self) -> u64 {
        self.size - self.distinct
    }

    /// The share of tokens that stand for one byte, from 0 to 1; `None` without ordinary tokens.
    pub fn single_byte_share(&self) -> Option<f64> {
        let tokens = self.counts.tokens - self.special_tokens;
        (tokens > 0).then(|| self.single_bytes as f64 / tokens as f64)
    }

    /// The Rényi efficiency by the size of the vocabulary, from 0 to 1; `None` without ordinary tokens, or for a vocabulary
    /// of one token.
    pub fn renyi_efficiency(&self) -> Option<f64> {
        efficiency(self.renyi_entropy, self.size)
    }

    /// The Rényi efficiency by the number of different tokens in the text, from 0 to 1; `None` if there are not two.
    pub fn renyi_efficiency_of_used(&self) -> Option<f64> {
        efficiency(self.renyi_entropy, self.distinct)
    }
}

fn efficiency(entropy: Option<f64>, size: u64) -> Option<f64> {
    entropy.filter(|_| size > 1).map(|entropy| entropy / (size as f64).log2())
}

/// The entropy in bits of counts that add up to `tokens`: log2 N - Σ c log2 c / N.
fn shannon_entropy(counts: &[u64], tokens: u64) -> f64 {
    let sum: f64 = counts.iter().map(|&count| count as f64 * (count as f64).log2()).sum();
    // Rounding could make it less than nothing.
    ((tokens as f64).log2() - sum / tokens as f64).max(0.0)
}

/// The same of order α. Powers of shares, as those of counts could pass the largest number.
fn renyi_entropy(counts: &[u64], tokens: u64) -> f64 {
    let sum: f64 = counts.iter().map(|&count| (count as f64 / tokens as f64).powf(RENYI_ORDER)).sum();
    (sum.log2() / (1.0 - RENYI_ORDER)).max(0.0)
}

/// How many ordinary tokens of the vocabulary no text has, since merging does not come to them: no units that it begins with,
/// no results of a merge, and nothing that is found in the text before. What the pattern that cuts text keeps from being merged
/// is not looked at, so there may be more. `None` if it is not known: in vocabularies where a piece that is a token becomes it
/// without merging.
pub fn unreachable_tokens(tokenizer: &Tokenizer) -> Option<u64> {
    let vocabulary = tokenizer.vocabulary();
    let merging = vocabulary.rules().merging as usize;
    match vocabulary.has_unreachable_tokens() {
        true if vocabulary.whole_pieces() => return None,
        false if merging == vocabulary.len() => return Some(0),
        _ => {}
    }
    let unreachable = vocabulary.iter().filter(|&(id, _)| origin(tokenizer, id) == Some(Origin::Never));
    Some(unreachable.count() as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parallel::Measure;
    use crate::registry::encoding;
    use crate::{BpeModel, Definition, SpecialToken, SpecialTokens, Vocabulary};

    /// All bytes, "ab" (1000) and "abc" (1001), a token that merging does not come to, and a special token.
    fn small() -> Tokenizer {
        let bytes = (0..=255u8).map(|byte| (vec![byte], u32::from(byte)));
        let more = [(&b"ab"[..], 1000), (b"abc", 1001), (b"xyz", 1002)];
        let vocabulary = Vocabulary::new(bytes.chain(more.map(|(token, id)| (token.to_vec(), id))));
        let definition = Definition::new("small", vocabulary.expect("all bytes"), "[^ ]+| ");
        let specials = SpecialTokens::new(vec![SpecialToken::control("<end>", 2000)]).expect("one name");
        Tokenizer::new(Definition { specials, ..definition }).expect("a pattern")
    }

    fn close(one: Option<f64>, other: f64) {
        assert!(one.is_some_and(|one| (one - other).abs() < 1e-12), "{one:?} is not {other}");
    }

    #[test]
    fn figures_are_those_computed_by_hand() {
        let tokenizer = small();
        // abc, space, ab, space, c, c: twice the space, twice c, once ab, once abc.
        let usage = Usage::of(&tokenizer, "abc ab cc", SpecialPolicy::Text).expect("a pattern");
        assert_eq!(usage.counts(), [(32, 2), (99, 2), (1000, 1), (1001, 1)]);
        let quality = Quality::of(&usage, &tokenizer);
        assert_eq!((usage.tokens(), usage.measures().words, usage.measures().bytes), (6, 3, 9));
        assert_eq!((quality.size, quality.distinct, quality.single_bytes), (259, 4, 4));
        assert_eq!((quality.unused(), quality.special_tokens), (255, 0));
        close(quality.bytes_per_token(), 1.5);
        close(quality.tokens_per_word(), 2.0);
        close(quality.words_per_token(), 0.5);
        close(quality.used_share(), 4.0 / 259.0);
        close(quality.single_byte_share(), 4.0 / 6.0);
        // 2 * (1/3 * log2 3) + 2 * (1/6 * log2 6)
        close(quality.shannon_entropy, 2.0 / 3.0 * 3f64.log2() + 6f64.log2() / 3.0);
        // Σ p^2.5 = 2 (1/3)^2.5 + 2 (1/6)^2.5 = 2 (0.0641500 + 0.0113402) = 0.1509804
        close(quality.renyi_entropy, 1.818_377_113_815_792_5);
        close(quality.renyi_efficiency(), 1.818_377_113_815_792_5 / 259f64.log2());
        close(quality.renyi_efficiency_of_used(), 1.818_377_113_815_792_5 / 2.0);
    }

    #[test]
    fn equal_shares_are_fully_efficient_and_one_token_says_nothing() {
        let tokenizer = small();
        let all: Vec<u8> = (0..=255).collect();
        let quality = |text: &[u8]| {
            Quality::of(&Usage::of(&tokenizer, text, SpecialPolicy::Text).expect("a pattern"), &tokenizer)
        };
        let even = quality(&all[b'd'.into()..b'x'.into()]);
        close(even.renyi_efficiency_of_used(), 1.0);
        close(even.shannon_entropy, 20f64.log2());
        close(even.single_byte_share(), 1.0);
        let one = quality(b"zzz");
        assert_eq!((one.shannon_entropy, one.renyi_entropy), (Some(0.0), Some(0.0)));
        assert_eq!(one.renyi_efficiency_of_used(), None);
        let none = quality(b"");
        assert_eq!(
            (none.shannon_entropy, none.renyi_efficiency(), none.bytes_per_token()),
            (None, None, None)
        );
        assert_eq!((none.single_byte_share(), none.used_share()), (None, Some(0.0)));
    }

    #[test]
    fn special_tokens_are_tokens_but_no_use_of_the_vocabulary() {
        let tokenizer = small();
        let usage = Usage::of(&tokenizer, "ab<end>ab<end>", SpecialPolicy::Encode).expect("a pattern");
        let quality = Quality::of(&usage, &tokenizer);
        assert_eq!((quality.counts.tokens, quality.special_tokens, quality.distinct), (4, 2, 1));
        assert_eq!((quality.shannon_entropy, quality.single_byte_share()), (Some(0.0), Some(0.0)));
        let error = Usage::of(&tokenizer, "<end>", SpecialPolicy::Forbid).expect_err("it is forbidden");
        assert_eq!(error.kind(), crate::ErrorKind::ForbiddenSpecial);
    }

    #[test]
    fn what_merging_does_not_come_to_is_counted_where_it_is_known() {
        // Here a piece "xyz" becomes the token, by looking up the piece as a whole.
        let tokenizer = small();
        assert!(tokenizer.vocabulary().has_unreachable_tokens() && tokenizer.vocabulary().whole_pieces());
        assert_eq!(unreachable_tokens(&tokenizer), None);
        assert_eq!(unreachable_tokens(&encoding("o200k_base").expect("embedded")), Some(0));
        let bytes = || (0..=255u8).map(|byte| (vec![byte], u32::from(byte)));
        let count = |more: &[&[u8]], merges: &[[u32; 3]], decode_only: &[&[u8]]| {
            let more = more.iter().zip(256..).map(|(token, id)| (token.to_vec(), id));
            let model = BpeModel {
                merges: Some(merges.to_vec()),
                decode_only: decode_only.iter().zip(900..).map(|(token, id)| (token.to_vec(), id)).collect(),
                whole_pieces: false,
                ..BpeModel::ranked(bytes().chain(more).collect())
            };
            let vocabulary = Vocabulary::from_model(model).expect("all bytes");
            let tokenizer = Tokenizer::new(Definition::new("listed", vocabulary, "[^ ]+| "));
            unreachable_tokens(&tokenizer.expect("a pattern"))
        };
        // Of "ab", "xyz" and "q1" the first alone is made by a merge.
        let [a, b] = [b'a', b'b'].map(u32::from);
        assert_eq!(count(&[b"ab", b"xyz", b"q1"], &[[a, b, 256]], &[]), Some(2));
        assert_eq!(count(&[b"ab"], &[[a, b, 256]], &[]), Some(0));
        assert_eq!(count(&[b"ab"], &[[a, b, 256]], &[b"<pad>"]), Some(1));
    }

    #[test]
    fn unused_ids_and_those_that_came_are_the_vocabulary() {
        let tokenizer = small();
        let usage = Usage::of(&tokenizer, "abc ab cc", SpecialPolicy::Text).expect("a pattern");
        let unused = usage.unused_ids(&tokenizer);
        assert_eq!(unused.len(), 255);
        assert!(unused.is_sorted() && unused.iter().all(|&id| usage.count(id) == 0));
        assert!(unused.contains(&1002) && !unused.contains(&1000) && !unused.contains(&2000));
    }

    /// Several blocks, with a stretch that has no place to cut.
    #[test]
    fn threads_do_not_matter() {
        let words = "words, and more of them: où est la clé?\n".repeat(20_000);
        let text = [&words, &"x".repeat(600_000), "\n", &words].map(str::as_bytes).concat();
        for name in ["o200k_base", "gpt2"] {
            let tokenizer = encoding(name).expect("embedded");
            let read = |threads, measure| {
                let options = CountOptions { threads, measure, ..CountOptions::default() };
                Usage::read(&tokenizer, &mut text.as_slice(), options, &mut |_| ()).expect("a scanner")
            };
            let mut wanted = IdCounts::default();
            crate::stream::add_ids(&mut wanted, &tokenizer.encode(&text).expect("a scanner"));
            for measure in [Measure::All, Measure::AllWithUnicodeWords] {
                let one = read(1, measure);
                assert!(one.counts == wanted, "{name}");
                for threads in [2, 3, 8] {
                    let many = read(threads, measure);
                    assert!(many == one, "{name} {threads}");
                    assert_eq!(Quality::of(&many, &tokenizer), Quality::of(&one, &tokenizer));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn usages_are_those_of_the_ids(
            texts in prop::collection::vec("([a-c]{0,4}| |\n|[à-ÿ]|漢|<end>|<\\|endoftext\\|>){0,30}", 0..5),
            encoded: bool,
        ) {
            let policy = if encoded { SpecialPolicy::Encode } else { SpecialPolicy::Text };
            for tokenizer in [small(), encoding("cl100k_base").expect("embedded")] {
                let mut sum = Usage::default();
                let mut ids = Vec::new();
                for text in &texts {
                    let usage = Usage::of(&tokenizer, text, policy).expect("a scanner");
                    let own = tokenizer.encode_with(text, policy).expect("a scanner");
                    prop_assert_eq!(usage.tokens(), own.len() as u64);
                    prop_assert_eq!(usage.counts().iter().map(|(_, count)| count).sum::<u64>(), own.len() as u64);
                    sum.add(&usage);
                    ids.extend(own);
                }
                let mut counts = IdCounts::default();
                crate::stream::add_ids(&mut counts, &ids);
                prop_assert_eq!(&sum.counts, &counts);
                let quality = Quality::of(&sum, &tokenizer);
                let used = quality.renyi_efficiency_of_used();
                prop_assert!(used.is_none_or(|used| (0.0..=1.0 + 1e-9).contains(&used)));
                let (shannon, renyi) = (quality.shannon_entropy, quality.renyi_entropy);
                prop_assert!(shannon.zip(renyi).is_none_or(|(shannon, renyi)| renyi <= shannon + 1e-9));
                prop_assert_eq!(quality.unused() as usize, sum.unused_ids(&tokenizer).len());
            }
        }
    }
}
