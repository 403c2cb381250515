-- Deals of CRMs, what links them to communications, the paths that led to them, and the day segments reports are counted from.
-- Conventions as in 0001: times are unix milliseconds (UTC), days count from 1970-01-01, money is in minor units, 0 = none for identifiers.

ALTER TABLE communications ADD COLUMN is_outgoing BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE campaign_costs ADD COLUMN clicks BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaign_costs ADD COLUMN impressions BIGINT NOT NULL DEFAULT 0;

-- What of reports hangs on the account: look-back of paths and window of the visit cohort, in days. No row = the defaults.
CREATE TABLE report_settings (
  account_id    BIGINT  NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  lookback_days INTEGER NOT NULL,
  window_days   INTEGER NOT NULL,
  PRIMARY KEY (account_id)
);

-- A source of deals: "Другая CRM" (kind custom) or a connected CRM. goal_ids and terms are JSON.
CREATE TABLE crms (
  account_id              BIGINT  NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  id                      BIGINT  NOT NULL,
  kind                    TEXT    NOT NULL,
  name                    TEXT    NOT NULL,
  description             TEXT    NOT NULL,
  url                     TEXT    NOT NULL,
  conversion_model        TEXT    NOT NULL,
  ignore_outgoing_calls   BOOLEAN NOT NULL,
  ignore_outgoing_chats   BOOLEAN NOT NULL,
  goal_ids                TEXT    NOT NULL,
  terms                   TEXT    NOT NULL,
  deals_load_state        TEXT    NOT NULL,
  deals_loaded_at         BIGINT,
  deals_load_error        TEXT    NOT NULL,
  leads_load_state        TEXT    NOT NULL,
  leads_loaded_at         BIGINT,
  created_at              BIGINT  NOT NULL,
  PRIMARY KEY (account_id, id)
);

CREATE TABLE funnels (
  account_id  BIGINT  NOT NULL,
  id          BIGINT  NOT NULL,
  crm_id      BIGINT  NOT NULL,
  external_id TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  in_reports  BOOLEAN NOT NULL,
  created_at  BIGINT  NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, crm_id) REFERENCES crms (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX ux_funnels__account_crm_external ON funnels (account_id, crm_id, external_id);

-- status: in_process | success | failed. position orders; success is 10010 and failed 10020.
CREATE TABLE stages (
  account_id  BIGINT  NOT NULL,
  id          BIGINT  NOT NULL,
  funnel_id   BIGINT  NOT NULL,
  external_id TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  status      TEXT    NOT NULL,
  position    INTEGER NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, funnel_id) REFERENCES funnels (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX ux_stages__account_funnel_external ON stages (account_id, funnel_id, external_id);

CREATE TABLE deal_employees (
  account_id  BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  crm_id      BIGINT NOT NULL,
  external_id TEXT   NOT NULL,
  name        TEXT   NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, crm_id) REFERENCES crms (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX ux_deal_employees__account_crm_external ON deal_employees (account_id, crm_id, external_id);

CREATE TABLE deal_contacts (
  account_id  BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  crm_id      BIGINT NOT NULL,
  external_id TEXT   NOT NULL,
  name        TEXT   NOT NULL,
  name_search TEXT   NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, crm_id) REFERENCES crms (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX ux_deal_contacts__account_crm_external ON deal_contacts (account_id, crm_id, external_id);

-- kind: phone | email.
CREATE TABLE deal_contact_values (
  account_id BIGINT NOT NULL,
  contact_id BIGINT NOT NULL,
  kind       TEXT   NOT NULL,
  value      TEXT   NOT NULL,
  PRIMARY KEY (account_id, contact_id, kind, value),
  FOREIGN KEY (account_id, contact_id) REFERENCES deal_contacts (account_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_deal_contact_values__account_value ON deal_contact_values (account_id, kind, value, contact_id);

CREATE TABLE deal_companies (
  account_id  BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  crm_id      BIGINT NOT NULL,
  external_id TEXT   NOT NULL,
  name        TEXT   NOT NULL,
  description TEXT   NOT NULL,
  phones      TEXT   NOT NULL,
  emails      TEXT   NOT NULL,
  contact_external_ids TEXT NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, crm_id) REFERENCES crms (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX ux_deal_companies__account_crm_external ON deal_companies (account_id, crm_id, external_id);

-- Fields of one's own. entity: deal | lead. data_type: numeric | string.
CREATE TABLE crm_fields (
  account_id  BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  crm_id      BIGINT NOT NULL,
  entity      TEXT   NOT NULL,
  external_id TEXT   NOT NULL,
  name        TEXT   NOT NULL,
  data_type   TEXT   NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, crm_id) REFERENCES crms (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX ux_crm_fields__account_crm_entity_external ON crm_fields (account_id, crm_id, entity, external_id);

-- The present state of each deal. last_open_stage_id is the last stage in process the deal was in ("stage before failure").
-- communication_id, communication_kind: named by the CRM itself; they win over matching. user_fields and tags are JSON.
-- match: id | phone | email | visitor | ambiguous | none: how links and path were found; empty until they were looked for.
CREATE TABLE deals (
  account_id         BIGINT NOT NULL,
  id                 BIGINT NOT NULL,
  crm_id             BIGINT NOT NULL,
  external_id        TEXT   NOT NULL,
  name               TEXT   NOT NULL,
  name_search        TEXT   NOT NULL,
  created_at         BIGINT NOT NULL,
  modified_at        BIGINT NOT NULL,
  stage_at           BIGINT NOT NULL,
  closed_at          BIGINT,
  funnel_id          BIGINT NOT NULL,
  stage_id           BIGINT NOT NULL,
  status             TEXT   NOT NULL,
  last_open_stage_id BIGINT NOT NULL,
  revenue_minor      BIGINT NOT NULL,
  currency           TEXT   NOT NULL,
  employee_id        BIGINT NOT NULL,
  main_contact_id    BIGINT NOT NULL,
  lead_external_id   TEXT   NOT NULL,
  company_id         BIGINT NOT NULL,
  comments           TEXT   NOT NULL,
  source             TEXT   NOT NULL,
  communication_id   BIGINT NOT NULL,
  communication_kind TEXT   NOT NULL,
  user_fields        TEXT   NOT NULL,
  tags               TEXT   NOT NULL,
  url                TEXT   NOT NULL,
  linked_at          BIGINT,
  match              TEXT   NOT NULL DEFAULT '',
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, crm_id) REFERENCES crms (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX ux_deals__account_crm_external ON deals (account_id, crm_id, external_id);
CREATE INDEX ix_deals__account_created ON deals (account_id, created_at, id);
CREATE INDEX ix_deals__account_main_contact ON deals (account_id, main_contact_id);
CREATE INDEX ix_deals__account_lead ON deals (account_id, crm_id, lead_external_id) WHERE lead_external_id <> '';
CREATE INDEX ix_deals__account_communication ON deals (account_id, communication_id) WHERE communication_id <> 0;

CREATE TABLE deal_contact_links (
  account_id BIGINT NOT NULL,
  deal_id    BIGINT NOT NULL,
  contact_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, deal_id, contact_id),
  FOREIGN KEY (account_id, deal_id) REFERENCES deals (account_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_deal_contact_links__account_contact ON deal_contact_links (account_id, contact_id, deal_id);

-- Every state a deal was loaded in, and the generated stages between. record is JSON: the fields of the record as they were loaded.
CREATE TABLE deal_states (
  account_id    BIGINT  NOT NULL,
  deal_id       BIGINT  NOT NULL,
  position      INTEGER NOT NULL,
  funnel_id     BIGINT  NOT NULL,
  stage_id      BIGINT  NOT NULL,
  at            BIGINT  NOT NULL,
  modified_at   BIGINT  NOT NULL,
  is_generated  BOOLEAN NOT NULL,
  revenue_minor BIGINT  NOT NULL,
  record        TEXT    NOT NULL,
  PRIMARY KEY (account_id, deal_id, position),
  FOREIGN KEY (account_id, deal_id) REFERENCES deals (account_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_deal_states__account_stage ON deal_states (account_id, stage_id);

CREATE TABLE lead_stages (
  account_id  BIGINT  NOT NULL,
  id          BIGINT  NOT NULL,
  crm_id      BIGINT  NOT NULL,
  external_id TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  type        TEXT    NOT NULL,
  position    INTEGER NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, crm_id) REFERENCES crms (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX ux_lead_stages__account_crm_external ON lead_stages (account_id, crm_id, external_id);

-- record is JSON: the lead as last loaded (phones, e-mails, messengers, utm, user fields).
CREATE TABLE leads (
  account_id         BIGINT NOT NULL,
  id                 BIGINT NOT NULL,
  crm_id             BIGINT NOT NULL,
  external_id        TEXT   NOT NULL,
  name               TEXT   NOT NULL,
  created_at         BIGINT NOT NULL,
  modified_at        BIGINT NOT NULL,
  stage_at           BIGINT NOT NULL,
  closed_at          BIGINT,
  stage_id           BIGINT NOT NULL,
  contact_id         BIGINT NOT NULL,
  employee_id        BIGINT NOT NULL,
  source             TEXT   NOT NULL,
  communication_id   BIGINT NOT NULL,
  communication_kind TEXT   NOT NULL,
  record             TEXT   NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, crm_id) REFERENCES crms (account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX ux_leads__account_crm_external ON leads (account_id, crm_id, external_id);
CREATE INDEX ix_leads__account_created ON leads (account_id, created_at, id);

-- Communications linked to a deal. matched_by: id | phone | email | visitor.
CREATE TABLE deal_links (
  account_id       BIGINT NOT NULL,
  deal_id          BIGINT NOT NULL,
  communication_id BIGINT NOT NULL,
  kind             TEXT   NOT NULL,
  at               BIGINT NOT NULL,
  matched_by       TEXT   NOT NULL,
  matched_value    TEXT   NOT NULL,
  PRIMARY KEY (account_id, deal_id, communication_id),
  FOREIGN KEY (account_id, deal_id) REFERENCES deals (account_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_deal_links__account_communication ON deal_links (account_id, communication_id, deal_id);

-- The path of a deal: sessions and communications of its person before it was created, oldest first. session_id 0 = a communication without a session.
-- matched_by: id | phone | email | visitor.
CREATE TABLE deal_steps (
  account_id       BIGINT  NOT NULL,
  deal_id          BIGINT  NOT NULL,
  position         INTEGER NOT NULL,
  at               BIGINT  NOT NULL,
  visitor_id       BIGINT  NOT NULL,
  session_id       BIGINT  NOT NULL,
  communication_id BIGINT  NOT NULL,
  matched_by       TEXT    NOT NULL,
  matched_value    TEXT    NOT NULL,
  PRIMARY KEY (account_id, deal_id, position),
  FOREIGN KEY (account_id, deal_id) REFERENCES deals (account_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_deal_steps__account_visitor ON deal_steps (account_id, visitor_id, deal_id);

-- Deals whose links and path are to be computed again. version tells a worker whether the deal was marked again meanwhile.
CREATE TABLE deal_work (
  account_id BIGINT NOT NULL,
  deal_id    BIGINT NOT NULL,
  due_at     BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  PRIMARY KEY (account_id, deal_id)
);
CREATE INDEX ix_deal_work__due ON deal_work (due_at);

-- Reports count from segments: one per kind and UTC day. A change of a fact raises the version of its day in the same transaction; a segment is
-- good as long as its version is the day's. kind: 1 sessions, 2 communications, 3 deals.
CREATE TABLE report_days (
  account_id BIGINT   NOT NULL,
  kind       SMALLINT NOT NULL,
  day        INTEGER  NOT NULL,
  version    BIGINT   NOT NULL,
  PRIMARY KEY (account_id, kind, day)
) {{.WithoutRowID}};
CREATE TABLE report_segments (
  account_id BIGINT   NOT NULL,
  kind       SMALLINT NOT NULL,
  day        INTEGER  NOT NULL,
  version    BIGINT   NOT NULL,
  format     SMALLINT NOT NULL,
  row_count  INTEGER  NOT NULL,
  built_at   BIGINT   NOT NULL,
  data       {{if .Postgres}}BYTEA{{else}}BLOB{{end}} NOT NULL,
  PRIMARY KEY (account_id, kind, day)
);

-- Saved views of reports. definition is JSON.
CREATE TABLE report_views (
  account_id BIGINT  NOT NULL,
  id         BIGINT  NOT NULL,
  user_id    BIGINT  NOT NULL,
  report     TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  is_shared  BOOLEAN NOT NULL,
  definition TEXT    NOT NULL,
  created_at BIGINT  NOT NULL,
  updated_at BIGINT  NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_report_views__account_report ON report_views (account_id, report);

-- Columns by formulas of one's own. format: number | money | percent.
CREATE TABLE report_formulas (
  account_id BIGINT NOT NULL,
  id         BIGINT NOT NULL,
  name       TEXT   NOT NULL,
  expression TEXT   NOT NULL,
  format     TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_report_formulas__account_name ON report_formulas (account_id, name);

-- Attribution models of one's own. definition is JSON.
CREATE TABLE attribution_models (
  account_id BIGINT NOT NULL,
  id         BIGINT NOT NULL,
  name       TEXT   NOT NULL,
  definition TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX ux_attribution_models__account_name ON attribution_models (account_id, name);

-- Addresses the Data API may be called from; none = nobody.
CREATE TABLE ip_allow_list (
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  network    TEXT   NOT NULL,
  comment    TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, network)
);

-- Sessions of login.user: an hour each.
CREATE TABLE data_api_sessions (
  account_id BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  token_hash TEXT   NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (token_hash),
  FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
);

-- Points spent on the Data API. span: day | minute; started_at is the beginning of that day or minute.
CREATE TABLE data_api_points (
  account_id BIGINT NOT NULL,
  span       TEXT   NOT NULL,
  started_at BIGINT NOT NULL,
  points     BIGINT NOT NULL,
  PRIMARY KEY (account_id, span, started_at)
);

-- Calls of the Data API, for the journal in the cabinet. Secrets and bodies are not kept.
CREATE TABLE data_api_calls (
  account_id  BIGINT  NOT NULL,
  id          BIGINT  NOT NULL,
  at          BIGINT  NOT NULL,
  user_id     BIGINT  NOT NULL,
  token_name  TEXT    NOT NULL,
  ip          TEXT    NOT NULL,
  method      TEXT    NOT NULL,
  points      INTEGER NOT NULL,
  error_code  INTEGER NOT NULL,
  mnemonic    TEXT    NOT NULL,
  error_text  TEXT    NOT NULL,
  duration_ms INTEGER NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE INDEX ix_data_api_calls__account_at ON data_api_calls (account_id, at, id);
