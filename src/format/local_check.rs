//! Local.
use super::*;
use std::time::Instant;
#[test]
fn all() {
    let mut files: Vec<_> = std::fs::read_dir("/tmp/v").unwrap().flat_map(|d| std::fs::read_dir(d.unwrap().path()).unwrap()).map(|e| e.unwrap().path()).collect();
    files.extend(std::fs::read_dir("/tmp/vf").unwrap().map(|e| e.unwrap().path()));
    files.sort();
    for path in files {
        let file = std::fs::read(&path).unwrap();
        let name = path.display();
        let t = Instant::now();
        let format = detect(&file);
        let dt = t.elapsed();
        let t = Instant::now();
        let parts = match format {
            Some(Format::TokenizerJson) => tokenizer_json::parse(&file),
            Some(Format::Tekken) => tekken::parse(&file),
            Some(Format::JsTiktoken) => js_tiktoken::parse(&file),
            Some(Format::SentencePiece) => sentencepiece::parse(&file),
            Some(Format::Gguf) => gguf::parse(&file[..]),
            Some(Format::Gpt2Vocab) => gpt2::parse(&file, &std::fs::read("/tmp/v/gpt2/vocab.bpe").unwrap()),
            Some(Format::Tiktoken) => { let v = tiktoken::read(&file); println!("{name} tiktoken {:?} {:?}", v.map(|v| v.len()), t.elapsed()); continue }
            other => { println!("{name} {other:?}"); continue }
        };
        let pt = t.elapsed();
        match parts {
            Err(e) => println!("{name} {format:?} ERROR {e}"),
            Ok(p) => {
                let m = &p.model;
                let control = p.specials.iter().filter(|s| s.is_control).count();
                println!("{name} {format:?} detect {dt:?} parse {pt:?}\n    tokens {} ids {}..={} merges {:?} {:?} bytes {} unk {:?} whole {} specials {}+{} ({:?}..) norm {:?} split {} frame {:?} strip {}",
                    m.tokens.len(), m.tokens.iter().map(|t| t.1).min().unwrap(), m.tokens.iter().map(|t| t.1).max().unwrap(), m.merges.as_ref().map(|m| m.len()), m.unit, m.byte_tokens.len(), m.unknown, m.whole_pieces, control, p.specials.len() - control, p.specials.first().map(|s| (s.name.clone(), s.id)),
                    p.normalizer.steps(), format!("{:?}", p.split).chars().take(110).collect::<String>(), p.frame, p.strips_first_space);
                if let Some(list) = &m.merges { for [l, r, x] in list { let mut b = m.tokens[*l as usize].0.clone(); b.extend(&m.tokens[*r as usize].0); assert_eq!(b, m.tokens[*x as usize].0); } }
            }
        }
    }
}
