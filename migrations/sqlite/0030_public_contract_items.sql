-- public_contract_items: GET /contracts/public/items/{contract_id}
CREATE TABLE public_contract_items (
    contract_id INTEGER NOT NULL,
    record_id INTEGER NOT NULL,
    type_id INTEGER,
    quantity INTEGER,
    is_included INTEGER,
    item_id INTEGER,
    is_blueprint_copy INTEGER,
    runs INTEGER,
    material_efficiency INTEGER,
    time_efficiency INTEGER,
    PRIMARY KEY (contract_id, record_id)
) WITHOUT ROWID;
CREATE INDEX public_contract_items_type_id_idx ON public_contract_items (type_id);
