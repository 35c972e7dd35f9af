//! The normalizer of a `tokenizer.json`.

use serde_json::Value;

use super::super::invalid;
use super::super::merge_model::SPACE_SIGN;
use super::component::{Component, Sought};
use super::pattern;
use crate::error::Error;
use crate::normalize::NormalizerStep;

/// What the normalizer does.
#[derive(Default)]
pub(super) struct Normalization {
    pub(super) steps: Vec<NormalizerStep>,
    /// Whether it makes a sign of every space.
    pub(super) has_space_sign: bool,
    /// Whether it writes the text in the byte alphabet.
    pub(super) is_byte_level: bool,
}

/// What is done instead of making a sign of every space.
pub(super) fn space_sign_to_space() -> NormalizerStep {
    NormalizerStep::Replace { from: SPACE_SIGN.into(), to: " ".into() }
}

pub(super) fn read(value: &Value) -> Result<Normalization, Error> {
    let mut normalization = Normalization::default();
    for component in Component::flattened("normalizer", "normalizers", value)? {
        if normalization.is_byte_level {
            return Err(component.unsupported("after ByteLevel"));
        }
        normalization.add(&component)?;
    }
    Ok(normalization)
}

impl Normalization {
    fn add(&mut self, component: &Component<'_>) -> Result<(), Error> {
        let known: &[&str] = match component.kind {
            "Strip" => &["strip_left", "strip_right"],
            "Replace" => &["pattern", "content"],
            "Prepend" => &["prepend"],
            _ => &[],
        };
        component.only(known)?;
        // These make spaces or look at them, and would find those that stand for a sign.
        if self.has_space_sign && matches!(component.kind, "NFKC" | "NFKD" | "Strip" | "ByteLevel") {
            return Err(component.unsupported(&format!("after spaces have become {SPACE_SIGN}")));
        }
        let step = match component.kind {
            "NFC" => NormalizerStep::Nfc,
            "NFD" => NormalizerStep::Nfd,
            "NFKC" => NormalizerStep::Nfkc,
            "NFKD" => NormalizerStep::Nfkd,
            "Lowercase" => NormalizerStep::Lowercase,
            "StripAccents" => NormalizerStep::StripAccents,
            "Strip" => NormalizerStep::Strip {
                left: component.flag("strip_left", true)?,
                right: component.flag("strip_right", true)?,
            },
            "Prepend" => NormalizerStep::Prepend(self.meant(component.text("prepend")?)),
            "Replace" => return self.replace(component),
            "ByteLevel" => {
                self.is_byte_level = true;
                return Ok(());
            }
            _ => return Err(component.unsupported("")),
        };
        self.steps.push(step);
        Ok(())
    }

    /// A text as it is where the space stands for its sign.
    fn meant(&self, text: &str) -> String {
        if self.has_space_sign { text.replace(SPACE_SIGN, " ") } else { text.into() }
    }

    fn replace(&mut self, component: &Component<'_>) -> Result<(), Error> {
        let to = component.text("content")?;
        let from = match component.pattern()? {
            Sought::String("") => return Err(component.unsupported("of the empty string")),
            Sought::String(from) => from,
            Sought::Regex(_) if self.has_space_sign => {
                return Err(
                    component.unsupported(&format!("with a Regex after spaces have become {SPACE_SIGN}"))
                );
            }
            Sought::Regex(regex) => {
                let pattern = pattern::translate(regex)
                    .map_err(|what| invalid(format!("the normalizer Replace: {what}")))?;
                self.steps.push(NormalizerStep::ReplacePattern { pattern, to: to.into() });
                return Ok(());
            }
        };
        if self.has_space_sign && from.contains(' ') {
            // There are no spaces any more.
            return Ok(());
        }
        if from == " " && to.chars().eq([SPACE_SIGN]) {
            self.has_space_sign = true;
            // A sign that was put before the text is a space too.
            let sign = SPACE_SIGN.to_string();
            let was_prefixed = self.steps.last() == Some(&NormalizerStep::Prepend(sign));
            if was_prefixed {
                self.steps.pop();
            }
            self.steps.push(space_sign_to_space());
            if was_prefixed {
                self.steps.push(NormalizerStep::Prepend(" ".into()));
            }
            return Ok(());
        }
        if self.has_space_sign && to.contains(' ') {
            return Err(component.unsupported("that makes spaces where they have a sign"));
        }
        self.steps.push(NormalizerStep::Replace { from: self.meant(from), to: self.meant(to) });
        Ok(())
    }
}
