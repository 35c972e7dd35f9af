//! What tokens cost, by the price that the user's models file states. Nothing is known of prices here.

use crate::cli::failure::Problem;
use crate::cli::own_models::Price;
use crate::cli::plan::Basis;

/// The price of the model that is counted for, or what is missing.
pub(crate) fn must_have_price(basis: &Basis) -> Result<&Price, Problem> {
    basis.price.as_ref().ok_or_else(|| match &basis.model {
        Some(model) => Problem::new(format!("no price of {} is known: none are built in", model.name)).hint(format!(
            "state it in a models file (--models FILE): [models.{:?}] input-price = PRICE OF A MILLION TOKENS",
            model.name
        )),
        None => Problem::new("a cost is that of a model").hint("name one with --model"),
    })
}

/// The cost of a prompt with this many tokens.
pub(crate) fn of(price: &Price, tokens: u64) -> f64 {
    tokens as f64 * price.input / 1e6
}

/// The cost in words: of an estimate, with its upper bound.
pub(crate) fn shown(price: &Price, tokens: u64, upper: u64) -> String {
    let currency = &price.currency;
    let up_to = match upper > tokens {
        true => format!(" (95 % of such texts: at most {})", amount(of(price, upper))),
        false => String::new(),
    };
    format!(
        "cost as a prompt: {} {currency}{up_to}, at {} {currency} for a million tokens ({})",
        amount(of(price, tokens)),
        price.input,
        price.origin
    )
}

/// As many places as say something: a cent is much for ten thousand small prompts.
fn amount(cost: f64) -> String {
    if cost == 0.0 || cost >= 0.01 { format!("{cost:.4}") } else { format!("{cost:.8}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs() {
        let price = Price { input: 2.5, output: None, currency: "USD".to_owned(), origin: "x".to_owned() };
        assert_eq!(of(&price, 400_000), 1.0);
        assert_eq!(
            shown(&price, 400_000, 400_000),
            "cost as a prompt: 1.0000 USD, at 2.5 USD for a million tokens (x)"
        );
        assert!(shown(&price, 10, 20).contains("0.00002500 USD (95 % of such texts: at most 0.00005000)"));
    }
}
