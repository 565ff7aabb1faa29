-- esi_changelog: GET /meta/changelog
CREATE TABLE esi_changelog (
    date TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    type TEXT NOT NULL,
    description TEXT,
    PRIMARY KEY (date, method, path, type)
) WITHOUT ROWID;
