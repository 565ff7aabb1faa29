-- A system at a glance. Jumps and kills are of the newest hour that ESI has told; it leaves out systems where nothing
-- happened, so these have 0, and NULL means that no hour has been seen yet.
SELECT
    s.system_id,
    s.name AS system_name,
    s.security_status,
    s.constellation_id,
    c.name AS constellation_name,
    c.region_id,
    r.name AS region_name,
    jump_hour.observed_at AS jumps_observed_at,
    CAST(CASE WHEN jump_hour.observed_at IS NOT NULL THEN COALESCE(j.ship_jumps, 0) END AS BIGINT) AS ship_jumps,
    kill_hour.observed_at AS kills_observed_at,
    CAST(CASE WHEN kill_hour.observed_at IS NOT NULL THEN COALESCE(k.ship_kills, 0) END AS BIGINT) AS ship_kills,
    CAST(CASE WHEN kill_hour.observed_at IS NOT NULL THEN COALESCE(k.pod_kills, 0) END AS BIGINT) AS pod_kills,
    CAST(CASE WHEN kill_hour.observed_at IS NOT NULL THEN COALESCE(k.npc_kills, 0) END AS BIGINT) AS npc_kills,
    manufacturing.cost_index AS manufacturing_index,
    material.cost_index AS material_research_index,
    research.cost_index AS time_research_index,
    copying.cost_index AS copying_index,
    invention.cost_index AS invention_index,
    reaction.cost_index AS reaction_index,
    sov.claim_kind AS sovereignty_kind,
    CAST(COALESCE(sov.claim_alliance_alliance_id, sov.claim_faction_faction_id) AS BIGINT) AS sovereignty_holder_id,
    holder.name AS sovereignty_holder_name,
    incursion.state AS incursion_state,
    incursion.influence AS incursion_influence,
    fw.owner_faction_id AS fw_owner_faction_id,
    fw_owner.name AS fw_owner_faction_name,
    fw.occupier_faction_id AS fw_occupier_faction_id,
    fw_occupier.name AS fw_occupier_faction_name,
    fw.contested AS fw_contested,
    CAST((SELECT COUNT(*) FROM universe_system_stations AS st WHERE st.system_id = s.system_id) AS BIGINT) AS stations
FROM universe_systems AS s
LEFT JOIN universe_constellations AS c ON c.constellation_id = s.constellation_id
LEFT JOIN universe_regions AS r ON r.region_id = c.region_id
LEFT JOIN (SELECT observed_at FROM system_jumps ORDER BY observed_at DESC LIMIT 1) AS jump_hour ON TRUE
LEFT JOIN (SELECT observed_at FROM system_kills ORDER BY observed_at DESC LIMIT 1) AS kill_hour ON TRUE
LEFT JOIN system_jumps AS j ON j.observed_at = jump_hour.observed_at AND j.system_id = s.system_id
LEFT JOIN system_kills AS k ON k.observed_at = kill_hour.observed_at AND k.system_id = s.system_id
LEFT JOIN industry_cost_indices AS manufacturing
    ON manufacturing.solar_system_id = s.system_id AND manufacturing.activity = 'manufacturing'
LEFT JOIN industry_cost_indices AS material
    ON material.solar_system_id = s.system_id AND material.activity = 'researching_material_efficiency'
LEFT JOIN industry_cost_indices AS research
    ON research.solar_system_id = s.system_id AND research.activity = 'researching_time_efficiency'
LEFT JOIN industry_cost_indices AS copying
    ON copying.solar_system_id = s.system_id AND copying.activity = 'copying'
LEFT JOIN industry_cost_indices AS invention
    ON invention.solar_system_id = s.system_id AND invention.activity = 'invention'
LEFT JOIN industry_cost_indices AS reaction
    ON reaction.solar_system_id = s.system_id AND reaction.activity = 'reaction'
LEFT JOIN sovereignty_systems AS sov ON sov.solar_system_id = s.system_id
LEFT JOIN entity_names AS holder
    ON holder.id = COALESCE(sov.claim_alliance_alliance_id, sov.claim_faction_faction_id)
LEFT JOIN (
    SELECT solar_system_id, MIN(constellation_id) AS constellation_id
    FROM incursion_systems
    GROUP BY solar_system_id
) AS invaded ON invaded.solar_system_id = s.system_id
LEFT JOIN incursions AS incursion ON incursion.constellation_id = invaded.constellation_id
LEFT JOIN fw_systems AS fw ON fw.solar_system_id = s.system_id
LEFT JOIN entity_names AS fw_owner ON fw_owner.id = fw.owner_faction_id
LEFT JOIN entity_names AS fw_occupier ON fw_occupier.id = fw.occupier_faction_id
