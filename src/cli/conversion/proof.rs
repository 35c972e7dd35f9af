//! Whether two tokenizers give the same ids: for texts of all kinds, and for the tokens of the vocabulary itself.
//!
//! That a file of another format is written right can be shown by no rule, but by what comes out of it.

use bytepair::{SpecialPolicy, TokenId, Tokenizer};

use crate::cli::name;

/// How many tokens are put together to one text.
const TOGETHER: usize = 64;

/// How much of a text an error shows.
const SHOWN: usize = 40;

/// All that names of special tokens can mean, with the words for it.
const POLICIES: [(SpecialPolicy, &str); 4] = [
    (SpecialPolicy::Text, "text"),
    (SpecialPolicy::Encode, "encode"),
    (SpecialPolicy::Forbid, "forbid"),
    (SpecialPolicy::Plain, "plain"),
];

/// Scripts, code, white space, contractions, digits, signs, and what is no text.
const TEXTS: [&[u8]; 48] = [
    b"",
    b" ",
    b"\n",
    b"a",
    b"Hello world",
    b"The quick brown fox jumps over the lazy dog, doesn't it? It's 3.14159 o'clock; they'll see we've won.",
    b"IT'S DON'T I'M YOU'RE WE'LL THEY'VE HE'D it\xe2\x80\x99s don\xe2\x80\x99t 'sword 'Tis l'\xc3\xa9t\xc3\xa9",
    b"CamelCase snake_case SCREAMING_CASE kebab-case XMLHttpRequest iPhone McDonald mRNA",
    b"   leading, trailing   ",
    b"one  two   three    four     five",
    b"\ttabs\t\tand spaces \t mixed \t\t",
    b"lines\n\nand\n\n\nmore\r\nof\r\n\r\nthem\r\r",
    b" \n \n  \n\t\n end",
    b"a\x0bb\x0cc\x1cd\x00e\x7ff",
    "non\u{a0}breaking\u{2003}em\u{3000}ideographic\u{200b}zero\u{feff}mark\u{2028}line\u{85}next".as_bytes(),
    b"0 1 12 123 1234 12345 123456 1234567 1,234,567.89 -42 +7 1e10 0xFF 0b1010 10:45 2026-11-26",
    "\u{661}\u{662}\u{663}\u{664}\u{665} \u{967}\u{968}\u{969}\u{96a} \u{ff11}\u{ff12}\u{ff13} \u{bd} \u{216b} x\u{b2}".as_bytes(),
    b"fn main() {\n    let x: Vec<u8> = vec![0; 16];\n    println!(\"{x:?}\"); // done\n}\n",
    b"def f(a, *b, **c):\n\treturn {k: v for k, v in c.items() if k != '__x__'}\n\n\nclass A: pass\n",
    b"for (int i = 0; i < n; ++i) { a[i] += b[i] << 2; }  /* x->y */ #include <stdio.h>\n",
    b"<div class=\"a b\"><a href='https://example.org/?q=1&r=%20#x'>text</a></div><!-- no -->",
    b"{\"key\": [1, 2.5, null, true], \"nested\": {\"a\": \"\\u00e9\\n\"}}",
    b"SELECT * FROM t WHERE a='b' AND c>=10; -- $$ {{x}} <<EOF `ls | wc -l` && exit 1",
    b"!!! ??? ... ,,, --- === *** ### @@@ ((([[[{{{}}}]]])))",
    b"_underscore_ __init__ ^^ ~~ || \\\\ // :: ;; '' \"\" ``",
    b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    b"                                                                                      x",
    b"----------------------------------------------------------------========================",
    "D\u{e9}j\u{e0} vu, na\u{ef}ve caf\u{e9}, gar\u{e7}on, \u{153}uvre, \u{df}tra\u{df}e, \u{c5}ngstr\u{f6}m, \u{141}\u{f3}d\u{17a}, \u{130}stanbul \u{131}".as_bytes(),
    "e\u{301}a\u{308}o\u{302} A\u{30a} n\u{303} \u{fb01}ne \u{2460} \u{ff21}\u{ff22} \u{1e9b}\u{323}".as_bytes(),
    "\u{39a}\u{3b1}\u{3bb}\u{3b7}\u{3bc}\u{3ad}\u{3c1}\u{3b1} \u{3ba}\u{3cc}\u{3c3}\u{3bc}\u{3b5}\u{3c2}".as_bytes(),
    "\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}, \u{43c}\u{438}\u{440}! \u{425}\u{430}\u{439} \u{457}\u{436}\u{430}\u{43a}".as_bytes(),
    "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{5e2}\u{5d5}\u{5dc}\u{5dd} \u{5d1}\u{5bc}\u{5b0}".as_bytes(),
    "\u{645}\u{631}\u{62d}\u{628}\u{627} \u{628}\u{627}\u{644}\u{639}\u{627}\u{644}\u{645} \u{6cc}\u{6a9}\u{60c} \u{640}\u{64e}".as_bytes(),
    "\u{928}\u{92e}\u{938}\u{94d}\u{924}\u{947} \u{926}\u{941}\u{928}\u{93f}\u{92f}\u{93e} \u{9ac}\u{9be}\u{982}\u{9b2}\u{9be}".as_bytes(),
    "\u{bb5}\u{ba3}\u{b95}\u{bcd}\u{b95}\u{bae}\u{bcd} \u{c24}\u{c46}\u{c32}\u{c41}\u{c17}\u{c41}".as_bytes(),
    "\u{e2a}\u{e27}\u{e31}\u{e2a}\u{e14}\u{e35}\u{e0a}\u{e32}\u{e27}\u{e42}\u{e25}\u{e01} \u{1019}\u{1004}\u{103a}\u{1039}".as_bytes(),
    "\u{4f60}\u{597d}\u{ff0c}\u{4e16}\u{754c}\u{ff01}\u{6211}\u{662f}2026\u{5e74}\u{7684}\u{5b66}\u{751f}\u{3002}".as_bytes(),
    "\u{3053}\u{3093}\u{306b}\u{3061}\u{306f}\u{4e16}\u{754c}\u{3001}\u{30ab}\u{30bf}\u{30ab}\u{30ca}\u{30fc}\u{ff76}\u{ff9e}".as_bytes(),
    "\u{c548}\u{b155}\u{d558}\u{c138}\u{c694} \u{c138}\u{acc4} \u{1112}\u{1161}\u{11ab}".as_bytes(),
    "\u{10d2}\u{10d0}\u{10db} \u{531}\u{580}\u{587} \u{1208}\u{1230}\u{120b}\u{121d} \u{13e3}\u{13b3}\u{13a9} \u{1c5}\u{1c8} \u{2c6f}".as_bytes(),
    "\u{1f600}\u{1f44d}\u{1f3fd} \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{1f1ea}\u{1f1fa} \u{2764}\u{fe0f} \u{1faf6}".as_bytes(),
    "\u{2211}\u{222b}\u{221e} \u{2260} \u{2264} \u{20ac}100 \u{a3}5 \u{b0}C \u{2192} \u{2014} \u{2026} \u{201c}q\u{201d} \u{1d49c}\u{1d552}".as_bytes(),
    "\u{2581}sign\u{2581}of\u{2581}SentencePiece \u{120}hello \u{10a} \u{fffd} \u{e000} \u{10ffff} \u{378}".as_bytes(),
    b"\xff",
    b"caf\xe9 \xc3( \xe2\x82 \xf0\x9f\x98 \xed\xa0\x80 \xc0\xaf \xf8\x88 end",
    b"<s> </s> <unk> <pad> <|endoftext|> <|im_start|> [INST] <0x0A> <bos> [PAD] <|begin_of_text|>",
    b"x<|endoftext|>y <|endoftext|> \n<|im_end|>\n",
];

/// Compares the ids; how many texts were the same, or what differs.
pub(crate) fn compare(before: &Tokenizer, after: &Tokenizer) -> Result<usize, String> {
    let mut compared = 0;
    let mut check = |text: &[u8], policies: &[(SpecialPolicy, &str)]| {
        compared += 1;
        policies.iter().try_for_each(|policy| one(before, after, text, *policy))
    };
    let with_specials = with_specials(before);
    for text in TEXTS.iter().copied().chain(with_specials.iter().map(String::as_bytes)) {
        check(text, &POLICIES)?;
    }
    let mut together = Vec::new();
    for (place, (_, bytes)) in before.vocabulary().iter().enumerate() {
        if std::str::from_utf8(bytes).is_ok() {
            check(bytes, &POLICIES[..1])?;
        }
        together.extend_from_slice(bytes);
        if place % TOGETHER == TOGETHER - 1 {
            check(&together, &POLICIES[..1])?;
            together.clear();
        }
    }
    check(&together, &POLICIES[..1])?;
    same_bytes(before, after)?;
    Ok(compared)
}

/// Texts with the name of each special token: beside words, spaces and itself.
fn with_specials(tokenizer: &Tokenizer) -> Vec<String> {
    let names = tokenizer.specials().iter().map(|(name, _)| name);
    names.flat_map(|name| [format!("a{name}b"), format!("{name}{name} the {name}  x\n{name}")]).collect()
}

fn one(
    before: &Tokenizer,
    after: &Tokenizer,
    text: &[u8],
    (policy, words): (SpecialPolicy, &str),
) -> Result<(), String> {
    let (wanted, found) = (before.encode_with(text, policy), after.encode_with(text, policy));
    match (&wanted, &found) {
        (Ok(wanted), Ok(found)) if wanted == found => Ok(()),
        (Err(wanted), Err(found)) if wanted.kind() == found.kind() => Ok(()),
        _ => {
            let shown = |ids: &Result<Vec<TokenId>, bytepair::Error>| match ids {
                Ok(ids) if ids.len() <= 8 => format!("{ids:?}"),
                Ok(ids) => format!("{} ids", ids.len()),
                Err(error) => format!("an error ({error})"),
            };
            Err(format!(
                "the ids of {} differ: {}, not {} (--special {words})",
                quoted(text),
                shown(&found),
                shown(&wanted)
            ))
        }
    }
}

/// Ids that no text becomes can still be decoded.
fn same_bytes(before: &Tokenizer, after: &Tokenizer) -> Result<(), String> {
    let is_other = |&(id, bytes): &(TokenId, &[u8])| after.token_bytes(id).ok() != Some(bytes);
    match before.vocabulary().iter().find(is_other) {
        Some((id, bytes)) => Err(format!("the id {id} is not decoded to {} any more", quoted(bytes))),
        None => Ok(()),
    }
}

fn quoted(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let start: String = text.chars().take(SHOWN).collect();
    let more = if start.len() < text.len() { "..." } else { "" };
    format!("{}{more}", name::escaped(&format!("{start:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_found_and_named() {
        let of = |name| bytepair::encoding(name).expect("built in");
        let what = compare(&of("p50k_base"), &of("r50k_base")).expect_err("r50k has no runs of spaces");
        assert!(what.starts_with("the ids of \"") && what.contains("--special text"), "{what}");
        let what = compare(&of("o200k_harmony"), &of("o200k_base")).expect_err("other special tokens");
        assert!(what.contains("--special encode"), "{what}");
        assert!(compare(&of("gpt2"), &of("r50k_base")).is_ok());
    }
}
