-- esi_route_status: GET /meta/status
CREATE TABLE esi_route_status (
    method TEXT COLLATE "C" NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    status TEXT,
    PRIMARY KEY (method, path)
);
