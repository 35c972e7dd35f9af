//! The command line: everything that touches arguments, environment, files, terminals and exit codes.
//!
//! In the order in which a run goes through them: `args` (what was typed), `config` (the settings of
//! environment and files), `plan` (what both mean), `vocabulary` (files of vocabularies), `walk`, `input` and `compressed`
//! (paths to readers of text), `interrupt` (Ctrl-C), `unfinished` (what it takes away), `spread` (files over threads),
//! `evaluation` (vocabularies on all of them), `training` (counts of their pieces), `explaining` (what became of one text),
//! `tokens` (those of a vocabulary), `literal` (bytes as text), `width` (text in columns), `showing` (tokens with their text),
//! `pager`, `page` (for the browser), `arrange` (rows in order), `folders` (rows as a tree), `output` (results) and `messages`
//! (all else), `exit`.
//! Tokens are left to the library.

pub(crate) mod args;
pub(crate) mod commands;
pub(crate) mod config;

mod arrange;
mod compressed;
mod conversation;
mod conversion;
mod cost;
mod description;
mod evaluation;
mod exit;
mod explaining;
mod failure;
mod folders;
mod input;
mod interrupt;
mod literal;
pub(crate) mod messages;
mod name;
mod output;
mod own_models;
mod page;
mod pager;
mod plan;
mod progress;
mod rules;
mod showing;
mod spread;
mod text;
mod tokens;
mod training;
mod unfinished;
mod vocabulary;
mod walk;
mod width;
