//! `tokenize show`: the tokens of inputs, for people: on the terminal, in a file, or as a page for the browser.
//!
//! The totals are no part of the text that is shown: where they are for a reader they stand under it, on the terminal and
//! in the pager; where a program may read on, they go to stderr.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use bytepair::report::{Counts, window_share};
use bytepair::{Frame, Measures, Meter, SpecialPolicy, TokenId, Tokenizer};

use crate::cli::args::{self, ShowArgs, Words};
use crate::cli::commands::count::{tell_binary, tell_empty, tell_remarks};
use crate::cli::config::Settings;
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::{Input, Opened, Origin, Text};
use crate::cli::messages::Messages;
use crate::cli::output::difference::{DifferenceWriter, SIDES, Sums};
use crate::cli::output::file::is_stdout;
use crate::cli::output::show::{Kind, Look, Painter};
use crate::cli::output::{Style, plural, table};
use crate::cli::page::tokens::Collector;
use crate::cli::pager::Sheet;
use crate::cli::plan::{self, Basis};
use crate::cli::progress::Progress;
use crate::cli::showing::difference::Comparer;
use crate::cli::showing::{self, Finder, Token};
use crate::cli::walk::{self, Gathered};
use crate::cli::{name, page};

/// Shows.
pub(crate) fn run(args: &ShowArgs, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    if walk::would_wait(&args.input.files) {
        args::print_usage(Some("show"));
        return Err(Problem::new("no PATH, and standard input is a terminal").hint("- reads it").into());
    }
    let mut bases = Vec::new();
    for side in args.sides.each() {
        let basis = plan::basis(&side, settings, messages)?;
        basis.must_have_ids()?;
        bases.push(basis);
    }
    let style = Style::of_stdout(args.common.color);
    let mut gathered = walk::gather(&args.input.files, messages)?;
    if let Some(output) = &args.html {
        page::may_write(output)?;
        gathered.leave_out(output, messages);
    }
    // Tokens that run over the screen, or a pager, leave no line for a bar.
    let is_on_screen = args.html.as_ref().is_none_or(|path| is_stdout(path)) && io::stdout().is_terminal();
    let showing = Showing {
        args,
        policy: plan::policy(args.input.special, settings),
        words: plan::words(None, settings),
        look: Look { coloured: style.is_coloured(), ids: args.ids },
        style,
        messages,
        progress: Progress::new(messages.tells_notes() && !is_on_screen, &gathered.inputs),
    };
    match &bases[..] {
        [basis] if args.html.is_some() => showing.page(basis, gathered),
        [basis] => showing.one(basis, gathered),
        [first, second] => showing.two([first, second], gathered),
        _ => Err(Problem::new("more than two vocabularies")
            .hint("name one, or two to see where they differ")
            .into()),
    }
}

/// What is common to all ways of showing.
struct Showing<'a> {
    args: &'a ShowArgs,
    policy: SpecialPolicy,
    words: Words,
    look: Look,
    style: Style,
    messages: &'a Messages,
    progress: Progress,
}

/// How a text is shown: what is done at its beginning, and with it.
type Doing<'a> = &'a mut dyn FnMut(&Input, &mut Text) -> Result<(), Failure>;

impl Showing<'_> {
    /// Shows the tokens of one vocabulary.
    fn one(&self, basis: &Basis, gathered: Gathered) -> Result<(), Failure> {
        let frame = plan::frame(&self.args.input, basis)?;
        let mut sheet = self.sheet()?;
        let mut run =
            Run { showing: self, basis, painter: Painter::new(self.look), tokens: 0, out: sheet.out() };
        let many = gathered.inputs.len() > 1;
        let mut measures = Measures::default();
        self.each(gathered, basis, &mut |input, text| {
            if many {
                run.line(&input.shown())?;
            }
            run.painter.begin_text();
            let one = self.text(basis, input, text, &frame, &mut |token| run.token(token))?;
            measures.add(&one);
            Ok(())
        })?;
        run.painter.end(run.out)?;
        let tokens = run.tokens;
        let mut lines = vec![self.totals(basis, Counts { tokens, upper: tokens, measures })];
        lines.extend(self.args.over.map(|limit| over(tokens, limit, self.style)));
        self.finish(sheet, &lines)
    }

    /// Writes the tokens of one vocabulary as a page.
    fn page(&self, basis: &Basis, gathered: Gathered) -> Result<(), Failure> {
        let frame = plan::frame(&self.args.input, basis)?;
        let path = self.args.html.as_deref().unwrap_or("-".as_ref());
        let names: Vec<String> = gathered.inputs.iter().map(Input::shown).collect();
        let title = match &names[..] {
            [name] => format!("{name}: tokens"),
            names => format!("tokens of {} files", names.len()),
        };
        let mut collector = Collector::new(&basis.tokenizer);
        let mut measures = Measures::default();
        self.each(gathered, basis, &mut |input, text| {
            if names.len() > 1 {
                collector.begin_file(input.shown());
            }
            let one = self.text(basis, input, text, &frame, &mut |token| {
                collector.token(token);
                Ok(())
            })?;
            measures.add(&one);
            Ok(())
        })?;
        if self.messages.have_failed() {
            return Err(Problem::new("not written, as not all was encoded").about(name::shown(path)).into());
        }
        let tokens = collector.tokens();
        let counts = Counts { tokens, upper: tokens, measures };
        let data = collector.finish(
            table::basis(basis, None, self.style.grouped()),
            self.rows(basis, counts),
            self.args.over,
        )?;
        let shown = table::shown_tokens(basis, self.style.grouped(), tokens);
        let about = format!(
            "{shown} {}; {}",
            plural(tokens, "token"),
            table::basis(basis, None, self.style.grouped())
        );
        page::tokens::page(&title, &about, data).write_to(path)?;
        if is_stdout(path) {
            return Ok(());
        }
        self.messages.note(format_args!("{}: {}", name::shown(path), self.totals(basis, counts)));
        Ok(())
    }

    /// The counts, each with its name.
    fn rows(&self, basis: &Basis, counts: Counts) -> Vec<(&'static str, String)> {
        let Counts { tokens, measures, .. } = counts;
        let number = |number| self.style.grouped().number(number);
        let mut rows = vec![
            ("tokens", table::shown_tokens(basis, self.style.grouped(), tokens)),
            ("words", number(measures.words)),
            ("words per token", table::words_per_token(&counts)),
            ("bytes", number(measures.bytes)),
            (
                "bytes per token",
                counts.bytes_per_token().map_or("-".to_owned(), |ratio| format!("{ratio:.2}")),
            ),
            ("characters", number(measures.chars)),
            ("lines", number(measures.lines)),
        ];
        if let Some(window) = basis.window {
            rows.push(("context window", number(window)));
            let share = window_share(tokens, window);
            rows.extend(share.map(|share| ("share of the window", table::percent(tokens, share))));
        }
        rows.extend(self.args.over.map(|limit| ("limit", over(tokens, limit, self.style.grouped()))));
        rows
    }

    /// Passes on the tokens of one text; what it measures. Only a failure of writing ends the run.
    fn text(
        &self,
        basis: &Basis,
        input: &Input,
        text: &mut Text,
        frame: &Frame,
        each: showing::Doing<'_>,
    ) -> Result<Measures, Failure> {
        let mut meter = Meter::new(self.words == Words::Unicode);
        let mut finder = Finder::new(&basis.tokenizer, self.policy, frame);
        let whole = showing::read(input, text, (self.messages, &self.progress), &mut |chunk| {
            meter.push(chunk);
            finder.push(chunk, each)
        })?;
        if whole {
            showing::tell(finder.finish(each)?, input, self.messages);
        }
        Ok(meter.finish())
    }

    /// Shows where two vocabularies differ.
    fn two(&self, bases: [&Basis; 2], gathered: Gathered) -> Result<(), Failure> {
        for (flag, is_set) in [
            ("--html", self.args.html.is_some()),
            ("--from", self.args.from.is_some()),
            ("--count", self.args.count.is_some()),
            ("--over", self.args.over.is_some()),
        ] {
            if is_set {
                let problem = Problem::new("shows the tokens of one vocabulary").about(flag);
                return Err(problem.hint("leave it out, or name one vocabulary").into());
            }
        }
        let frames = [plan::frame(&self.args.input, bases[0])?, plan::frame(&self.args.input, bases[1])?];
        let knows = |side: usize, id: TokenId| {
            let tokenizer = &bases[side].tokenizer;
            (own_bytes(tokenizer, id), is_special(tokenizer, id))
        };
        let mut sheet = self.sheet()?;
        let out = sheet.out();
        let mut writer = DifferenceWriter::new(self.look, self.args.all, &knows);
        let (many, mut bytes) = (gathered.inputs.len() > 1, 0);
        self.each(gathered, bases[0], &mut |input, text| {
            if many {
                writeln!(out, "{}", self.style.strong(&format!("‹──── {} ────›", input.shown())))?;
            }
            let tokenizers = bases.map(|basis| &basis.tokenizer);
            let mut comparer = Comparer::new(tokenizers, self.policy, [&frames[0], &frames[1]]);
            let whole = showing::read(input, text, (self.messages, &self.progress), &mut |chunk| {
                bytes += chunk.len() as u64;
                comparer.push(chunk, &mut |window, stretch| Ok(writer.stretch(window, stretch, out)?))
            })?;
            if whole {
                let done =
                    comparer.finish(&mut |window, stretch| Ok(writer.stretch(window, stretch, out)?))?;
                showing::tell(done, input, self.messages);
            }
            Ok(writer.end(out)?)
        })?;
        let lines = self.differences(bases, writer.sums, bytes);
        self.finish(sheet, &lines)
    }

    /// Does something with each input, and tells what there is to tell of it.
    fn each(&self, gathered: Gathered, basis: &Basis, one: Doing<'_>) -> Result<(), Failure> {
        let mut binary: Vec<PathBuf> = Vec::new();
        let mut used = vec![false; gathered.folders.len()];
        for input in gathered.inputs {
            let opened = input.open(self.args.input.files.text, self.messages.tells_notes());
            if let (Origin::Walked(folder), true) = (input.origin, !matches!(opened, Ok(Opened::Binary))) {
                used[folder] = true;
            }
            match opened {
                Ok(Opened::Text(mut text)) => {
                    one(&input, &mut text)?;
                    tell_remarks(&input, &text.remarks(None, &basis.tokenizer), self.messages);
                }
                Ok(Opened::Binary) => binary.push(input.path),
                Err(problem) => self.messages.error(&problem),
            }
        }
        self.progress.finish(self.messages);
        tell_binary(&binary, self.messages);
        for (folder, used) in gathered.folders.iter().zip(used) {
            tell_empty(folder, used, self.messages);
        }
        Ok(())
    }

    fn sheet(&self) -> Result<Sheet, Failure> {
        Sheet::open(!self.args.no_pager, self.args.pager.as_deref())
    }

    /// Writes the totals where they belong.
    fn finish(&self, mut sheet: Sheet, lines: &[String]) -> Result<(), Failure> {
        let under = io::stdout().is_terminal();
        if self.messages.tells_notes() && under {
            for line in lines {
                writeln!(sheet.out(), "{}", self.style.strong(line))?;
            }
        }
        sheet.finish()?;
        if !under {
            lines.iter().for_each(|line| self.messages.note(line));
        }
        Ok(())
    }

    fn totals(&self, basis: &Basis, counts: Counts) -> String {
        let tokens = table::shown_tokens(basis, self.style, counts.tokens);
        let share = basis.window.and_then(|window| window_share(counts.tokens, window));
        let share = share.map_or(String::new(), |share| {
            format!(", {} of the window", table::percent(counts.tokens, share))
        });
        format!(
            "{tokens} {}, {}, {} words/token, {}{share} ({})",
            plural(counts.tokens, "token"),
            self.style.counted(counts.measures.words, "word"),
            table::words_per_token(&counts),
            self.style.counted(counts.measures.bytes, "byte"),
            table::basis(basis, None, self.style)
        )
    }

    fn differences(&self, bases: [&Basis; 2], sums: Sums, bytes: u64) -> Vec<String> {
        let sides = [0, 1].map(|side| {
            let tokens = self.style.counted(sums.tokens[side], "token");
            format!("{}: {tokens} ({})", SIDES[side], table::basis(bases[side], None, self.style))
        });
        let (differing, bytes) = (self.style.number(sums.bytes), self.style.counted(bytes, "byte"));
        let what = match sums.places {
            0 => "both cut alike".to_owned(),
            places => {
                let places = self.style.counted(places, "place");
                format!("they differ in {places}, {differing} of {bytes}")
            }
        };
        sides.into_iter().chain([what]).collect()
    }
}

/// Tokens on their way to the reader.
struct Run<'a> {
    showing: &'a Showing<'a>,
    basis: &'a Basis,
    painter: Painter,
    /// How many tokens came so far, of all inputs.
    tokens: u64,
    out: &'a mut dyn Write,
}

impl Run<'_> {
    fn token(&mut self, token: Token<'_>) -> Result<(), Failure> {
        let (args, place) = (self.showing.args, self.tokens);
        self.tokens += 1;
        let from = args.from.unwrap_or(1) - 1;
        let is_inside = place >= from && args.count.is_none_or(|count| place - from < count);
        if !is_inside {
            self.painter.pass_over(token);
            return Ok(());
        }
        if args.over == Some(place) {
            let limit = self.showing.style.counted(place, "token");
            self.line(&format!("limit of {limit}"))?;
        }
        let tokenizer = &self.basis.tokenizer;
        let special = is_special(tokenizer, token.id);
        let own = if token.text.is_empty() { own_bytes(tokenizer, token.id) } else { Vec::new() };
        let kind = Kind { special, over: args.over.is_some_and(|limit| place >= limit) };
        Ok(self.painter.token(token, &own, kind, self.out)?)
    }

    fn line(&mut self, what: &str) -> Result<(), Failure> {
        Ok(self.painter.line(what, self.showing.style, self.out)?)
    }
}

/// What a limit says of so many tokens.
fn over(tokens: u64, limit: u64, style: Style) -> String {
    let (shown, over) = (style.counted(limit, "token"), style.number(tokens.abs_diff(limit)));
    match tokens > limit {
        true => format!("over the limit of {shown} by {over}"),
        false => format!("within the limit of {shown}, {over} left"),
    }
}

fn is_special(tokenizer: &Tokenizer, id: TokenId) -> bool {
    tokenizer.specials().name(id).is_some()
}

/// The bytes of a token itself, or the name of a special one.
fn own_bytes(tokenizer: &Tokenizer, id: TokenId) -> Vec<u8> {
    match tokenizer.specials().name(id) {
        Some(name) => name.as_bytes().to_vec(),
        None => tokenizer.token_bytes(id).unwrap_or_default().to_vec(),
    }
}
