-- public_contract_items: GET /contracts/public/items/{contract_id}
CREATE TABLE public_contract_items (
    contract_id BIGINT NOT NULL,
    record_id BIGINT NOT NULL,
    type_id BIGINT,
    quantity BIGINT,
    is_included BOOLEAN,
    item_id BIGINT,
    is_blueprint_copy BOOLEAN,
    runs BIGINT,
    material_efficiency BIGINT,
    time_efficiency BIGINT,
    PRIMARY KEY (contract_id, record_id)
);
CREATE INDEX public_contract_items_type_id_idx ON public_contract_items (type_id);
