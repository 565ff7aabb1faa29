-- public_contract_bids: GET /contracts/public/bids/{contract_id}
CREATE TABLE public_contract_bids (
    contract_id INTEGER NOT NULL,
    bid_id INTEGER NOT NULL,
    amount REAL,
    date_bid TEXT,
    PRIMARY KEY (contract_id, bid_id)
) WITHOUT ROWID;
