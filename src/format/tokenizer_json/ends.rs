//! The post-processor and the decoder of a `tokenizer.json`: what stands around a text, and what is left out
//! again where one is decoded.

use serde_json::Value;

use super::super::merge_model::SPACE_SIGN;
use super::component::{Component, Sought};
use super::pre_tokenizer::prepends;
use crate::error::Error;
use crate::token::TokenId;

/// What both say.
#[derive(Default)]
pub(super) struct Ends {
    pub(super) before: Vec<TokenId>,
    pub(super) after: Vec<TokenId>,
    pub(super) strips_first_space: bool,
}

pub(super) fn read(post_processor: &Value, decoder: &Value, has_space_sign: bool) -> Result<Ends, Error> {
    let mut ends = Ends::default();
    for component in Component::flattened("post-processor", "processors", post_processor)? {
        ends.add_frame(&component)?;
    }
    for component in Component::flattened("decoder", "decoders", decoder)? {
        ends.strips_first_space |= strips_first_space(&component, has_space_sign)?;
    }
    Ok(ends)
}

impl Ends {
    fn add_frame(&mut self, component: &Component<'_>) -> Result<(), Error> {
        let (before, after) = match component.kind {
            "ByteLevel" => {
                // It only moves the borders that Hugging Face reports.
                return component.only(&["add_prefix_space", "trim_offsets", "use_regex"]);
            }
            "TemplateProcessing" => template(component)?,
            "BertProcessing" | "RobertaProcessing" => {
                component.only(&["sep", "cls", "trim_offsets", "add_prefix_space"])?;
                let id = |name| {
                    let id = component.get(name).and_then(|pair| id(pair.get(1)?));
                    id.ok_or_else(|| component.wrong(name, "a token and its id"))
                };
                (vec![id("cls")?], vec![id("sep")?])
            }
            _ => return Err(component.unsupported("")),
        };
        // Each works on what the one before has made.
        self.before.splice(0..0, before);
        self.after.extend(after);
        Ok(())
    }
}

/// The ids before and after the text in a template such as `<s> $A </s>`.
fn template(component: &Component<'_>) -> Result<(Vec<TokenId>, Vec<TokenId>), Error> {
    component.only(&["single", "pair", "special_tokens"])?;
    let wrong = || component.wrong("single", "a template of one text and of tokens with ids");
    let pieces = component.get("single").and_then(Value::as_array).ok_or_else(wrong)?;
    let ids = component.get("special_tokens").and_then(Value::as_object);
    let (mut sides, mut texts) = ([Vec::new(), Vec::new()], 0);
    for piece in pieces {
        if let Some(token) = piece.get("SpecialToken") {
            let name = token.get("id").and_then(Value::as_str).ok_or_else(wrong)?;
            let found = ids.and_then(|ids| ids.get(name)?.get("ids")?.as_array()).ok_or_else(wrong)?;
            for value in found {
                sides[texts.min(1)].push(id(value).ok_or_else(wrong)?);
            }
        } else if piece.get("Sequence").is_some() {
            texts += 1;
        } else {
            return Err(wrong());
        }
    }
    let [before, after] = sides;
    if texts == 1 { Ok((before, after)) } else { Err(wrong()) }
}

fn id(value: &Value) -> Option<TokenId> {
    TokenId::try_from(value.as_u64()?).ok()
}

/// Whether this decoder leaves out a space at the beginning. One that would give other bytes than those of the
/// tokens is an error.
fn strips_first_space(component: &Component<'_>, has_space_sign: bool) -> Result<bool, Error> {
    match component.kind {
        "ByteLevel" => component.only(&["add_prefix_space", "trim_offsets", "use_regex"]).map(|()| false),
        "ByteFallback" | "Fuse" => component.only(&[]).map(|()| false),
        "Metaspace" if has_space_sign => {
            component.only(&["replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"])?;
            Ok(prepends(component)?.is_some())
        }
        "Replace" => {
            component.only(&["pattern", "content"])?;
            let is_sign = match component.pattern()? {
                Sought::String(from) => from.chars().eq([SPACE_SIGN]),
                Sought::Regex(_) => false,
            };
            let undoes = has_space_sign && is_sign && component.text("content")? == " ";
            if undoes {
                Ok(false)
            } else {
                Err(component.unsupported("of something else than the sign of the space"))
            }
        }
        "Strip" => {
            component.only(&["content", "start", "stop"])?;
            match (component.text("content")?, component.number("start")?, component.number("stop")?) {
                (_, 0, 0) => Ok(false),
                (" ", 1, 0) => Ok(true),
                _ => Err(component.unsupported("of something else than one space at the beginning")),
            }
        }
        _ => Err(component.unsupported("")),
    }
}
