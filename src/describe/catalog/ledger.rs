//! What the ledger's tables mean; their SQL is the first public migration.

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
    "parameters, such as `region_id=10000002`; empty where the route has none",
);

pub(in crate::describe::catalog) static TABLES: &[LedgerTable] = &[
    LedgerTable {
        name: "sync_targets",
        doc: "What was asked, what came of it, and when to ask again: a row per parameterisation of a dataset.",
        key: &["dataset", "target"],
        indexes: &[&["dataset", "due_at"]],
        columns: &[
            DATASET,
            TARGET,
            DocumentedColumn::text("owner_kind", "character, corporation or alliance; NULL for public rows")
                .nullable(),
            DocumentedColumn::int("owner_id", "whose private rows it holds; NULL for public rows").nullable(),
            DocumentedColumn::text(
                "kind",
                "route: the only target of a route without parameters; list: the ids of the other targets, no rows; \
                 item: one of many",
            ),
            DocumentedColumn::int("rank", "place among the targets that were never asked").nullable(),
            DocumentedColumn::text(
                "state",
                "active; shrunk: a suspiciously small set is held back; leaving: asked once more; complete: nothing \
                 more to ask; deselected; retired",
            ),
            DocumentedColumn::time("last_success_at", "when a reply was last stored or confirmed").nullable(),
            DocumentedColumn::time("last_attempt_at", "when it was last asked").nullable(),
            DocumentedColumn::time("expires_at", "when ESI's reply expires; it is not asked before")
                .nullable(),
            DocumentedColumn::time("due_at", "when it is meant to be asked again").nullable(),
            DocumentedColumn::time("last_modified", "when ESI built the stored set").nullable(),
            DocumentedColumn::text("etag", "validator of a set of one page").nullable(),
            DocumentedColumn::int("pages", "pages of the stored set").unit("pages").nullable(),
            DocumentedColumn::int("rows", "rows of the stored set in the main table").unit("rows"),
            DocumentedColumn::int("failures", "attempts in a row that failed").unit("attempts"),
            DocumentedColumn::text("last_error", "why the last attempt failed; NULL if it did not")
                .nullable(),
            DocumentedColumn::int("drift", "unknown fields and missing values of the stored set")
                .unit("values"),
            DocumentedColumn::text("server_version", "build of the game when the set was stored").nullable(),
            DocumentedColumn::text(
                "fingerprint",
                "what the validator stands for: question, columns, date, language",
            )
            .nullable(),
            DocumentedColumn::text("quarantined_version", "version of the small set that is held back")
                .nullable(),
            DocumentedColumn::text("source_version", "version of the row that the target came from")
                .nullable(),
            DocumentedColumn::text(
                "cursor",
                "token after which everything is new, where the route has a cursor",
            )
            .nullable(),
            DocumentedColumn::text("walk", "how far a walk into the past has come").nullable(),
            DocumentedColumn::boolean("walk_ended", "whether that walk has reached the beginning"),
            DocumentedColumn::boolean(
                "rereading",
                "whether all of it is being read anew, because it may be old",
            ),
        ],
    },
    LedgerTable {
        name: "sync_pages",
        doc: "Pages of stored sets whose rows are known page by page.",
        key: &["dataset", "target", "page"],
        indexes: &[],
        columns: &[
            DATASET,
            TARGET,
            DocumentedColumn::int("page", "page, from 1"),
            DocumentedColumn::text("etag", "validator of the page; NULL if it is to be read whole")
                .nullable(),
            DocumentedColumn::int("drift", "unknown fields and missing values of the page").unit("values"),
            DocumentedColumn::bytes("keys", "keys of its rows, packed"),
        ],
    },
    LedgerTable {
        name: "sync_datasets",
        doc: "The datasets as they are configured, written at every start.",
        key: &["dataset"],
        indexes: &[],
        columns: &[
            DocumentedColumn::text("dataset", "the dataset, named after its main table"),
            DocumentedColumn::text("operation", "method and path of its route"),
            DocumentedColumn::text("source", "path of the list that its ids come from").nullable(),
            DocumentedColumn::boolean("enabled", "whether the configuration enables it"),
            DocumentedColumn::text("every", "the cadence that the configuration asks for"),
            DocumentedColumn::text("declaration", "hash of what is asked and how the reply is read"),
            DocumentedColumn::int("period_seconds", "how long its targets are meant to stay fresh").unit("s"),
        ],
    },
    LedgerTable {
        name: "sync_rejects",
        doc: "Records that could not be stored, as they came; cleared by the next clean set.",
        key: &["dataset", "target", "hash"],
        indexes: &[],
        columns: &[
            DATASET,
            TARGET,
            DocumentedColumn::text("hash", "hash of the record"),
            DocumentedColumn::text("reason", "why it could not be stored"),
            DocumentedColumn::text("json", "the record"),
            DocumentedColumn::time("seen_at", "when it came"),
        ],
    },
    LedgerTable {
        name: "sync_drift",
        doc: "Where replies differ from what esi-syncd expects of them.",
        key: &["dataset", "field", "kind"],
        indexes: &[],
        columns: &[
            DATASET,
            DocumentedColumn::text("field", "field of the reply, or column that stayed empty"),
            DocumentedColumn::text(
                "kind",
                "unknown: a field that is not stored; missing: a value that should be there",
            ),
            DocumentedColumn::int("records", "most records of one reply that had it").unit("records"),
            DocumentedColumn::time("first_seen_at", "when it was first seen"),
            DocumentedColumn::time("last_seen_at", "when it was last seen"),
        ],
    },
    LedgerTable {
        name: "sync_budgets",
        doc: "Rate-limit tokens spent lately, so that a restart does not forget them.",
        key: &["budget", "owner", "slot"],
        indexes: &[],
        columns: &[
            DocumentedColumn::text("budget", "token bucket of ESI, or the shared limit"),
            DocumentedColumn::text("owner", "for whom was asked"),
            DocumentedColumn::time("slot", "start of the moment that is counted together"),
            DocumentedColumn::int("tokens", "tokens spent in it").unit("tokens"),
            DocumentedColumn::int("bucket_limit", "tokens that the bucket holds").unit("tokens"),
        ],
    },
    LedgerTable {
        name: "sync_pauses",
        doc: "Buckets that ESI has told to rest.",
        key: &["budget"],
        indexes: &[],
        columns: &[
            DocumentedColumn::text("budget", "token bucket of ESI, or the shared limit"),
            DocumentedColumn::time("until", "when it may be used again"),
        ],
    },
    LedgerTable {
        name: "sync_instance",
        doc: "One row: whose database this is, and which run writes to it.",
        key: &["id"],
        indexes: &[],
        columns: &[
            DocumentedColumn::int("id", "always 1"),
            DocumentedColumn::int("generation", "number of the run; each start adds one"),
            DocumentedColumn::text("tenant", "server of the game whose data this is"),
            DocumentedColumn::text("holder", "process and host of the run"),
            DocumentedColumn::text("version", "version of esi-syncd"),
            DocumentedColumn::time("started_at", "when the run started"),
            DocumentedColumn::time(
                "stopped_at",
                "when it ended in good order; NULL while it runs, or if it was killed",
            )
            .nullable(),
            DocumentedColumn::text("documentation", "hash of what `sync_tables` and `sync_columns` say")
                .nullable(),
            DocumentedColumn::text("public_schema", "schema that these tables lie in; NULL on SQLite")
                .nullable(),
        ],
    },
    LedgerTable {
        name: "sync_esi",
        doc: "One row: whether ESI is there, and if not, why nothing is read from it.",
        key: &["id"],
        indexes: &[],
        columns: &[
            DocumentedColumn::int("id", "always 1"),
            DocumentedColumn::text(
                "state",
                "up, downtime, vip (closed to players), outage, or error_limited",
            ),
            DocumentedColumn::time("since", "since when it is so"),
            DocumentedColumn::time("until", "until when, as far as that is known").nullable(),
            DocumentedColumn::text("reason", "in words"),
        ],
    },
    LedgerTable {
        name: "sync_migrations",
        doc: "The migrations that this database has had.",
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
        doc: "The views of this database; one whose definition in esi-syncd has another hash is made anew.",
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
                "what happens to earlier rows: snapshot, upsert, seen or append",
            )
            .nullable(),
            DocumentedColumn::int(
                "cadence_seconds",
                "how often it is asked unless the configuration says otherwise",
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
            DocumentedColumn::text("unit", "what its numbers count").nullable(),
            DocumentedColumn::text("reference", "column it points at, as `table.column`").nullable(),
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
        DocumentedColumn::int("targets", "targets that count").unit("targets"),
        DocumentedColumn::int("fresh", "of these, how many are as fresh as they are meant to be")
            .unit("targets"),
        DocumentedColumn::int("stale", "of these, how many are not").unit("targets"),
        DocumentedColumn::int("failing", "of these, whose last attempt failed").unit("targets"),
        DocumentedColumn::time("oldest_success_at", "when the oldest of them was last stored or confirmed")
            .computed()
            .nullable(),
        DocumentedColumn::time("newest_success_at", "when anything was last stored or confirmed")
            .computed()
            .nullable(),
        DocumentedColumn::int("rows", "rows of the stored sets in the main table").unit("rows"),
        DocumentedColumn::int("deselected", "targets that the configuration no longer asks for")
            .unit("targets"),
        DocumentedColumn::int("retired", "targets that ESI no longer lists").unit("targets"),
        DocumentedColumn::int("complete", "targets of which all is stored, for good or until they change")
            .unit("targets"),
        DocumentedColumn::text("esi", "condition that ESI is in; `sync_esi` says more").nullable(),
    ],
    example: "SELECT dataset, fresh, targets, oldest_success_at FROM sync_status ORDER BY dataset",
};
