//! Training against the textbook, on random texts.

use proptest::prelude::*;

use super::*;
use crate::token::TokenId;
use crate::vocabulary::{BpeModel, Vocabulary};

/// The tokens and counts that were learned.
fn learned(trained: &Trained) -> Vec<(Vec<u8>, u64)> {
    let merges = trained.merges().map(|merge| (merge.bytes.to_vec(), merge.count));
    merges.chain([(b"tokens".to_vec(), trained.text_tokens())]).collect()
}

/// What training knows of its tokens is what is found out of any list of merges.
fn is_as_found_out(trained: &Trained) {
    let vocabulary = &trained.definition().vocabulary;
    let tokens: Vec<(Vec<u8>, TokenId)> = vocabulary.iter().map(|(id, bytes)| (bytes.to_vec(), id)).collect();
    let merges = vocabulary.tables().merges().map(|(left, right, both)| [left, right, both]).collect();
    let model = BpeModel { merges: Some(merges), whole_pieces: false, ..BpeModel::ranked(tokens) };
    let found = Vocabulary::from_model(model).expect("what was learned");
    assert!(found.iter().eq(vocabulary.iter()));
    assert_eq!(found.pairs(), vocabulary.pairs());
    assert_eq!(found.rules(), vocabulary.rules());
    assert!(!found.has_unreachable_tokens());
}

/// A text of words that have much in common, so that there are many ties and runs.
fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => "[ab]{1,9}",
        2 => "[a-e]{1,6}",
        1 => "(a|aa|aaa){1,12}",
        1 => "[ก-ฮ]{1,8}",
        1 => "[漢字日本語]{1,6}",
        1 => "[0-9!?.]{1,5}",
        1 => "[\n\r\t ]{1,4}",
    ];
    prop::collection::vec((word, 1usize..4), 0..60)
        .prop_map(|words| words.iter().map(|(word, times)| format!("{word} ").repeat(*times)).collect())
}

proptest! {
    /// The fast way is the textbook's, for any number of threads, order of texts and options.
    #[test]
    fn fast_is_naive(
        texts in prop::collection::vec(text(), 0..4),
        size in 256usize..420,
        least in 0u64..6,
        longest in prop_oneof![2 => Just(u32::MAX), 1 => 0u32..9],
        raw in any::<bool>(),
        like_hugging_face in any::<bool>(),
        pattern in prop::sample::select(vec!["gpt2", "cl100k", "o200k", r"\w+|\W+", "(?s).+"]),
        alphabet in "[漢ก語é]{0,3}",
    ) {
        let ties = if raw { Ties::Raw } else { Ties::HuggingFace };
        let trainer = Trainer::new(size + 12)
            .pattern(pattern)
            .ties(ties)
            .min_frequency(least)
            .max_token_length(longest)
            .like_hugging_face(like_hugging_face)
            .special("<|end|>")
            .alphabet(alphabet.chars());
        let (mut counts, mut backwards) = (trainer.counts().expect("a pattern"), trainer.counts().expect("a pattern"));
        for text in &texts {
            counts.add_text(text.as_bytes()).expect("no regular expression gives up");
        }
        for text in texts.iter().rev() {
            backwards.add_text(text.as_bytes()).expect("no regular expression gives up");
        }
        let naive = trainer.train_naively(&counts).expect("large enough");
        is_as_found_out(&naive);
        let naive = learned(&naive);
        for threads in [1, 2, 3] {
            let trainer = trainer.clone().threads(threads);
            prop_assert_eq!(&learned(&trainer.train(&counts).expect("large enough")), &naive);
            prop_assert_eq!(&learned(&trainer.train(&backwards).expect("large enough")), &naive);
        }
    }

    /// What is continued gives what was learned in one go, if the size of the first part is one of its sizes.
    #[test]
    fn continued_is_in_one_go(text in text(), first in 256usize..300, more in 0usize..60) {
        let trainer = Trainer::new(first).pattern("gpt2");
        let mut counts = trainer.counts().expect("a pattern");
        counts.add_text(text.as_bytes()).expect("a scanner");
        let all = trainer.clone();
        let all = learned(&Trainer { size: first + more, ..all }.train(&counts).expect("large enough"));
        let part = trainer.train(&counts).expect("large enough");
        let before = learned(&part);
        let base = Tokenizer::new(part.into_definition()).expect("a vocabulary");
        let trainer = Trainer::new(first + more).continuing(&base).expect("a byte-level vocabulary");
        let after = trainer.train(&counts).expect("large enough");
        let naive = trainer.train_naively(&counts).expect("large enough");
        prop_assert_eq!(learned(&after), learned(&naive));
        prop_assert_eq!([&before[..before.len() - 1], &learned(&after)].concat(), all);
    }
}

/// Pieces of all lengths around the borders between the tables, some with zeros at the end.
fn pieces() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let byte = prop_oneof![Just(0u8), Just(b'a'), any::<u8>()];
    let piece = prop_oneof![4 => 1usize..10, 2 => 10usize..20, 1 => 20usize..60]
        .prop_flat_map(move |length| prop::collection::vec(byte.clone(), length));
    prop::collection::vec(piece, 0..300)
}

proptest! {
    /// Tables give what a map gives, in batches and one by one, and files have them in the order of their bytes.
    #[test]
    fn tables_are_maps(texts in prop::collection::vec(pieces(), 1..4)) {
        let mut expected = std::collections::BTreeMap::<Vec<u8>, u64>::new();
        let (mut all, mut total) = (pieces::PieceCounts::default(), 0);
        for text in &texts {
            let mut counts = pieces::PieceCounts::default();
            let mut bounds = vec![0];
            bounds.extend(text.iter().scan(0, |end, piece| {
                *end += piece.len();
                Some(*end)
            }));
            counts.add_batch(&text.concat(), &bounds);
            for piece in text {
                counts.add(piece, 2);
                *expected.entry(piece.clone()).or_insert(0) += 3;
                total += 3;
            }
            all.absorb(counts);
        }
        let mut found = std::collections::BTreeMap::new();
        all.for_each(|piece, count| assert!(found.insert(piece.to_vec(), count).is_none(), "twice"));
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(all.len(), expected.len());
        let header = CountsHeader::new(Vec::new(), Vec::new(), "");
        let totals = CountsTotals { pieces: total, ..CountsTotals::default() };
        let mut file = Vec::new();
        all.write(&mut file, &header, totals).expect("memory does not fail");
        let mut reader = CountsReader::new(&file[..], "counts".to_owned()).expect("a file");
        let mut read = Vec::new();
        while let Some((piece, count)) = reader.next().expect("in order") {
            read.push((piece.to_vec(), count));
        }
        prop_assert_eq!(read, expected.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn counts_of_more_than_32_bits_are_exact() {
    let trainer = Trainer::new(260).pattern("gpt2");
    let mut counts = trainer.counts().expect("a pattern");
    let billions = 5_000_000_000;
    counts.add_piece(b"ab", billions).expect("few");
    counts.add_piece(b"abc", billions + 1).expect("few");
    counts.add_piece(b"xyxy", 7 << 32).expect("few");
    let found = learned(&trainer.train(&counts).expect("large enough"));
    let expected: [(&[u8], u64); 5] = [
        (b"xy", 14 << 32),
        (b"xyxy", 7 << 32),
        (b"ab", 2 * billions + 1),
        (b"abc", billions + 1),
        (b"tokens", 2 * billions + 1 + (7 << 32)),
    ];
    assert_eq!(found, expected.map(|(bytes, count)| (bytes.to_vec(), count)));
    assert_eq!(found, learned(&trainer.train_naively(&counts).expect("large enough")));
}

/// Larger counts are never of a lower class.
#[test]
fn classes_of_counts_ascend() {
    let near = |power: u32| {
        (0..20).flat_map(move |more| [(1u64 << power).saturating_sub(more), (1 << power) + more])
    };
    let mut counts: Vec<u64> = (0..64).flat_map(near).chain([u64::MAX]).collect();
    counts.sort_unstable();
    assert!(counts.windows(2).all(|pair| merge::class(pair[0]) <= merge::class(pair[1])));
}

#[test]
fn counts_that_are_too_large_are_refused() {
    let trainer = Trainer::new(260).pattern("gpt2");
    let mut counts = trainer.counts().expect("a pattern");
    counts.add_piece(b"abcd", u64::MAX / 2).expect("fits");
    let error = trainer.train(&counts).expect_err("four bytes each are too many");
    assert_eq!(error.kind(), ErrorKind::InvalidTraining);
    counts.add_piece(b"ab", u64::MAX / 2).expect("fits, with 1 left");
    assert_eq!(counts.add_piece(b"a", 2).expect_err("too many").kind(), ErrorKind::InvalidCounts);
}

/// The last counts that fit are exact, and one byte more is refused.
#[test]
fn the_largest_counts_are_exact() {
    let trainer = Trainer::new(300).pattern("gpt2").min_frequency(2);
    for threads in [1, 2] {
        let trainer = trainer.clone().threads(threads);
        let mut counts = trainer.counts().expect("a pattern");
        counts.add_piece(b"abc", u64::MAX / 3).expect("fits");
        let trained = trainer.train(&counts).expect("2^64 - 1 bytes are not too many");
        let third = u64::MAX / 3;
        let expected = [(b"ab".to_vec(), third), (b"abc".to_vec(), third), (b"tokens".to_vec(), third)];
        assert_eq!((learned(&trained), trained.text_bytes()), (expected.to_vec(), u64::MAX));
        counts.add_piece(b"x", 1).expect("fits");
        let error = trainer.train(&counts).expect_err("2^64 bytes");
        assert_eq!(error.kind(), ErrorKind::InvalidTraining);
        assert!(error.to_string().contains(&(1u128 << 64).to_string()), "{error}");
    }
}

/// What [`merge::learn`] learns with so many numbers.
fn learned_with(numbers: Numbers, parts: usize) -> Result<Vec<Learned>, Error> {
    let trainer = Trainer::new(400).pattern("gpt2");
    let mut counts = trainer.counts()?;
    counts.add_text(b"the token, the merge, the pair of bytes and the bytes of the pair")?;
    counts.add_text(b" banana bandana aaaa aaaaaaa abababa tokens merged together anywhere else")?;
    let start = trainer.start()?;
    let goal = trainer.goal(&start)?;
    let mut pieces = |each: &mut dyn FnMut(&[u8], u64)| counts.for_each(each);
    let (words, text) = words::lay_out::<u16>(&mut pieces, parts, &mut start.symbols())?;
    let mut always = |_| true;
    let mut guide = Recorder { text, ..Recorder::new(&start, &mut always) };
    merge::learn(words, &start.lengths(), goal, &mut guide, numbers)?;
    Ok(guide.merges)
}

/// Whether they run out at the beginning or after many merges: as soon as there is one pair too many, that is an error, and
/// never a vocabulary without it.
#[test]
fn more_pairs_than_numbers_are_refused() {
    for parts in [1, 2, 3] {
        let expected = learned_with(Numbers::of::<u16>(), parts).expect("far fewer pairs");
        let mut enough = 0;
        for most_pairs in 0..400 {
            match learned_with(Numbers { pairs: most_pairs, ..Numbers::of::<u16>() }, parts) {
                Ok(learned) => {
                    assert_eq!(learned, expected);
                    enough += 1;
                }
                Err(error) => {
                    assert_eq!((error.kind(), enough), (ErrorKind::InvalidTraining, 0), "{error}");
                    assert!(error.to_string().contains(&format!("more than {most_pairs} different pairs")));
                    assert!(error.hint().is_some_and(|hint| hint.contains("--min-count 2")));
                }
            }
        }
        assert!((1..350).contains(&enough), "{enough} of 400 are enough");
    }
}

/// After whichever merge cells get wider, and if that is after the last one.
#[test]
fn wider_cells_change_nothing() {
    for parts in [1, 2, 3] {
        let expected = learned_with(Numbers::of::<u16>(), parts).expect("few pairs");
        assert!(expected.len() > 30);
        for symbols in 256..260 + expected.len() {
            let learned = learned_with(Numbers { symbols, ..Numbers::of::<u16>() }, parts);
            assert_eq!(learned.expect("few pairs"), expected, "{symbols} symbols, {parts} parts");
        }
    }
}

#[test]
fn whoever_asks_for_the_end_is_told_so() {
    let trainer = Trainer::new(300).pattern("gpt2");
    let mut counts = trainer.counts().expect("a pattern");
    counts.add_text(b"one two three").expect("a scanner");
    let trained = trainer.train_with(&counts, &mut |merges| merges < 2).expect("large enough");
    assert_eq!((trained.merges().len(), trained.stop()), (2, Stop::Asked));
    assert_eq!(trainer.train(&counts).expect("large enough").stop(), Stop::Pairs);
}

#[test]
fn rare_pieces_are_left_out() {
    let trainer = Trainer::new(300).pattern("gpt2").min_count(2);
    let mut counts = trainer.counts().expect("a pattern");
    counts.add_text(b" ab ab cd").expect("a scanner");
    let expected = [(b"ab".to_vec(), 2), (b" ab".to_vec(), 2), (b"tokens".to_vec(), 2)];
    assert_eq!(learned(&trainer.train(&counts).expect("large enough")), expected);
    assert_eq!(learned(&trainer.train_naively(&counts).expect("large enough")), expected);
}

/// Two tables of many different pieces: added up in the order of hashes, this would take minutes.
#[test]
fn large_tables_are_added_up_at_once() {
    let table = |first: u64| {
        let mut counts = pieces::PieceCounts::default();
        (first..first + 400_000).for_each(|number| counts.add(&number.to_le_bytes()[..4], 1));
        (first..first + 400_000).for_each(|number| counts.add(&[number.to_le_bytes(); 2].concat()[..12], 1));
        counts
    };
    let mut counts = table(1 << 24);
    counts.absorb(table((1 << 24) + 399_000));
    assert_eq!(counts.len(), 2 * 799_000);
}

/// Inputs that are cut into blocks, with names and what is read from them.
struct Inputs(Vec<Vec<u8>>, std::sync::atomic::AtomicU64, u64);

impl Corpus for Inputs {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn open(&self, number: usize) -> Result<Option<Box<dyn std::io::Read + Send + '_>>, Error> {
        Ok((number != 1).then(|| Box::new(&self.0[number][..]) as Box<dyn std::io::Read + Send>))
    }

    fn name(&self, number: usize) -> String {
        number.to_string()
    }

    fn progress(&self, bytes: u64) {
        self.1.fetch_add(bytes, std::sync::atomic::Ordering::Relaxed);
    }

    fn stops(&self) -> bool {
        self.1.load(std::sync::atomic::Ordering::Relaxed) >= self.2
    }
}

/// Blocks on any number of threads, and any number of stops between them, give what each whole text gives.
#[test]
fn blocks_and_stops_change_nothing() {
    let words = "Words, and more of them: ¡señor! 漢字 12345\n".repeat(40_000);
    let texts = [
        words.as_bytes().to_vec(),
        b"left out".to_vec(),
        Vec::new(),
        "ก".repeat(700_000).into_bytes(),
        "漢字、かな。".repeat(200_000).into_bytes(),
        [words.as_bytes(), b"<|end|>", "x".repeat(1_500_000).as_bytes(), b"<|end|> \n\n\n "].concat(),
        b"\xff\xfe \xe6\xbc".repeat(300_000),
    ];
    for (pattern, documents) in
        [("gpt2", Documents::Whole), ("o200k", Documents::Whole), ("cl100k", Documents::Lines)]
    {
        let trainer = Trainer::new(300).pattern(pattern).special("<|end|>").documents(documents);
        let mut expected = trainer.counts().expect("a pattern");
        for text in texts.iter().enumerate().filter(|(number, _)| *number != 1).map(|(_, text)| text) {
            expected.add_text(text).expect("a scanner");
        }
        let written = |counts: &Counts| {
            let mut file = Vec::new();
            counts.write(&mut file).expect("memory does not fail");
            file
        };
        for threads in [1, 2, 5] {
            let inputs = Inputs(texts.to_vec(), 0.into(), u64::MAX);
            let trainer = trainer.clone().threads(threads);
            let counts = trainer.count(&inputs).expect("memory does not fail");
            assert!(written(&counts) == written(&expected), "{pattern}, {threads} threads");
            let (mut position, mut parts, mut stop) = (Position::default(), Vec::new(), 1);
            while position.next < inputs.len() || !position.begun.is_empty() {
                let inputs = Inputs(texts.to_vec(), 0.into(), stop);
                let (counts, halts) = trainer.count_from(&inputs, &mut position).expect("nothing fails");
                assert!(halts.is_empty());
                parts.push(written(&counts));
                stop += 1_700_000;
            }
            assert!(parts.len() > 1, "it was not stopped");
            let mut sum = trainer.counts().expect("a pattern");
            for part in &parts {
                sum.add_file(CountsReader::new(&part[..], "part".to_owned()).expect("a file"))
                    .expect("whole");
            }
            assert!(written(&sum) == written(&expected), "{pattern}, {threads} threads, stopped");
        }
    }
}

/// Inputs of which some end with an error after so many bytes.
struct Broken<'t>(&'t [Vec<u8>], Vec<Option<usize>>);

impl Corpus for Broken<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn open(&self, number: usize) -> Result<Option<Box<dyn std::io::Read + Send + '_>>, Error> {
        struct End;
        impl std::io::Read for End {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("the disk is broken"))
            }
        }
        let text = &self.0[number][..];
        Ok(Some(match self.1[number] {
            None => Box::new(text),
            Some(0) => return Err(std::io::Error::other("the disk is broken").into()),
            Some(end) => Box::new(std::io::Read::chain(&text[..end], End)),
        }))
    }

    fn name(&self, number: usize) -> String {
        format!("text {number}")
    }
}

/// What was counted before an input failed, and the rest when it is mended, is the whole.
#[test]
fn a_bad_input_does_not_cost_what_was_counted() {
    let line = |number: usize| format!("{{\"text\": \"Words {number}: ¡señor! 漢字 12345\\n\"}}\n");
    let text: String = (0..50_000).map(line).collect();
    let good: Vec<Vec<u8>> = vec![text.clone().into_bytes(); 4];
    for (documents, lines) in [(Documents::Whole, false), (Documents::Json("text".to_owned()), true)] {
        let trainer = Trainer::new(300).documents(documents);
        let mut expected = trainer.counts().expect("a pattern");
        good.iter().for_each(|text| expected.add_text(text).expect("a scanner"));
        for (threads, broken) in [(1, 2), (2, 1), (3, 2)] {
            let trainer = trainer.clone().threads(threads);
            let mut ends = vec![None; 4];
            (ends[1], ends[3]) = (Some(1_700_000), (broken == 2).then_some(0));
            let mut bad = good.clone();
            if lines {
                // The line is damaged, and longer than it was.
                let at = 1_700_000 + text[1_700_000..].find('\n').expect("a line") + 1;
                bad[1].splice(at..at + 1, *b"oh, no {");
                ends[1] = None;
            }
            let mut position = Position::default();
            let (mut sum, halts) =
                trainer.count_from(&Broken(&bad, ends), &mut position).expect("what was counted is good");
            assert!((1..=broken).contains(&halts.len()), "{halts:?}");
            for halt in &halts {
                let (number, told) = (halt.input.expect("an input"), halt.error.to_string());
                assert!(number % 2 == 1 && told.starts_with(&format!("text {number}: ")), "{told}");
                assert!(position.begun.iter().any(|begun| begun.0 == number), "{position:?}");
                let line = text[..1_700_000].matches('\n').count() + 2;
                assert!(!lines || number == 3 || told.contains(&format!("line {line}, byte 17")), "{told}");
            }
            assert!(position.begun.iter().all(|begun| begun.0 != 1 || begun.1 > 1_000_000), "{position:?}");
            let (rest, halts) =
                trainer.count_from(&Broken(&good, vec![None; 4]), &mut position).expect("all is good");
            assert!(halts.is_empty() && position.begun.is_empty() && position.next == 4);
            let mut file = Vec::new();
            rest.write(&mut file).expect("memory does not fail");
            sum.add_file(CountsReader::new(&file[..], "rest".to_owned()).expect("a file")).expect("whole");
            assert_eq!(sum.totals(), expected.totals());
            let [sum, expected] = [&sum, &expected].map(|counts| {
                let mut file = Vec::new();
                counts.write(&mut file).expect("memory does not fail");
                file
            });
            assert!(sum == expected, "{threads} threads");
        }
    }
}

/// A pattern that gives up late, while other threads count what follows, costs nothing of what came before: once the line is
/// mended, all is counted once.
#[test]
fn a_pattern_that_gives_up_does_not_cost_what_was_counted() {
    let line = |number: usize| format!("Words {number}: señor 12345\n");
    let good = vec![(0..70_000).map(line).collect::<String>().into_bytes(); 2];
    let mut expected = None;
    for (documents, threads) in [(Documents::Lines, 1), (Documents::Lines, 3), (Documents::Whole, 2)] {
        let trainer = Trainer::new(300).pattern(r"(x+x+)+\1y|[^x\n]+|[x\n]").documents(documents.clone());
        if threads != 3 {
            let mut counts = trainer.counts().expect("a pattern");
            good.iter().for_each(|text| counts.add_text(text).expect("it gives up on many x only"));
            expected = Some(counts);
        }
        let expected = expected.as_ref().expect("counts");
        let trainer = trainer.threads(threads);
        let mut bad = good.clone();
        let at = 1_200_000 + good[1][1_200_000..].iter().position(|&byte| byte == b'\n').expect("a line");
        bad[1].splice(at..at, [b'x'; 60]);
        let mut position = Position::default();
        let (mut sum, halts) = trainer
            .count_from(&Broken(&bad, vec![None; 2]), &mut position)
            .expect("what was counted is good");
        let [halt] = &halts[..] else { panic!("{halts:?}") };
        assert_eq!((halt.input, halt.error.kind()), (Some(1), ErrorKind::PatternFailed));
        assert!(halt.error.to_string().starts_with("text 1: "), "{}", halt.error);
        let begun = position.begun.iter().find(|begun| begun.0 == 1).expect("the bad one is not done").1;
        match documents {
            Documents::Lines => assert!((600_000..=at as u64).contains(&begun), "{position:?}"),
            _ => assert_eq!(begun, 0),
        }
        let (rest, halts) =
            trainer.count_from(&Broken(&good, vec![None; 2]), &mut position).expect("all is good");
        assert!(halts.is_empty() && position.begun.is_empty() && position.next == 2);
        let written = |counts: &Counts| {
            let mut file = Vec::new();
            counts.write(&mut file).expect("memory does not fail");
            file
        };
        sum.add_file(CountsReader::new(&written(&rest)[..], "rest".to_owned()).expect("a file"))
            .expect("whole");
        assert_eq!(sum.totals(), expected.totals());
        assert!(written(&sum) == written(expected), "{threads} threads");
    }
}

/// An input that is shorter than what was read of it is told by name.
#[test]
fn an_input_that_became_shorter_is_told() {
    let texts = [b"one two".to_vec()];
    let mut position = Position { next: 1, begun: vec![(0, 9)] };
    let inputs = Broken(&texts, vec![None]);
    let (counts, halts) = Trainer::new(300).count_from(&inputs, &mut position).expect("a pattern");
    assert!(counts.is_empty() && position.begun == [(0, 9)]);
    assert_eq!(halts[0].error.to_string(), "text 0: ends after 7 bytes, but 9 were read from it before");
}
