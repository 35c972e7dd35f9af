//! A browser for tests: the few words of WebDriver (<https://www.w3.org/TR/webdriver2/>) that they need, over HTTP written
//! by hand. What is looked at is left to the tests.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

const DRIVERS: [&str; 2] = ["chromedriver", "/usr/lib/chromium/chromedriver"];

/// Headless Chromium with one window, gone when it is dropped.
pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
}

/// Says something that the test harness does not catch.
pub(crate) fn say(what: &str) {
    let _ = writeln!(io::stderr(), "{what}");
}

impl Browser {
    /// Starts it; `None`, said aloud, where there is none and none must be.
    pub(crate) fn start() -> Option<Browser> {
        let Some((driver, port)) = DRIVERS.iter().find_map(|name| driver(name)) else {
            let missing = "no chromedriver: the tests of pages in a browser are SKIPPED (apt-get install chromium chromium-driver)";
            assert!(std::env::var_os("TOKENIZE_TEST_BROWSER").is_none_or(|value| value != "1"), "{missing}");
            say(missing);
            return None;
        };
        let mut browser = Browser { driver, port, session: String::new() };
        // In a container there is no sandbox to be had and little shared memory.
        let args =
            ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en"];
        let options = json!({"goog:chromeOptions": {"args": args}, "goog:loggingPrefs": {"browser": "ALL"}});
        let made = browser.call("POST", "/session", json!({"capabilities": {"alwaysMatch": options}}));
        browser.session = made["sessionId"].as_str().expect("a session").to_owned();
        browser.emulate("light", 1000, 700);
        Some(browser)
    }

    /// Opens a file of this machine.
    pub(crate) fn open(&self, path: &Path) {
        self.post("/url", json!({"url": format!("file://{}", path.display())}));
        // What is shown is drawn with the first frame.
        self.script_later(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(0)))",
        );
    }

    /// Runs a script; what it returns.
    pub(crate) fn script(&self, script: &str) -> Value {
        self.post("/execute/sync", json!({"script": script, "args": []}))
    }

    /// Runs a script that says with its argument when it is done.
    pub(crate) fn script_later(&self, script: &str) -> Value {
        self.post("/execute/async", json!({"script": script, "args": []}))
    }

    /// The middle of the first box of an element, which is brought into view.
    fn place(&self, selector: &str) -> (i64, i64) {
        // What moves is waited for.
        self.script_later(
            "const done = arguments[0]; Promise.allSettled(document.getAnimations().map((one) => one.finished)).then(() => done(0))",
        );
        let script = format!(
            "const element = document.querySelector({selector:?}); element.scrollIntoView({{block: 'nearest'}});
             const box = element.getClientRects()[0]; return [box.left + box.width / 2, box.top + box.height / 2]"
        );
        let place = self.script(&script);
        let at = |axis: usize| place[axis].as_f64().expect("a place").round() as i64;
        (at(0), at(1))
    }

    fn pointer(&self, selector: &str, more: &[Value]) {
        let (x, y) = self.place(selector);
        let mut actions = vec![json!({"type": "pointerMove", "duration": 0, "x": x, "y": y})];
        actions.extend_from_slice(more);
        self.post("/actions", json!({"actions": [{"type": "pointer", "id": "mouse", "actions": actions}]}));
    }

    /// Moves the pointer to an element.
    pub(crate) fn hover(&self, selector: &str) {
        self.pointer(selector, &[]);
    }

    /// Clicks on an element.
    pub(crate) fn click(&self, selector: &str) {
        let button = |what| json!({"type": what, "button": 0});
        self.pointer(selector, &[button("pointerDown"), button("pointerUp")]);
    }

    /// Clicks on the button with this text.
    pub(crate) fn press_button(&self, text: &str) {
        let script = format!(
            "[...document.querySelectorAll('button')].find((b) => b.textContent === {text:?}).click()"
        );
        self.script(&script);
    }

    /// Presses keys together.
    pub(crate) fn press(&self, keys: &[&str]) {
        let key = |name: &str| match name {
            "Enter" => "\u{e007}",
            "Escape" => "\u{e00c}",
            "Control" => "\u{e009}",
            "PageUp" => "\u{e00e}",
            "PageDown" => "\u{e00f}",
            "End" => "\u{e010}",
            "Home" => "\u{e011}",
            "ArrowLeft" => "\u{e012}",
            "ArrowUp" => "\u{e013}",
            "ArrowRight" => "\u{e014}",
            "ArrowDown" => "\u{e015}",
            other => panic!("the key {other}"),
        };
        let down = keys.iter().map(|name| json!({"type": "keyDown", "value": key(name)}));
        let up = keys.iter().rev().map(|name| json!({"type": "keyUp", "value": key(name)}));
        let actions: Vec<Value> = down.chain(up).collect();
        self.post("/actions", json!({"actions": [{"type": "key", "id": "keys", "actions": actions}]}));
    }

    /// A screen of so many pixels, and what the system wants, light or dark.
    pub(crate) fn emulate(&self, scheme: &str, width: u32, height: u32) {
        let screen = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.post(
            "/goog/cdp/execute",
            json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": screen}),
        );
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.post("/goog/cdp/execute", json!({"cmd": "Emulation.setEmulatedMedia", "params": media}));
    }

    /// A picture of the window, as PNG.
    pub(crate) fn picture(&self) -> Vec<u8> {
        let picture = self.call("GET", &format!("/session/{}/screenshot", self.session), Value::Null);
        base64(picture.as_str().expect("a picture"))
    }

    /// What the page complained about.
    pub(crate) fn errors(&self) -> Vec<String> {
        let log = self.post("/se/log", json!({"type": "browser"}));
        log.as_array().expect("a log").iter().map(|entry| entry["message"].to_string()).collect()
    }

    fn post(&self, path: &str, body: Value) -> Value {
        self.call("POST", &format!("/session/{}{path}", self.session), body)
    }

    fn call(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.ask(method, path, &body).expect("an answer of chromedriver");
        let value = answer["value"].clone();
        assert!(value.get("error").is_none(), "{method} {path}: {}", value["message"]);
        value
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> io::Result<Value> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            self.port,
            body.len()
        )?;
        let mut answer = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            answer.read_line(&mut line)?;
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        answer.read_exact(&mut body)?;
        serde_json::from_slice(&body).map_err(io::Error::other)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let _ = self.ask("DELETE", &format!("/session/{}", self.session), &Value::Null);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Starts a driver at a port that it chooses and tells.
fn driver(name: &str) -> Option<(Child, u16)> {
    let mut command = Command::new(name);
    command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let out = BufReader::new(child.stdout.take()?);
    let port = out.lines().map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    match port {
        Some(port) => Some((child, port)),
        None => {
            let _ = child.kill();
            let _ = child.wait();
            None
        }
    }
}

fn base64(text: &str) -> Vec<u8> {
    let value = |digit: u8| match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits = text.bytes().filter(|&digit| digit != b'=');
    let (mut bytes, mut bits, mut length) = (Vec::new(), 0_u32, 0);
    for digit in digits {
        (bits, length) = (bits << 6 | u32::from(value(digit)), length + 6);
        if length >= 8 {
            length -= 8;
            bytes.push((bits >> length) as u8);
        }
    }
    bytes
}
