package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
)

// DealStore keeps deals and all that belongs to them. It implements deals.Store.
type DealStore struct{ db *DB }

// DealStore returns the part of the store about deals.
func (db *DB) DealStore() *DealStore { return &DealStore{db} }

var _ deals.Store = (*DealStore)(nil)

// crmColumns are the columns of table crms behind account_id and id, in the order of crmValues and scanCRM.
const crmColumns = "kind, name, description, url, conversion_model, ignore_outgoing_calls, ignore_outgoing_chats, goal_ids, terms, " +
	"deals_load_state, deals_loaded_at, deals_load_error, leads_load_state, leads_loaded_at, created_at"

func crmValues(c deals.CRM) []any {
	return []any{
		int64(c.AccountID), int64(c.ID), string(c.Kind), c.Name, c.Description, c.URL, string(c.ConversionModel), c.IgnoreOutgoingCalls, c.IgnoreOutgoingChats,
		jsonText(c.GoalIDs), string(c.Terms), string(c.DealsLoadState), millisPtr(c.DealsLoadedAt), c.DealsLoadError, string(c.LeadsLoadState),
		millisPtr(c.LeadsLoadedAt), millis(c.CreatedAt),
	}
}

func scanCRM(row scanner) (c deals.CRM, err error) {
	var goalIDs string
	var dealsAt, leadsAt *int64
	var createdAt int64
	err = row.Scan(&c.AccountID, &c.ID, &c.Kind, &c.Name, &c.Description, &c.URL, &c.ConversionModel, &c.IgnoreOutgoingCalls, &c.IgnoreOutgoingChats,
		&goalIDs, &c.Terms, &c.DealsLoadState, &dealsAt, &c.DealsLoadError, &c.LeadsLoadState, &leadsAt, &createdAt)
	if err != nil {
		return c, err
	}
	c.DealsLoadedAt, c.LeadsLoadedAt, c.CreatedAt = fromMillisPtr(dealsAt), fromMillisPtr(leadsAt), fromMillis(createdAt)
	return c, json.Unmarshal([]byte(goalIDs), &c.GoalIDs)
}

// jsonText writes a value of plain data, which always marshals; a nil list is an empty one.
func jsonText(v any) string {
	b, _ := json.Marshal(v)
	if string(b) == "null" {
		return "[]"
	}
	return string(b)
}

// CRMs implements deals.Store.
func (s *DealStore) CRMs(ctx context.Context, account core.AccountID) ([]deals.CRM, error) {
	return s.db.rawReader().crms(ctx, account)
}

func (c conn) crms(ctx context.Context, account core.AccountID) (out []deals.CRM, err error) {
	err = c.query(ctx, `SELECT account_id, id, `+crmColumns+` FROM crms WHERE account_id = $1 ORDER BY created_at, id`, []any{int64(account)}, func(row scanner) error {
		crm, err := scanCRM(row)
		out = append(out, crm)
		return err
	})
	return out, err
}

// CreateCRM implements deals.Store.
func (s *DealStore) CreateCRM(ctx context.Context, crm deals.CRM, only bool) (deals.CRM, error) {
	err := s.db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockRow(ctx, `SELECT id FROM accounts WHERE id = $1`, int64(crm.AccountID)); err != nil {
			return named("account", err)
		}
		all, err := tx.crms(ctx, crm.AccountID)
		if err != nil {
			return err
		}
		for _, old := range all {
			if only && old.Kind == crm.Kind {
				crm = old
				return nil
			}
		}
		crm.ID = core.CRMID(s.db.ids.New())
		return tx.upsert(ctx, "crms", 2, "account_id, id, "+crmColumns, [][]any{crmValues(crm)})
	})
	return crm, err
}

// lockRow reads the identifier of a row and lets no other transaction change the row before this one ends.
func (c conn) lockRow(ctx context.Context, q string, args ...any) error {
	if c.engine == Postgres {
		q += " FOR UPDATE"
	}
	var id int64
	return c.queryRow(ctx, q, args...).Scan(&id)
}

// partsOfCRM reads and changes what belongs to one CRM. It implements deals.Reader and deals.Tx.
type partsOfCRM struct {
	conn
	db      *DB
	account int64
	// crm 0 = all of the account; only for reading.
	crm int64
}

// ReadCRM implements deals.Store.
func (s *DealStore) ReadCRM(account core.AccountID, crm core.CRMID) deals.Reader {
	return &partsOfCRM{s.db.rawReader(), s.db, int64(account), int64(crm)}
}

// ChangeCRM implements deals.Store.
func (s *DealStore) ChangeCRM(ctx context.Context, account core.AccountID, crm core.CRMID, fn func(deals.Tx) error) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		err := tx.lockRow(ctx, `SELECT id FROM crms WHERE account_id = $1 AND id = $2`, int64(account), int64(crm))
		if errors.Is(err, sql.ErrNoRows) {
			return core.NotFound("CRM").WithReason("entity_not_found").WithField("id").WithValue(int64(crm))
		}
		if err != nil {
			return err
		}
		return fn(&partsOfCRM{tx, s.db, int64(account), int64(crm)})
	})
}

// NewID implements deals.Tx.
func (p *partsOfCRM) NewID() int64 { return p.db.ids.New() }

// CRM implements deals.Tx.
func (p *partsOfCRM) CRM(ctx context.Context) (deals.CRM, error) {
	return scanCRM(p.queryRow(ctx, `SELECT account_id, id, `+crmColumns+` FROM crms WHERE account_id = $1 AND id = $2`, p.account, p.crm))
}

// PutCRM implements deals.Tx.
func (p *partsOfCRM) PutCRM(ctx context.Context, c deals.CRM, relink bool) error {
	if err := p.upsert(ctx, "crms", 2, "account_id, id, "+crmColumns, [][]any{crmValues(c)}); err != nil || !relink {
		return err
	}
	if err := p.markDealsOfCRM(ctx, c.AccountID, c.ID); err != nil {
		return err
	}
	return p.bumpDealDays(ctx, `d.crm_id = $2`, p.crm)
}

// DeleteCRM implements deals.Tx.
func (p *partsOfCRM) DeleteCRM(ctx context.Context) error {
	_, err := p.exec(ctx, `DELETE FROM crms WHERE account_id = $1 AND id = $2`, p.account, p.crm)
	return err
}

// DealCounts implements deals.Store.
func (s *DealStore) DealCounts(ctx context.Context, account core.AccountID) (map[core.CRMID]int, error) {
	return s.countByCRM(ctx, `SELECT crm_id, COUNT(*) FROM deals WHERE account_id = $1 GROUP BY crm_id`, account)
}

// WaitingDeals implements deals.Store. Young deals that wait for their second look have been linked already.
func (s *DealStore) WaitingDeals(ctx context.Context, account core.AccountID) (map[core.CRMID]int, error) {
	return s.countByCRM(ctx, `SELECT d.crm_id, COUNT(*) FROM deal_work w JOIN deals d ON d.account_id = w.account_id AND d.id = w.deal_id
WHERE w.account_id = $1 AND (d.linked_at IS NULL OR w.due_at <= $2) GROUP BY d.crm_id`, account, s.db.now())
}

func (s *DealStore) countByCRM(ctx context.Context, q string, account core.AccountID, more ...any) (map[core.CRMID]int, error) {
	out := map[core.CRMID]int{}
	err := s.db.rawReader().query(ctx, q, append([]any{int64(account)}, more...), func(row scanner) error {
		var crm core.CRMID
		var n int
		err := row.Scan(&crm, &n)
		out[crm] = n
		return err
	})
	return out, err
}

// Communications implements deals.Tx.
func (p *partsOfCRM) Communications(ctx context.Context, ids []core.CommunicationID) (map[core.CommunicationID]comms.Kind, error) {
	out := map[core.CommunicationID]comms.Kind{}
	err := p.query(ctx, `SELECT id, kind FROM communications WHERE account_id = $1 AND id {in $2}`, []any{p.account, idsArg(p.engine, ids)}, func(row scanner) error {
		var id core.CommunicationID
		var kind comms.Kind
		err := row.Scan(&id, &kind)
		out[id] = kind
		return err
	})
	return out, err
}

// usedBy are the statements that find what uses a part of a CRM: $1 account, $2 CRM, $3 the part.
var usedBy = map[deals.Part][]string{
	deals.PartDeal: {`SELECT 1 FROM deals WHERE account_id = $1 AND crm_id = $2 LIMIT 1`},
	deals.PartFunnel: {
		`SELECT 1 FROM deals WHERE account_id = $1 AND crm_id = $2 AND funnel_id = $3 LIMIT 1`,
		`SELECT 1 FROM stages g JOIN deal_states s ON s.account_id = g.account_id AND s.stage_id = g.id WHERE g.account_id = $1 AND g.funnel_id = $3 LIMIT 1`,
	},
	deals.PartStage: {
		`SELECT 1 FROM deal_states WHERE account_id = $1 AND stage_id = $3 LIMIT 1`,
		`SELECT 1 FROM deals WHERE account_id = $1 AND crm_id = $2 AND stage_id = $3 LIMIT 1`,
	},
	deals.PartEmployee: {
		`SELECT 1 FROM deals WHERE account_id = $1 AND crm_id = $2 AND employee_id = $3 LIMIT 1`,
		`SELECT 1 FROM leads WHERE account_id = $1 AND crm_id = $2 AND employee_id = $3 LIMIT 1`,
	},
	deals.PartContact: {
		`SELECT 1 FROM deal_contact_links WHERE account_id = $1 AND contact_id = $3 LIMIT 1`,
		`SELECT 1 FROM leads WHERE account_id = $1 AND crm_id = $2 AND contact_id = $3 LIMIT 1`,
	},
	deals.PartCompany:   {`SELECT 1 FROM deals WHERE account_id = $1 AND crm_id = $2 AND company_id = $3 LIMIT 1`},
	deals.PartLeadStage: {`SELECT 1 FROM leads WHERE account_id = $1 AND crm_id = $2 AND stage_id = $3 LIMIT 1`},
}

// IsUsed implements deals.Tx.
func (p *partsOfCRM) IsUsed(ctx context.Context, part deals.Part, id int64) (bool, error) {
	for _, q := range usedBy[part] {
		args := []any{p.account, p.crm, id}
		switch {
		case !strings.Contains(q, "$3"):
			args = args[:2]
		case !strings.Contains(q, "$2"):
			q, args = strings.ReplaceAll(q, "$3", "$2"), []any{p.account, id}
		}
		var one int
		switch err := p.queryRow(ctx, q, args...).Scan(&one); {
		case err == nil:
			return true, nil
		case !errors.Is(err, sql.ErrNoRows):
			return false, err
		}
	}
	return false, nil
}

// tableOf are the tables of the parts that can be deleted one by one.
var tableOf = map[deals.Part]string{
	deals.PartFunnel: "funnels", deals.PartStage: "stages", deals.PartEmployee: "deal_employees", deals.PartContact: "deal_contacts",
	deals.PartCompany: "deal_companies", deals.PartField: "crm_fields", deals.PartLeadStage: "lead_stages",
}

// Delete implements deals.Tx.
func (p *partsOfCRM) Delete(ctx context.Context, part deals.Part, id int64) error {
	_, err := p.exec(ctx, `DELETE FROM `+tableOf[part]+` WHERE account_id = $1 AND id = $2`, p.account, id)
	return err
}

// upsertParameters bounds the parameters of one statement; SQLite takes 32766.
const upsertParameters = 6000

// upsert writes rows, many to a statement; those whose key, the first columns, is there are overwritten.
func (c conn) upsert(ctx context.Context, table string, keys int, columns string, rows [][]any) error {
	names := strings.Split(columns, ", ")
	if c.engine == Postgres && len(rows) > 1 {
		return c.upsertJSON(ctx, table, keys, names, rows)
	}
	step := upsertParameters / len(names)
	for from := 0; from < len(rows); from += step {
		part := rows[from:min(from+step, len(rows))]
		var args []any
		for _, row := range part {
			args = append(args, row...)
		}
		if _, err := c.exec(ctx, upsertStatement(table, keys, names, len(part)), args...); err != nil {
			return err
		}
	}
	return nil
}

func upsertStatement(table string, keys int, names []string, rows int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES ")
	for n := range rows * len(names) {
		switch {
		case n%len(names) != 0:
			b.WriteString(", ")
		case n > 0:
			b.WriteString("), (")
		default:
			b.WriteByte('(')
		}
		b.WriteString("$" + strconv.Itoa(n+1))
	}
	b.WriteByte(')')
	return b.String() + overwrite(keys, names)
}

// upsertJSON lets PostgreSQL read the rows from JSON by the types of the table's columns: it takes a fraction of the time of thousands of parameters.
func (c conn) upsertJSON(ctx context.Context, table string, keys int, names []string, rows [][]any) error {
	objects := make([]map[string]any, len(rows))
	for i, row := range rows {
		objects[i] = make(map[string]any, len(names))
		for j, name := range names {
			objects[i][name] = row[j]
		}
	}
	list := strings.Join(names, ", ")
	q := "INSERT INTO " + table + " (" + list + ") SELECT " + list + " FROM json_populate_recordset(NULL::" + table + ", $1)" + overwrite(keys, names)
	_, err := c.exec(ctx, q, jsonText(objects))
	return err
}

// overwrite ends a statement that inserts: rows whose key is there are overwritten.
func overwrite(keys int, names []string) string {
	var b strings.Builder
	b.WriteString(" ON CONFLICT (" + strings.Join(names[:keys], ", ") + ") DO ")
	if keys == len(names) {
		return b.String() + "NOTHING"
	}
	for i, name := range names[keys:] {
		if i > 0 {
			b.WriteString(", ")
		} else {
			b.WriteString("UPDATE SET ")
		}
		b.WriteString(name + " = excluded." + name)
	}
	return b.String()
}

// namesIn adds a condition on external identifiers; nil = all.
func (w *where) namesIn(engine Engine, column string, names []string) {
	if names != nil {
		w.and(column+" {in ?}", textsArg(engine, storable(names)))
	}
}

// storable leaves out what no database can hold, and so names nothing.
func storable(names []string) []string {
	kept := make([]string, 0, len(names))
	for _, n := range names {
		if utf8.ValidString(n) && !strings.ContainsRune(n, 0) {
			kept = append(kept, n)
		}
	}
	return kept
}

// named returns what a list of rows of the CRM is read from, and its condition. PostgreSQL is made to look up one name after the other: as long as a
// growing table has no statistics, it would compare each row with each name.
func (p *partsOfCRM) named(table, alias string, names []string) (string, *where) {
	if names == nil || p.engine != Postgres {
		w := p.parts(alias + ".")
		w.namesIn(p.engine, alias+".external_id", names)
		return table + " " + alias, w
	}
	w := &where{args: []any{p.account, p.crm, storable(names)}}
	w.and("TRUE")
	return "unnest(CAST($3 AS text[])) wanted (wanted_name) CROSS JOIN LATERAL (SELECT * FROM " + table +
		" t WHERE t.account_id = $1 AND t.crm_id = $2 AND t.external_id = wanted.wanted_name LIMIT 1) " + alias, w
}

// parts begins the condition of a list that belongs to the CRM.
func (p *partsOfCRM) parts(alias string) *where {
	w := new(where)
	w.and(alias+"account_id = ?", p.account)
	if p.crm != 0 {
		w.and(alias+"crm_id = ?", p.crm)
	}
	return w
}
