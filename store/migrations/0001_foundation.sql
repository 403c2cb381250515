-- Written once for both engines: template actions mark what differs. Times are unix milliseconds (UTC), days count from 1970-01-01, money is in minor units.

CREATE TABLE instance (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE accounts (
  id         BIGINT NOT NULL PRIMARY KEY,
  name       TEXT   NOT NULL,
  timezone   TEXT   NOT NULL,
  currency   TEXT   NOT NULL,
  app_key    TEXT   NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX ux_accounts__app_key ON accounts (app_key);

CREATE TABLE users (
  account_id          BIGINT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  id                  BIGINT   NOT NULL,
  email               TEXT     NOT NULL,
  name                TEXT     NOT NULL,
  role                SMALLINT NOT NULL,
  status              TEXT     NOT NULL,
  language            TEXT     NOT NULL,
  password_hash       TEXT     NOT NULL,
  invitation_hash     TEXT     NOT NULL,
  invitation_expires_at BIGINT,
  created_at          BIGINT   NOT NULL,
  last_sign_in_at     BIGINT,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_users__email ON users (email);
CREATE UNIQUE INDEX ux_users__invitation_hash ON users (invitation_hash) WHERE invitation_hash <> '';

CREATE TABLE sign_in_sessions (
  account_id   BIGINT NOT NULL,
  id           BIGINT NOT NULL,
  user_id      BIGINT NOT NULL,
  token_hash   TEXT   NOT NULL,
  ip           TEXT   NOT NULL,
  user_agent   TEXT   NOT NULL,
  created_at   BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX ux_sign_in_sessions__token_hash ON sign_in_sessions (token_hash);
CREATE INDEX ix_sign_in_sessions__account_user ON sign_in_sessions (account_id, user_id);
CREATE INDEX ix_sign_in_sessions__expires ON sign_in_sessions (expires_at);

CREATE TABLE api_tokens (
  account_id   BIGINT NOT NULL,
  id           BIGINT NOT NULL,
  user_id      BIGINT NOT NULL,
  name         TEXT   NOT NULL,
  prefix       TEXT   NOT NULL,
  token_hash   TEXT   NOT NULL,
  scopes       TEXT   NOT NULL,
  created_at   BIGINT NOT NULL,
  expires_at   BIGINT,
  last_used_at BIGINT,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX ux_api_tokens__token_hash ON api_tokens (token_hash);

CREATE TABLE sites (
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  id         BIGINT NOT NULL,
  domain     TEXT   NOT NULL,
  name       TEXT   NOT NULL,
  site_key   TEXT   NOT NULL,
  key        TEXT   NOT NULL,
  settings   TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  deleted_at BIGINT,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_sites__account_domain ON sites (account_id, domain) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX ux_sites__site_key ON sites (site_key);
CREATE UNIQUE INDEX ux_sites__key ON sites (key);

CREATE TABLE goals (
  account_id BIGINT  NOT NULL,
  id         BIGINT  NOT NULL,
  site_id    BIGINT  NOT NULL,
  name       TEXT    NOT NULL,
  type       TEXT    NOT NULL,
  is_goal    BOOLEAN NOT NULL,
  is_enabled BOOLEAN NOT NULL,
  conditions TEXT    NOT NULL,
  created_at BIGINT  NOT NULL,
  deleted_at BIGINT,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, site_id) REFERENCES sites (account_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_goals__account_site ON goals (account_id, site_id);

CREATE TABLE campaigns (
  account_id     BIGINT NOT NULL,
  id             BIGINT NOT NULL,
  site_id        BIGINT NOT NULL,
  name           TEXT   NOT NULL,
  description    TEXT   NOT NULL,
  status         TEXT   NOT NULL,
  include_groups TEXT   NOT NULL,
  exclude_groups TEXT   NOT NULL,
  created_at     BIGINT NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, site_id) REFERENCES sites (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX ux_campaigns__account_site_name ON campaigns (account_id, site_id, name);

CREATE TABLE campaign_costs (
  account_id   BIGINT  NOT NULL,
  id           BIGINT  NOT NULL,
  campaign_id  BIGINT  NOT NULL,
  first_day    INTEGER NOT NULL,
  last_day     INTEGER NOT NULL,
  amount_minor BIGINT  NOT NULL,
  currency     TEXT    NOT NULL,
  created_at   BIGINT  NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, campaign_id) REFERENCES campaigns (account_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_campaign_costs__account_campaign ON campaign_costs (account_id, campaign_id, first_day);

-- Interned texts: id is a hash of kind and value, so no writer ever looks one up. kind: 1 page, 2 title, 3 referrer.
CREATE TABLE dimensions (
  account_id BIGINT   NOT NULL,
  id         BIGINT   NOT NULL,
  kind       SMALLINT NOT NULL,
  value      TEXT     NOT NULL,
  PRIMARY KEY (account_id, id)
) {{.WithoutRowID}};

-- Interned traffic sources: id is a hash of all other columns.
CREATE TABLE traffic_sources (
  account_id      BIGINT  NOT NULL,
  id              BIGINT  NOT NULL,
  channel         TEXT    NOT NULL,
  source          TEXT    NOT NULL,
  medium          TEXT    NOT NULL,
  campaign        TEXT    NOT NULL,
  term            TEXT    NOT NULL,
  content         TEXT    NOT NULL,
  referrer_domain TEXT    NOT NULL,
  search_engine   TEXT    NOT NULL,
  engine          TEXT    NOT NULL,
  is_paid         BOOLEAN NOT NULL,
  PRIMARY KEY (account_id, id)
) {{.WithoutRowID}};
CREATE INDEX ix_traffic_sources__account_channel ON traffic_sources (account_id, channel);

CREATE TABLE persons (
  account_id BIGINT NOT NULL,
  id         BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, id)
);

-- earlier_hits counts the hits of all sessions before the last one; the last one's are in its own row. name_search is the name in lower case:
-- SQLite's own LOWER knows ASCII only.
CREATE TABLE visitors (
  account_id       BIGINT  NOT NULL,
  id               BIGINT  NOT NULL,
  site_id          BIGINT  NOT NULL,
  name             TEXT    NOT NULL DEFAULT '',
  name_search      TEXT    NOT NULL DEFAULT '',
  first_seen_at    BIGINT  NOT NULL,
  last_session_at  BIGINT  NOT NULL,
  last_session_id  BIGINT  NOT NULL,
  session_count    INTEGER NOT NULL,
  earlier_hits     INTEGER NOT NULL DEFAULT 0,
  first_traffic_id BIGINT  NOT NULL,
  first_referrer_id BIGINT NOT NULL DEFAULT 0,
  last_traffic_id  BIGINT  NOT NULL,
  last_campaign_id BIGINT  NOT NULL DEFAULT 0,
  campaign_at      BIGINT  NOT NULL DEFAULT 0,
  has_contacts     BOOLEAN NOT NULL DEFAULT FALSE,
  person_id        BIGINT  NOT NULL DEFAULT 0,
  is_separate      BOOLEAN NOT NULL DEFAULT FALSE,
  ga_client_id     TEXT    NOT NULL DEFAULT '',
  ym_client_id     TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (account_id, id)
) {{.WithoutRowID}};
CREATE INDEX ix_visitors__account_last_session ON visitors (account_id, last_session_at, id);
CREATE INDEX ix_visitors__account_first_seen ON visitors (account_id, first_seen_at, id);
CREATE INDEX ix_visitors__account_person ON visitors (account_id, person_id) WHERE person_id <> 0;

-- id carries the day of the session's start in its upper bits (visits.SessionDay), so rows lie in order of time.
-- campaign_id 0 = none.
CREATE TABLE sessions (
  account_id       BIGINT  NOT NULL,
  id               BIGINT  NOT NULL,
  site_id          BIGINT  NOT NULL,
  visitor_id       BIGINT  NOT NULL,
  number           INTEGER NOT NULL,
  started_at       BIGINT  NOT NULL,
  last_activity_at BIGINT  NOT NULL,
  hit_count        INTEGER NOT NULL,
  visible_ms       BIGINT  NOT NULL,
  entrance_page_id BIGINT  NOT NULL,
  exit_page_id     BIGINT  NOT NULL,
  exit_title_id    BIGINT  NOT NULL,
  referrer_id      BIGINT  NOT NULL,
  traffic_id       BIGINT  NOT NULL,
  campaign_id      BIGINT  NOT NULL,
  device_type      TEXT    NOT NULL,
  browser          TEXT    NOT NULL,
  os               TEXT    NOT NULL,
  language         TEXT    NOT NULL,
  screen           TEXT    NOT NULL,
  ip               TEXT    NOT NULL,
  country          TEXT    NOT NULL,
  region           TEXT    NOT NULL,
  city             TEXT    NOT NULL,
  click_ids        TEXT    NOT NULL,
  PRIMARY KEY (account_id, id)
) {{.WithoutRowID}};
CREATE INDEX ix_sessions__account_visitor_started ON sessions (account_id, visitor_id, started_at, id);
CREATE INDEX ix_sessions__account_site_started ON sessions (account_id, site_id, started_at);
CREATE INDEX ix_sessions__account_campaign ON sessions (account_id, campaign_id, started_at) WHERE campaign_id <> 0;

{{if .Postgres}}
-- Partitioned by month of the session's start; partitions hits_yYYYYmMM are made as they are needed and dropped by retention.
CREATE TABLE hits (
  account_id BIGINT NOT NULL,
  session_id BIGINT NOT NULL,
  id         BIGINT NOT NULL,
  hit_at     BIGINT NOT NULL,
  page_id    BIGINT NOT NULL,
  title_id   BIGINT NOT NULL,
  visible_ms BIGINT NOT NULL,
  PRIMARY KEY (account_id, session_id, id)
) PARTITION BY RANGE (session_id);
{{end}}
-- On SQLite hits live in one table a month, hits_yYYYYmMM, made as they are needed with the same columns; this lists them on both engines.
CREATE TABLE hit_partitions (
  name          TEXT   NOT NULL PRIMARY KEY,
  first_session BIGINT NOT NULL,
  next_session  BIGINT NOT NULL
);

CREATE TABLE visitor_contacts (
  account_id BIGINT NOT NULL,
  visitor_id BIGINT NOT NULL,
  kind       TEXT   NOT NULL,
  value      TEXT   NOT NULL,
  first_at   BIGINT NOT NULL,
  origin     TEXT   NOT NULL,
  PRIMARY KEY (account_id, visitor_id, kind, value)
) {{.WithoutRowID}};
CREATE INDEX ix_visitor_contacts__account_value ON visitor_contacts (account_id, kind, value);

-- Values by which visitors are not joined: shared phones and the like.
CREATE TABLE contact_exclusions (
  account_id  BIGINT NOT NULL,
  kind        TEXT   NOT NULL,
  value       TEXT   NOT NULL,
  excluded_at BIGINT NOT NULL,
  excluded_by BIGINT NOT NULL,
  PRIMARY KEY (account_id, kind, value)
);

CREATE TABLE visitor_properties (
  account_id BIGINT NOT NULL,
  visitor_id BIGINT NOT NULL,
  name       TEXT   NOT NULL,
  value      TEXT,
  set_at     BIGINT NOT NULL,
  PRIMARY KEY (account_id, visitor_id, name)
);

-- goal_id 0 = an event no goal asks for. id is derived from the sender's nonce, so a repeated send is stored once.
CREATE TABLE goal_reaches (
  account_id BIGINT  NOT NULL,
  id         BIGINT  NOT NULL,
  site_id    BIGINT  NOT NULL,
  goal_id    BIGINT  NOT NULL,
  is_goal    BOOLEAN NOT NULL,
  visitor_id BIGINT  NOT NULL,
  session_id BIGINT  NOT NULL,
  hit_id     BIGINT  NOT NULL,
  reached_at BIGINT  NOT NULL,
  page_id    BIGINT  NOT NULL,
  category   TEXT    NOT NULL,
  action     TEXT    NOT NULL,
  label      TEXT    NOT NULL,
  value      TEXT    NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE INDEX ix_goal_reaches__account_session ON goal_reaches (account_id, session_id, reached_at);
CREATE INDEX ix_goal_reaches__account_visitor ON goal_reaches (account_id, visitor_id, reached_at);
CREATE INDEX ix_goal_reaches__account_goal ON goal_reaches (account_id, goal_id, reached_at);

-- visitor_id, session_id, hit_id, goal_id, goal_reach_id: 0 = none. sale_minor NULL = no sale.
CREATE TABLE communications (
  account_id    BIGINT NOT NULL,
  id            BIGINT NOT NULL,
  kind          TEXT   NOT NULL,
  site_id       BIGINT NOT NULL,
  at            BIGINT NOT NULL,
  name          TEXT   NOT NULL,
  name_search   TEXT   NOT NULL,
  phone         TEXT   NOT NULL,
  email         TEXT   NOT NULL,
  visitor_id    BIGINT NOT NULL,
  session_id    BIGINT NOT NULL,
  hit_id        BIGINT NOT NULL,
  goal_id       BIGINT NOT NULL,
  goal_reach_id BIGINT NOT NULL,
  message       TEXT   NOT NULL,
  form_name     TEXT   NOT NULL,
  sale_minor    BIGINT,
  sale_currency TEXT   NOT NULL,
  user_fields   TEXT   NOT NULL,
  page_url      TEXT   NOT NULL,
  external_id   TEXT   NOT NULL,
  created_at    BIGINT NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_communications__external ON communications (account_id, site_id, kind, external_id) WHERE external_id <> '';
CREATE UNIQUE INDEX ux_communications__goal_reach ON communications (account_id, goal_reach_id) WHERE goal_reach_id <> 0;
CREATE INDEX ix_communications__account_at ON communications (account_id, at, id);
CREATE INDEX ix_communications__account_visitor_at ON communications (account_id, visitor_id, at, id) WHERE visitor_id <> 0;
CREATE INDEX ix_communications__account_phone ON communications (account_id, phone) WHERE phone <> '';
CREATE INDEX ix_communications__account_email ON communications (account_id, email) WHERE email <> '';

CREATE TABLE chat_messages (
  account_id       BIGINT  NOT NULL,
  communication_id BIGINT  NOT NULL,
  position         INTEGER NOT NULL,
  at               BIGINT  NOT NULL,
  sender           TEXT    NOT NULL,
  text             TEXT    NOT NULL,
  PRIMARY KEY (account_id, communication_id, position),
  FOREIGN KEY (account_id, communication_id) REFERENCES communications (account_id, id) ON DELETE CASCADE
);

CREATE TABLE refusals (
  account_id    BIGINT NOT NULL,
  id            BIGINT NOT NULL,
  site_id       BIGINT NOT NULL,
  at            BIGINT NOT NULL,
  reason        TEXT   NOT NULL,
  ip            TEXT   NOT NULL,
  user_agent    TEXT   NOT NULL,
  url           TEXT   NOT NULL,
  referrer      TEXT   NOT NULL,
  params        TEXT   NOT NULL,
  reincluded_at BIGINT,
  PRIMARY KEY (account_id, id)
);
CREATE INDEX ix_refusals__account_at ON refusals (account_id, at, id);
