-- What does losing a ship really cost, bought in The Forge and insured at the best level? Negative: the insurance pays more.
SELECT
    item.name AS ship,
    item.group_name,
    p.lowest_sell AS price,
    i.cost AS insurance,
    i.payout,
    ROUND(CAST(p.lowest_sell + i.cost - i.payout AS NUMERIC), 0) AS net_loss
FROM insurance_prices AS i
JOIN market_best_prices AS p ON p.type_id = i.type_id AND p.region_id = 10000002
JOIN type_paths AS item ON item.type_id = i.type_id
WHERE i.name = 'Platinum' AND p.lowest_sell IS NOT NULL
ORDER BY net_loss, ship
LIMIT 20;
