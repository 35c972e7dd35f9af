//! bench
use bytepair::train::*;
struct One(String);
impl Corpus for One {
    fn len(&self) -> usize {
        1
    }
    fn open(&self, _: usize) -> Result<Option<Box<dyn std::io::Read + Send + '_>>, bytepair::Error> {
        Ok(Some(Box::new(std::fs::File::open(&self.0)?)))
    }
    fn name(&self, _: usize) -> String {
        self.0.clone()
    }
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let n = |i: usize| a[i].parse::<usize>().expect("n");
    let t = std::time::Instant::now();
    let trainer = Trainer::new(n(2)).pattern("gpt2").threads(n(3));
    let counts = trainer.count(&One(a[1].clone())).expect("ok");
    println!("count {:?} {:?} unique {}", t.elapsed(), counts.totals(), counts.len());
    let mut learned = 0;
    let trained = trainer
        .train_with(&counts, &mut |_| {
            if learned == 0 {
                println!("first {:?}", t.elapsed());
            }
            learned += 1;
            true
        })
        .expect("ok");
    println!("learned {:?} {}", t.elapsed(), trained.size());
    let mut h = 0u64;
    for m in trained.merges() {
        for b in m.bytes {
            h = h.wrapping_mul(31).wrapping_add(u64::from(*b));
        }
        h = h.wrapping_add(m.count);
    }
    println!("hash {h:x}");
    println!(
        "{}",
        std::fs::read_to_string("/proc/self/status")
            .expect("x")
            .lines()
            .find(|l| l.starts_with("VmHWM"))
            .expect("x")
    );
}
