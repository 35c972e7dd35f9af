//! Vocabularies that were named: an encoding, or a file of any format, or a folder that holds one.
//!
//! What a file is shows in its content, and reading it is left to the library. Here is which file it is, how much of it
//! is read, and what is taken from an encoding where a file holds tokens only.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bytepair::format::{self, FILE_NAMES, Loaded};
use bytepair::registry::encodings::{self, Encoding};
use bytepair::{Definition, SpecialToken, SpecialTokens, TokenId, Vocabulary};

use crate::cli::failure::Problem;
use crate::cli::messages::Messages;
use crate::cli::name;

/// No vocabulary is anywhere near as large; of what is larger (but GGUF) nothing is kept.
const LARGEST: u64 = 1 << 30;

/// The pairs of files that belong together, in a folder.
const PAIRS: [[&str; 2]; 3] =
    [["vocab.json", "merges.txt"], ["encoder.json", "vocab.bpe"], ["encoder.json", "merges.txt"]];

/// How the names of other vocabulary files end, if there is only one in a folder.
const ENDINGS: [&str; 3] = ["tiktoken", "gguf", "model"];

/// A vocabulary that was named.
pub(crate) enum Named {
    /// An encoding.
    Encoding(Encoding),
    /// A file.
    File(Found),
}

/// A vocabulary file that was read.
pub(crate) struct Found {
    path: PathBuf,
    /// Its name without folders.
    pub(crate) name: String,
    /// Whether it is one of GPT-2's pair of files, which do not say how text is cut.
    is_pair: bool,
    /// What it holds.
    pub(crate) loaded: Loaded,
}

/// The encoding with this name, else the file or folder at this path.
pub(crate) fn find(which: &Path) -> Result<Named, Problem> {
    let named = which.to_str().map(encodings::find);
    match named {
        Some(Ok(encoding)) => Ok(Named::Encoding(encoding)),
        _ if which.symlink_metadata().is_ok() => Ok(Named::File(read(which)?)),
        Some(Err(error)) => {
            let name = which.to_str().unwrap_or_default();
            let problem = Problem::new("no encoding has this name, and there is no such file");
            let problem = problem.about(name::shown(which));
            Err(match (bytepair::model(name), error.hint()) {
                (Ok(resolved), hint) => match (resolved.model.encoding, hint) {
                    (Some(encoding), _) => problem.hint(format!("the model's encoding is {encoding}")),
                    (None, _) => {
                        problem.hint("the model's tokenizer is not built in; it is published with the model")
                    }
                },
                (_, Some(hint)) => problem.hint(hint),
                (_, None) => problem.hint("`tokenize vocab` lists the encodings"),
            })
        }
        None => Err(Problem::new("No such file or directory").about(name::shown(which))),
    }
}

impl Named {
    /// All that makes the tokenizer.
    pub(crate) fn definition(&self, like: Option<&str>, messages: &Messages) -> Result<Definition, Problem> {
        match self {
            Named::Encoding(encoding) if like.is_some() => Err(needs_no_like(encoding.name)),
            Named::Encoding(encoding) => Ok(encoding.definition()?),
            Named::File(found) => found.definition(like, messages),
        }
    }
}

/// Reads the vocabulary file at this path, or that in this folder.
pub(crate) fn read(path: &Path) -> Result<Found, Problem> {
    let about = fs::metadata(path).map_err(|error| Problem::file(path, &error))?;
    if !about.is_dir() {
        return Found::read(path.to_owned());
    }
    if let Some(file) = FILE_NAMES.iter().map(|name| path.join(name)).find(|file| file.exists()) {
        return Found::read(file);
    }
    let pairs = PAIRS.iter().map(|pair| pair.map(|name| path.join(name)));
    if let Some([vocab, merges]) = pairs.into_iter().find(|pair| pair.iter().all(|file| file.exists())) {
        let name = file_name(&vocab);
        let mut definition = format::gpt2::read(&all_of(&vocab)?, &all_of(&merges)?, &name)
            .map_err(|error| Problem::from(error).about(name::shown(path)))?;
        let added = path.join("added_tokens.json");
        if added.exists() {
            definition.specials = with_added(&definition.specials, &added)?;
        }
        return Ok(Found {
            path: vocab,
            name,
            is_pair: true,
            loaded: Loaded::Definition(Box::new(definition)),
        });
    }
    let others = others(path).map_err(|error| Problem::file(path, &error))?;
    match <[PathBuf; 1]>::try_from(others) {
        Ok([file]) => Found::read(file),
        Err(others) => Err(none_in(path, &others)),
    }
}

/// Files that are vocabularies by the ends of their names, sorted.
fn others(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut others = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| ENDINGS.iter().any(|ending| end == *ending)) && path.is_file() {
            others.push(path);
        }
    }
    others.sort();
    Ok(others)
}

fn none_in(folder: &Path, others: &[PathBuf]) -> Problem {
    let (what, hint) = match others {
        [] => {
            let names = FILE_NAMES.join(", ");
            let hint = format!("looked for {names}, vocab.json with merges.txt, *.tiktoken, *.gguf, *.model");
            ("no vocabulary file in this folder".to_owned(), hint)
        }
        [first, second, ..] => {
            let what = format!("{} files in this folder may be the vocabulary", others.len());
            (what, format!("name one of them: {}, {}, ...", name::shown(first), name::shown(second)))
        }
        [only] => ("this folder changed meanwhile".to_owned(), format!("name {}", name::shown(only))),
    };
    Problem::new(what).about(name::shown(folder)).hint(hint)
}

impl Found {
    fn read(path: PathBuf) -> Result<Found, Problem> {
        let name = file_name(&path);
        let wrong = |error: io::Error| Problem::file(&path, &error);
        let mut file = File::open(&path).map_err(wrong)?;
        let mut head = Vec::new();
        (&mut file).take(4).read_to_end(&mut head).map_err(wrong)?;
        let loaded = if head == b"GGUF" {
            // The weights behind the metadata can be of any size.
            let whole = head.as_slice().chain(file);
            format::gguf::read_from(whole, &name).map(|definition| Loaded::Definition(Box::new(definition)))
        } else {
            format::read(&rest_of(file, head, &path)?, &name)
        };
        let loaded = loaded.map_err(|error| Problem::from(error).about(name::shown(&path)))?;
        Ok(Found { path, name, is_pair: false, loaded })
    }

    /// The file for messages.
    pub(crate) fn shown(&self) -> String {
        name::shown(&self.path)
    }

    /// Whether it holds tokens only, and not how text is cut.
    pub(crate) fn needs_like(&self) -> bool {
        self.is_pair || matches!(self.loaded, Loaded::Ranks(_))
    }

    /// An error of the library about this file.
    pub(crate) fn problem(&self, error: bytepair::Error) -> Problem {
        Problem::from(error).about(self.shown())
    }

    /// All that makes the tokenizer. `like` is the encoding to take from what the file does not hold.
    pub(crate) fn definition(&self, like: Option<&str>, messages: &Messages) -> Result<Definition, Problem> {
        let vocabulary = match (&self.loaded, like) {
            (Loaded::Ranks(vocabulary), _) => vocabulary,
            (Loaded::Definition(definition), like) if self.is_pair => return self.pair(definition, like),
            (Loaded::Definition(definition), None) => return Ok((**definition).clone()),
            (Loaded::Definition(_), Some(_)) => return Err(needs_no_like(&self.shown())),
            _ => return Err(Problem::new("is of a kind that is not known here").about(self.shown())),
        };
        let name = self.name.clone();
        if let Some(like) = like {
            let like = encodings::definition(like).map_err(|error| Problem::from(error).about("--like"))?;
            self.tell_difference(vocabulary, &like, messages);
            return Ok(Definition { name, vocabulary: (**vocabulary).clone(), ..like });
        }
        let Some(twin) = twin(vocabulary) else {
            let what = "holds tokens only, not the pattern by which text is cut";
            return Err(Problem::new(what).about(self.shown()).hint(
                "--like ENCODING takes pattern, normalizer and special tokens of that encoding (`tokenize vocab`)",
            ));
        };
        messages.detail(format_args!(
            "{} has the tokens of {}: pattern, normalizer and special tokens are taken from there",
            self.shown(),
            twin.name
        ));
        Ok(Definition { name, ..twin })
    }
}

impl Found {
    /// The definition of GPT-2's pair of files: what GPT-2's own is, else what `like` says.
    fn pair(&self, definition: &Definition, like: Option<&str>) -> Result<Definition, Problem> {
        let Some(like) = like else {
            if encodings::definition("gpt2").is_ok_and(|own| same(&own.vocabulary, &definition.vocabulary)) {
                return Ok(definition.clone());
            }
            let what = "with its merges holds tokens only, not the pattern by which text is cut";
            return Err(Problem::new(what).about(self.shown()).hint(
                "--like gpt2 takes GPT-2's pattern, as most of these files are meant; --like ENCODING that of another \
                 (`tokenize vocab`)",
            ));
        };
        let like = encodings::definition(like).map_err(|error| Problem::from(error).about("--like"))?;
        let mut specials = definition.specials.tokens().to_vec();
        for token in like.specials.tokens() {
            let is_taken = |own: &SpecialToken| own.name == token.name || own.id == token.id;
            if definition.vocabulary.bytes(token.id).is_none() && !specials.iter().any(is_taken) {
                specials.push(token.clone());
            }
        }
        let specials = SpecialTokens::new(specials).map_err(|error| self.problem(error))?;
        Ok(Definition {
            name: self.name.clone(),
            vocabulary: definition.vocabulary.clone(),
            specials,
            ..like
        })
    }

    /// Tells what looks as if it were not meant.
    fn tell_difference(&self, vocabulary: &Vocabulary, like: &Definition, messages: &Messages) {
        let (shown, name) = (self.shown(), &like.name);
        let (own, all) = (vocabulary.len(), like.vocabulary.len());
        if own < all && vocabulary.iter().all(|(id, bytes)| like.vocabulary.bytes(id) == Some(bytes)) {
            messages.note(format_args!("{shown} has only {own} of the {all} tokens of {name}: is it whole?"));
        }
        if vocabulary.whole_pieces() != like.vocabulary.whole_pieces() && vocabulary.has_unreachable_tokens()
        {
            messages.note(format_args!(
                "{shown}: unlike in {name}, a piece that is a token becomes it even if merging does not come to it"
            ));
        }
    }
}

/// The special tokens with those that `added_tokens.json` names, an object of names and ids.
fn with_added(specials: &SpecialTokens, file: &Path) -> Result<SpecialTokens, Problem> {
    let wrong = |what: String| Problem::new(what).about(name::shown(file));
    let added: BTreeMap<String, TokenId> =
        serde_json::from_slice(&all_of(file)?).map_err(|error| wrong(error.to_string()))?;
    let mut tokens = specials.tokens().to_vec();
    let added = added.into_iter().filter(|(name, id)| specials.id(name) != Some(*id));
    tokens.extend(added.map(|(name, id)| SpecialToken::control(name, id)));
    SpecialTokens::new(tokens).map_err(|error| wrong(error.to_string()))
}

fn needs_no_like(what: &str) -> Problem {
    Problem::new(format!("{what} says itself how text is cut: leave it out")).about("--like")
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| name::shown(path), |name| name::shown(Path::new(name)))
}

fn all_of(path: &Path) -> Result<Vec<u8>, Problem> {
    let file = File::open(path).map_err(|error| Problem::file(path, &error))?;
    rest_of(file, Vec::new(), path)
}

/// What was read of a file, and its rest.
fn rest_of(file: File, mut read: Vec<u8>, path: &Path) -> Result<Vec<u8>, Problem> {
    let too_large = || Problem::new("is larger than 1 GiB: no vocabulary").about(name::shown(path));
    if file.metadata().is_ok_and(|about| about.len() > LARGEST) {
        return Err(too_large());
    }
    file.take(LARGEST).read_to_end(&mut read).map_err(|error| Problem::file(path, &error))?;
    if read.len() as u64 >= LARGEST { Err(too_large()) } else { Ok(read) }
}

/// The first embedded encoding that has exactly these tokens and merges.
fn twin(vocabulary: &Vocabulary) -> Option<Definition> {
    let built_in = encodings::encodings().filter(Encoding::is_built_in);
    built_in.filter_map(|encoding| encoding.definition().ok()).find(|twin| same(&twin.vocabulary, vocabulary))
}

/// Whether two vocabularies have the same tokens and give the same ids for the same pieces. The order of tokens that no
/// merge makes says nothing.
fn same(one: &Vocabulary, other: &Vocabulary) -> bool {
    let sorted = |vocabulary: &Vocabulary| {
        let mut tokens: Vec<(TokenId, Vec<u8>)> =
            vocabulary.iter().map(|(id, bytes)| (id, bytes.to_vec())).collect();
        tokens.sort_unstable();
        tokens
    };
    let same_look_up = || {
        let unreachable = one.has_unreachable_tokens() || other.has_unreachable_tokens();
        one.whole_pieces() == other.whole_pieces() || !unreachable
    };
    one.len() == other.len()
        && one.unit() == other.unit()
        && one.merges().eq(other.merges())
        && (0..=255).all(|byte: u8| one.id(&[byte]) == other.id(&[byte]))
        && sorted(one) == sorted(other)
        && same_look_up()
}

/// Whether this is the embedded encoding of this name: the same ids for any text.
pub(crate) fn is_that_of(definition: &Definition, encoding: &str) -> bool {
    encodings::definition(encoding).is_ok_and(|own| {
        own.split == definition.split
            && own.normalizer == definition.normalizer
            && same(&own.vocabulary, &definition.vocabulary)
    })
}
