-- public_contracts: GET /contracts/public/{region_id}
CREATE TABLE public_contracts (
    region_id BIGINT NOT NULL,
    contract_id BIGINT NOT NULL,
    type TEXT,
    title TEXT,
    issuer_id BIGINT,
    issuer_corporation_id BIGINT,
    for_corporation BOOLEAN,
    date_issued TIMESTAMPTZ,
    date_expired TIMESTAMPTZ,
    days_to_complete BIGINT,
    price DOUBLE PRECISION,
    buyout DOUBLE PRECISION,
    reward DOUBLE PRECISION,
    collateral DOUBLE PRECISION,
    volume DOUBLE PRECISION,
    start_location_id BIGINT,
    end_location_id BIGINT,
    first_seen_at TIMESTAMPTZ,
    last_seen_at TIMESTAMPTZ,
    PRIMARY KEY (region_id, contract_id)
);
CREATE INDEX public_contracts_contract_id_idx ON public_contracts (contract_id);
