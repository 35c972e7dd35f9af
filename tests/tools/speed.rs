//! scratch
use std::time::Instant;
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let tok = bytepair::encoding(&args[0]).unwrap();
    for f in &args[1..] {
        let text = std::fs::read(f).unwrap();
        for _ in 0..2 {
        let t = Instant::now();
        let n = tok.count(&text).unwrap();
        let a = t.elapsed().as_secs_f64();
        let t = Instant::now();
        let m = tok.encode(&text).unwrap().len();
        let b = t.elapsed().as_secs_f64();
        let mb = text.len() as f64 / 1e6;
        println!("{f} {n} {m} count {:.0} MB/s encode {:.0} MB/s", mb / a, mb / b);
        }
    }
    // pathological
    let mut seed = 1u64;
    let mut rnd = |n: u64| { seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1); (seed >> 33) % n };
    for mb in [1usize, 4] {
        let n = mb << 20;
        let b64: Vec<u8> = (0..n).map(|_| b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[rnd(64) as usize]).collect();
        let letters: Vec<u8> = (0..n).map(|_| b'a' + rnd(26) as u8).collect();
        let han: String = (0..n / 3).map(|_| char::from_u32(0x4e00 + rnd(5000) as u32).unwrap()).collect();
        let thai: String = (0..n / 3).map(|_| char::from_u32(0xe01 + rnd(46) as u32).unwrap()).collect();
        let mut sp = vec![b' '; n]; sp.push(b'x');
        let cases: Vec<(&str, Vec<u8>)> = vec![("a", vec![b'a'; n]), ("^", vec![b'^'; n]), ("spaces", vec![b' '; n]), ("spaces+x", sp), ("letters", letters), ("b64", b64), ("han", han.into_bytes()), ("hanrep", "漢".repeat(n/3).into_bytes()), ("thai", thai.into_bytes()), ("nul", vec![0; n]), ("digits", vec![b'7'; n])];
        for (name, text) in cases {
            let t = Instant::now();
            let c = tok.count(&text).unwrap();
            println!("{mb} MB {name} {c} {:.1} MB/s", mb as f64 * 1.048 / t.elapsed().as_secs_f64());
        }
    }
}
