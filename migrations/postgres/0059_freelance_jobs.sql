-- freelance_jobs: GET /freelance-jobs
CREATE TABLE freelance_jobs (
    job_id TEXT COLLATE "C" NOT NULL,
    name TEXT,
    state TEXT,
    last_modified TIMESTAMPTZ,
    progress_current BIGINT,
    progress_desired BIGINT,
    reward_initial DOUBLE PRECISION,
    reward_remaining DOUBLE PRECISION,
    PRIMARY KEY (job_id)
);
