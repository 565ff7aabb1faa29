//! Names in the style of New Eden: one for each index, all distinct.

const HEADS: [&str; 24] = [
    "Ak", "Bel", "Cor", "Dra", "Ela", "Fen", "Gal", "Hak", "Iva", "Jor", "Kal", "Lum", "Mek", "Nar", "Osh",
    "Pel", "Rha", "Sar", "Tan", "Uma", "Vel", "Wir", "Yul", "Zor",
];
const MIDDLES: [&str; 25] = [
    "a", "be", "co", "di", "e", "fa", "go", "hi", "i", "ka", "le", "mi", "no", "o", "pi", "ra", "se", "ta",
    "u", "va", "wi", "xa", "ye", "zu", "a'",
];
const TAILS: [&str; 23] = [
    "bar", "chi", "dan", "en", "fir", "gon", "han", "is", "jek", "kora", "lin", "mia", "nen", "os", "pivem",
    "ra", "shad", "tis", "und", "von", "wen", "yan", "zeh",
];
const MAKERS: [&str; 20] = [
    "Arbalest",
    "Balmer",
    "Caldari Navy",
    "Compact",
    "Domination",
    "Enduring",
    "Federation Navy",
    "Gistum",
    "Imperial Navy",
    "Khanid",
    "Limos",
    "Medium",
    "Prototype",
    "Republic Fleet",
    "Scoped",
    "Small",
    "Sisters",
    "True Sansha",
    "Upgraded",
    "'Wiyrkomi'",
];
const THINGS: [&str; 23] = [
    "Afterburner",
    "Armor Plates",
    "Autocannon",
    "Ballistic Control",
    "Blaster",
    "Cap Recharger",
    "Cargo Scanner",
    "Co-Processor",
    "Drone Link",
    "EMP Charge",
    "Hull Repairer",
    "Laser Crystal",
    "Mining Laser",
    "Missile Launcher",
    "Nanofiber",
    "Power Core",
    "Railgun",
    "Salvager",
    "Sensor Booster",
    "Shield Extender",
    "Smartbomb",
    "Stasis Webifier",
    "Tracking Disruptor",
];
const ROMAN: [&str; 12] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];

/// A place or a person: distinct for indices below 13,800, with a number after that.
#[must_use]
pub fn proper(seed: u64, index: usize) -> String {
    const WHEEL: usize = HEADS.len() * MIDDLES.len() * TAILS.len();
    let turned = (index % WHEEL * 7919 + usize::from(seed.to_le_bytes()[0])) % WHEEL;
    let name = format!(
        "{}{}{}",
        HEADS[turned % HEADS.len()],
        MIDDLES[turned / HEADS.len() % MIDDLES.len()],
        TAILS[turned / HEADS.len() / MIDDLES.len()]
    );
    if index < WHEEL { name } else { format!("{name}-{}", index / WHEEL) }
}

/// An item type: distinct for all indices.
#[must_use]
pub fn item(index: usize) -> String {
    let series = index / (MAKERS.len() * THINGS.len());
    let maker = MAKERS[index % MAKERS.len()];
    let thing = THINGS[index / MAKERS.len() % THINGS.len()];
    if series == 0 { format!("{maker} {thing}") } else { format!("{maker} {thing} {}", roman(series + 1)) }
}

/// A small number in Roman numerals, as in the names of planets; in digits from 13 on.
#[must_use]
pub fn roman(number: usize) -> String {
    match number.checked_sub(1).and_then(|i| ROMAN.get(i)) {
        Some(numeral) => (*numeral).to_owned(),
        None => number.to_string(),
    }
}

/// A corporation or alliance ticker of up to five letters.
#[must_use]
pub fn ticker(name: &str, index: usize) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphabetic).take(2).collect();
    format!("{}{}", letters.to_uppercase(), index % 1000)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_do_not_repeat() {
        let places: HashSet<_> = (0..20_000).map(|i| proper(3, i)).collect();
        assert_eq!(places.len(), 20_000);
        let items: HashSet<_> = (0..20_000).map(item).collect();
        assert_eq!(items.len(), 20_000);
    }
}
