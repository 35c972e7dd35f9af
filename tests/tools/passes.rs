//! Times passes of an encoder over one text and prints them as `tests/bench/libraries.py` reads them: the number of
//! tokens, the SHA-256 of the ids as little-endian u32, the seconds of each pass. A module of `encode_passes.rs` and
//! of the program for bpe-openai in `tests/bench/`.

use std::time::Instant;

use sha2::{Digest, Sha256};

/// What a pass made: ids, or only their number.
// A module of two programs: that for bpe-openai makes both, `encode_passes` only ids.
#[allow(dead_code)]
pub(crate) enum Made {
    Ids(Vec<u32>),
    Count(usize),
}

/// Runs and times the passes; freeing what they made is not part of the time. Without ids the hash is `-`.
pub(crate) fn report(
    passes: &str,
    mut pass: impl FnMut() -> Made,
) -> Result<String, std::num::ParseIntError> {
    let (mut tokens, mut hash, mut seconds) = (0, "-".to_owned(), String::new());
    for _ in 0..passes.parse::<usize>()? {
        let clock = Clock::start();
        let made = pass();
        seconds += &format!(" {}", clock.seconds());
        match made {
            Made::Ids(ids) => (tokens, hash) = (ids.len(), sha256(&ids)),
            Made::Count(count) => tokens = count,
        }
    }
    Ok(format!("{tokens} {hash}{seconds}"))
}

fn sha256(ids: &[u32]) -> String {
    let bytes: Vec<u8> = ids.iter().flat_map(|id| id.to_le_bytes()).collect();
    Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The processor time of this thread where Linux tells it, else the time on the wall.
struct Clock {
    wall: Instant,
    processor: Option<f64>,
}

impl Clock {
    fn start() -> Clock {
        let processor = processor_seconds();
        Clock { wall: Instant::now(), processor }
    }

    fn seconds(&self) -> f64 {
        let wall = self.wall.elapsed().as_secs_f64();
        let processor = self.processor.and_then(|start| Some(processor_seconds()? - start));
        processor.unwrap_or(wall)
    }
}

fn processor_seconds() -> Option<f64> {
    std::thread::yield_now(); // Brings the kernel's account of this thread up to date.
    let account = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    account.split(' ').next()?.parse::<f64>().ok().map(|nanoseconds| nanoseconds * 1e-9)
}
