-- public_contract_bids: GET /contracts/public/bids/{contract_id}
CREATE TABLE public_contract_bids (
    contract_id BIGINT NOT NULL,
    bid_id BIGINT NOT NULL,
    amount DOUBLE PRECISION,
    date_bid TIMESTAMPTZ,
    PRIMARY KEY (contract_id, bid_id)
);
