//! The pages that `tokenize` makes, in a browser: headless Chromium, driven through chromedriver.
//!
//! Where there is no browser these tests say on stderr that they are skipped; with `TOKENIZE_TEST_BROWSER=1` in the
//! environment that is a failure. Pictures of the pages are left in `target/pages` of the build, to be looked at.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

#[path = "page/browser.rs"]
mod browser;
use browser::Browser;
#[path = "page/treemap.rs"]
mod treemap;

/// Everything that is hard to show: parts of characters, no UTF-8, marks, joiners, both directions, what cannot be seen.
const HARD: &[u8] =
    "The understanding of 🦀, e\u{301} \u{301}x\u{a0}y\u{200b}\t| ↵  \nשלום עולם, مرحبا بالعالم\n\
    हिन्दी ไทย 日本語 👨‍👩‍👧 👍🏽\r\n\u{202e}gnp\u{202c} \u{1b}[31m\0\n\n\nend <|endoftext|>"
        .as_bytes();

/// What would run if any of it became markup.
const EVIL: &str = "</script><script>window.evil=1</script><img src=x onerror=\"window.evil=1\">\n\
    <!--<script>\"'`${window.evil=1}\u{2028}window.evil=1;//\u{2029}\0\\u003c]]>&lt;&amp;\n\
    </textarea></style><svg onload=window.evil=1>javascript:window.evil=1\n";

fn run(folder: &Path, args: &[&str]) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokenize"));
    command.env_clear().env("XDG_CONFIG_HOME", "/nonexistent").current_dir(folder).args(args);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The ids of a text, as `encode` gives them.
fn ids(folder: &Path, args: &[&str]) -> Vec<u64> {
    let out = String::from_utf8(run(folder, &[&["encode", "-q"], args].concat())).unwrap();
    out.split_whitespace().map(|id| id.parse().unwrap()).collect()
}

fn folder(name: &str, text: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    folder
}

/// Where pictures go.
fn pictures() -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("pages");
    fs::create_dir_all(&place).unwrap();
    place
}

/// All ids that the document holds, with their places.
const IN_DOCUMENT: &str =
    "return [...document.querySelectorAll('.t')].map((t) => [Number(t.dataset.place), Number(t.dataset.id)])";

fn pairs(value: &Value) -> Vec<(usize, u64)> {
    let pair = |pair: &Value| (pair[0].as_u64().unwrap() as usize, pair[1].as_u64().unwrap());
    value.as_array().unwrap().iter().map(pair).collect()
}

#[test]
fn the_page_opens_from_disk_and_shows_the_tokens() {
    let Some(browser) = Browser::start() else { return };
    let folder = folder("hard.txt", &[HARD, b" \xff\xfe caf\xe9\n"].concat());
    let args = ["hard.txt", "--special", "encode"];
    run(folder.path(), &[&["show", "-q", "--html", "page.html", "--over", "60"], &args[..]].concat());
    browser.open(&folder.path().join("page.html"));
    assert_eq!(browser.script("return performance.getEntriesByType('resource').length"), json!(0));
    assert_eq!(browser.script("return document.title"), json!("hard.txt: tokens"));
    let wanted: Vec<(usize, u64)> = ids(folder.path(), &args).into_iter().enumerate().collect();
    assert_eq!(pairs(&browser.script(IN_DOCUMENT)), wanted);
    let special =
        browser.script("return [...document.querySelectorAll('.t.special')].map((t) => t.dataset.id)");
    assert_eq!(special, json!(["199999"]));
    assert_eq!(browser.script("return document.querySelectorAll('.limit').length"), json!(1));
    assert_eq!(
        browser.script("return document.querySelectorAll('.t.over').length"),
        json!(wanted.len() - 60)
    );
    // No control character but tab and line feed is in the document as text.
    let controls = "return /[\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u202a-\\u202e]/.test(document.querySelector('main').textContent)";
    assert_eq!(browser.script(controls), json!(false));
    browser.press_button("Dark");
    assert_eq!(browser.script("return document.documentElement.dataset.theme"), json!("dark"));
    assert_eq!(browser.script("return document.getElementById('theme').ariaPressed"), json!("true"));
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
fn hover_and_keys_show_a_token() {
    let Some(browser) = Browser::start() else { return };
    let folder = folder("hard.txt", HARD);
    run(folder.path(), &["show", "-q", "--html", "page.html", "hard.txt"]);
    let ids = ids(folder.path(), &["hard.txt"]);
    browser.open(&folder.path().join("page.html"));
    let row = |name: &str| {
        let row =
            browser.script(&format!("return document.querySelector('[data-row=\"{name}\"]').textContent"));
        row.as_str().unwrap().to_owned()
    };
    browser.hover("[data-place='1']");
    assert_eq!((row("id"), row("text")), (ids[1].to_string(), " understanding".to_owned()));
    assert_eq!(row("bytes"), "20 75 6e 64 65 72 73 74 61 6e 64 69 6e 67");
    assert_eq!((row("offset"), row("rank")), ("bytes 3 to 17".to_owned(), "10,335".to_owned()));

    browser.click("[data-place='0']");
    let focused = || browser.script("return Number(document.activeElement.dataset.place)").as_u64().unwrap();
    let press = |keys: &[&str]| {
        browser.press(keys);
        let place = focused();
        assert_eq!(row("id"), ids[place as usize].to_string());
        assert_eq!(browser.script("return document.querySelectorAll('.t[tabindex=\"0\"]').length"), json!(1));
        place
    };
    assert_eq!(press(&["ArrowRight"]), 1);
    assert_eq!(press(&["ArrowRight"]), 2);
    assert_eq!(press(&["ArrowLeft"]), 1);
    let below = press(&["ArrowDown"]);
    assert!(below > 2, "{below}");
    assert!(press(&["ArrowUp"]) < below);
    let end = press(&["End"]);
    assert_eq!(row("text").chars().last(), Some('\n'), "{end}");
    assert_eq!(press(&["Home"]), 0);
    assert_eq!(press(&["Control", "End"]), ids.len() as u64 - 1);
    assert_eq!(press(&["Control", "Home"]), 0);
    assert_eq!(press(&["PageDown"]), ids.len() as u64 - 1);
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
fn tabs_have_the_counts_and_the_merges() {
    let Some(browser) = Browser::start() else { return };
    let folder = folder("a.txt", b"understandings of un understandings");
    run(folder.path(), &["show", "-q", "--html", "page.html", "-e", "gpt2", "a.txt"]);
    browser.open(&folder.path().join("page.html"));
    browser.click("#tab-counts");
    let selected = "return [...document.querySelectorAll('[role=tab]')].map((tab) => tab.ariaSelected)";
    assert_eq!(browser.script(selected), json!(["false", "true", "false"]));
    let shown = "return [...document.querySelectorAll('[role=tabpanel]')].filter((p) => p.offsetParent).map((p) => p.id)";
    assert_eq!(browser.script(shown), json!(["counts"]));
    let totals = browser.script("return document.getElementById('totals').innerText");
    let json: Value =
        serde_json::from_slice(&run(folder.path(), &["count", "--json", "-e", "gpt2", "a.txt"])).unwrap();
    for (name, key) in [("tokens", "tokens"), ("words", "words"), ("bytes", "bytes")] {
        let line = format!("{name}\t{}", json["total"][key]);
        assert!(totals.as_str().unwrap().lines().any(|found| found == line), "{line} is missing in {totals}");
    }
    browser.press(&["ArrowRight"]);
    assert_eq!(browser.script(shown), json!(["merges"]));
    let steps = "return [...document.querySelectorAll('.steps li .parts')].map((parts) => [...parts.children].map((part) => part.textContent).join('|'))";
    let steps = browser.script(steps);
    let steps = steps.as_array().unwrap();
    let rule = browser.script("return document.querySelector('.steps li:nth-child(2) .rule').textContent");
    assert_eq!(steps[0], json!("u|n|d|e|r|s|t|a|n|d|i|n|g|s"));
    // The merge of the lowest rank comes first: in GPT-2's list that is "in", the fourth of all, after 256 bytes.
    assert_eq!(steps[1], json!("u|n|d|e|r|s|t|a|n|d|in|g|s"));
    assert!(rule.as_str().unwrap().starts_with("1. rank 259: i + n → id 259"), "{rule}");
    assert_eq!(steps.last().unwrap(), &json!("under|stand|ings"));
    assert_eq!(browser.errors(), Vec::<String>::new());
}

/// The page puts the merges of a piece together from those of its tokens; `explain` watches them happen.
#[test]
fn the_merges_are_those_of_explain() {
    let Some(browser) = Browser::start() else { return };
    for (vocabulary, text) in [
        ("gpt2", "understandings"),
        ("o200k_base", "antidisestablishmentarianismusesmanship"),
        ("cl100k_base", "aaaaaaaaaaaaaaaaaaaaaaab"),
        ("llama3", "日本語处理과정🦀"),
        ("gpt-neox", "mississippimississippi"),
    ] {
        let folder = folder("a.txt", text.as_bytes());
        run(folder.path(), &["show", "-q", "--html", "page.html", "-e", vocabulary, "a.txt"]);
        let out = run(folder.path(), &["explain", text, "--json", "-e", vocabulary]);
        let explained: Value = serde_json::from_slice(&out).unwrap();
        let merges = explained["texts"][0]["pieces"][0]["merges"].as_array().unwrap();
        let merges: Vec<Value> = merges.iter().map(|m| json!([m["rank"], m["token"], m["start"]])).collect();
        browser.open(&folder.path().join("page.html"));
        browser.click("#tab-merges");
        let steps = "return [...document.querySelectorAll('.steps li[data-id]')].map(
            (li) => [Number(li.dataset.rank), Number(li.dataset.id), Number(li.dataset.start)])";
        assert!(merges.len() > 3, "{vocabulary}: {explained}");
        assert_eq!(browser.script(steps), Value::Array(merges), "{vocabulary}");
    }
}

#[test]
fn text_cannot_become_markup() {
    let Some(browser) = Browser::start() else { return };
    let name = "<img src=x onerror=window.evil=1>.txt";
    let folder = folder(name, EVIL.as_bytes());
    run(folder.path(), &["show", "-q", "--html", "page.html", name]);
    browser.open(&folder.path().join("page.html"));
    for tab in ["tokens", "counts", "merges"] {
        browser.click(&format!("#tab-{tab}"));
        assert_eq!(browser.script("return typeof window.evil"), json!("undefined"), "{tab}");
        let strange = "return document.querySelectorAll('img, svg, iframe, textarea, [onerror], [onload], style ~ style').length";
        assert_eq!(browser.script(strange), json!(0), "{tab}");
        assert_eq!(browser.script("return document.scripts.length"), json!(2), "{tab}");
    }
    assert_eq!(browser.script("return document.title"), json!(format!("{name}: tokens")));
    let wanted: Vec<(usize, u64)> = ids(folder.path(), &[name]).into_iter().enumerate().collect();
    assert_eq!(pairs(&browser.script(IN_DOCUMENT)), wanted);
    // The policy of the page is the second wall: what would ask for something is not let.
    let blocked =
        "const done = arguments[0]; fetch('data:,x').then(() => done('let'), () => done('blocked'))";
    assert_eq!(browser.script_later(blocked), json!("blocked"));
    let one =
        browser.script("return document.querySelectorAll('meta[http-equiv=Content-Security-Policy]').length");
    assert_eq!(one, json!(1));
}

/// One megabyte: a step of scrolling takes less than a tenth of a second. The number is told.
#[test]
fn a_megabyte_stays_smooth() {
    let Some(browser) = Browser::start() else { return };
    let part =
        include_str!("../README.md").to_owned() + std::str::from_utf8(HARD).unwrap() + &"x ".repeat(4000);
    let text = &part.as_bytes().repeat((1 << 20) / part.len() + 1)[..1 << 20];
    let folder = folder("large.txt", text);
    run(folder.path(), &["show", "-q", "--html", "page.html", "large.txt"]);
    let page = folder.path().join("page.html");
    let size = fs::metadata(&page).unwrap().len();
    assert!(size < 6_000_000, "{size} bytes");
    let ids = ids(folder.path(), &["large.txt"]);
    browser.open(&page);
    assert_eq!(browser.script("return document.getElementById('view').scrollTop"), json!(0));
    let steps = "const done = arguments[0], view = document.getElementById('view'), times = [];
        let step = 0;
        const next = () => {
            if (step === 40) { done(times); return; }
            view.scrollTop = step < 20 ? view.scrollTop + 700 : view.scrollHeight * (step - 19) / 22;
            step++;
            const begun = performance.now();
            requestAnimationFrame(() => requestAnimationFrame(() => { times.push(performance.now() - begun); next(); }));
        };
        requestAnimationFrame(next);";
    let times = browser.script_later(steps);
    let mut times: Vec<f64> = times.as_array().unwrap().iter().map(|time| time.as_f64().unwrap()).collect();
    times.sort_by(f64::total_cmp);
    let opened = browser.script("return performance.getEntriesByType('navigation')[0].loadEventEnd");
    browser::say(&format!(
        "a page of {size} bytes for 1 MiB of text opened in {:.0} ms; a scroll step took {:.0} ms (median of {}; longest {:.0})",
        opened.as_f64().unwrap(),
        times[times.len() / 2],
        times.len(),
        times[times.len() - 1]
    ));
    assert!(times[times.len() / 2] < 100.0, "{times:?}");
    let found = pairs(&browser.script(IN_DOCUMENT));
    assert!(found.len() < 3000, "{} tokens are in the document", found.len());
    assert!(found[0].0 > ids.len() / 2, "scrolled to the end");
    assert!(found.iter().all(|&(place, id)| ids[place] == id));
    let visible = "const view = document.getElementById('view').getBoundingClientRect();
        return [...document.querySelectorAll('.block')].some((block) => {
            const box = block.getBoundingClientRect();
            return box.top <= view.top + 1 && box.bottom > view.top;
        })";
    assert_eq!(browser.script(visible), json!(true), "the view is not empty");
    browser.click("[data-place]");
    browser.press(&["Control", "End"]);
    let last = browser.script("return Number(document.activeElement.dataset.place)");
    assert_eq!(last, json!(ids.len() - 1));
    assert_eq!(browser.errors(), Vec::<String>::new());
}

/// Nothing sticks out at the side, and text can be told from its ground: 4.5 to 1 at least, in light and dark.
#[test]
fn it_fits_small_and_large_screens_in_light_and_dark() {
    let Some(browser) = Browser::start() else { return };
    let text = [HARD, b" \xff caf\xe9\n", include_str!("../README.md").as_bytes()].concat();
    let folder = folder("hard.txt", &text);
    run(
        folder.path(),
        &["show", "-q", "--html", "page.html", "--over", "80", "--special", "encode", "hard.txt"],
    );
    for (scheme, width) in
        [("light", 360), ("dark", 360), ("light", 800), ("dark", 800), ("light", 1600), ("dark", 1600)]
    {
        browser.emulate(scheme, width, 800);
        browser.open(&folder.path().join("page.html"));
        browser.click("[data-place='1']");
        for tab in ["tokens", "counts", "merges"] {
            browser.click(&format!("#tab-{tab}"));
            let fits = "return document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(browser.script(fits), json!(true), "{scheme} {width} {tab}");
            let faint = browser.script(include_str!("page/contrast.js"));
            assert_eq!(faint, json!([]), "{scheme} {width} {tab}");
            fs::write(pictures().join(format!("show-{tab}-{scheme}-{width}.png")), browser.picture())
                .unwrap();
        }
    }
    browser::say(&format!("pictures are in {}", pictures().display()));
}
