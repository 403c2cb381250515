package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// columnKind says how a field of a list is compared in SQL.
type columnKind int

const (
	columnText columnKind = iota
	columnMoment
	columnMoney
	columnNumber
	columnBool
	// columnList can't be compared in SQL.
	columnList
)

// listColumn is a field of a list as an expression, which is NULL where the field has no value.
type listColumn struct {
	kind columnKind
	sql  string
}

// inRecord marks fields that stand in the JSON of a state's record.
const inRecord = "record:"

// historyColumns are the fields of get.deals_history.
var historyColumns = map[string]listColumn{
	"ext_id":                   {columnText, "d.external_id"},
	"name":                     {columnText, inRecord + "name"},
	"created_date_time":        {columnMoment, inRecord + "created_at"},
	"closed_date_time":         {columnMoment, inRecord + "closed_at"},
	"modified_stage_date_time": {columnMoment, "s.at"},
	"contact_ext_ids":          {columnList, ""},
	"tag_ext_ids":              {columnList, ""},
	"main_contact_ext_id":      {columnText, inRecord + "main_contact"},
	"employee_ext_id":          {columnText, inRecord + "employee"},
	"revenue":                  {columnMoney, "s.revenue_minor"},
	"sales_funnel_ext_id":      {columnText, "(SELECT f.external_id FROM funnels f WHERE f.account_id = s.account_id AND f.id = s.funnel_id)"},
	"stage_ext_id":             {columnText, "(SELECT g.external_id FROM stages g WHERE g.account_id = s.account_id AND g.id = s.stage_id)"},
	"comments":                 {columnText, inRecord + "comments"},
	"source":                   {columnText, inRecord + "source"},
	"is_generated":             {columnBool, "s.is_generated"},
	"communication_id":         {columnNumber, inRecord + "communication_id"},
	"communication_type":       {columnText, inRecord + "communication_type"},
}

// expression returns the SQL of a field.
func (l listColumn) expression(engine Engine) string {
	name, isJSON := strings.CutPrefix(l.sql, inRecord)
	switch {
	case !isJSON:
		return l.sql
	case engine == SQLite:
		return "(s.record ->> '" + name + "')"
	case l.kind == columnMoment || l.kind == columnNumber:
		return "CAST(CAST(s.record AS json) ->> '" + name + "' AS BIGINT)"
	}
	return "(CAST(s.record AS json) ->> '" + name + "')"
}

// test writes a condition on the field that is false, not NULL, where the field has no value. Plain columns are left plain, so that indexes serve.
func (l listColumn) test(engine Engine, comparison string) string {
	text := l.expression(engine) + comparison
	if strings.HasPrefix(l.sql, inRecord) {
		return "COALESCE(" + text + ", FALSE)"
	}
	return "(" + text + ")"
}

// listSQL turns a list request into SQL; money is that of the currency. It answers ok = false for conditions SQL can't tell the same on all engines.
type listSQL struct {
	engine   Engine
	columns  map[string]listColumn
	currency string
	where
}

// filter adds a condition, if it can be put in SQL.
func (l *listSQL) filter(f core.ListFilter) (text string, args []any, ok bool) {
	if len(f.Filters) > 0 {
		return l.tree(f)
	}
	column, known := l.columns[f.Field]
	if !known || column.kind == columnList {
		return "", nil, false
	}
	operator, negative := f.Operator.Positive()
	text, args, ok = l.condition(column, operator, f.Value)
	if negative {
		text = "NOT " + text
	}
	return text, args, ok
}

func (l *listSQL) tree(f core.ListFilter) (text string, args []any, ok bool) {
	var parts []string
	for _, part := range f.Filters {
		if part.IsZero() {
			parts = append(parts, "TRUE")
			continue
		}
		t, a, ok := l.filter(part)
		if !ok {
			return "", nil, false
		}
		parts, args = append(parts, t), append(args, a...)
	}
	word := " AND "
	if f.Any {
		word = " OR "
	}
	return "(" + strings.Join(parts, word) + ")", args, true
}

// condition is never NULL, so that its opposite is one, too.
func (l *listSQL) condition(column listColumn, operator core.Operator, value any) (text string, args []any, ok bool) {
	isNull := "(" + column.expression(l.engine) + " IS NULL)"
	switch operator {
	case core.OpIsNull:
		return isNull, nil, true
	case core.OpEqual:
		if value == nil {
			return isNull, nil, true
		}
		arg, ok := l.arg(column.kind, value)
		return column.test(l.engine, " = ?"), []any{arg}, ok
	case core.OpLess, core.OpLessEqual, core.OpGreater, core.OpGreaterEqual:
		if column.kind == columnText || column.kind == columnBool {
			return "", nil, false
		}
		arg, ok := l.arg(column.kind, value)
		return column.test(l.engine, " "+string(operator)+" ?"), []any{arg}, ok
	case core.OpIn:
		return l.among(column, value)
	case core.OpLike:
		return l.like(column, value)
	}
	return "", nil, false
}

func (l *listSQL) among(column listColumn, value any) (text string, args []any, ok bool) {
	list, ok := value.([]any)
	if !ok || len(list) == 0 || len(list) > 500 {
		return "", nil, false
	}
	for _, v := range list {
		arg, ok := l.arg(column.kind, v)
		if !ok {
			return "", nil, false
		}
		args = append(args, arg)
	}
	return column.test(l.engine, " IN (?"+strings.Repeat(", ?", len(list)-1)+")"), args, true
}

var globEscaper = strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]", "%", "*")

// like is told by GLOB on SQLite, whose LIKE takes capital and small letters for the same.
func (l *listSQL) like(column listColumn, value any) (text string, args []any, ok bool) {
	pattern, ok := l.arg(columnText, value)
	if !ok || column.kind != columnText {
		return "", nil, false
	}
	if l.engine == SQLite {
		return column.test(l.engine, " GLOB ?"), []any{globEscaper.Replace(fmt.Sprint(pattern))}, true
	}
	escaped := strings.ReplaceAll(likeEscaper.Replace(fmt.Sprint(pattern)), `\%`, "%")
	return column.test(l.engine, ` LIKE ? ESCAPE '\'`), []any{escaped}, true
}

// arg brings a value to what a column holds; false = it does not fit, or only by a fraction.
func (l *listSQL) arg(kind columnKind, value any) (any, bool) {
	switch v := value.(type) {
	case string:
		return v, kind == columnText && utf8.ValidString(v) && !strings.ContainsRune(v, 0)
	case bool:
		return v, kind == columnBool
	case time.Time:
		return v.UnixMilli(), kind == columnMoment && v.Equal(v.Truncate(time.Millisecond))
	case float64:
		if kind == columnMoney {
			v = math.Round(v*l.perMajor()*1e3) / 1e3
		}
		return int64(v), (kind == columnNumber || kind == columnMoney) && v == math.Trunc(v) && math.Abs(v) < 1<<53
	}
	return nil, false
}

// perMajor is how many minor units a major one has.
func (l *listSQL) perMajor() float64 { return perMajor(l.currency) }

func perMajor(currency string) float64 {
	_, fraction, _ := strings.Cut(core.Money{Currency: currency}.Amount(), ".")
	return math.Pow10(len(fraction))
}

// split puts what can be put in SQL into the statement and returns what is left.
func (l *listSQL) split(f core.ListFilter) core.ListFilter {
	if f.IsZero() {
		return f
	}
	if text, args, ok := l.filter(f); ok {
		l.and(text, args...)
		return core.ListFilter{}
	}
	if len(f.Filters) == 0 || f.Any {
		return f
	}
	var rest core.ListFilter
	for _, part := range f.Filters {
		if left := l.split(part); !left.IsZero() {
			rest.Filters = append(rest.Filters, left)
		}
	}
	return rest
}

// order adds the order: empty values last, ties by what last says.
func (l *listSQL) order(sort []core.SortBy, last string) error {
	l.add(" ORDER BY ")
	for _, s := range sort {
		column, known := l.columns[s.Field]
		if !known {
			return core.UnknownField(s.Field)
		}
		if column.kind == columnList {
			return core.Invalid(s.Field, "sort_prohibited", "the list can't be ordered by %q", s.Field).WithValue(s.Field)
		}
		expression := column.expression(l.engine)
		if l.engine == Postgres && column.kind == columnText {
			expression += ` COLLATE "C"`
		}
		direction := " ASC"
		if s.Desc {
			direction = " DESC"
		}
		l.add(expression + direction + " NULLS LAST, ")
	}
	l.add(last)
	return nil
}

// historyFrom: SQLite takes the tables of a CROSS JOIN in their order, and so finds the states in theirs without sorting.
const historyFrom = `FROM deals d CROSS JOIN deal_states s WHERE s.account_id = d.account_id AND s.deal_id = d.id AND `

// historyReader reads the states of a CRM's deals.
type historyReader struct {
	conn
	listSQL
	// funnels and stages are the external identifiers.
	funnels map[core.FunnelID]string
	stages  map[core.StageID]string
	request core.ListRequest
}

// History implements deals.Store.
func (s *DealStore) History(ctx context.Context, account core.AccountID, crm core.CRMID, r core.ListRequest) (out core.Listing[deals.HistoryRow], err error) {
	var none deals.HistoryRow
	if _, err := r.Filter.Match(func(field string) (any, bool) { return historyField(&none, field) }); err != nil {
		return out, err
	}
	h := historyReader{conn: s.db.rawReader(), listSQL: listSQL{engine: s.db.Engine, columns: historyColumns}, request: r}
	if err := h.prepare(ctx, account, crm); err != nil {
		return out, err
	}
	rest := h.split(r.Filter)
	count, args := "SELECT COUNT(*) "+historyFrom+h.text.String(), h.args
	if err := h.order(r.Sort, "d.created_at, d.id, s.position"); err != nil {
		return out, err
	}
	if !rest.IsZero() {
		return h.matching(ctx, rest)
	}
	if err := h.queryRow(ctx, count, args...).Scan(&out.Total); err != nil {
		return out, translate(err)
	}
	if r.Limit > 0 {
		h.add(" LIMIT ? OFFSET ?", r.Limit, max(r.Offset, 0))
	}
	err = h.rows(ctx, func(row deals.HistoryRow) error {
		out.Rows = append(out.Rows, row)
		return nil
	})
	return out, err
}

// prepare reads what all rows share.
func (h *historyReader) prepare(ctx context.Context, account core.AccountID, crm core.CRMID) error {
	err := h.queryRow(ctx, `SELECT currency FROM accounts WHERE id = $1`, int64(account)).Scan(&h.currency)
	if err != nil {
		return named("account", err)
	}
	funnels, err := (&partsOfCRM{conn: h.conn, account: int64(account), crm: int64(crm)}).Funnels(ctx, nil)
	h.funnels, h.stages = map[core.FunnelID]string{}, map[core.StageID]string{}
	for _, f := range funnels {
		h.funnels[f.ID] = f.ExternalID
		for _, g := range f.Stages {
			h.stages[g.ID] = g.ExternalID
		}
	}
	h.and("d.account_id = ? AND d.crm_id = ?", int64(account), int64(crm))
	return err
}

// matching looks at all rows the statement finds and keeps those of the page that pass the rest of the filter.
func (h *historyReader) matching(ctx context.Context, rest core.ListFilter) (out core.Listing[deals.HistoryRow], err error) {
	r := h.request
	err = h.rows(ctx, func(row deals.HistoryRow) error {
		is, err := rest.Match(func(field string) (any, bool) { return historyField(&row, field) })
		if err != nil || !is {
			return err
		}
		if out.Total >= r.Offset && (r.Limit <= 0 || len(out.Rows) < r.Limit) {
			out.Rows = append(out.Rows, row)
		}
		out.Total++
		return nil
	})
	return out, err
}

func (h *historyReader) rows(ctx context.Context, take func(deals.HistoryRow) error) error {
	q := `SELECT d.external_id, s.at, s.is_generated, s.revenue_minor, d.currency, s.funnel_id, s.stage_id, s.record ` + historyFrom + h.text.String()
	return h.query(ctx, q, h.args, func(row scanner) error {
		var x deals.HistoryRow
		var at int64
		var funnel core.FunnelID
		var stage core.StageID
		var record string
		if err := row.Scan(&x.ExternalID, &at, &x.IsGenerated, &x.Revenue.Minor, &x.Revenue.Currency, &funnel, &stage, &record); err != nil {
			return err
		}
		x.StageAt, x.FunnelExternalID, x.StageExternalID = fromMillis(at), h.funnels[funnel], h.stages[stage]
		if err := fillHistory(&x, record); err != nil {
			return err
		}
		return take(x)
	})
}

func fillHistory(h *deals.HistoryRow, record string) error {
	var c deals.Content
	if err := json.Unmarshal([]byte(record), &c); err != nil {
		return err
	}
	h.Name, h.CreatedAt, h.ContactExternalIDs, h.MainContactExternalID = c.Name, fromMillis(c.CreatedAt), c.Contacts, c.MainContact
	if c.ClosedAt != 0 {
		h.ClosedAt = fromMillisPtr(&c.ClosedAt)
	}
	for _, t := range c.Tags {
		h.TagExternalIDs = append(h.TagExternalIDs, t.ExternalID)
	}
	h.EmployeeExternalID, h.Comments, h.Source = c.Employee, c.Comments, c.Source
	h.Communication = deals.CommunicationRef{ID: core.CommunicationID(c.CommunicationID), Kind: c.CommunicationKind}
	return nil
}

// historyField returns a field of a row as the Data API shows it.
func historyField(h *deals.HistoryRow, field string) (any, bool) {
	switch field {
	case "ext_id":
		return h.ExternalID, true
	case "name":
		return h.Name, true
	case "created_date_time":
		return h.CreatedAt, true
	case "closed_date_time":
		return h.ClosedAt, true
	case "modified_stage_date_time":
		return h.StageAt, true
	case "contact_ext_ids":
		return h.ContactExternalIDs, true
	case "tag_ext_ids":
		return h.TagExternalIDs, true
	case "sales_funnel_ext_id":
		return h.FunnelExternalID, true
	case "stage_ext_id":
		return h.StageExternalID, true
	case "is_generated":
		return h.IsGenerated, true
	case "revenue":
		return float64(h.Revenue.Minor) / perMajor(h.Revenue.Currency), true
	}
	return historyOptional(h, field)
}

// historyOptional returns a field that may have no value.
func historyOptional(h *deals.HistoryRow, field string) (any, bool) {
	var text string
	switch field {
	case "main_contact_ext_id":
		text = h.MainContactExternalID
	case "employee_ext_id":
		text = h.EmployeeExternalID
	case "comments":
		text = h.Comments
	case "source":
		text = h.Source
	case "communication_type":
		text = string(h.Communication.Kind)
	case "communication_id":
		if h.Communication.ID == 0 {
			return nil, true
		}
		return int64(h.Communication.ID), true
	default:
		return nil, false
	}
	if text == "" {
		return nil, true
	}
	return text, true
}
