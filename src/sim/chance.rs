//! Deterministic randomness: every invented value is a hash of the record it belongs to, so none is stored.

/// Mixes two words into one, so that neighbours look unrelated (the finaliser of splitmix64).
#[must_use]
pub const fn mix(a: u64, b: u64) -> u64 {
    let mut z = a ^ b.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A fast hash of bytes, eight at a time: the `ETag` of page bodies of hundreds of kilobytes.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut state = 0xCBF2_9CE4_8422_2325 ^ bytes.len() as u64;
    for word in words {
        state = (state.rotate_left(5) ^ u64::from_le_bytes(*word)).wrapping_mul(0x517C_C1B7_2722_0A95);
    }
    for &byte in rest {
        state = (state.rotate_left(5) ^ u64::from(byte)).wrapping_mul(0x517C_C1B7_2722_0A95);
    }
    mix(state, 1)
}

/// `0..n`, uniform; 0 if `n` is 0.
#[must_use]
pub const fn below(hash: u64, n: u64) -> u64 {
    ((hash as u128 * n as u128) >> 64) as u64
}

/// `0..n` for indices.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "the result is below a usize")]
pub const fn index(hash: u64, n: usize) -> usize {
    below(hash, n as u64) as usize
}

/// `0..n` as an `i64`, for ids, volumes and cents.
#[must_use]
pub fn amount(hash: u64, n: i64) -> i64 {
    below(hash, n.unsigned_abs()).cast_signed()
}

/// A fraction in `0.0..1.0`.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "53 bits fit a double")]
pub const fn fraction(hash: u64) -> f64 {
    (hash >> 11) as f64 / (1_u64 << 53) as f64
}

/// A number rounded to `digits` decimals, so that bodies stay short and readable.
#[must_use]
pub fn rounded(value: f64, digits: i32) -> f64 {
    let unit = 10_f64.powi(digits);
    (value * unit).round() / unit
}
