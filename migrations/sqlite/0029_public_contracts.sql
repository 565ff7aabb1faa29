-- public_contracts: GET /contracts/public/{region_id}
CREATE TABLE public_contracts (
    region_id INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    type TEXT,
    title TEXT,
    issuer_id INTEGER,
    issuer_corporation_id INTEGER,
    for_corporation INTEGER,
    date_issued TEXT,
    date_expired TEXT,
    days_to_complete INTEGER,
    price REAL,
    buyout REAL,
    reward REAL,
    collateral REAL,
    volume REAL,
    start_location_id INTEGER,
    end_location_id INTEGER,
    first_seen_at TEXT,
    last_seen_at TEXT,
    PRIMARY KEY (region_id, contract_id)
) WITHOUT ROWID;
CREATE INDEX public_contracts_contract_id_idx ON public_contracts (contract_id);
