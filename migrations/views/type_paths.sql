-- What a type is: its name, group, category and path through the market window. Details arrive over hours, names within
-- minutes; so a type that only has a name yet is here too, with the rest NULL.
WITH RECURSIVE path (market_group_id, market_path) AS (
    SELECT market_group_id, name
    FROM market_groups
    WHERE parent_group_id IS NULL
    UNION ALL
    SELECT g.market_group_id, path.market_path || ' > ' || g.name
    FROM market_groups AS g
    JOIN path ON path.market_group_id = g.parent_group_id
)
SELECT
    known.type_id,
    CAST(COALESCE(t.name, n.name) AS TEXT) AS name,
    t.group_id,
    g.name AS group_name,
    g.category_id,
    c.name AS category_name,
    t.market_group_id,
    path.market_path,
    t.published
FROM (
    SELECT type_id FROM universe_types
    UNION
    SELECT id FROM entity_names WHERE category = 'inventory_type'
) AS known
LEFT JOIN universe_types AS t ON t.type_id = known.type_id
LEFT JOIN entity_names AS n ON n.id = known.type_id
LEFT JOIN universe_groups AS g ON g.group_id = t.group_id
LEFT JOIN universe_categories AS c ON c.category_id = g.category_id
LEFT JOIN path ON path.market_group_id = t.market_group_id
