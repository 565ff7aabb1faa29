//! Market orders, computed slot by slot.
//!
//! A region is a row of slots. The order in a slot at a version follows from the number of the slot's changes until then
//! (see [`Timeline`]). Every tenth change replaces the order by a new one. The other changes alternate between a trade
//! (less volume remains) and a new price (with a new `issued`). At the end of the row a few slots appear and vanish. So
//! any page of any version is written directly, without state.

use super::FOUNDED;
use super::items::{Items, PLEX};
use super::map::{Map, PLEX_REGION};
use super::places::Place;
use super::timeline::Timeline;
use crate::sim::chance::{amount, below, index, mix};
use crate::sim::settings::SimSettings;

/// Orders on one page.
pub const PAGE_ROWS: usize = 1_000;
/// The share of the hubs and the PLEX market in all orders, in percent, as in the real market.
const HUB_WEIGHTS: [f64; 6] = [25.0, 11.0, 6.0, 4.0, 4.5, 0.4];
/// Outside the first market one type in this many is expensive, so that hauling pays.
const DEAR: u64 = 16;
/// The price of expensive types, in percent of their price elsewhere.
const DEAR_PERCENT: i64 = 115;
const DURATIONS: [i64; 5] = [1, 7, 30, 90, 365];
const RANGES: [&str; 10] = ["station", "region", "solarsystem", "1", "2", "3", "5", "10", "20", "40"];

/// The orders of all regions.
#[derive(Debug)]
pub struct OrderBook {
    markets: Vec<Market>,
    slots: i64,
    wobble: f64,
    seed: u64,
    ttl: i64,
}

/// The orders of one region.
#[derive(Debug)]
pub struct Market {
    /// The region.
    pub region: i64,
    /// Its approximate number of orders.
    pub size: usize,
    /// The number of slots of the regions before this one; it makes order ids unique.
    first: i64,
    roll: u64,
    places: Vec<Place>,
}

/// A filter on a region's orders.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Buy orders only, or sell orders only.
    pub buy: Option<bool>,
    /// Orders of one type only.
    pub type_id: Option<i64>,
}

/// The order in a slot at a version.
struct Order {
    id: i64,
    type_id: i64,
    buy: bool,
    roll: u64,
    cents: i64,
    issued: i64,
    trades: i64,
}

impl OrderBook {
    /// Distributes the orders over the regions.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "sizes"
    )]
    pub fn new(seed: u64, settings: &SimSettings, map: &Map) -> Self {
        let regions: Vec<i64> = map.markets().into_iter().take(settings.orders.regions).collect();
        let weight = |i: usize| HUB_WEIGHTS.get(i).copied().unwrap_or_else(|| 22.0 / (i as f64 + 6.0));
        let sum: f64 = (0..regions.len()).map(weight).sum();
        let mut slots = 0;
        let mut markets = Vec::with_capacity(regions.len());
        for (i, region) in regions.into_iter().enumerate() {
            let size = (settings.orders.total as f64 * weight(i) / sum).round() as usize;
            let roll = mix(seed, region.unsigned_abs());
            markets.push(Market { region, size, first: slots, roll, places: map.places(region) });
            slots += i64::try_from(size + size / 50 + 2).unwrap_or(0);
        }
        Self { markets, slots, wobble: settings.change_share.clamp(0.0, 0.1) * 0.1, seed, ttl: 300 }
    }

    /// All regions that have a market, largest hub first.
    #[must_use]
    pub fn markets(&self) -> &[Market] {
        &self.markets
    }

    /// The market of a region.
    #[must_use]
    pub fn market(&self, region: i64) -> Option<&Market> {
        self.markets.iter().find(|m| m.region == region)
    }

    /// The number of orders of a market at a version: its size, plus or minus a tenth of the share that changes.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "sizes"
    )]
    pub fn count(&self, market: &Market, version: i64) -> usize {
        let swing = (market.size as f64 * self.wobble) as u64;
        let roll = mix(market.roll, version.cast_unsigned());
        market.size + below(roll, swing + 1) as usize
    }

    /// The orders `from..to` of those that pass the filter, as a JSON array, and the number that pass in all.
    #[must_use]
    pub fn page(
        &self,
        (market, version): (&Market, i64),
        filter: Filter,
        page: usize,
        items: &Items,
        timeline: &Timeline,
    ) -> (Vec<u8>, usize) {
        let count = self.count(market, version);
        let (from, to) = ((page - 1) * PAGE_ROWS, page * PAGE_ROWS);
        let at = |slot| self.order(market, slot, version, items, timeline);
        let mut out = Vec::with_capacity(PAGE_ROWS * 270);
        out.push(b'[');
        if filter.buy.is_none() && filter.type_id.is_none() {
            (from..to.min(count)).for_each(|slot| market.write(&mut out, &at(slot)));
            close(&mut out);
            return (out, count);
        }
        let mut matching = 0;
        for slot in 0..count {
            let order = at(slot);
            if filter.passes(&order) {
                if (from..to).contains(&matching) {
                    market.write(&mut out, &order);
                }
                matching += 1;
            }
        }
        close(&mut out);
        (out, matching)
    }

    /// Ids of all orders of a market at a version.
    #[must_use]
    pub fn ids(&self, market: &Market, version: i64, items: &Items, timeline: &Timeline) -> Vec<i64> {
        let slots = 0..self.count(market, version);
        slots.map(|slot| self.order(market, slot, version, items, timeline).id).collect()
    }

    fn order(&self, market: &Market, slot: usize, version: i64, items: &Items, timeline: &Timeline) -> Order {
        let record = mix(market.roll, slot as u64);
        let changes = timeline.changes(record, version);
        let aged = changes + i64::from(record.to_le_bytes()[0] % 10);
        let (generation, age) = (aged.div_euclid(10), aged.rem_euclid(10));
        let roll = mix(record, generation.cast_unsigned() ^ 0xA5A5);
        let (type_id, base) = if market.region == PLEX_REGION {
            (PLEX, 490_000_000)
        } else {
            let skewed = below(roll, 1 << 20) * below(roll.rotate_left(20), 1 << 20);
            items.traded(index(skewed << 24, items.traded.len()))
        };
        let buy = roll.is_multiple_of(3);
        let repriced = changes - age % 2;
        let price_roll = mix(roll, repriced.cast_unsigned());
        let percent = if buy { 97 - amount(price_roll, 30) } else { 102 + amount(price_roll, 40) };
        let dear = market.first > 0 && mix(market.roll, type_id.unsigned_abs()).is_multiple_of(DEAR);
        let base = if dear { base * DEAR_PERCENT / 100 } else { base };
        let cents = (base / 100 * percent + base % 100 * percent / 100 + amount(price_roll >> 20, 50)).max(1);
        let issued = match timeline.version_of(record, repriced) {
            Some(at) => at * self.ttl + amount(roll, self.ttl),
            None => FOUNDED - amount(roll, 80 * 86_400),
        };
        let id = 6_000_000_000
            + generation.rem_euclid(1 << 20) * self.slots
            + market.first
            + slot.cast_signed() as i64;
        Order { id, type_id, buy, roll: mix(roll, self.seed), cents, issued, trades: (age + 1) / 2 }
    }
}

impl Filter {
    fn passes(self, order: &Order) -> bool {
        self.buy.is_none_or(|buy| buy == order.buy) && self.type_id.is_none_or(|id| id == order.type_id)
    }
}

impl Market {
    fn write(&self, out: &mut Vec<u8>, order: &Order) {
        let (low, high) = (order.roll & 0xFFFF_FFFF, order.roll >> 32);
        let place = if low % 10 < 7 {
            self.places[0]
        } else {
            self.places[index(order.roll << 8, self.places.len())]
        };
        let total = 1 + amount(order.roll << 4, 1 << (4 + high % 14));
        let remain = (total - total * order.trades / 8).max(1);
        let range = if order.buy { RANGES[(high % 10) as usize] } else { "region" };
        let mut digits = itoa::Buffer::new();
        let mut number = |out: &mut Vec<u8>, key: &[u8], value: i64| {
            out.extend_from_slice(key);
            out.extend_from_slice(digits.format(value).as_bytes());
        };
        number(out, b"{\"duration\":", DURATIONS[(low % 5) as usize]);
        out.extend_from_slice(if order.buy { b",\"is_buy_order\":true" } else { b",\"is_buy_order\":false" });
        out.extend_from_slice(b",\"issued\":\"");
        write_time(out, order.issued);
        number(out, b"\",\"location_id\":", place.location);
        number(out, b",\"min_volume\":", if order.buy && low % 50 == 0 { 10 } else { 1 });
        number(out, b",\"order_id\":", order.id);
        number(out, b",\"price\":", order.cents / 100);
        out.push(b'.');
        two(out, order.cents % 100);
        out.extend_from_slice(b",\"range\":\"");
        out.extend_from_slice(range.as_bytes());
        number(out, b"\",\"system_id\":", place.system);
        number(out, b",\"type_id\":", order.type_id);
        number(out, b",\"volume_remain\":", remain);
        number(out, b",\"volume_total\":", total);
        out.extend_from_slice(b"},");
    }
}

/// Ends an array whose rows each end in a comma.
fn close(out: &mut Vec<u8>) {
    if out.last() == Some(&b',') {
        out.pop();
    }
    out.push(b']');
}

fn two(out: &mut Vec<u8>, value: i64) {
    let digit = |d: i64| b'0' + u8::try_from(d % 10).unwrap_or(0);
    out.extend_from_slice(&[digit(value / 10), digit(value)]);
}

/// Writes `YYYY-MM-DDTHH:MM:SSZ` without a formatter, which would cost more time than the rest of the row.
fn write_time(out: &mut Vec<u8>, seconds: i64) {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let era_day = shifted.rem_euclid(146_097);
    let era_year = (era_day - era_day / 1_460 + era_day / 36_524 - era_day / 146_096) / 365;
    let year_day = era_day - (365 * era_year + era_year / 4 - era_year / 100);
    let march_month = (5 * year_day + 2) / 153;
    let day = year_day - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era_year + shifted.div_euclid(146_097) * 400 + i64::from(month <= 2);
    two(out, year / 100);
    for (sign, part) in [(0, year % 100), (b'-', month), (b'-', day)] {
        if sign != 0 {
            out.push(sign);
        }
        two(out, part);
    }
    for (sign, part) in [(b'T', second / 3_600), (b':', second / 60 % 60), (b':', second % 60)] {
        out.push(sign);
        two(out, part);
    }
    out.push(b'Z');
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, SecondsFormat};

    use super::*;

    #[test]
    fn times_are_written_as_chrono_would() {
        for i in 0..5_000 {
            let seconds = i * 1_234_567 - 1_000_000_000;
            let mut out = Vec::new();
            write_time(&mut out, seconds);
            let expected = DateTime::from_timestamp(seconds, 0)
                .expect("in range")
                .to_rfc3339_opts(SecondsFormat::Secs, true);
            assert_eq!(String::from_utf8(out).expect("ascii"), expected);
        }
    }
}
