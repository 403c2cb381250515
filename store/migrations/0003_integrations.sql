-- Outside systems an account has attached, and the work done for them: one table is queue, schedule and journal.
-- Conventions as in 0001: times are unix milliseconds (UTC), 0 = none for identifiers.

-- state: draft | active | paused | broken. settings and secret_keys are JSON; secrets is sealed (internal/secretbox), hook_secret too: hook_hash finds it.
-- secrets_lease is until when a replica alone may change the secrets.
CREATE TABLE integrations (
  account_id     BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  id             BIGINT NOT NULL,
  kind           TEXT   NOT NULL,
  name           TEXT   NOT NULL,
  state          TEXT   NOT NULL,
  settings       TEXT   NOT NULL,
  secrets        TEXT   NOT NULL,
  secret_keys    TEXT   NOT NULL,
  secrets_lease  BIGINT NOT NULL,
  hook_secret    TEXT   NOT NULL,
  hook_hash      TEXT   NOT NULL,
  crm_id         BIGINT NOT NULL,
  remote_id      TEXT   NOT NULL,
  sync_state     TEXT   NOT NULL,
  sync_at        BIGINT,
  sync_failure   TEXT   NOT NULL,
  watermark      BIGINT NOT NULL,
  import         TEXT   NOT NULL,
  created_at     BIGINT NOT NULL,
  changed_at     BIGINT NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_integrations__hook_hash ON integrations (hook_hash);

-- The goals for which integrations that are on make deals (GD-1): looked up in the transaction that stores a reached goal.
CREATE TABLE integration_goals (
  account_id     BIGINT NOT NULL,
  goal_id        BIGINT NOT NULL,
  integration_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, goal_id, integration_id),
  FOREIGN KEY (account_id, integration_id) REFERENCES integrations (account_id, id) ON DELETE CASCADE
);

-- Work. state: waiting | running | done | parked | cancelled. key makes it happen once; lane keeps its jobs in order. payload, progress, failure are JSON.
CREATE TABLE jobs (
  account_id       BIGINT  NOT NULL,
  id               BIGINT  NOT NULL,
  integration_id   BIGINT  NOT NULL,
  kind             TEXT    NOT NULL,
  key              TEXT    NOT NULL,
  lane             TEXT    NOT NULL,
  state            TEXT    NOT NULL,
  run_at           BIGINT  NOT NULL,
  attempt          INTEGER NOT NULL,
  worker           TEXT    NOT NULL,
  locked_until     BIGINT  NOT NULL,
  payload          TEXT    NOT NULL,
  progress         TEXT    NOT NULL,
  failure          TEXT    NOT NULL,
  communication_id BIGINT  NOT NULL,
  remote_id        TEXT    NOT NULL,
  remote_entity    TEXT    NOT NULL,
  remote_url       TEXT    NOT NULL,
  created_at       BIGINT  NOT NULL,
  started_at       BIGINT,
  finished_at      BIGINT,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, integration_id) REFERENCES integrations (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX ux_jobs__account_integration_key ON jobs (account_id, integration_id, key);
CREATE INDEX ix_jobs__account_integration ON jobs (account_id, integration_id, id, state);
CREATE INDEX ix_jobs__account_remote ON jobs (account_id, integration_id, remote_id) WHERE remote_id <> '';
CREATE INDEX ix_jobs__account_communication ON jobs (account_id, communication_id) WHERE communication_id <> 0;
-- What is to be done: claims go through the integrations, so that none keeps the others waiting and those that are switched off cost nothing.
CREATE INDEX ix_jobs__waiting ON jobs (account_id, integration_id, run_at, id) WHERE state = 'waiting';
CREATE INDEX ix_jobs__waiting_unsubscribe ON jobs (account_id, integration_id, run_at, id) WHERE state = 'waiting' AND kind = 'unsubscribe';
CREATE INDEX ix_jobs__running ON jobs (account_id, integration_id, locked_until) WHERE state = 'running';
-- Of a lane the oldest unfinished job runs, and never two.
CREATE INDEX ix_jobs__lane ON jobs (account_id, integration_id, lane, id) WHERE lane <> '' AND state IN ('waiting', 'running');
CREATE UNIQUE INDEX ux_jobs__lane_running ON jobs (account_id, integration_id, lane) WHERE lane <> '' AND state = 'running';

-- Each try of a job with its exchanges (JSON), without secrets. number goes on when the attempts of a job are counted anew.
CREATE TABLE job_attempts (
  account_id BIGINT  NOT NULL,
  job_id     BIGINT  NOT NULL,
  number     INTEGER NOT NULL,
  started_at BIGINT  NOT NULL,
  took_ms    BIGINT  NOT NULL,
  failure    TEXT    NOT NULL,
  exchanges  TEXT    NOT NULL,
  PRIMARY KEY (account_id, job_id, number),
  FOREIGN KEY (account_id, job_id) REFERENCES jobs (account_id, id) ON DELETE CASCADE
);

-- The limits of vendors, shared by replicas: free_at is when the next request may go by the rate (microseconds), blocked_until what the vendor said.
CREATE TABLE vendor_limits (
  key           TEXT   NOT NULL,
  free_at       BIGINT NOT NULL,
  blocked_until BIGINT NOT NULL,
  PRIMARY KEY (key)
);
