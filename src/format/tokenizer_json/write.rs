//! Writes.
use crate::definition::Definition;
use crate::error::Error;
/// x
///
/// # Errors
///
/// y
pub fn write(_: &Definition) -> Result<Vec<u8>, Error> {
    Ok(Vec::new())
}
