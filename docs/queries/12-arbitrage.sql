-- What can be bought in one place and sold to a bid in another, and what is left after sales tax? Put your own pilot's
-- tax in place of 0.03375, which is that of Accounting V. Naming a region of each side makes it quick.
SELECT
    a.type_name,
    a.from_location_name,
    a.to_location_name,
    a.volume AS units,
    a.volume * a.unit_volume AS cargo_m3,
    ROUND(CAST(a.sell_at * (1 - 0.03375) - a.buy_at AS NUMERIC), 2) AS gain_per_unit,
    ROUND(CAST((a.sell_at * (1 - 0.03375) - a.buy_at) * a.volume AS NUMERIC), 0) AS gain
FROM market_arbitrage AS a
WHERE a.from_region_id = 10000002 AND a.to_region_id = 10000043 AND a.sell_at * (1 - 0.03375) > a.buy_at
ORDER BY gain DESC, a.type_id, a.from_location_id, a.to_location_id
LIMIT 20;
