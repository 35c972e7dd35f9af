//! Tests of the normalizer.
use super::*;
#[test]
fn smoke() {
    let n = Normalizer::new(vec![NormalizerStep::Nfc]);
    assert_eq!(&*n.apply("e\u{301}x".as_bytes()).unwrap(), "éx".as_bytes());
}
