//! One part of a `tokenizer.json` that has a `type`: its kind and its settings, and errors that name them.

use serde_json::{Map, Value};

use super::super::invalid;
use crate::error::Error;

/// A part with a type.
pub(super) struct Component<'v> {
    /// Where it stands: normalizer, pre-tokenizer, post-processor or decoder.
    place: &'static str,
    pub(super) kind: &'v str,
    fields: &'v Map<String, Value>,
}

/// What is looked for: a string, or the matches of a regular expression.
pub(super) enum Sought<'v> {
    String(&'v str),
    Regex(&'v str),
}

impl<'v> Component<'v> {
    pub(super) fn new(place: &'static str, value: &'v Value) -> Result<Component<'v>, Error> {
        let kind = value.get("type").and_then(Value::as_str);
        match (value.as_object(), kind) {
            (Some(fields), Some(kind)) => Ok(Component { place, kind, fields }),
            _ => Err(invalid(format!("the {place} of the tokenizer.json has no type"))),
        }
    }

    /// The parts of a sequence, or this one.
    pub(super) fn flattened(
        place: &'static str,
        list: &str,
        value: &'v Value,
    ) -> Result<Vec<Component<'v>>, Error> {
        if value.is_null() {
            return Ok(Vec::new());
        }
        let component = Component::new(place, value)?;
        if component.kind != "Sequence" {
            return Ok(vec![component]);
        }
        component.only(&[list])?;
        let parts = component.fields.get(list).and_then(Value::as_array);
        let parts = parts.ok_or_else(|| component.wrong(list, "a list"))?;
        // How deep they can be nested is limited by the JSON parser.
        let parts: Result<Vec<_>, _> =
            parts.iter().map(|part| Component::flattened(place, list, part)).collect();
        Ok(parts?.into_iter().flatten().collect())
    }

    /// Fails if there are other settings than these.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Error> {
        match self.fields.keys().find(|key| *key != "type" && !known.contains(&key.as_str())) {
            Some(key) => Err(self.unsupported(&format!("with the setting {key}"))),
            None => Ok(()),
        }
    }

    /// A setting that is on or off.
    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, Error> {
        match self.fields.get(name) {
            None | Some(Value::Null) => Ok(default),
            Some(Value::Bool(value)) => Ok(*value),
            Some(_) => Err(self.wrong(name, "true or false")),
        }
    }

    /// A setting that is a text.
    pub(super) fn text(&self, name: &str) -> Result<&'v str, Error> {
        self.fields.get(name).and_then(Value::as_str).ok_or_else(|| self.wrong(name, "a text"))
    }

    /// A setting that is a number of things.
    pub(super) fn number(&self, name: &str) -> Result<u64, Error> {
        self.fields.get(name).and_then(Value::as_u64).ok_or_else(|| self.wrong(name, "a number"))
    }

    /// Any setting.
    pub(super) fn get(&self, name: &str) -> Option<&'v Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    /// The setting `pattern`.
    pub(super) fn pattern(&self) -> Result<Sought<'v>, Error> {
        let wrong = || self.wrong("pattern", "a String or a Regex");
        let pattern = self.fields.get("pattern").and_then(Value::as_object).ok_or_else(wrong)?;
        let text = |kind| pattern.get(kind).and_then(Value::as_str);
        match (text("String"), text("Regex"), pattern.len()) {
            (Some(text), None, 1) => Ok(Sought::String(text)),
            (None, Some(text), 1) => Ok(Sought::Regex(text)),
            _ => Err(wrong()),
        }
    }

    /// That a setting is not what it must be.
    pub(super) fn wrong(&self, name: &str, wanted: &str) -> Error {
        invalid(format!("the setting {name} of the {} {} is not {wanted}", self.place, self.kind))
    }

    /// That this part is not supported, with a word on why.
    pub(super) fn unsupported(&self, why: &str) -> Error {
        let space = if why.is_empty() { "" } else { " " };
        invalid(format!("the {} {}{space}{why} is not supported", self.place, self.kind))
    }
}
