//! The command `tokenize`: counts tokens, and turns text into token ids and back.
//!
//! It reads as its data flow: what was typed, what that means, the command, the exit status. Everything that
//! counts or encodes is left to the library; everything that touches the outside world is in `cli`.

mod cli;

use std::process::ExitCode;

use cli::messages::Messages;

fn main() -> ExitCode {
    let typed = match cli::args::parse() {
        Ok(typed) => typed,
        Err(status) => return status.into(),
    };
    let common = typed.common();
    let messages = Messages::new(common.quiet, common.verbose);
    let settled = cli::config::settings(common, &messages);
    let done = settled.and_then(|settings| cli::commands::run(&typed, &settings, &messages));
    messages.status(done).into()
}
