-- freelance_jobs: GET /freelance-jobs
CREATE TABLE freelance_jobs (
    job_id TEXT NOT NULL,
    name TEXT,
    state TEXT,
    last_modified TEXT,
    progress_current INTEGER,
    progress_desired INTEGER,
    reward_initial REAL,
    reward_remaining REAL,
    PRIMARY KEY (job_id)
) WITHOUT ROWID;
