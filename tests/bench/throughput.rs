//! How fast the library counts and encodes, one thread, text in memory: `cargo bench`.
//!
//! It measures on documents of `tests/data/docs`, and on the files named in `BYTEPAIR_BENCH_FILES` (separated
//! by `:`). Before anything is timed, the answers are checked: count, stream and encode must agree, and decode
//! must give the text back. Against other tokenizers: `tests/bench/peers.sh`.

use std::hint::black_box;
use std::time::Duration;

use bytepair::stream::Counter;
use bytepair::{SpecialPolicy, Tokenizer, encoding};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const DOCUMENTS: [&str; 4] = ["gpl3.txt", "py-decimal.txt", "ja-html.txt", "es-html.txt"];

fn texts() -> Vec<(String, Vec<u8>)> {
    let own = DOCUMENTS.iter().map(|name| format!("tests/data/docs/{name}"));
    let named = std::env::var("BYTEPAIR_BENCH_FILES").unwrap_or_default();
    let named: Vec<String> = named.split(':').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    own.chain(named)
        .map(|path| {
            let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            (path.rsplit('/').next().unwrap_or_default().to_owned(), text)
        })
        .collect()
}

fn check(tokenizer: &Tokenizer, text: &[u8]) {
    let ids = tokenizer.encode(text).expect("a known pattern");
    assert_eq!(tokenizer.count(text).expect("a known pattern"), ids.len());
    assert_eq!(tokenizer.decode(&ids).expect("own ids"), text);
    let mut counter = Counter::new(tokenizer, SpecialPolicy::Text);
    text.chunks(1000).for_each(|chunk| counter.push(chunk).expect("a known pattern"));
    assert_eq!(counter.finish().expect("a known pattern"), ids.len() as u64);
}

fn throughput(criterion: &mut Criterion) {
    for name in ["o200k_base", "cl100k_base", "gpt2"] {
        let tokenizer = encoding(name).expect("embedded");
        let mut group = criterion.benchmark_group(name);
        for (file, text) in texts() {
            check(&tokenizer, &text);
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_function(BenchmarkId::new("count", &file), |bench| {
                bench.iter(|| tokenizer.count(black_box(&text)));
            });
            group.bench_function(BenchmarkId::new("encode", &file), |bench| {
                bench.iter(|| tokenizer.encode(black_box(&text)));
            });
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500));
    targets = throughput
}
criterion_main!(benches);
