-- loyalty_offers: GET /loyalty/stores/{corporation_id}/offers
CREATE TABLE loyalty_offers (
    corporation_id BIGINT NOT NULL,
    offer_id BIGINT NOT NULL,
    type_id BIGINT,
    quantity BIGINT,
    lp_cost BIGINT,
    isk_cost BIGINT,
    ak_cost BIGINT,
    PRIMARY KEY (corporation_id, offer_id)
);
CREATE INDEX loyalty_offers_type_id_idx ON loyalty_offers (type_id);

CREATE TABLE loyalty_offer_items (
    corporation_id BIGINT NOT NULL,
    offer_id BIGINT NOT NULL,
    type_id BIGINT NOT NULL,
    quantity BIGINT,
    PRIMARY KEY (corporation_id, offer_id, type_id)
);
