//! What the reference implementations make of some texts. Tables made with them; nothing here is our own opinion.

use super::super::NormalizerStep::*;
use super::super::{Normalizer, NormalizerStep};

fn check(step: NormalizerStep, rows: &[(&str, &str)]) {
    let normalizer = Normalizer::new(vec![step.clone()]);
    for (text, wanted) in rows {
        let found = normalizer.apply(text.as_bytes()).unwrap();
        assert_eq!(String::from_utf8_lossy(&found), *wanted, "{step:?} of {text:?}");
    }
}

fn replace(from: &str, to: &str) -> NormalizerStep {
    Replace { from: from.into(), to: to.into() }
}

fn pattern(pattern: &str, to: &str) -> NormalizerStep {
    ReplacePattern { pattern: pattern.into(), to: to.into() }
}

/// `tokenizers` 0.23.3 (Python): `normalizers.NFC().normalize_str(text)` and so on.
#[test]
#[rustfmt::skip]
fn as_hugging_face_does() {
    check(Nfc, &[
        ("", ""),
        ("plain ASCII, nothing to do", "plain ASCII, nothing to do"),
        ("e\u{301} \u{e9} A\u{30a} \u{212b} \u{c5}", "\u{e9} \u{e9} \u{c5} \u{c5} \u{c5}"),
        ("\u{1e9b}\u{323} q\u{307}\u{323} \u{fb01} \u{2460} \u{33c0} \u{ff21}\u{ff22}\u{ff71}\u{ff9e}", "\u{1e9b}\u{323} q\u{323}\u{307} \u{fb01} \u{2460} \u{33c0} \u{ff21}\u{ff22}\u{ff71}\u{ff9e}"),
        ("\u{1112}\u{1161}\u{11ab} \u{d55c}\u{ae00} \u{ac00}\u{11a8}", "\u{d55c} \u{d55c}\u{ae00} \u{ac01}"),
        ("\u{304b}\u{3099} \u{30cf}\u{309a} \u{304c}", "\u{304c} \u{30d1} \u{304c}"),
        ("\u{958} \u{915}\u{93c} \u{344} \u{301}\u{327}a", "\u{915}\u{93c} \u{915}\u{93c} \u{308}\u{301} \u{327}\u{301}a"),
        ("a\u{301}\u{327}\u{323}\u{344}", "\u{1ea1}\u{327}\u{301}\u{308}\u{301}"),
        ("\u{11935}\u{11930} \u{1d15e} \u{11131}\u{11127}", "\u{11935}\u{11930} \u{1d157}\u{1d165} \u{1112e}"),
    ]);
    check(Nfd, &[
        ("", ""),
        ("e\u{301} \u{e9} A\u{30a} \u{212b} \u{c5}", "e\u{301} e\u{301} A\u{30a} A\u{30a} A\u{30a}"),
        ("\u{1e9b}\u{323} q\u{307}\u{323} \u{fb01} \u{2460} \u{33c0} \u{ff21}\u{ff22}\u{ff71}\u{ff9e}", "\u{17f}\u{323}\u{307} q\u{323}\u{307} \u{fb01} \u{2460} \u{33c0} \u{ff21}\u{ff22}\u{ff71}\u{ff9e}"),
        ("\u{1112}\u{1161}\u{11ab} \u{d55c}\u{ae00} \u{ac00}\u{11a8}", "\u{1112}\u{1161}\u{11ab} \u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af} \u{1100}\u{1161}\u{11a8}"),
        ("\u{304b}\u{3099} \u{30cf}\u{309a} \u{304c}", "\u{304b}\u{3099} \u{30cf}\u{309a} \u{304b}\u{3099}"),
        ("\u{958} \u{915}\u{93c} \u{344} \u{301}\u{327}a", "\u{915}\u{93c} \u{915}\u{93c} \u{308}\u{301} \u{327}\u{301}a"),
        ("a\u{301}\u{327}\u{323}\u{344}", "a\u{327}\u{323}\u{301}\u{308}\u{301}"),
        ("\u{11935}\u{11930} \u{1d15e} \u{11131}\u{11127}", "\u{11935}\u{11930} \u{1d157}\u{1d165} \u{11131}\u{11127}"),
        ("\u{130}I\u{3a3}\u{3a3}. \u{1c5} \u{1e9e} \u{a64a} \u{10400}", "I\u{307}I\u{3a3}\u{3a3}. \u{1c5} \u{1e9e} \u{a64a} \u{10400}"),
    ]);
    check(Nfkc, &[
        ("", ""),
        ("e\u{301} \u{e9} A\u{30a} \u{212b} \u{c5}", "\u{e9} \u{e9} \u{c5} \u{c5} \u{c5}"),
        ("\u{1e9b}\u{323} q\u{307}\u{323} \u{fb01} \u{2460} \u{33c0} \u{ff21}\u{ff22}\u{ff71}\u{ff9e}", "\u{1e69} q\u{323}\u{307} fi 1 k\u{3a9} AB\u{30a2}\u{3099}"),
        ("\u{1112}\u{1161}\u{11ab} \u{d55c}\u{ae00} \u{ac00}\u{11a8}", "\u{d55c} \u{d55c}\u{ae00} \u{ac01}"),
        ("\u{304b}\u{3099} \u{30cf}\u{309a} \u{304c}", "\u{304c} \u{30d1} \u{304c}"),
        ("\u{958} \u{915}\u{93c} \u{344} \u{301}\u{327}a", "\u{915}\u{93c} \u{915}\u{93c} \u{308}\u{301} \u{327}\u{301}a"),
        ("a\u{301}\u{327}\u{323}\u{344}", "\u{1ea1}\u{327}\u{301}\u{308}\u{301}"),
        ("\u{11935}\u{11930} \u{1d15e} \u{11131}\u{11127}", "\u{11935}\u{11930} \u{1d157}\u{1d165} \u{1112e}"),
        ("\u{32ff} \u{a7f2} \u{ab69} \u{1fbf0} \u{1f16c} \u{fdfa}", "\u{32ff} \u{a7f2} \u{ab69} \u{1fbf0} \u{1f16c} \u{635}\u{644}\u{649} \u{627}\u{644}\u{644}\u{647} \u{639}\u{644}\u{64a}\u{647} \u{648}\u{633}\u{644}\u{645}"),
        ("\u{130}I\u{3a3}\u{3a3}. \u{1c5} \u{1e9e} \u{a64a} \u{10400}", "\u{130}I\u{3a3}\u{3a3}. D\u{17e} \u{1e9e} \u{a64a} \u{10400}"),
        ("  \u{a0}\u{3000}both ends\u{9}\u{a}\u{200b} \u{2003}", "    both ends\u{9}\u{a}\u{200b}  "),
        ("\u{e33} \u{e19}\u{e49}\u{e33} e\u{904}\u{903}\u{20dd}\u{1ac1}x", "\u{e4d}\u{e32} \u{e19}\u{e49}\u{e4d}\u{e32} e\u{904}\u{903}\u{20dd}\u{1ac1}x"),
    ]);
}

#[test]
#[rustfmt::skip]
fn as_hugging_face_does_with_compatibility() {
    check(Nfkd, &[
        ("", ""),
        ("plain ASCII, nothing to do", "plain ASCII, nothing to do"),
        ("e\u{301} \u{e9} A\u{30a} \u{212b} \u{c5}", "e\u{301} e\u{301} A\u{30a} A\u{30a} A\u{30a}"),
        ("\u{1e9b}\u{323} q\u{307}\u{323} \u{fb01} \u{2460} \u{33c0} \u{ff21}\u{ff22}\u{ff71}\u{ff9e}", "s\u{323}\u{307} q\u{323}\u{307} fi 1 k\u{3a9} AB\u{30a2}\u{3099}"),
        ("\u{1112}\u{1161}\u{11ab} \u{d55c}\u{ae00} \u{ac00}\u{11a8}", "\u{1112}\u{1161}\u{11ab} \u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af} \u{1100}\u{1161}\u{11a8}"),
        ("\u{304b}\u{3099} \u{30cf}\u{309a} \u{304c}", "\u{304b}\u{3099} \u{30cf}\u{309a} \u{304b}\u{3099}"),
        ("\u{958} \u{915}\u{93c} \u{344} \u{301}\u{327}a", "\u{915}\u{93c} \u{915}\u{93c} \u{308}\u{301} \u{327}\u{301}a"),
        ("a\u{301}\u{327}\u{323}\u{344}", "a\u{327}\u{323}\u{301}\u{308}\u{301}"),
        ("\u{11935}\u{11930} \u{1d15e} \u{11131}\u{11127}", "\u{11935}\u{11930} \u{1d157}\u{1d165} \u{11131}\u{11127}"),
        ("\u{32ff} \u{a7f2} \u{ab69} \u{1fbf0} \u{1f16c} \u{fdfa}", "\u{32ff} \u{a7f2} \u{ab69} \u{1fbf0} \u{1f16c} \u{635}\u{644}\u{649} \u{627}\u{644}\u{644}\u{647} \u{639}\u{644}\u{64a}\u{647} \u{648}\u{633}\u{644}\u{645}"),
        ("\u{130}I\u{3a3}\u{3a3}. \u{1c5} \u{1e9e} \u{a64a} \u{10400}", "I\u{307}I\u{3a3}\u{3a3}. Dz\u{30c} \u{1e9e} \u{a64a} \u{10400}"),
        ("  \u{a0}\u{3000}both ends\u{9}\u{a}\u{200b} \u{2003}", "    both ends\u{9}\u{a}\u{200b}  "),
        ("\u{e33} \u{e19}\u{e49}\u{e33} e\u{904}\u{903}\u{20dd}\u{1ac1}x", "\u{e4d}\u{e32} \u{e19}\u{e49}\u{e4d}\u{e32} e\u{904}\u{903}\u{20dd}\u{1ac1}x"),
    ]);
    check(Lowercase, &[
        ("", ""),
        ("e\u{301} \u{e9} A\u{30a} \u{212b} \u{c5}", "e\u{301} \u{e9} a\u{30a} \u{e5} \u{e5}"),
        ("\u{1e9b}\u{323} q\u{307}\u{323} \u{fb01} \u{2460} \u{33c0} \u{ff21}\u{ff22}\u{ff71}\u{ff9e}", "\u{1e9b}\u{323} q\u{307}\u{323} \u{fb01} \u{2460} \u{33c0} \u{ff41}\u{ff42}\u{ff71}\u{ff9e}"),
        ("\u{130}I\u{3a3}\u{3a3}. \u{1c5} \u{1e9e} \u{a64a} \u{10400}", "i\u{307}i\u{3c3}\u{3c3}. \u{1c6} \u{df} \u{a64b} \u{10428}"),
    ]);
    check(StripAccents, &[
        ("", ""),
        ("e\u{301} \u{e9} A\u{30a} \u{212b} \u{c5}", "e \u{e9} A \u{212b} \u{c5}"),
        ("\u{1e9b}\u{323} q\u{307}\u{323} \u{fb01} \u{2460} \u{33c0} \u{ff21}\u{ff22}\u{ff71}\u{ff9e}", "\u{1e9b} q \u{fb01} \u{2460} \u{33c0} \u{ff21}\u{ff22}\u{ff71}\u{ff9e}"),
        ("\u{304b}\u{3099} \u{30cf}\u{309a} \u{304c}", "\u{304b} \u{30cf} \u{304c}"),
        ("\u{958} \u{915}\u{93c} \u{344} \u{301}\u{327}a", "\u{958} \u{915}  a"),
        ("a\u{301}\u{327}\u{323}\u{344}", "a"),
        ("\u{8d3}\u{301}\u{8ca}\u{323} \u{7fd}\u{323} \u{1abf}\u{316} \u{1df6}\u{323}", "\u{8d3}\u{8ca} \u{7fd} \u{1abf} \u{1df6}"),
        ("\u{11935}\u{11930} \u{1d15e} \u{11131}\u{11127}", "\u{11935}\u{11930} \u{1d15e} "),
        ("\u{e33} \u{e19}\u{e49}\u{e33} e\u{904}\u{903}\u{20dd}\u{1ac1}x", "\u{e33} \u{e19}\u{e33} e\u{904}\u{1ac1}x"),
    ]);
}

#[test]
#[rustfmt::skip]
fn as_hugging_face_does_with_letters_and_marks() {
    check(Strip { left: true, right: true }, &[
        ("", ""),
        ("  \u{a0}\u{3000}both ends\u{9}\u{a}\u{200b} \u{2003}", "both ends\u{9}\u{a}\u{200b}"),
        (" ", ""),
    ]);
    check(Strip { left: true, right: false }, &[
        ("", ""),
        ("  \u{a0}\u{3000}both ends\u{9}\u{a}\u{200b} \u{2003}", "both ends\u{9}\u{a}\u{200b} \u{2003}"),
        (" ", ""),
    ]);
    check(Strip { left: false, right: true }, &[
        ("", ""),
        ("  \u{a0}\u{3000}both ends\u{9}\u{a}\u{200b} \u{2003}", "  \u{a0}\u{3000}both ends\u{9}\u{a}\u{200b}"),
        (" ", ""),
    ]);
    check(replace(" ", "\u{2581}"), &[
        ("", ""),
        (" ", "\u{2581}"),
        ("\u{2581}a b", "\u{2581}a\u{2581}b"),
    ]);
    check(replace("aa", "b"), &[
        ("", ""),
        ("aaaaa", "bba"),
        ("baa", "bb"),
        ("aa\u{e9}aa", "b\u{e9}b"),
    ]);
    check(Prepend("\u{2581}".into()), &[
        ("", ""),
        (" ", "\u{2581} "),
        ("\u{2581}a b", "\u{2581}\u{2581}a b"),
    ]);
}

#[test]
#[rustfmt::skip]
fn as_hugging_face_does_with_strings() {
    check(pattern(" +", "$0-"), &[
        ("", ""),
        (" ", "$0-"),
        ("a  b   c", "a$0-b$0-c"),
        ("ab abc ab", "ab$0-abc$0-ab"),
    ]);
    check(pattern("x*", "-"), &[
        ("", ""),
        (" ", "- -"),
        ("abxxc\u{a}x", "-a-b-c-\u{a}-"),
        ("a  b   c", "-a- - -b- - - -c-"),
        ("ab abc ab", "-a-b- -a-b-c- -a-b-"),
    ]);
    check(pattern("^|$", "|"), &[
        ("", ""),
        (" ", "| |"),
        ("abxxc\u{a}x", "|abxxc|\u{a}|x|"),
        ("a  b   c", "|a  b   c|"),
        ("ab abc ab", "|ab abc ab|"),
    ]);
    check(pattern("(?<=a)b(?!c)", ""), &[
        ("", ""),
        ("abxxc\u{a}x", "axxc\u{a}x"),
        ("ab abc ab", "a abc a"),
    ]);
}

/// `tokenizers` 0.23.3 (Python), with the normalizers of Qwen (NFC) and the old Claude (NFKC).
#[test]
#[rustfmt::skip]
fn as_qwen_and_claude_do() {
    check(Nfc, &[
        ("x\u{2007}y \u{202f}\u{202f} 1\u{2000}2 \u{2007}\u{a}\u{202f}z", "x\u{2007}y \u{202f}\u{202f} 1\u{2002}2 \u{2007}\u{a}\u{202f}z"),
        ("\u{2007}\u{202f}\u{2000} \u{2000}\u{2007}", "\u{2007}\u{202f}\u{2002} \u{2002}\u{2007}"),
        ("e\u{301} \u{e9}", "\u{e9} \u{e9}"),
        ("cafe\u{301} caf\u{e9} CAFE\u{301}", "caf\u{e9} caf\u{e9} CAF\u{c9}"),
        ("A\u{30a} \u{c5} \u{212b}", "\u{c5} \u{c5} \u{c5}"),
        ("Z\u{351}\u{36b}\u{343}a\u{322}\u{321}lg\u{337}\u{334}o\u{338}", "Z\u{351}\u{36b}\u{313}a\u{322}\u{321}lg\u{337}\u{334}o\u{338}"),
        ("\u{2126} \u{3a9} \u{212a} K", "\u{3a9} \u{3a9} K K"),
        ("x\u{302} + y\u{303}", "x\u{302} + \u{1ef9}"),
        ("\u{3042}\u{3099} \u{3094} \u{304b}\u{3099}", "\u{3042}\u{3099} \u{3094} \u{304c}"),
        ("\u{fb2a} \u{5e9}\u{5c1}", "\u{5e9}\u{5c1} \u{5e9}\u{5c1}"),
        ("\u{344} \u{308}\u{301}", "\u{308}\u{301} \u{308}\u{301}"),
        ("a\u{2000}b \u{2000}c\u{2000} d\u{2000}\u{2000}e", "a\u{2002}b \u{2002}c\u{2002} d\u{2002}\u{2002}e"),
        ("\u{2000}lead trail\u{2000}", "\u{2002}lead trail\u{2002}"),
        ("K \u{212a} k", "K K k"),
    ]);
    check(Nfkc, &[
        ("x\u{1d662}y \u{4ff}\u{4ff} 1\u{a75f}2 \u{1d662}\u{a}\u{4ff}z", "xmy \u{4ff}\u{4ff} 1\u{a75f}2 m\u{a}\u{4ff}z"),
        ("\u{1d662}\u{4ff}\u{a75f} \u{a75f}\u{1d662}", "m\u{4ff}\u{a75f} \u{a75f}m"),
        ("\u{3025}\u{10158}\u{217f} \u{217f}\u{3025}", "\u{3025}\u{10158}m m\u{3025}"),
        ("x\u{fe34}y __ 1\u{ff3f}2 \u{fe34}\u{a}_z", "x_y __ 1_2 _\u{a}_z"),
        ("\u{fe34}_\u{ff3f} \u{ff3f}\u{fe34}", "___ __"),
        ("\u{fe31}\u{30a0}\u{fe63} \u{fe63}\u{fe31}", "\u{2014}\u{30a0}- -\u{2014}"),
        ("\u{301e}\u{300f}\u{fe18} \u{fe18}\u{301e}", "\u{301e}\u{300f}\u{3017} \u{3017}\u{301e}"),
        ("\u{ff62}\u{27ec}\u{29d8} \u{29d8}\u{ff62}", "\u{300c}\u{27ec}\u{29d8} \u{29d8}\u{300c}"),
        ("x\u{2d7}y \u{309b}\u{309b} 1\u{a710}2 \u{2d7}\u{a}\u{309b}z", "x\u{2d7}y  \u{3099} \u{3099} 1\u{a710}2 \u{2d7}\u{a} \u{3099}z"),
        ("\u{2d7}\u{309b}\u{a710} \u{a710}\u{2d7}", "\u{2d7} \u{3099}\u{a710} \u{a710}\u{2d7}"),
        ("x\u{1f217}y \u{2b20}\u{2b20} 1\u{1f416}2 \u{1f217}\u{a}\u{2b20}z", "x\u{5929}y \u{2b20}\u{2b20} 1\u{1f416}2 \u{5929}\u{a}\u{2b20}z"),
        ("x\u{2007}y \u{202f}\u{202f} 1\u{2000}2 \u{2007}\u{a}\u{202f}z", "x y    1 2  \u{a} z"),
        ("\u{2007}\u{202f}\u{2000} \u{2000}\u{2007}", "      "),
        ("\u{4f60}\u{597d}\u{ff0c}\u{4e16}\u{754c}\u{ff01}\u{4eca}\u{5929}\u{5929}\u{6c14}\u{5f88}\u{597d}\u{ff0c}\u{6211}\u{4eec}\u{53bb}\u{516c}\u{56ed}\u{6563}\u{6b65}\u{5427}\u{3002}", "\u{4f60}\u{597d},\u{4e16}\u{754c}!\u{4eca}\u{5929}\u{5929}\u{6c14}\u{5f88}\u{597d},\u{6211}\u{4eec}\u{53bb}\u{516c}\u{56ed}\u{6563}\u{6b65}\u{5427}\u{3002}"),
    ]);
}

/// `sentencepiece` 0.2.3 (Python): a `SentencePieceNormalizer` of [`SMALL_MAP`], without white-space rules.
#[test]
#[rustfmt::skip]
fn as_the_map_of_sentencepiece_does() {
    let normalizer = Normalizer::new(vec![CharacterMap(small_map()), ReplaceInvalid]);
    let rows: &[(&[u8], &[u8])] = &[
        (b"\xe2\x91\xa0\xe3\x8c\x80ab abc abcd abce", b"1\xe3\x82\xa2\xe3\x83\x91 \xe3\x83\xbc\xe3\x83\x88x xc long xce"),
        (b"e\xcc\x81 e\xcc\x81\xcc\xa3 e\xcc\x81\xcc\xa7 \xef\xac\x83", b"\xc3\xa9 \xe1\xba\xb9\xcc\x81 \xc3\xa9\xcc\xa7 ffi"),
        (b"a\xc2\xadb \xc2\xad\x09\xe3\x80\x80", b"ab   "),
        (b"\xf0\x9f\x98a\xff\xe4", b"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbda\xef\xbf\xbd\xef\xbf\xbd"),
        (b"\xe4\xc2\xad\xb8\x80", b"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"),
        (b"\xef\xbf\xbd \xe2\x96\x81a\xe2\x96\x81", b"?  a "),
        (b"\xed\xa0\x80 \xc0\x80 \xf4\x90\x80\x80 \xf4\x8f\xbf\xbf", b"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \xf4\x8f\xbf\xbf"),
        (b"a\x00b\x00", b"a\x00b\x00"),
        (b"  x  y   ", b"  x  y   "),
        (b"ea\xcc\x81b\xcc\xa3c", b"ea\xcc\x81b\xcc\xa3c"),
        (b"abc", b"xc"),
        (b"e", b"e"),
        (b"ab\xcc", b"x\xef\xbf\xbd"),
    ];
    for (text, wanted) in rows {
        assert_eq!(&*normalizer.apply(text).unwrap(), *wanted, "{}", text.escape_ascii());
    }
}

/// `sentencepiece` 0.2.3 (Python): a `SentencePieceNormalizer` without map, with `remove_extra_whitespaces` and
/// `escape_whitespaces`; its `\u{2581}` are spaces here.
#[test]
#[rustfmt::skip]
fn as_the_white_space_rules_of_sentencepiece_do() {
    let normalizer = Normalizer::new(vec![ReplaceInvalid, SqueezeSpaces, replace("\u{2581}", " ")]);
    let rows: &[(&[u8], &[u8])] = &[
        (b"  a  b ", b"a b"),
        (b"\xe2\x96\x81a\xe2\x96\x81\xe2\x96\x81b\xe2\x96\x81 ", b" a  b"),
        (b"a \xe2\x96\x81 \xe2\x96\x81  ", b"a"),
        (b" \xff  a", b"\xef\xbf\xbd a"),
        (b"a \xe2\x96 ", b"a \xef\xbf\xbd\xef\xbf\xbd"),
        (b"\xe3\x80\x80 a \x0a b \x09 ", b"\xe3\x80\x80 a \x0a b \x09"),
        (b" \xe2\x96\x81", b""),
        (b"   ", b""),
        (b"", b""),
        (b"a", b"a"),
    ];
    for (text, wanted) in rows {
        assert_eq!(&*normalizer.apply(text).unwrap(), *wanted, "{}", text.escape_ascii());
    }
}

/// What [`SMALL_MAP`] was made of.
pub(super) const RULES: [(&str, &str); 12] = [
    ("\u{2460}", "1"),
    ("e\u{301}", "\u{e9}"),
    ("e\u{301}\u{323}", "\u{1eb9}\u{301}"),
    ("\u{3000}", " "),
    ("\u{ad}", ""),
    ("ab", "x"),
    ("abcd", "long"),
    ("\t", " "),
    ("\u{fffd}", "?"),
    ("\u{2581}", " "),
    ("\u{fb03}", "ffi"),
    ("\u{3300}", "\u{30a2}\u{30d1} \u{30fc}\u{30c8}"),
];

/// The `precompiled_charsmap` that sentencepiece 0.2.3 made of [`RULES`] (`normalization_rule_tsv`).
pub(super) fn small_map() -> Vec<u8> {
    let digits = SMALL_MAP.concat();
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

#[rustfmt::skip]
const SMALL_MAP: &[&str] = &[
    "0004000000200000090d000001000080621d0000100000800b000080640d0000cc3802008105000012000080a30500001500",
    "0080ad05000000000080a00500000300008091f80200814d00008004020080450000800500001b00008083390000961c0200",
    "07000080bd0d0000050000801a0000001d0000001c0000008c2802001e000000acd402002000000023000000220000002500",
    "000024000000270000002600000029000000280000002b0000002a0000002d0000002c0000002f0000002e00000031000000",
    "3000000033000000bf5c02003500000034000000370000003600000039000000380000003b0000003a0000003d0000003c00",
    "00003f0000003e00000041000000400000004300000042000000450000004400000047000000460000004900000048000000",
    "4b0000004a0000004d0000004c0000004f0000004e0000005100000050000000530000005200000055000000540000005700",
    "00005600000059000000580000005b0000005a0000005d0000005c0000005f0000005e000000610000006000000063000000",
    "620000006500000064000000670000006314000069000000612000006b0000006a0000006d000000659802006f0000006e00",
    "0000710000007000000073000000720000007500000074000000770000007600000079000000780000007b0000007a000000",
    "7d0000007c0000007f0000007e00000081000000800000008300000082000000850000008400000087000000860000008900",
    "0000880000008b0000008a0000008d0000008c0000008f0000008e0000009100000090000000930000009200000095000000",
    "94000000970000009600000099000000980000009b0000009a0000009d0000009c0000009f0000009e000000a1000000a000",
    "0000a3000000a2000000a5000000a4000000a7000000a6000000a9000000a8000000ab000000aa000000ad000000ac000000",
    "af000000ae000000b1000000b0000000b3000000b2000000b5000000b4000000b7000000b6000000b9000000b8000000bb00",
    "0000ba000000bd000000bc000000bf000000be000000c1000000c0000000c3000000c2000000c5000000ccb00100c7000000",
    "c6000000c9000000c8000000c2ac0100ca000000cd000000cc000000cf000000ce000000d1000000d0000000d3000000d200",
    "0000d5000000d4000000d7000000d6000000d9000000d8000000db000000da000000dd000000dc000000df000000de000000",
    "e1000000e0000000e3000000e2000000e5000000e4000000e7000000efac0100e9000000e8000000e2ac0100e3e40100ed00",
    "0000ec000000ef000000ee000000f1000000f0000000f3000000f2000000f5000000f4000000f7000000f6000000f9000000",
    "f8000000fb000000fa000000fd000000fc000000ff000000fe00000000200031003f00666669006c6f6e67007800c3a900e1",
    "bab9cc8100e382a2e3839120e383bce3838800",
];
