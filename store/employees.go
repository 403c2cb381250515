package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/employees"
)

// EmployeeStore keeps who takes calls. It implements employees.Store.
type EmployeeStore struct{ db *DB }

// EmployeeStore returns the part of the store about employees.
func (db *DB) EmployeeStore() *EmployeeStore { return &EmployeeStore{db} }

var _ employees.Store = (*EmployeeStore)(nil)

const employeeColumns = `account_id, id, last_name, first_name, patronymic, name_search, email, extension, user_id, schedule_id,
  status, status_id, status_at, created_at, deleted_at`

func scanEmployee(row scanner) (e employees.Employee, err error) {
	var search string
	var statusAt, createdAt int64
	var deletedAt *int64
	err = row.Scan(&e.AccountID, &e.ID, &e.LastName, &e.FirstName, &e.Patronymic, &search, &e.Email, &e.Extension, &e.UserID, &e.ScheduleID,
		&e.Status, &e.StatusID, &statusAt, &createdAt, &deletedAt)
	e.StatusAt, e.CreatedAt, e.DeletedAt = fromMillis(statusAt), fromMillis(createdAt), fromMillisPtr(deletedAt)
	return e, err
}

func employeeValues(e employees.Employee) []any {
	return []any{
		int64(e.AccountID), int64(e.ID), e.LastName, e.FirstName, e.Patronymic, foldName(e.Name()), string(e.Email), e.Extension, int64(e.UserID), int64(e.ScheduleID),
		string(e.Status), int64(e.StatusID), millis(e.StatusAt), millis(e.CreatedAt), millisPtr(e.DeletedAt),
	}
}

// foldName is the form names are searched and ordered in.
func foldName(name string) string { return strings.ReplaceAll(strings.ToLower(name), "ё", "е") }

// Employees implements employees.Cards.
func (s *EmployeeStore) Employees(
	ctx context.Context, account core.AccountID, f employees.Filter, page core.PageRequest,
) (core.Page[employees.Employee], error) {
	w := employeesWhere(account, f)
	if err := w.pageByName(s.db.Engine, page); err != nil {
		return core.Page[employees.Employee]{}, err
	}
	list, err := s.db.rawReader().readEmployeeCards(ctx, account, w.text.String(), w.args...)
	if err != nil {
		return core.Page[employees.Employee]{}, err
	}
	out := core.Page[employees.Employee]{Nodes: list}
	if len(list) > page.First {
		out.Nodes, out.HasNext = list[:page.First], true
	}
	if n := len(out.Nodes); n > 0 {
		out.EndCursor = nameCursor(foldName(out.Nodes[n-1].Name()), int64(out.Nodes[n-1].ID))
	}
	return out, nil
}

func employeesWhere(account core.AccountID, f employees.Filter) *where {
	w := new(where)
	w.and("account_id = ? AND deleted_at IS NULL", int64(account))
	if text := strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(f.Search, ""), "\x00", "")); text != "" {
		like := containing(foldName(text))
		w.and(`(name_search LIKE ? ESCAPE '\' OR email LIKE ? ESCAPE '\' OR extension = ? OR id IN (
  SELECT p.employee_id FROM employee_phones p WHERE p.account_id = ? AND p.number LIKE ? ESCAPE '\'))`,
			like, like, text, int64(account), containing(text))
	}
	if f.Group != 0 {
		w.and("id IN (SELECT m.employee_id FROM employee_group_members m WHERE m.account_id = ? AND m.group_id = ?)", int64(account), int64(f.Group))
	}
	if f.Status != "" {
		w.and("status = ?", string(f.Status))
	}
	if f.StatusID != 0 {
		w.and("status_id = ?", int64(f.StatusID))
	}
	return w
}

func nameCursor(name string, id int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(id, 10) + "." + name))
}

// pageByName adds what reads one page ordered by name_search and id, one row more than asked for. Both engines order by bytes.
func (w *where) pageByName(engine Engine, page core.PageRequest) error {
	if page.First < 1 || page.First > maxPage {
		return core.Invalid("first", "bad_first", "ask for 1 to %d rows at a time", maxPage)
	}
	column := "name_search"
	if engine == Postgres {
		column = `name_search COLLATE "C"`
	}
	if page.After != "" {
		text, err := base64.RawURLEncoding.DecodeString(page.After)
		number, name, found := strings.Cut(string(text), ".")
		id, notNumber := strconv.ParseInt(number, 10, 64)
		if err != nil || !found || notNumber != nil || strings.ContainsRune(name, 0) || strings.ToValidUTF8(name, "") != name {
			return core.Invalid("after", "bad_cursor", "this is no cursor of this list")
		}
		w.and(fmt.Sprintf("(%s > ? OR %s = ? AND id > ?)", column, column), name, name, id)
	}
	w.add(fmt.Sprintf(" ORDER BY %s, id LIMIT ?", column), page.First+1)
	return nil
}

// EmployeesByID implements employees.Reader.
func (s *EmployeeStore) EmployeesByID(ctx context.Context, account core.AccountID, ids []core.EmployeeID) ([]employees.Employee, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return s.db.rawReader().readEmployeeCards(ctx, account, "account_id = $1 AND id {in $2}", int64(account), idsArg(s.db.Engine, ids))
}

// EmployeesByNumber implements employees.Reader.
func (s *EmployeeStore) EmployeesByNumber(ctx context.Context, account core.AccountID, numbers []string) ([]employees.Employee, error) {
	if numbers = storable(numbers); len(numbers) == 0 {
		return nil, nil
	}
	const q = `account_id = $1 AND deleted_at IS NULL AND (extension {in $2} AND extension <> '' OR id IN (
  SELECT p.employee_id FROM employee_phones p WHERE p.account_id = $1 AND p.number {in $2})) ORDER BY created_at, id`
	return s.db.rawReader().readEmployeeCards(ctx, account, q, int64(account), textsArg(s.db.Engine, numbers))
}

// EmployeesByUser implements employees.Reader.
func (s *EmployeeStore) EmployeesByUser(ctx context.Context, account core.AccountID, users []core.UserID) ([]employees.Employee, error) {
	if len(users) == 0 {
		return nil, nil
	}
	const q = `account_id = $1 AND user_id {in $2} AND user_id <> 0 AND deleted_at IS NULL`
	return s.db.rawReader().readEmployeeCards(ctx, account, q, int64(account), idsArg(s.db.Engine, users))
}

// EmployeesOfGroup implements employees.Reader.
func (s *EmployeeStore) EmployeesOfGroup(ctx context.Context, account core.AccountID, group core.EmployeeGroupID) ([]employees.Employee, error) {
	c := s.db.rawReader()
	var id int64
	if err := c.queryRow(ctx, `SELECT id FROM employee_groups WHERE account_id = $1 AND id = $2`, int64(account), int64(group)).Scan(&id); err != nil {
		return nil, named("group", err)
	}
	const q = `account_id = $1 AND deleted_at IS NULL AND id IN (SELECT m.employee_id FROM employee_group_members m WHERE m.account_id = $1 AND m.group_id = $2)
ORDER BY (SELECT m.position FROM employee_group_members m WHERE m.account_id = $1 AND m.group_id = $2 AND m.employee_id = employees.id), id`
	return c.readEmployeeCards(ctx, account, q, int64(account), int64(group))
}

// EmployeeStatusLog implements employees.Reader.
func (s *EmployeeStore) EmployeeStatusLog(
	ctx context.Context, account core.AccountID, id core.EmployeeID, from, before time.Time, limit int,
) (out []employees.StatusChange, err error) {
	const q = `SELECT at, status, status_id, origin FROM employee_status_log
WHERE account_id = $1 AND employee_id = $2 AND at >= $3 AND at < $4 ORDER BY at LIMIT $5`
	err = s.db.rawReader().query(ctx, q, []any{int64(account), int64(id), millis(from), millis(before), limit}, func(row scanner) error {
		change := employees.StatusChange{EmployeeID: id}
		var at int64
		err := row.Scan(&at, &change.Status, &change.StatusID, &change.Origin)
		change.At = fromMillis(at)
		out = append(out, change)
		return err
	})
	return out, err
}

// readEmployeeCards reads cards with what belongs to them, in a constant number of statements.
func (c conn) readEmployeeCards(ctx context.Context, account core.AccountID, rest string, args ...any) (out []employees.Employee, err error) {
	err = c.query(ctx, `SELECT `+employeeColumns+` FROM employees WHERE `+rest, args, func(row scanner) error {
		e, err := scanEmployee(row)
		out = append(out, e)
		return err
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	ids, place := make([]core.EmployeeID, len(out)), make(map[core.EmployeeID]int, len(out))
	for n, e := range out {
		ids[n], place[e.ID] = e.ID, n
	}
	of := func(id core.EmployeeID) *employees.Employee { return &out[place[id]] }
	which := []any{int64(account), idsArg(c.engine, ids)}
	return out, c.queryAll(ctx, []reading{readPhones(which, of), readGroupsOf(which, of), readMarks(which, of)})
}

func nothingMore() error { return nil }

func readPhones(which []any, of func(core.EmployeeID) *employees.Employee) reading {
	const q = `SELECT employee_id, kind, number, channels, dial_seconds, is_active FROM employee_phones
WHERE account_id = $1 AND employee_id {in $2} ORDER BY employee_id, position`
	return reading{sql: q, args: which, then: nothingMore, scan: func(row scanner) error {
		var id core.EmployeeID
		var p employees.Phone
		if err := row.Scan(&id, &p.Kind, &p.Number, &p.Channels, &p.DialSeconds, &p.IsActive); err != nil {
			return err
		}
		of(id).Phones = append(of(id).Phones, p)
		return nil
	}}
}

func readGroupsOf(which []any, of func(core.EmployeeID) *employees.Employee) reading {
	const q = `SELECT m.employee_id, g.id, g.name FROM employee_group_members m JOIN employee_groups g ON g.account_id = m.account_id AND g.id = m.group_id
WHERE m.account_id = $1 AND m.employee_id {in $2} ORDER BY g.name, g.id`
	return reading{sql: q, args: which, then: nothingMore, scan: func(row scanner) error {
		var id core.EmployeeID
		var g employees.GroupRef
		if err := row.Scan(&id, &g.ID, &g.Name); err != nil {
			return err
		}
		of(id).Groups = append(of(id).Groups, g)
		return nil
	}}
}

func readMarks(which []any, of func(core.EmployeeID) *employees.Employee) reading {
	const q = `SELECT employee_id, mark FROM employee_links
WHERE account_id = $1 AND employee_id {in $2} AND mark <> '' GROUP BY employee_id, mark ORDER BY employee_id, MIN(linked_at), mark`
	return reading{sql: q, args: which, then: nothingMore, scan: func(row scanner) error {
		var id core.EmployeeID
		var mark string
		if err := row.Scan(&id, &mark); err != nil {
			return err
		}
		of(id).Marks = append(of(id).Marks, mark)
		return nil
	}}
}
