//! The page of `tree --html`: what the boxes are, and that one can zoom into them.

use std::fs;

use serde_json::{Value, json};

use super::{Browser, browser, pictures, run};

/// A folder with folders in it, a name that would be markup, and files of known sizes.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let evil = "<img src=x onerror=window.evil=1>";
    for (name, times) in [
        ("src/deep/er/c.rs", 40),
        ("src/deep/d.rs", 30),
        ("src/e.py", 60),
        ("docs/a.md", 80),
        ("docs/b & c.md", 20),
        ("docs/שלום.md", 15),
        ("docs/日本語.md", 15),
        (evil, 12),
        ("empty.txt", 0),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "one two ".repeat(times)).unwrap();
    }
    folder
}

/// Paths and sizes (in pixels) of all boxes.
const BOXES: &str = "return [...document.querySelectorAll('.box')].map((box) => [box.dataset.path, box.offsetWidth * box.offsetHeight,
    Number(box.getAttribute('aria-level'))])";

fn paths(browser: &Browser) -> Vec<String> {
    let boxes = browser.script(BOXES);
    boxes.as_array().unwrap().iter().map(|one| one[0].as_str().unwrap().to_owned()).collect()
}

fn row(browser: &Browser, name: &str) -> String {
    let row = browser.script(&format!("return document.querySelector('[data-row=\"{name}\"]').textContent"));
    row.as_str().unwrap().to_owned()
}

fn shown(browser: &Browser) -> String {
    let text = browser.script("return document.querySelector('#map .path').innerText.replace(/\\s+/g, ' ')");
    text.as_str().unwrap().to_owned()
}

#[test]
fn boxes_are_as_large_as_their_tokens() {
    let Some(browser) = Browser::start() else { return };
    let folder = project();
    let out = run(folder.path(), &["tree", "--json"]);
    run(folder.path(), &["tree", "-q", "--html", "map.html"]);
    let tree: Value = serde_json::from_slice(&out).unwrap();
    let tree = &tree["tree"];
    browser.open(&folder.path().join("map.html"));
    assert_eq!(browser.script("return performance.getEntriesByType('resource').length"), json!(0));
    assert_eq!(browser.script("return document.title"), json!(".: tokens"));
    let area = browser
        .script("const map = document.getElementById('boxes'); return map.clientWidth * map.clientHeight");
    let boxes = browser.script(BOXES);
    let (area, all) = (area.as_f64().unwrap(), tree["tokens"].as_f64().unwrap());
    let tops: Vec<&Value> = boxes.as_array().unwrap().iter().filter(|one| one[2] == 1).collect();
    // All that have tokens are there, the largest first, each with its share of the map.
    let children: Vec<&Value> =
        tree["children"].as_array().unwrap().iter().filter(|child| child["tokens"] != 0).collect();
    assert_eq!((children.len(), tops.len()), (3, 3));
    for (child, top) in children.iter().zip(&tops) {
        assert_eq!(child["name"], top[0]);
        let (wanted, found) = (child["tokens"].as_f64().unwrap() / all, top[1].as_f64().unwrap() / area);
        assert!((wanted - found).abs() < 0.02, "{}: {wanted} of the tokens, {found} of the map", top[0]);
    }
    for path in ["src/deep/er/c.rs", "src/e.py", "docs/a.md", "docs/日本語.md"] {
        assert!(paths(&browser).iter().any(|other| other == path), "{path}: {:?}", paths(&browser));
    }
    browser.hover("[data-path='docs/a.md']");
    let own = &run(folder.path(), &["-q", "docs/a.md"]);
    assert_eq!(row(&browser, "tokens"), std::str::from_utf8(own).unwrap().trim());
    assert_eq!((row(&browser, "path"), row(&browser, "files")), ("docs/a.md".into(), "1".into()));
    assert_eq!(row(&browser, "words/token"), "0.99");
    assert_eq!(browser.script("return typeof window.evil"), json!("undefined"));
    assert_eq!(browser.script("return document.querySelectorAll('img').length"), json!(0));
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
fn one_can_zoom_in_and_out() {
    let Some(browser) = Browser::start() else { return };
    let folder = project();
    run(folder.path(), &["tree", "-q", "--html", "map.html", "."]);
    browser.open(&folder.path().join("map.html"));
    let size = |path: &str| {
        let script = format!("return document.querySelector('[data-path=\"{path}\"]').offsetWidth");
        browser.script(&script).as_u64().unwrap()
    };
    let before = size("src/deep/d.rs");
    // A file in a folder that does not fill the map: its folder does then.
    browser.click("[data-path='src/deep/d.rs']");
    assert_eq!(shown(&browser), ". src/ deep/");
    assert!(size("src/deep/d.rs") > before, "{before}");
    assert_eq!(paths(&browser), ["src/deep/er", "src/deep/er/c.rs", "src/deep/d.rs"]);
    let rows =
        "return [...document.querySelectorAll('#entries tbody tr th')].map((cell) => cell.textContent)";
    assert_eq!(browser.script(rows), json!(["er/", "d.rs"]));
    // The way back: the browser's own, a key, and the row of folders.
    browser.script_later("const done = arguments[0]; addEventListener('hashchange', () => done(0), {once: true}); history.back()");
    assert_eq!(shown(&browser), ".");
    browser.click("[data-path='docs/a.md']");
    assert_eq!(shown(&browser), ". docs/");
    browser.click("[data-path='docs/a.md']");
    assert_eq!(shown(&browser), ". docs/", "a file of the folder that fills the map is only chosen");
    browser.press(&["Escape"]);
    assert_eq!(shown(&browser), ".");
    let here = || browser.script("return document.activeElement.dataset.path");
    assert_eq!(here(), json!("docs"), "where one comes from");
    browser.press(&["Home"]);
    assert_eq!(here(), json!("docs"), "the folder with the most tokens");
    browser.press(&["ArrowRight"]);
    assert_eq!(here(), json!("docs/a.md"));
    browser.press(&["ArrowLeft"]);
    browser.press(&["Enter"]);
    assert_eq!(shown(&browser), ". docs/");
    assert_eq!(here(), json!("docs/a.md"));
    browser.press(&["ArrowDown"]);
    assert_ne!(here(), json!("docs/a.md"));
    assert_eq!(browser.script("return document.querySelectorAll('.box[tabindex=\"0\"]').length"), json!(1));
    // When the window changes, boxes are made anew, and who moves with keys is still there.
    let before = here();
    browser.emulate("light", 640, 600);
    browser.script_later("const done = arguments[0]; setTimeout(() => done(0), 100)");
    assert_eq!(here(), before);
    assert_eq!(browser.script("return document.querySelectorAll('.box.here').length"), json!(1));
    browser.click("#map .path button");
    assert_eq!(shown(&browser), ".");
    // A view has an address.
    browser.script("location.hash = '#/src/deep'");
    browser.script_later("const done = arguments[0]; setTimeout(() => done(0), 50)");
    assert_eq!(shown(&browser), ". src/ deep/");
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
fn what_is_not_drawn_is_counted() {
    let Some(browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    for place in 0..600 {
        fs::write(folder.path().join(format!("{place}.txt")), "one ".repeat(1 + place % 3)).unwrap();
    }
    fs::write(folder.path().join("large.txt"), "one ".repeat(200_000)).unwrap();
    run(folder.path(), &["tree", "-q", "--html", "map.html", "--top", "500", "-m", "claude-opus-5"]);
    browser.open(&folder.path().join("map.html"));
    let texts = "return [...document.querySelectorAll('.box')].map((box) => box.getAttribute('aria-label'))";
    let texts = browser.script(texts);
    let texts = texts.as_array().unwrap();
    assert_eq!(texts.len(), 3, "{texts:?}");
    assert!(texts[1].as_str().unwrap().starts_with("499 small ones, ~"), "{texts:?}");
    assert!(texts[2].as_str().unwrap().starts_with("and 101 more, ~"), "{texts:?}");
    browser.click("#tab-list");
    let rows = "return [...document.querySelectorAll('#entries tbody tr')].map((row) => row.innerText)";
    let rows = browser.script(rows);
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 501);
    assert!(rows[500].as_str().unwrap().starts_with("and 101 more\t~"), "{}", rows[500]);
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
fn the_map_fits_small_and_large_screens_in_light_and_dark() {
    let Some(browser) = Browser::start() else { return };
    let folder = project();
    let source = env!("CARGO_MANIFEST_DIR");
    let map = folder.path().join("map.html");
    run(source.as_ref(), &["tree", "-q", "--html", map.to_str().unwrap(), "src", "tests"]);
    for (scheme, width) in
        [("light", 360), ("dark", 360), ("light", 800), ("dark", 800), ("light", 1600), ("dark", 1600)]
    {
        browser.emulate(scheme, width, 800);
        browser.open(&map);
        for tab in ["map", "list"] {
            browser.click(&format!("#tab-{tab}"));
            let fits = "return document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(browser.script(fits), json!(true), "{scheme} {width} {tab}");
            let faint = browser.script(include_str!("contrast.js"));
            assert_eq!(faint, json!([]), "{scheme} {width} {tab}");
            fs::write(pictures().join(format!("tree-{tab}-{scheme}-{width}.png")), browser.picture())
                .unwrap();
        }
    }
    browser::say(&format!("pictures are in {}", pictures().display()));
}
