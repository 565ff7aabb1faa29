-- esi_route_status: GET /meta/status
CREATE TABLE esi_route_status (
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    status TEXT,
    PRIMARY KEY (method, path)
) WITHOUT ROWID;
