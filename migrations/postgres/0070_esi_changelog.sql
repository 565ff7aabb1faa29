-- esi_changelog: GET /meta/changelog
CREATE TABLE esi_changelog (
    date DATE NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    description TEXT,
    PRIMARY KEY (date, method, path, type)
);
