-- Systems by what an activity costs there, the cheapest of each region first.
SELECT
    i.activity,
    p.region_id,
    p.region_name,
    i.solar_system_id,
    p.name AS system_name,
    p.security_status,
    i.cost_index,
    CAST(RANK() OVER (PARTITION BY i.activity, p.region_id ORDER BY i.cost_index) AS BIGINT) AS rank_in_region
FROM industry_cost_indices AS i
LEFT JOIN system_paths AS p ON p.system_id = i.solar_system_id
