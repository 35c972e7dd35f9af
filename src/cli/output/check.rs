//! Verdicts of checks: for people, as JSON, and as annotations of GitHub Actions.

use std::io::{self, Write};
use std::path::Path;

use bytepair::report::Counts;
use bytepair::report::budget::Verdict;
use bytepair::report::window_share;
use serde::Serialize;

use crate::cli::arrange::Row;
use crate::cli::commands::check::Group;
use crate::cli::output::table::{basis, percent, shown_tokens};
use crate::cli::output::{Style, json, stdout};
use crate::cli::{cost, name};

/// How many inputs are shown that are too heavy.
const HEAVIEST: usize = 10;

/// The verdict on a group in one sentence.
pub(crate) fn sentence(group: &Group, style: Style) -> String {
    let verdict = word(group, group.verdict());
    if group.rows.is_empty() && !group.complete {
        return format!("{verdict}: nothing could be read");
    }
    if group.per_file {
        let over = group.rows.iter().filter(|row| group.verdict_on(&row.counts) == Verdict::Over).count();
        let (files, limit) = (inputs(group), style.number(group.limit.budget.limit));
        return match over {
            0 => {
                let largest = group.heaviest().first().map(|row| {
                    let numbers = numbers(group, &row.counts, group.partial.contains(&row.name), style);
                    format!("; the largest is {}: {numbers}", name::shown(&row.name))
                });
                format!("{verdict}: {files}, each at most {limit} tokens{}", largest.unwrap_or_default())
            }
            over => format!("{verdict}: {over} of {files} above {limit} tokens"),
        };
    }
    format!("{verdict}: {}", numbers(group, &group.total(), !group.partial.is_empty(), style))
}

/// How many inputs there are, in words.
fn inputs(group: &Group) -> String {
    match (&group.framing, group.rows.len()) {
        (None, number) => files(number),
        (Some(_), 1) => "1 conversation".to_owned(),
        (Some(_), number) => format!("{number} conversations"),
    }
}

fn files(number: usize) -> String {
    if number == 1 { "1 file".to_owned() } else { format!("{number} files") }
}

/// A verdict in one word; if not all could be read, "within" would say too much.
fn word(group: &Group, verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Within | Verdict::Near if !group.complete => "unknown",
        verdict => verdict.name(),
    }
}

/// Used, limit, share, left, and words per token.
fn numbers(group: &Group, counts: &Counts, is_partial: bool, style: Style) -> String {
    let (used, budget) = (group.used(counts), group.limit.budget);
    let tokens = shown_tokens(&group.basis, style, counts.tokens);
    let bound = match used == counts.tokens {
        true => String::new(),
        false => format!(", at most {}", style.number(used)),
    };
    if is_partial {
        let limit = style.number(budget.limit);
        return format!("more than the {limit} tokens that fit: {tokens}{bound} were read, and then no more");
    }
    let left = budget.left(used);
    let distance = style.number(u64::try_from(left.unsigned_abs()).unwrap_or(u64::MAX));
    let left = if left < 0 { format!("{distance} too many") } else { format!("{distance} left") };
    let share = window_share(used, budget.limit).map(|share| format!(" ({})", percent(used, share)));
    let words = match counts.words_per_token() {
        Some(words) => format!("; {words:.2} words/token"),
        None => String::new(),
    };
    let limit = style.number(budget.limit);
    format!("{tokens}{bound} of {limit} tokens{}, {left}{words}", share.unwrap_or_default())
}

/// Writes verdicts for people.
pub(crate) fn text(out: &mut impl Write, groups: &[Group], with_cost: bool, style: Style) -> io::Result<()> {
    for group in groups {
        let rule = group.rule.as_ref().map(|rule| format!(", {}", rule.shown())).unwrap_or_default();
        let weak = match group.verdict() == Verdict::Over && !group.is_strict() {
            true => " (a warning only)",
            false => "",
        };
        writeln!(out, "{}{rule}{weak}", style.strong(&sentence(group, style)))?;
        details(out, group, style)?;
        let by = if group.basis.ratios.is_some() {
            "; the upper bound of the estimate must not pass it"
        } else {
            ""
        };
        writeln!(out, "limit {} tokens: {}{by}", style.number(group.limit.budget.limit), group.limit.origin)?;
        let total = group.total();
        writeln!(out, "{}", basis(&group.basis, Some(&total), style))?;
        if let Some(framing) = &group.framing {
            writeln!(out, "{}", framing.label)?;
        }
        if let Some(price) = group.basis.price.as_ref().filter(|_| with_cost) {
            writeln!(out, "{}", cost::shown(price, total.tokens, total.upper))?;
        }
    }
    if groups.is_empty() {
        writeln!(out, "{}: no file that a rule is for", style.strong(Verdict::Within.name()))?;
    }
    out.flush()
}

/// The inputs that matter: of a total that is too large the heaviest, of files by themselves those that are not within.
fn details(out: &mut impl Write, group: &Group, style: Style) -> io::Result<()> {
    let verdict = group.verdict();
    if verdict == Verdict::Within || (!group.per_file && (verdict != Verdict::Over || group.rows.len() < 2)) {
        return Ok(());
    }
    let matters = |row: &&Row| !group.per_file || group.verdict_on(&row.counts) != Verdict::Within;
    let heaviest: Vec<&Row> = group.heaviest().into_iter().filter(matters).collect();
    let total = group.used(&group.total());
    for row in heaviest.iter().take(HEAVIEST) {
        let (used, shown) = (group.used(&row.counts), name::shown(&row.name));
        if group.per_file {
            let verdict = group.verdict_on(&row.counts).name();
            writeln!(
                out,
                "  {verdict}: {shown}: {}",
                numbers(group, &row.counts, group.partial.contains(&row.name), style)
            )?;
        } else {
            let share = window_share(used, total).map_or("-".to_owned(), |share| percent(used, share));
            let tokens = shown_tokens(&group.basis, style, row.counts.tokens);
            let without = style.number(total.saturating_sub(used));
            writeln!(out, "  {tokens:>9}  {share:>6}  {shown} (without it {without})")?;
        }
    }
    if heaviest.len() > HEAVIEST {
        writeln!(out, "  and {}", files(heaviest.len() - HEAVIEST))?;
    }
    Ok(())
}

/// Writes verdicts as commands of GitHub's workflows, one for each input that matters and one for each total.
pub(crate) fn github(groups: &[Group]) -> io::Result<()> {
    let mut out = stdout();
    let style = Style::plain();
    for group in groups {
        let level = |verdict| match verdict {
            Verdict::Over if group.is_strict() => Some("error"),
            Verdict::Over | Verdict::Near => Some("warning"),
            Verdict::Within => None,
        };
        let origin = &group.limit.origin;
        if !group.per_file {
            let file = match group.rows.as_slice() {
                [row] => format!("file={},", property(&from_workspace(&row.name))),
                _ => String::new(),
            };
            if let Some(level) = level(group.verdict()) {
                let message = data(&format!("{} ({origin})", sentence(group, style)));
                writeln!(out, "::{level} {file}title=tokenize::{message}")?;
                continue;
            }
        } else {
            for row in &group.rows {
                let verdict = group.verdict_on(&row.counts);
                let Some(level) = level(verdict) else { continue };
                let file = property(&from_workspace(&row.name));
                let numbers = numbers(group, &row.counts, group.partial.contains(&row.name), style);
                let message = data(&format!("{}: {numbers} ({origin})", verdict.name()));
                writeln!(out, "::{level} file={file},title=tokenize::{message}")?;
            }
        }
        writeln!(out, "{} ({origin})", sentence(group, style))?;
    }
    if groups.iter().any(|group| !group.complete) {
        writeln!(out, "::error title=tokenize::not all could be read")?;
    }
    out.flush()
}

/// The name of a file as GitHub knows it: from the folder of the repository, if the runner says which that is.
fn from_workspace(path: &Path) -> String {
    let named = || {
        let workspace = std::env::var_os("GITHUB_WORKSPACE")?;
        let whole = path.canonicalize().ok()?;
        Some(whole.strip_prefix(Path::new(&workspace).canonicalize().ok()?).ok()?.to_owned())
    };
    named().unwrap_or_else(|| path.to_owned()).to_string_lossy().into_owned()
}

/// A message in a workflow command: what would end it is escaped, as GitHub's runner undoes it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property in a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    verdict: &'static str,
    checks: Vec<Check<'a>>,
}

#[derive(Serialize)]
struct Check<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<usize>,
    level: &'static str,
    verdict: &'static str,
    model: Option<&'a str>,
    encoding: &'a str,
    exactness: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    framing: Option<&'a str>,
    limit: u64,
    limit_from: &'a str,
    per_file: bool,
    complete: bool,
    files: usize,
    #[serde(flatten)]
    total: Numbers,
    at_least: bool,
    words: u64,
    words_per_token: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<f64>,
    inputs: Vec<Input>,
}

#[derive(Serialize)]
struct Input {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<Vec<u8>>,
    #[serde(flatten)]
    numbers: Numbers,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
}

#[derive(Serialize)]
struct Numbers {
    tokens: u64,
    upper: Option<u64>,
    used: u64,
    left: Option<i128>,
    share: Option<f64>,
}

impl Numbers {
    fn of(group: &Group, counts: &Counts) -> Numbers {
        let (used, budget) = (group.used(counts), group.limit.budget);
        Numbers {
            tokens: counts.tokens,
            upper: group.is_measured().then_some(counts.upper),
            used,
            left: Some(budget.left(used)),
            share: window_share(used, budget.limit),
        }
    }
}

/// Writes verdicts as one document.
pub(crate) fn json(groups: &[Group], with_cost: bool) -> io::Result<()> {
    let is_over = |group: &&Group| group.verdict() == Verdict::Over && group.is_strict();
    let worst = groups.iter().filter(|group| group.is_strict()).max_by_key(|group| group.verdict() as u8);
    let verdict = match groups.iter().find(is_over) {
        Some(_) => Verdict::Over.name(),
        None if groups.iter().any(|group| !group.complete) => "unknown",
        None => worst.map_or(Verdict::Within, Group::verdict).name(),
    };
    let checks = groups.iter().map(|group| check(group, with_cost)).collect();
    json::value(&Document { schema_version: 1, verdict, checks })
}

fn check(group: &Group, with_cost: bool) -> Check<'_> {
    let total = group.total();
    let price = group.basis.price.as_ref().filter(|_| with_cost);
    // A limit for each says nothing of all together.
    let Numbers { left, share, .. } = Numbers::of(group, &total);
    let (left, share) = if group.per_file { (None, None) } else { (left, share) };
    let inputs = group.rows.iter().map(|row| Input {
        path: row.name.to_string_lossy().into_owned(),
        path_bytes: name::raw_bytes(&row.name),
        numbers: Numbers::of(group, &row.counts),
        verdict: group.per_file.then(|| group.verdict_on(&row.counts).name()),
    });
    Check {
        rule: group.rule.as_ref().map(|rule| rule.number),
        level: if group.is_strict() { "error" } else { "warning" },
        verdict: word(group, group.verdict()),
        model: group.basis.model.as_ref().map(|model| &*model.name),
        encoding: &group.basis.encoding,
        exactness: group
            .framing
            .as_ref()
            .map_or(group.basis.exactness.name(), |framing| framing.exactness.name()),
        framing: group.framing.as_ref().map(|framing| framing.label.as_str()),
        limit: group.limit.budget.limit,
        limit_from: &group.limit.origin,
        per_file: group.per_file,
        complete: group.complete,
        files: group.rows.len(),
        total: Numbers { left, share, ..Numbers::of(group, &total) },
        at_least: !group.partial.is_empty(),
        words: total.measures.words,
        words_per_token: total.words_per_token(),
        cost: price.map(|price| cost::of(price, total.tokens)),
        inputs: inputs.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_cannot_be_broken_out_of() {
        assert_eq!(data("50% a\r\n::error::x"), "50%25 a%0D%0A::error::x");
        assert_eq!(property("a,b:c%\n"), "a%2Cb%3Ac%25%0A");
    }
}
