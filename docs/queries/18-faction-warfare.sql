-- Which systems of faction warfare are closest to falling, and to whom do they belong?
SELECT
    f.system_name,
    f.region_name,
    f.owner_faction_name,
    f.occupier_faction_name,
    f.contested,
    ROUND(CAST(100 * f.contested_share AS NUMERIC), 1) AS contested_percent
FROM fw_front AS f
ORDER BY f.contested_share DESC, f.solar_system_id
LIMIT 20;
