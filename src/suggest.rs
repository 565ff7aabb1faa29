//! "Did you mean": suggestions for unknown names.

/// The least Jaro-Winkler likeness of a name that is worth suggesting.
const ALIKE: f64 = 0.8;

/// The name in `valid` that is most like `name`, if any is alike enough; the first if several are equally alike.
#[must_use]
pub fn alike<'v>(name: &str, valid: &[&'v str]) -> Option<&'v str> {
    let score = |candidate: &str| {
        let contains =
            name.len() >= 4 && candidate.contains(name) || candidate.len() >= 4 && name.contains(candidate);
        let likeness = strsim::jaro_winkler(name, candidate);
        if contains { likeness.max(ALIKE) } else { likeness }
    };
    let scored = valid.iter().map(|&candidate| (score(candidate), candidate));
    scored
        .filter(|(score, _)| *score >= ALIKE)
        .min_by(|(a, _), (b, _)| b.total_cmp(a))
        .map(|(_, candidate)| candidate)
}

/// The suggestion as the end of a sentence: `; did you mean ..?`, or the empty text.
#[must_use]
pub fn hint(name: &str, valid: &[&str]) -> String {
    alike(name, valid).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_alike_is_suggested() {
        let valid = ["market_orders", "market_prices", "wars"];
        assert_eq!(alike("market_order", &valid), Some("market_orders"));
        assert_eq!(alike("prices", &valid), Some("market_prices"));
        assert_eq!(alike("nosuch", &valid), None);
        assert_eq!(hint("war", &valid), "; did you mean `wars`?");
        assert_eq!(hint("x", &valid), "");
    }
}
