//! The meaning of the ledger's tables; their SQL is the first public migration.

use crate::declare::{DocumentedColumn, View};

/// A table of the ledger.
#[derive(Clone, Copy, Debug)]
pub struct LedgerTable {
    /// The table's name.
    pub name: &'static str,
    /// What a row is, in a sentence.
    pub doc: &'static str,
    /// The key's columns, in order.
    pub key: &'static [&'static str],
    /// Secondary indexes, each a list of columns.
    pub indexes: &'static [&'static [&'static str]],
    /// Its columns, in order.
    pub columns: &'static [DocumentedColumn],
}

const DATASET: DocumentedColumn = DocumentedColumn::text("dataset", "dataset").of("sync_datasets.dataset");
const TARGET: DocumentedColumn = DocumentedColumn::text(
    "target",
    "parameters, such as `region_id=10000002`; empty for a route without parameters",
);

pub(in crate::describe::catalog) static TABLES: &[LedgerTable] = &[
    LedgerTable {
        name: "sync_targets",
        doc: "A row per target of a dataset: what was stored, how the last attempt ended, and when to ask again.",
        key: &["dataset", "target"],
        indexes: &[&["dataset", "due_at"]],
        columns: &[
            DATASET,
            TARGET,
            DocumentedColumn::text("owner_kind", "character, corporation or alliance; NULL for public rows")
                .nullable(),
            DocumentedColumn::int("owner_id", "id of the owner of private rows; NULL for public rows").nullable(),
            DocumentedColumn::text(
                "kind",
                "route: the only target of a route without parameters; list: the list of ids, without rows; item: one \
                 of many",
            ),
            DocumentedColumn::int("rank", "order among targets that were never asked").nullable(),
            DocumentedColumn::text(
                "state",
                "active; shrunk: a doubtful set is held back; leaving: asked once more; complete: nothing \
                 left to ask; deselected by the configuration; retired by ESI",
            ),
            DocumentedColumn::time("last_success_at", "when a reply was last stored or confirmed").nullable(),
            DocumentedColumn::time("last_attempt_at", "when it was last asked").nullable(),
            DocumentedColumn::time("expires_at", "when ESI's reply expires; the target is not asked before")
                .nullable(),
            DocumentedColumn::time("due_at", "when it should be asked again").nullable(),
            DocumentedColumn::time("last_modified", "when ESI built the stored set").nullable(),
            DocumentedColumn::text("etag", "validator of a set of one page").nullable(),
            DocumentedColumn::int("pages", "pages of the stored set").unit("pages").nullable(),
            DocumentedColumn::int("rows", "rows of the stored set in the main table").unit("rows"),
            DocumentedColumn::int("failures", "attempts in a row that failed").unit("attempts"),
            DocumentedColumn::text("last_error", "why the last attempt failed; NULL if it succeeded")
                .nullable(),
            DocumentedColumn::int("drift", "unknown fields and missing values of the stored set")
                .unit("values"),
            DocumentedColumn::text("server_version", "build of the game when the set was stored").nullable(),
            DocumentedColumn::text(
                "fingerprint",
                "hash of request, columns, compatibility date and language; the validator is only used with the same",
            )
            .nullable(),
            DocumentedColumn::text(
                "quarantined_version",
                "version of the doubtful set that is held back, then what is doubtful; or what was agreed to",
            )
            .nullable(),
            DocumentedColumn::text("source_version", "version of the row that the target came from")
                .nullable(),
            DocumentedColumn::text(
                "cursor",
                "cursor token from which the next reading continues, for routes with a cursor",
            )
            .nullable(),
            DocumentedColumn::text("walk", "where the reading of the past continues").nullable(),
            DocumentedColumn::boolean("walk_ended", "whether the reading of the past has reached the beginning"),
            DocumentedColumn::boolean(
                "rereading",
                "whether all records are being read again, because stored ones may be outdated",
            ),
        ],
    },
    LedgerTable {
        name: "sync_pages",
        doc: "A row per page of a stored set, with the keys of its rows; only for sets that can be updated page by page.",
        key: &["dataset", "target", "page"],
        indexes: &[],
        columns: &[
            DATASET,
            TARGET,
            DocumentedColumn::int("page", "page, from 1"),
            DocumentedColumn::text("etag", "validator of the page; NULL if the page must be read in full")
                .nullable(),
            DocumentedColumn::int("drift", "unknown fields and missing values of the page").unit("values"),
            DocumentedColumn::bytes("keys", "keys of its rows, packed"),
        ],
    },
    LedgerTable {
        name: "sync_datasets",
        doc: "The datasets with their configuration, written at every start.",
        key: &["dataset"],
        indexes: &[],
        columns: &[
            DocumentedColumn::text("dataset", "the dataset, named after its main table"),
            DocumentedColumn::text("operation", "method and path of its route"),
            DocumentedColumn::text("source", "path of the list that its ids come from").nullable(),
            DocumentedColumn::boolean("enabled", "whether the configuration enables it"),
            DocumentedColumn::text("every", "cadence in the configuration"),
            DocumentedColumn::text("declaration", "hash of the request and of the columns"),
            DocumentedColumn::int("period_seconds", "time between two requests of a target").unit("s"),
        ],
    },
    LedgerTable {
        name: "sync_rejects",
        doc: "Records that could not be stored, as ESI sent them. The next set without such records clears them.",
        key: &["dataset", "target", "hash"],
        indexes: &[],
        columns: &[
            DATASET,
            TARGET,
            DocumentedColumn::text("hash", "hash of the record"),
            DocumentedColumn::text("reason", "why it could not be stored"),
            DocumentedColumn::text("json", "the record"),
            DocumentedColumn::time("seen_at", "when the record arrived"),
        ],
    },
    LedgerTable {
        name: "sync_drift",
        doc: "Fields in which ESI's replies differ from what esi-syncd expects.",
        key: &["dataset", "field", "kind"],
        indexes: &[],
        columns: &[
            DATASET,
            DocumentedColumn::text(
                "field",
                "field of the reply (twice: an object had it again), column that stayed empty, or list[] that is missing",
            ),
            DocumentedColumn::text(
                "kind",
                "unknown: a field that is not stored; missing: a value or list that should be there",
            ),
            DocumentedColumn::int("records", "largest number of records in one reply that had it").unit("records"),
            DocumentedColumn::time("first_seen_at", "when it was first seen"),
            DocumentedColumn::time("last_seen_at", "when it was last seen"),
        ],
    },
    LedgerTable {
        name: "sync_budgets",
        doc: "Rate-limit tokens spent recently, so that a restart does not forget them.",
        key: &["budget", "owner", "slot"],
        indexes: &[],
        columns: &[
            DocumentedColumn::text("budget", "token bucket of ESI, or the shared limit"),
            DocumentedColumn::text("owner", "character id whose bucket it is; empty for public requests"),
            DocumentedColumn::time("slot", "start of the slot of 15 seconds"),
            DocumentedColumn::int("tokens", "tokens spent in the slot").unit("tokens"),
            DocumentedColumn::int("bucket_limit", "tokens that the bucket holds").unit("tokens"),
        ],
    },
    LedgerTable {
        name: "sync_pauses",
        doc: "Pauses that ESI has asked for.",
        key: &["budget"],
        indexes: &[],
        columns: &[
            DocumentedColumn::text("budget", "what pauses: a bucket, a route, or everything"),
            DocumentedColumn::time("until", "when it may be used again"),
        ],
    },
    LedgerTable {
        name: "sync_instance",
        doc: "One row: the game server whose data this is, and the run of esi-syncd that writes to it.",
        key: &["id"],
        indexes: &[],
        columns: &[
            DocumentedColumn::int("id", "always 1"),
            DocumentedColumn::int("generation", "number of the run; each start adds one"),
            DocumentedColumn::text("tenant", "game server whose data this is"),
            DocumentedColumn::text("holder", "process and host of the run"),
            DocumentedColumn::text("version", "version of esi-syncd"),
            DocumentedColumn::time("started_at", "when the run started"),
            DocumentedColumn::time(
                "stopped_at",
                "when the run ended cleanly; NULL while it runs, or if it was killed",
            )
            .nullable(),
            DocumentedColumn::text("documentation", "hash of the content of `sync_tables` and `sync_columns`")
                .nullable(),
            DocumentedColumn::text("public_schema", "schema of these tables; NULL on SQLite")
                .nullable(),
        ],
    },
    LedgerTable {
        name: "sync_esi",
        doc: "One row: whether ESI answers, and if not, why.",
        key: &["id"],
        indexes: &[],
        columns: &[
            DocumentedColumn::int("id", "always 1"),
            DocumentedColumn::text(
                "state",
                "up, downtime, vip (closed to players), outage, or error_limited",
            ),
            DocumentedColumn::time("since", "when that state began"),
            DocumentedColumn::time("until", "the earliest end of that state; NULL if unknown").nullable(),
            DocumentedColumn::text("reason", "reason for that state; empty while it is up"),
        ],
    },
    LedgerTable {
        name: "sync_migrations",
        doc: "The migrations that were applied to this database.",
        key: &["version"],
        indexes: &[],
        columns: &[
            DocumentedColumn::int("version", "number of the migration"),
            DocumentedColumn::text("name", "what it is about"),
            DocumentedColumn::text("hash", "hash of its statements"),
            DocumentedColumn::time("applied_at", "when it ran"),
            DocumentedColumn::int("duration_ms", "how long it took").unit("ms"),
        ],
    },
    LedgerTable {
        name: "sync_views",
        doc: "The views of this database. esi-syncd re-creates a view if the hash of its definition has changed.",
        key: &["view_name"],
        indexes: &[],
        columns: &[
            DocumentedColumn::text("view_name", "the view").of("sync_tables.table_name"),
            DocumentedColumn::text("hash", "hash of its definition"),
        ],
    },
    LedgerTable {
        name: "sync_tables",
        doc: "Every table and view of this database: what it means and where it comes from.",
        key: &["table_name"],
        indexes: &[],
        columns: &[
            DocumentedColumn::text("table_name", "the table or view"),
            DocumentedColumn::text("kind", "table, view, or ledger"),
            DocumentedColumn::text("dataset", "dataset that fills it").of("sync_datasets.dataset").nullable(),
            DocumentedColumn::text("operation", "method and path of the route it comes from").nullable(),
            DocumentedColumn::text("key_columns", "columns of its key, in order").nullable(),
            DocumentedColumn::text(
                "write_mode",
                "what happens to earlier rows: snapshot, upsert, track or append",
            )
            .nullable(),
            DocumentedColumn::int(
                "cadence_seconds",
                "default time between two requests of a target",
            )
            .unit("s")
            .nullable(),
            DocumentedColumn::text("meaning", "what a row is"),
        ],
    },
    LedgerTable {
        name: "sync_columns",
        doc: "Every column of every table and view: what it means.",
        key: &["table_name", "column_name"],
        indexes: &[],
        columns: &[
            DocumentedColumn::text("table_name", "the table or view").of("sync_tables.table_name"),
            DocumentedColumn::text("column_name", "the column"),
            DocumentedColumn::int("position", "place in the table, from 1"),
            DocumentedColumn::text("type", "type in this database"),
            DocumentedColumn::boolean("nullable", "whether NULL is an ordinary value there"),
            DocumentedColumn::text("unit", "unit of its numbers").nullable(),
            DocumentedColumn::text("reference", "column to join, as `table.column`").nullable(),
            DocumentedColumn::text("meaning", "what it holds"),
        ],
    },
];

pub(in crate::describe::catalog) static STATUS: View = View {
    name: "sync_status",
    doc: "How fresh each dataset is.",
    columns: &[
        DATASET,
        DocumentedColumn::boolean("enabled", "whether the configuration enables it"),
        DocumentedColumn::int("targets", "targets, without id lists and without deselected and retired ones")
            .unit("targets"),
        DocumentedColumn::int("fresh", "of these, targets whose data is fresh enough").unit("targets"),
        DocumentedColumn::int("stale", "of these, targets whose data is too old").unit("targets"),
        DocumentedColumn::int("failing", "of these, targets whose last attempt failed").unit("targets"),
        DocumentedColumn::time("oldest_success_at", "when the oldest of these was last stored or confirmed")
            .computed()
            .nullable(),
        DocumentedColumn::time("newest_success_at", "when anything was last stored or confirmed")
            .computed()
            .nullable(),
        DocumentedColumn::int("rows", "rows of the stored sets in the main table").unit("rows"),
        DocumentedColumn::int("deselected", "targets that the configuration no longer asks for")
            .unit("targets"),
        DocumentedColumn::int("retired", "targets that ESI no longer lists").unit("targets"),
        DocumentedColumn::int("complete", "targets that will not be asked again, unless they change")
            .unit("targets"),
        DocumentedColumn::text("esi", "state of ESI; `sync_esi` says more").nullable(),
    ],
    example: "SELECT dataset, fresh, targets, oldest_success_at FROM sync_status ORDER BY dataset",
};
