//! The embedded vocabularies are the published ones: unpacked and written back as `.tiktoken` files, they have
//! the sha256 that OpenAI's tiktoken checks for. Origin and licence: `vocab/README.md`.

#![allow(clippy::unwrap_used)]

use bytepair::{ErrorKind, encoding, format};
use sha2::{Digest, Sha256};

/// sha256 of the published file (tiktoken 0.14, `openai_public.py`), number of tokens.
const PUBLISHED: [(&str, &str, usize); 4] = [
    ("r50k_base", "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930", 50_256),
    ("p50k_base", "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069", 50_280),
    ("cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7", 100_256),
    ("o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d", 199_998),
];

/// Which published vocabulary each encoding has.
const SAME: [(&str, &str); 7] = [
    ("gpt2", "r50k_base"),
    ("r50k_base", "r50k_base"),
    ("p50k_base", "p50k_base"),
    ("p50k_edit", "p50k_base"),
    ("cl100k_base", "cl100k_base"),
    ("o200k_base", "o200k_base"),
    ("o200k_harmony", "o200k_base"),
];

#[test]
fn each_is_the_published_file() {
    for (name, same) in SAME {
        let tokenizer = encoding(name).unwrap();
        let file = format::tiktoken::write(tokenizer.vocabulary()).unwrap();
        let sha256: String = Sha256::digest(&file).iter().map(|byte| format!("{byte:02x}")).collect();
        let (_, published, tokens) = PUBLISHED.iter().find(|(published, ..)| *published == same).unwrap();
        assert_eq!(sha256, *published, "{name}");
        assert_eq!(tokenizer.vocabulary().len(), *tokens, "{name}");
    }
}

#[test]
fn each_pack_is_what_packing_the_published_file_gives() {
    for (name, ..) in PUBLISHED {
        let pack = std::fs::read(format!("vocab/{name}.pack")).unwrap();
        let file = format::tiktoken::write(encoding(name).unwrap().vocabulary()).unwrap();
        let vocabulary = format::tiktoken::read(&file).unwrap();
        assert!(format::pack(&vocabulary).unwrap() == pack, "{name}");
        assert!(format::unpack(&pack).unwrap().iter().eq(vocabulary.iter()), "{name}");
        assert!(format::unpack(&pack[..pack.len() - 1]).is_err());
        assert!(format::unpack(&[&pack[..], b"x"].concat()).is_err());
    }
}

#[test]
fn ids_in_gaps_are_unknown() {
    let gaps: [(&str, &[u32]); 6] = [
        ("gpt2", &[50_257]),
        ("p50k_base", &[50_281]),
        ("p50k_edit", &[50_284]),
        ("cl100k_base", &[100_256, 100_261, 100_275, 100_277]),
        ("o200k_base", &[199_998, 200_000, 200_017, 200_019]),
        ("o200k_harmony", &[201_088, u32::MAX]),
    ];
    for (name, ids) in gaps {
        let tokenizer = encoding(name).unwrap();
        for &id in ids {
            let error = tokenizer.decode(&[0, id]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UnknownToken);
            assert!(error.to_string().starts_with(&format!("{id} is no token of {name}")), "{error}");
            assert!(error.to_string().contains("place 1"), "{error}");
            assert_eq!(tokenizer.vocabulary().bytes(id), None);
        }
    }
    assert_eq!(encoding("p50k_base").unwrap().decode(&[50_256, 50_257]).unwrap(), b"<|endoftext|>  ");
}

#[test]
fn every_token_decodes_and_its_bytes_encode_to_it() {
    for (name, ..) in PUBLISHED {
        let vocabulary = encoding(name).unwrap().vocabulary().clone();
        for (id, bytes) in vocabulary.iter() {
            assert_eq!(vocabulary.bytes(id), Some(bytes));
            assert_eq!(vocabulary.id(bytes), Some(id));
        }
    }
}
