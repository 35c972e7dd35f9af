//! Tests of the reader: all kinds of pieces, all settings, scores that are equal, damaged files. What whole models encode
//! is compared in `tests/`.

use super::*;
use crate::definition::Frame;
use crate::error::ErrorKind;
use crate::normalize::NormalizerStep;
use crate::pretokenize::Split;
use crate::special::SpecialToken;
use crate::token::Unit;

/// A number of 7 bits a byte.
fn number(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn bytes(field: u64, bytes: &[u8]) -> Vec<u8> {
    [number(field << 3 | 2), number(bytes.len() as u64), bytes.to_vec()].concat()
}

fn flag(field: u64, value: u64) -> Vec<u8> {
    [number(field << 3), number(value)].concat()
}

fn piece_of(text: &str, score: f32, kind: u64) -> Vec<u8> {
    let score = [number(2 << 3 | 5), score.to_le_bytes().to_vec()].concat();
    bytes(1, &[bytes(1, text.as_bytes()), score, flag(3, kind)].concat())
}

const NORMAL: u64 = 1;
const UNKNOWN: u64 = 2;
const CONTROL: u64 = 3;
const USER_DEFINED: u64 = 4;
const UNUSED: u64 = 5;
const BYTE: u64 = 6;

/// A BPE model of these pieces after `<unk>`, `<s>` and `</s>`, with settings of the trainer and of the normalizer.
fn model(pieces: &[(&str, f32, u64)], trainer: &[Vec<u8>], normalizer: &[Vec<u8>]) -> Vec<u8> {
    let first = [("<unk>", 0.0, UNKNOWN), ("<s>", 0.0, CONTROL), ("</s>", 0.0, CONTROL)];
    let pieces = first.iter().chain(pieces).map(|(text, score, kind)| piece_of(text, *score, *kind));
    let trainer = [flag(3, BPE), trainer.concat()].concat();
    [pieces.collect::<Vec<_>>().concat(), bytes(2, &trainer), bytes(3, &normalizer.concat())].concat()
}

const LETTERS: [(&str, f32, u64); 3] =
    [("\u{2581}", -8.0, NORMAL), ("a", -9.0, NORMAL), ("b", -10.0, NORMAL)];

fn with_letters(pieces: &[(&'static str, f32, u64)]) -> Vec<(&'static str, f32, u64)> {
    LETTERS.iter().chain(pieces).copied().collect()
}

fn refused(file: &[u8]) -> String {
    let error = parse(file).expect_err("a model that cannot be used");
    assert_eq!(error.kind(), ErrorKind::InvalidVocabulary);
    error.to_string()
}

#[test]
fn tokens_merge_in_the_order_of_scores() {
    let pieces = with_letters(&[("ab", -2.0, NORMAL), ("\u{2581}ab", -1.0, NORMAL), ("ba", -3.0, NORMAL)]);
    let parts = parse(&model(&pieces, &[], &[])).expect("a small model");
    let tokens: Vec<(&[u8], u32)> =
        parts.model.tokens.iter().map(|(text, id)| (text.as_slice(), *id)).collect();
    assert_eq!(tokens, [(&b" ab"[..], 7), (b"ab", 6), (b"ba", 8), (b" ", 3), (b"a", 4), (b"b", 5)]);
    assert_eq!(
        (parts.model.merges, parts.model.unit, parts.model.whole_pieces),
        (None, Unit::Character, false)
    );
    assert_eq!(parts.model.unknown.map(|unknown| unknown.id), Some(0));
    assert_eq!((parts.split, parts.hides_control), (Split::Whole, true));
    assert_eq!(parts.frame, Frame { before: vec![1], after: vec![] });
}

#[test]
fn each_kind_of_piece_is_what_it_says() {
    let pieces = with_letters(&[
        ("ab", -2.0, NORMAL),
        ("<x>\u{2581}y", 0.0, USER_DEFINED),
        ("a b", 0.0, USER_DEFINED),
        ("[X]", 0.0, CONTROL),
        ("bb", -3.0, UNUSED),
    ]);
    // Two pieces make "bb", which would be taken apart again.
    assert!(refused(&model(&pieces, &[], &[])).contains("\"bb\" is made but not used"));
    let pieces: Vec<_> = pieces.into_iter().filter(|piece| piece.0 != "bb").collect();
    let parts = parse(&model(&pieces, &[], &[])).expect("all kinds");
    let user = SpecialToken { is_control: false, in_normalized: true, ..SpecialToken::control("<x> y", 7) };
    let control = SpecialToken::control;
    let wanted = [control("<unk>", 0), control("<s>", 1), control("</s>", 2), user, control("[X]", 9)];
    assert_eq!(parts.specials, wanted);
    // Where spaces have a sign, no text has this one's space.
    assert_eq!(parts.model.decode_only, [(b"a b".to_vec(), 8)]);
    let spaced = parse(&model(&pieces, &[], &[flag(5, 0)])).expect("no sign");
    assert_eq!(spaced.specials[3].name, "<x>\u{2581}y");
    assert_eq!(spaced.specials[4].name, "a b");
    assert!(refused(&[piece_of("a", 0.0, 9)].concat()).contains("\"a\" is of the unknown kind 9"));
}

#[test]
fn settings_become_steps() {
    let steps = |normalizer: &[Vec<u8>]| {
        let parts = parse(&model(&LETTERS, &[], normalizer)).expect("a small model");
        (parts.normalizer.steps().to_vec(), parts.strips_first_space)
    };
    let sign = || NormalizerStep::Replace { from: "\u{2581}".into(), to: " ".into() };
    let prefix = || NormalizerStep::Prepend(" ".into());
    let (invalid, squeeze) = (NormalizerStep::ReplaceInvalid, NormalizerStep::SqueezeSpaces);
    // By default all are on.
    assert_eq!(steps(&[]), (vec![invalid.clone(), squeeze.clone(), sign(), prefix()], true));
    let (dummy, extra, escape) = (flag(3, 0), flag(4, 0), flag(5, 0));
    assert_eq!(steps(&[dummy.clone(), extra.clone()]), (vec![invalid.clone(), sign()], false));
    assert_eq!(steps(&[dummy.clone(), escape.clone()]), (vec![invalid.clone(), squeeze], true));
    assert_eq!(steps(&[dummy, extra, escape]), (vec![invalid.clone()], false));
    let map = bytes(2, b"\x04\0\0\0\0\0\0\0");
    let (with_map, _) = steps(&[map, flag(4, 0)]);
    assert_eq!(with_map[1], NormalizerStep::CharacterMap(b"\x04\0\0\0\0\0\0\0".to_vec()));
    assert!(refused(&model(&LETTERS, &[flag(24, 1)], &[])).contains("treat_whitespace_as_suffix"));
    let denormalizer = [model(&LETTERS, &[], &[]), bytes(5, &bytes(2, b"map"))].concat();
    assert!(refused(&denormalizer).contains("denormalizer"));
}

#[test]
fn the_first_token_is_that_of_the_trainer() {
    let begin = |id: i64| {
        parse(&model(&LETTERS, &[flag(41, id as u64)], &[]))
            .map(|parts| parts.frame.before)
            .expect("a small model")
    };
    assert_eq!(begin(2), [2]);
    assert_eq!(begin(-1), [0u32; 0]);
    // Not one that is no control token, nor one that is not there.
    assert_eq!(begin(4), [0u32; 0]);
    assert_eq!(begin(99), [0u32; 0]);
}

#[test]
fn other_kinds_of_models_are_named() {
    let model = |kind: u64| [piece_of("<unk>", 0.0, UNKNOWN), bytes(2, &flag(3, kind))].concat();
    for (kind, name) in [
        (1, "UNIGRAM (or it is cut short, and does not say)"),
        (3, "WORD"),
        (4, "CHAR"),
        (9, "of an unknown kind"),
    ] {
        assert_eq!(
            refused(&model(kind)),
            format!("the SentencePiece model is {name}; only BPE is supported")
        );
    }
    // A model that does not say so is the first kind.
    assert!(refused(&piece_of("<unk>", 0.0, UNKNOWN)).contains("UNIGRAM"));
    assert!(refused(&model(u64::MAX)).contains("of an unknown kind"));
}

#[test]
fn byte_pieces_are_all_there_or_none() {
    let names: Vec<String> = (0..=255u8).map(|byte| format!("<0x{byte:02X}>")).collect();
    let all: Vec<(&str, f32, u64)> =
        names.iter().map(|name| (name.as_str(), 0.0, BYTE)).chain(LETTERS).collect();
    let fallback = [flag(35, 1)];
    let parts = parse(&model(&all, &fallback, &[])).expect("all bytes");
    assert_eq!(parts.model.byte_tokens.len(), 256);
    assert_eq!(parts.model.byte_tokens[0x41], (0x41, 3 + 0x41));
    assert!(
        refused(&model(&all[1..], &fallback, &[])).contains("with byte_fallback, but has 255 byte pieces")
    );
    assert!(refused(&model(&LETTERS, &fallback, &[])).contains("with byte_fallback, but has 0 byte pieces"));
    assert!(refused(&model(&all, &[], &[])).contains("without byte_fallback, but has 256 byte pieces"));
    let wrong = with_letters(&[("<0xGG>", 0.0, BYTE)]);
    assert!(refused(&model(&wrong, &fallback, &[])).contains("the byte piece \"<0xGG>\" is no byte"));
}

#[test]
fn equal_scores_are_refused_but_for_runs() {
    let tied = with_letters(&[("ab", -2.0, NORMAL), ("ba", -2.0, NORMAL)]);
    assert!(refused(&model(&tied, &[], &[])).contains("have the same score: which is merged first"));
    let zeros = with_letters(&[("ab", 0.0, NORMAL), ("ba", -0.0, NORMAL)]);
    assert!(refused(&model(&zeros, &[], &[])).contains("have the same score"));
    // Longer ones first, as the first in the text grows.
    let runs = with_letters(&[("aa", -2.0, NORMAL), ("aaa", -2.0, NORMAL), ("aaaa", -2.0, NORMAL)]);
    let parts = parse(&model(&runs, &[], &[])).expect("runs of one character");
    let ids: Vec<u32> = parts.model.tokens.iter().map(|(_, id)| *id).collect();
    assert_eq!(ids, [8, 7, 6, 3, 4, 5]);
    let apart = with_letters(&[("aa", -2.0, NORMAL), ("aaa", -2.0, NORMAL), ("aaaa", -3.0, NORMAL)]);
    assert!(refused(&model(&apart, &[], &[])).contains("have the same score"));
    // Single characters never merge into anything by their own score.
    let single = [("\u{2581}", 0.0, NORMAL), ("a", 0.0, NORMAL), ("b", 0.0, NORMAL)];
    assert!(parse(&model(&single, &[], &[])).is_ok());
    let nan = with_letters(&[("ab", f32::NAN, NORMAL)]);
    assert!(refused(&model(&nan, &[], &[])).contains("has no number for a score"));
}

#[test]
fn pieces_that_contradict_each_other_are_refused() {
    for (pieces, words) in [
        (with_letters(&[("a", -1.0, NORMAL)]), "the piece \"a\" has the ids 4 and 6"),
        (with_letters(&[("", -1.0, NORMAL)]), "the piece with id 6 is empty"),
        (with_letters(&[("ax", -1.0, NORMAL)]), "has the character 'x', which is no piece of its own"),
        (with_letters(&[("<unk2>", 0.0, UNKNOWN)]), "2 pieces for the unknown, not one"),
    ] {
        let found = refused(&model(&pieces, &[], &[]));
        assert!(found.contains(words), "{found}");
    }
    assert!(
        refused(&[piece_of("a", 0.0, NORMAL), bytes(2, &flag(3, BPE))].concat())
            .contains("0 pieces for the unknown")
    );
    assert!(refused(&bytes(1, &bytes(1, b"\xff"))).contains("the piece with id 0"));
    assert!(refused(&bytes(2, &flag(3, BPE))).contains("it holds no pieces"));
    assert!(refused(b"").contains("it holds no pieces"));
}

/// Wherever a model is cut, it is refused, but where that only leaves out settings.
#[test]
fn damaged_files_are_refused() {
    let pieces = with_letters(&[("ab", -2.0, NORMAL), ("\u{2581}ab", -1.0, NORMAL)]);
    let file = model(&pieces, &[flag(41, 1)], &[flag(3, 1)]);
    let settings = file.len() - bytes(3, &flag(3, 1)).len();
    for end in 0..file.len() {
        assert_eq!(parse(&file[..end]).is_ok(), end == settings, "{end}");
    }
    // Lengths far beyond the file.
    for length in [u64::MAX, 10_000_000_000, 1 << 31, 5] {
        let huge = [number(1 << 3 | 2), number(length), b"a".to_vec()].concat();
        assert!(refused(&huge).contains("cut short or damaged"));
    }
}
