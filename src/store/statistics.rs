//! Statistics for SQLite's query planner. `PostgreSQL` gathers its own.

/// The planner uses these figures of a full market until the daemon has gathered its own. Without any, SQLite
/// would read all orders of a region to find those of one type.
pub(super) const OF_A_FULL_MARKET: &str = "\
ANALYZE market_orders;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('market_orders', 'market_orders', '1200000 24000 1'),
    ('market_orders', 'market_orders_region_id_type_id_idx', '1200000 24000 40');
ANALYZE sqlite_schema;";

/// Gathers statistics of the tables that were written and became ten times larger or smaller, from a few
/// hundred rows of each index.
pub(super) const OF_CHANGED_TABLES: &str = "PRAGMA analysis_limit = 400; PRAGMA optimize";

/// The same for all tables. Not for a process that ends at once: a table that it found empty would count as
/// empty for good.
pub(super) const OF_ALL_TABLES: &str = "PRAGMA analysis_limit = 400; PRAGMA optimize = 0x10002";
