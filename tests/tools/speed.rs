//! scratch
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let tok = bytepair::encoding(&args[0]).unwrap();
    let text = std::fs::read(&args[2]).unwrap();
    let n = if args[1] == "count" { tok.count(&text).unwrap() } else { tok.encode(&text).unwrap().len() };
    println!("{n}");
}
