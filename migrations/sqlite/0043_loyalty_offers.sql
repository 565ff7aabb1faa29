-- loyalty_offers: GET /loyalty/stores/{corporation_id}/offers
CREATE TABLE loyalty_offers (
    corporation_id INTEGER NOT NULL,
    offer_id INTEGER NOT NULL,
    type_id INTEGER,
    quantity INTEGER,
    lp_cost INTEGER,
    isk_cost INTEGER,
    ak_cost INTEGER,
    PRIMARY KEY (corporation_id, offer_id)
) WITHOUT ROWID;
CREATE INDEX loyalty_offers_type_id_idx ON loyalty_offers (type_id);

CREATE TABLE loyalty_offer_items (
    corporation_id INTEGER NOT NULL,
    offer_id INTEGER NOT NULL,
    type_id INTEGER NOT NULL,
    quantity INTEGER,
    PRIMARY KEY (corporation_id, offer_id, type_id)
) WITHOUT ROWID;
