//! The integer keys of a page, packed for the ledger.
//!
//! Keys are stored in order, each as its distance from the one before, with seven bits a byte. Ids given out
//! one after the other lie close together, so a key takes two to five bytes where an integer takes eight.

/// Packs keys that are in ascending order, each once.
#[must_use]
pub fn pack(keys: &[i64]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(keys.len() * 4);
    let mut before = i64::MIN;
    for &key in keys {
        let mut distance = key.wrapping_sub(before).cast_unsigned();
        while distance >= 0x80 {
            packed.push(distance.to_le_bytes()[0] | 0x80);
            distance >>= 7;
        }
        packed.push(distance.to_le_bytes()[0]);
        before = key;
    }
    packed
}

/// Appends packed keys to `keys`. Returns false if [`pack`] did not make the bytes; the appended keys then
/// mean nothing.
#[must_use]
pub fn unpack(packed: &[u8], keys: &mut Vec<i64>) -> bool {
    let mut before = i64::MIN;
    let (mut distance, mut shift) = (0_u64, 0_u32);
    let start = keys.len();
    for &byte in packed {
        let bits = u64::from(byte & 0x7f);
        if shift > 63 || (bits << shift) >> shift != bits {
            return false;
        }
        distance |= bits << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            let key = before.wrapping_add_unsigned(distance);
            if key <= before && keys.len() > start {
                return false;
            }
            keys.push(key);
            before = key;
            (distance, shift) = (0, 0);
        }
    }
    shift == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(keys: &[i64]) -> usize {
        let packed = pack(keys);
        let mut read = vec![7];
        assert!(unpack(&packed, &mut read), "{keys:?}");
        assert_eq!(read[1..], *keys);
        packed.len()
    }

    #[test]
    fn keys_come_back_as_they_were() {
        there_and_back(&[]);
        there_and_back(&[0]);
        there_and_back(&[i64::MIN, -1, 0, 1, i64::MAX]);
        there_and_back(&[i64::MIN, i64::MAX]);
        there_and_back(&[-5, 127, 128, 16_383, 16_384, 60_000_000_000]);
    }

    #[test]
    fn ids_take_a_few_bytes_each() {
        let orders: Vec<i64> = (0..1000).map(|n| 6_000_000_000 + n * 700_000 + n % 7).collect();
        assert!(there_and_back(&orders) < 3_020);
        let types: Vec<i64> = (0..1000).map(|n| n * 40).collect();
        assert!(there_and_back(&types) < 1_020);
    }

    #[test]
    fn damaged_bytes_are_noticed() {
        let mut keys = Vec::new();
        assert!(!unpack(&[0x80], &mut keys), "cut off");
        assert!(!unpack(&[0xff; 11], &mut keys), "longer than any integer");
        assert!(!unpack(&[5, 0], &mut keys), "a key twice");
        let up_to_the_end = pack(&[i64::MAX]);
        assert!(!unpack(&[&up_to_the_end[..], &[1]].concat(), &mut keys), "past the last integer");
    }
}
