-- Calls: employees, virtual numbers and their leases, PBX connections, calls as folded events, scenarios, recordings.
-- Conventions as in 0001: times are unix milliseconds (UTC), 0 = none for identifiers. JSON columns are TEXT.

-- Who takes calls. status is a word of employees.Status; status_id names a status of the account's own (0 = a built-in one).
CREATE TABLE employees (
  account_id  BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  id          BIGINT NOT NULL,
  last_name   TEXT   NOT NULL,
  first_name  TEXT   NOT NULL,
  patronymic  TEXT   NOT NULL,
  name_search TEXT   NOT NULL,
  email       TEXT   NOT NULL,
  extension   TEXT   NOT NULL,
  user_id     BIGINT NOT NULL,
  schedule_id BIGINT NOT NULL,
  status      TEXT   NOT NULL,
  status_id   BIGINT NOT NULL,
  status_at   BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  deleted_at  BIGINT,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_employees__account_email ON employees (account_id, email) WHERE email <> '' AND deleted_at IS NULL;
CREATE UNIQUE INDEX ux_employees__account_extension ON employees (account_id, extension) WHERE extension <> '' AND deleted_at IS NULL;
CREATE UNIQUE INDEX ux_employees__account_user ON employees (account_id, user_id) WHERE user_id <> 0 AND deleted_at IS NULL;

-- Phones in the order they are rung. kind: line (of the PBX; number is the line's name) | number (digits).
CREATE TABLE employee_phones (
  account_id   BIGINT  NOT NULL,
  employee_id  BIGINT  NOT NULL,
  position     INTEGER NOT NULL,
  kind         TEXT    NOT NULL,
  number       TEXT    NOT NULL,
  channels     INTEGER NOT NULL,
  dial_seconds INTEGER NOT NULL,
  is_active    BOOLEAN NOT NULL,
  PRIMARY KEY (account_id, employee_id, position),
  FOREIGN KEY (account_id, employee_id) REFERENCES employees (account_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_employee_phones__account_number ON employee_phones (account_id, number);

-- Employees found or made by an integration: the marks in the shown name, and the links of synchronisation.
CREATE TABLE employee_links (
  account_id     BIGINT NOT NULL,
  integration_id BIGINT NOT NULL,
  remote_id      TEXT   NOT NULL,
  employee_id    BIGINT NOT NULL,
  mark           TEXT   NOT NULL,
  is_enabled     BOOLEAN NOT NULL,
  linked_at      BIGINT NOT NULL,
  PRIMARY KEY (account_id, integration_id, remote_id),
  FOREIGN KEY (account_id, employee_id) REFERENCES employees (account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, integration_id) REFERENCES integrations (account_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_employee_links__account_employee ON employee_links (account_id, employee_id);

CREATE TABLE employee_groups (
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  id         BIGINT NOT NULL,
  name       TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_employee_groups__account_name ON employee_groups (account_id, name);

CREATE TABLE employee_group_members (
  account_id  BIGINT  NOT NULL,
  group_id    BIGINT  NOT NULL,
  employee_id BIGINT  NOT NULL,
  position    INTEGER NOT NULL,
  PRIMARY KEY (account_id, group_id, employee_id),
  FOREIGN KEY (account_id, group_id) REFERENCES employee_groups (account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, employee_id) REFERENCES employees (account_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_employee_group_members__account_employee ON employee_group_members (account_id, employee_id);

-- Statuses of the account's own; base is the built-in status they stand for.
CREATE TABLE employee_statuses (
  account_id BIGINT  NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  id         BIGINT  NOT NULL,
  name       TEXT    NOT NULL,
  base       TEXT    NOT NULL,
  color      TEXT    NOT NULL,
  position   INTEGER NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_employee_statuses__account_name ON employee_statuses (account_id, name);

-- Which status an employee had since when, for statistics.
CREATE TABLE employee_status_log (
  account_id  BIGINT NOT NULL,
  employee_id BIGINT NOT NULL,
  at          BIGINT NOT NULL,
  status      TEXT   NOT NULL,
  status_id   BIGINT NOT NULL,
  origin      TEXT   NOT NULL,
  PRIMARY KEY (account_id, employee_id, at),
  FOREIGN KEY (account_id, employee_id) REFERENCES employees (account_id, id) ON DELETE CASCADE
);

-- Working hours. rules is JSON (employees.Hours); timezone empty = the account's.
CREATE TABLE schedules (
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  id         BIGINT NOT NULL,
  name       TEXT   NOT NULL,
  timezone   TEXT   NOT NULL,
  rules      TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_schedules__account_name ON schedules (account_id, name);

-- PBXs and providers. kind: ctpbx | uis | mango. settings is JSON; secrets is sealed; path_hash finds a connection whose provider cannot sign.
-- is_down: it sent heartbeats once and has fallen silent.
CREATE TABLE pbx_connections (
  account_id   BIGINT  NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  id           BIGINT  NOT NULL,
  kind         TEXT    NOT NULL,
  name         TEXT    NOT NULL,
  is_enabled   BOOLEAN NOT NULL,
  settings     TEXT    NOT NULL,
  secrets      TEXT    NOT NULL,
  path_hash    TEXT    NOT NULL,
  heartbeat_at BIGINT  NOT NULL,
  is_down      BOOLEAN NOT NULL DEFAULT FALSE,
  active_calls INTEGER NOT NULL,
  version      TEXT    NOT NULL,
  snapshot_at  BIGINT  NOT NULL,
  failure      TEXT    NOT NULL,
  created_at   BIGINT  NOT NULL,
  deleted_at   BIGINT,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_pbx_connections__id ON pbx_connections (id);
CREATE UNIQUE INDEX ux_pbx_connections__path_hash ON pbx_connections (path_hash) WHERE path_hash <> '';

-- Lines of PBXs as they last told. state: free | busy | unavailable.
CREATE TABLE pbx_lines (
  account_id    BIGINT NOT NULL,
  connection_id BIGINT NOT NULL,
  line          TEXT   NOT NULL,
  extension     TEXT   NOT NULL,
  state         TEXT   NOT NULL,
  changed_at    BIGINT NOT NULL,
  PRIMARY KEY (account_id, connection_id, line),
  FOREIGN KEY (account_id, connection_id) REFERENCES pbx_connections (account_id, id) ON DELETE CASCADE
);

-- Groups of places on a site's pages where numbers are replaced (blocks). attribute: id | class | name | selector | number.
CREATE TABLE site_blocks (
  account_id BIGINT  NOT NULL,
  id         BIGINT  NOT NULL,
  site_id    BIGINT  NOT NULL,
  name       TEXT    NOT NULL,
  position   INTEGER NOT NULL,
  attribute  TEXT    NOT NULL,
  value      TEXT    NOT NULL,
  template   TEXT    NOT NULL,
  mask       TEXT    NOT NULL,
  wording    TEXT    NOT NULL,
  created_at BIGINT  NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, site_id) REFERENCES sites (account_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_site_blocks__account_site ON site_blocks (account_id, site_id, position);

-- Pools of numbers for dynamic calltracking. block_id 0 = all blocks. segment is JSON: which visits.
CREATE TABLE number_pools (
  account_id       BIGINT  NOT NULL,
  id               BIGINT  NOT NULL,
  site_id          BIGINT  NOT NULL,
  block_id         BIGINT  NOT NULL,
  name             TEXT    NOT NULL,
  position         INTEGER NOT NULL,
  is_enabled       BOOLEAN NOT NULL,
  hold_seconds     INTEGER NOT NULL,
  sticky_days      INTEGER NOT NULL,
  late_hours       INTEGER NOT NULL,
  overflow         TEXT    NOT NULL,
  segment          TEXT    NOT NULL,
  created_at       BIGINT  NOT NULL,
  deleted_at       BIGINT,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, site_id) REFERENCES sites (account_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_number_pools__account_site ON number_pools (account_id, site_id, position);

-- Virtual numbers. usage: static (campaign_id, or the whole site) | pool (pool_id; is_overflow: never given exclusively) | reserve.
-- state: active | quarantine | disabled. A number has one usage, so a static one is never in a pool (I7). integration_id: the CRM it is bound to.
-- A number with a call that runs, or that ended less than its pool's hold ago, is not free; the calls themselves tell.
CREATE TABLE virtual_numbers (
  account_id         BIGINT  NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  id                 BIGINT  NOT NULL,
  number             TEXT    NOT NULL,
  name               TEXT    NOT NULL,
  connection_id      BIGINT  NOT NULL,
  site_id            BIGINT  NOT NULL,
  usage              TEXT    NOT NULL,
  campaign_id        BIGINT  NOT NULL,
  pool_id            BIGINT  NOT NULL,
  block_id           BIGINT  NOT NULL,
  is_overflow        BOOLEAN NOT NULL,
  is_default         BOOLEAN NOT NULL,
  state              TEXT    NOT NULL,
  quarantine_until   BIGINT  NOT NULL,
  scenario_id        BIGINT  NOT NULL,
  integration_id     BIGINT  NOT NULL,
  records            BOOLEAN NOT NULL,
  last_leased_at     BIGINT  NOT NULL,
  created_at         BIGINT  NOT NULL,
  deleted_at         BIGINT,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_virtual_numbers__account_number ON virtual_numbers (account_id, number) WHERE deleted_at IS NULL;
CREATE INDEX ix_virtual_numbers__account_pool ON virtual_numbers (account_id, pool_id, last_leased_at, id) WHERE pool_id <> 0 AND deleted_at IS NULL;
CREATE INDEX ix_virtual_numbers__account_site ON virtual_numbers (account_id, site_id);

-- Reservations of pool numbers for visits; never deleted within the attribution horizon. released_at NULL = open.
-- ambiguous_from: since when others hold the number, too; NULL = alone. No index holds what prolonging changes, so that it stays cheap: the open
-- loans of a pool are few enough to look at their ends one by one.
CREATE TABLE number_leases (
  account_id     BIGINT  NOT NULL,
  id             BIGINT  NOT NULL,
  pool_id        BIGINT  NOT NULL,
  number_id      BIGINT  NOT NULL,
  visitor_id     BIGINT  NOT NULL,
  session_id     BIGINT  NOT NULL,
  started_at     BIGINT  NOT NULL,
  last_seen_at   BIGINT  NOT NULL,
  hold_until     BIGINT  NOT NULL,
  released_at    BIGINT,
  is_shared      BOOLEAN NOT NULL,
  ambiguous_from BIGINT,
  shown_at       BIGINT,
  tel_click_at   BIGINT,
  page_url       TEXT    NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_number_leases__exclusive ON number_leases (account_id, number_id) WHERE released_at IS NULL AND NOT is_shared;
CREATE UNIQUE INDEX ux_number_leases__session ON number_leases (account_id, pool_id, session_id) WHERE released_at IS NULL;
CREATE INDEX ix_number_leases__open ON number_leases (account_id, number_id) WHERE released_at IS NULL;
CREATE INDEX ix_number_leases__number ON number_leases (account_id, number_id, started_at);
CREATE INDEX ix_number_leases__visitor ON number_leases (account_id, pool_id, visitor_id, started_at);
CREATE INDEX ix_number_leases__started ON number_leases (account_id, pool_id, started_at);
{{if .Postgres}}
ALTER TABLE number_leases SET (fillfactor = 80);
{{end}}

-- What happened in a pool on a day (UTC): figures of the cabinet.
CREATE TABLE pool_days (
  account_id BIGINT  NOT NULL,
  pool_id    BIGINT  NOT NULL,
  day        INTEGER NOT NULL,
  leases     BIGINT  NOT NULL,
  overflowed BIGINT  NOT NULL,
  refused    BIGINT  NOT NULL,
  peak       INTEGER NOT NULL,
  PRIMARY KEY (account_id, pool_id, day),
  FOREIGN KEY (account_id, pool_id) REFERENCES number_pools (account_id, id) ON DELETE CASCADE
);

-- Settings of calltracking and calls of an account (JSON), defaults where absent.
CREATE TABLE call_settings (
  account_id BIGINT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  settings   TEXT   NOT NULL
);

-- Events as PBXs sent them, those of a call side by side; (connection, event) makes a repeated one harmless. call_id is the PBX's; is_late: after the call had finished.
CREATE TABLE call_events (
  account_id    BIGINT  NOT NULL,
  connection_id BIGINT  NOT NULL,
  event_id      TEXT    NOT NULL,
  call_id       TEXT    NOT NULL,
  type          TEXT    NOT NULL,
  seq           BIGINT  NOT NULL,
  occurred_at   BIGINT  NOT NULL,
  received_at   BIGINT  NOT NULL,
  body          TEXT    NOT NULL,
  PRIMARY KEY (account_id, connection_id, call_id, event_id)
) {{.WithoutRowID}};
-- The account does not come first here: else PostgreSQL, while the table is small, plans to read all events of a connection by it.
CREATE UNIQUE INDEX ux_call_events__event ON call_events (event_id, connection_id, account_id);
CREATE INDEX ix_call_events__received ON call_events (received_at);

-- Calls with events that are not folded yet: whoever adds events adds a mark of their own, so that nobody waits for those who fold. fold_at lets a call be
-- looked at again later (missing events); tries is how often it failed.
CREATE TABLE calls_to_fold (
  account_id    BIGINT  NOT NULL,
  connection_id BIGINT  NOT NULL,
  call_id       TEXT    NOT NULL,
  mark_id       BIGINT  NOT NULL,
  fold_at       BIGINT  NOT NULL,
  tries         INTEGER NOT NULL,
  PRIMARY KEY (account_id, connection_id, call_id, mark_id)
) {{.WithoutRowID}};
CREATE INDEX ix_calls_to_fold__fold_at ON calls_to_fold (fold_at);

-- Calls as folded. id is that of the call's communication, too. state: ringing | talking | held | finished … (telephony.CallState). detail is JSON: legs,
-- talks, steps, candidates, transfers. attribution is the method's word, probability in millionths. missing_since: the PBX no longer counts the call among
-- its running ones, though nothing told of its end.
CREATE TABLE calls (
  account_id     BIGINT  NOT NULL,
  id             BIGINT  NOT NULL,
  connection_id  BIGINT  NOT NULL,
  pbx_call_id    TEXT    NOT NULL,
  external_id    TEXT    NOT NULL,
  direction      TEXT    NOT NULL,
  initiator      TEXT    NOT NULL,
  state          TEXT    NOT NULL,
  number_id      BIGINT  NOT NULL,
  virtual_number TEXT    NOT NULL,
  contact_phone  TEXT    NOT NULL,
  site_id        BIGINT  NOT NULL,
  started_at     BIGINT  NOT NULL,
  answered_at    BIGINT,
  ended_at       BIGINT,
  wait_ms        BIGINT  NOT NULL,
  talk_ms        BIGINT  NOT NULL,
  total_ms       BIGINT  NOT NULL,
  is_lost        BOOLEAN NOT NULL,
  lost_reason    TEXT    NOT NULL,
  end_reason     TEXT    NOT NULL,
  is_incomplete  BOOLEAN NOT NULL,
  is_first       BOOLEAN NOT NULL,
  employee_id    BIGINT  NOT NULL,
  scenario_id    BIGINT  NOT NULL,
  visitor_id     BIGINT  NOT NULL,
  session_id     BIGINT  NOT NULL,
  campaign_id    BIGINT  NOT NULL,
  attribution    TEXT    NOT NULL,
  probability    INTEGER NOT NULL,
  lease_id       BIGINT  NOT NULL,
  called_back_at BIGINT,
  called_back_id BIGINT  NOT NULL,
  last_event_at  BIGINT  NOT NULL,
  missing_since  BIGINT  NOT NULL DEFAULT 0,
  version        BIGINT  NOT NULL,
  detail         TEXT    NOT NULL,
  created_at     BIGINT  NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_calls__account_pbx ON calls (account_id, connection_id, pbx_call_id);
CREATE INDEX ix_calls__account_started ON calls (account_id, started_at, id);
CREATE INDEX ix_calls__account_contact ON calls (account_id, contact_phone, started_at) WHERE contact_phone <> '';
CREATE INDEX ix_calls__account_number ON calls (account_id, number_id, started_at) WHERE number_id <> 0;
CREATE INDEX ix_calls__active ON calls (account_id, started_at) WHERE ended_at IS NULL;
CREATE INDEX ix_calls__lost ON calls (account_id, started_at, id) WHERE is_lost;

-- Employees that took part: rung, answered, talked.
CREATE TABLE call_employees (
  account_id  BIGINT  NOT NULL,
  call_id     BIGINT  NOT NULL,
  employee_id BIGINT  NOT NULL,
  is_answered BOOLEAN NOT NULL,
  is_talked   BOOLEAN NOT NULL,
  rang_at     BIGINT  NOT NULL,
  reason      TEXT    NOT NULL,
  PRIMARY KEY (account_id, call_id, employee_id),
  FOREIGN KEY (account_id, call_id) REFERENCES calls (account_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_call_employees__account_employee ON call_employees (account_id, employee_id, rang_at);

CREATE TABLE call_tags (
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  id         BIGINT NOT NULL,
  name       TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_call_tags__account_name ON call_tags (account_id, name);

-- origin: auto (by a scenario) | manual. user_id 0 = no user.
CREATE TABLE call_taggings (
  account_id BIGINT NOT NULL,
  call_id    BIGINT NOT NULL,
  tag_id     BIGINT NOT NULL,
  origin     TEXT   NOT NULL,
  user_id    BIGINT NOT NULL,
  tagged_at  BIGINT NOT NULL,
  PRIMARY KEY (account_id, call_id, tag_id),
  FOREIGN KEY (account_id, tag_id) REFERENCES call_tags (account_id, id) ON DELETE CASCADE
);

-- Corrections of attributions made by people.
CREATE TABLE call_corrections (
  account_id BIGINT NOT NULL,
  call_id    BIGINT NOT NULL,
  at         BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  before     TEXT   NOT NULL,
  after      TEXT   NOT NULL,
  PRIMARY KEY (account_id, call_id, at),
  FOREIGN KEY (account_id, call_id) REFERENCES calls (account_id, id) ON DELETE CASCADE
);

-- Recordings. state: waiting | stored | failed | deleted. source_url is sealed (it may carry a token). peaks is JSON: the waveform. A deleted one has a path
-- until its file is removed.
CREATE TABLE recordings (
  account_id   BIGINT  NOT NULL,
  id           BIGINT  NOT NULL,
  call_id      BIGINT  NOT NULL,
  connection_id BIGINT NOT NULL,
  talk_id      TEXT    NOT NULL,
  remote_id    TEXT    NOT NULL,
  state        TEXT    NOT NULL,
  source_url   TEXT    NOT NULL,
  expires_at   BIGINT  NOT NULL,
  tries        INTEGER NOT NULL,
  next_try_at  BIGINT  NOT NULL,
  locked_until BIGINT  NOT NULL,
  failure      TEXT    NOT NULL,
  format       TEXT    NOT NULL,
  channels     INTEGER NOT NULL,
  duration_ms  BIGINT  NOT NULL,
  bytes        BIGINT  NOT NULL,
  sha256       TEXT    NOT NULL,
  path         TEXT    NOT NULL,
  peaks        TEXT    NOT NULL,
  started_at   BIGINT  NOT NULL,
  stored_at    BIGINT,
  deleted_at   BIGINT,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_recordings__account_remote ON recordings (account_id, connection_id, remote_id);
CREATE INDEX ix_recordings__account_call ON recordings (account_id, call_id);
CREATE INDEX ix_recordings__waiting ON recordings (next_try_at) WHERE state = 'waiting';
CREATE INDEX ix_recordings__stored ON recordings (account_id, stored_at) WHERE state = 'stored';
CREATE INDEX ix_recordings__erased ON recordings (deleted_at) WHERE state = 'deleted' AND path <> '';

-- Commands sent to PBXs. id is the idempotency key. state: sent | done | failed.
CREATE TABLE pbx_commands (
  account_id    BIGINT NOT NULL,
  id            TEXT   NOT NULL,
  connection_id BIGINT NOT NULL,
  call_id       BIGINT NOT NULL,
  kind          TEXT   NOT NULL,
  payload       TEXT   NOT NULL,
  state         TEXT   NOT NULL,
  code          TEXT   NOT NULL,
  message       TEXT   NOT NULL,
  pbx_call_id   TEXT   NOT NULL,
  origin        TEXT   NOT NULL,
  user_id       BIGINT NOT NULL,
  created_at    BIGINT NOT NULL,
  finished_at   BIGINT,
  PRIMARY KEY (account_id, id)
);
CREATE INDEX ix_pbx_commands__account_created ON pbx_commands (account_id, created_at);

-- Scenarios: graph is JSON (scenarios.Graph); version grows with every change.
CREATE TABLE scenarios (
  account_id BIGINT  NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  id         BIGINT  NOT NULL,
  name       TEXT    NOT NULL,
  graph      TEXT    NOT NULL,
  version    INTEGER NOT NULL,
  created_at BIGINT  NOT NULL,
  changed_at BIGINT  NOT NULL,
  deleted_at BIGINT,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_scenarios__account_name ON scenarios (account_id, name) WHERE deleted_at IS NULL;

-- A call's way through a scenario: state is JSON (scenarios.Run), any replica may go on with it. version guards against two going on at once.
CREATE TABLE scenario_runs (
  account_id    BIGINT NOT NULL,
  connection_id BIGINT NOT NULL,
  pbx_call_id   TEXT   NOT NULL,
  scenario_id   BIGINT NOT NULL,
  state         TEXT   NOT NULL,
  version       BIGINT NOT NULL,
  started_at    BIGINT NOT NULL,
  changed_at    BIGINT NOT NULL,
  PRIMARY KEY (account_id, connection_id, pbx_call_id)
);

-- Answers given to routing requests: the same request gets the same bytes again.
CREATE TABLE route_answers (
  account_id    BIGINT NOT NULL,
  connection_id BIGINT NOT NULL,
  request_id    TEXT   NOT NULL,
  pbx_call_id   TEXT   NOT NULL,
  answer        TEXT   NOT NULL,
  at            BIGINT NOT NULL,
  PRIMARY KEY (account_id, connection_id, request_id)
);
CREATE INDEX ix_route_answers__at ON route_answers (at);

-- Sounds scenarios play.
CREATE TABLE media_files (
  account_id   BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  id           BIGINT NOT NULL,
  name         TEXT   NOT NULL,
  content_type TEXT   NOT NULL,
  bytes        BIGINT NOT NULL,
  duration_ms  BIGINT NOT NULL,
  sha256       TEXT   NOT NULL,
  path         TEXT   NOT NULL,
  created_at   BIGINT NOT NULL,
  deleted_at   BIGINT,
  PRIMARY KEY (account_id, id)
);

-- Callers that are refused.
CREATE TABLE blocked_callers (
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  phone      TEXT   NOT NULL,
  note       TEXT   NOT NULL,
  user_id    BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, phone)
);

-- A call that came without a visit still belongs to the campaign of its number. first_time: nobody with these contacts had communicated before.
ALTER TABLE integrations ADD COLUMN employees_sync TEXT NOT NULL DEFAULT '';
ALTER TABLE communications ADD COLUMN campaign_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE communications ADD COLUMN is_first BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE communications ADD COLUMN employee_id BIGINT NOT NULL DEFAULT 0;
