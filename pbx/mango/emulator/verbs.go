package emulator

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/pbx/exchange"
)

// PlaceCall lets somebody call a line and returns the call's number at the exchange, which the verbs of the desk take.
func (s *Server) PlaceCall(from, to string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := s.office.line(to)
	if line == nil {
		return 0, fmt.Errorf("%q is none of the lines", to)
	}
	if !phonePattern.MatchString(from) {
		return 0, fmt.Errorf("%q is no number: digits, please", from)
	}
	where := line.Extension
	if where == "" {
		where = line.Group
	}
	step, _ := s.reached(where, from)
	step.Wait = line.Menu
	c := s.board.Start(&exchange.Call{Direction: exchange.In, Virtual: to, Contact: from, Recording: line.Recorded, Data: newEntry(line)}, step)
	return c.ID, nil
}

// EntryID returns the vendor's name of a call, or "" if there is none.
func (s *Server) EntryID(call int64) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.board.Call(call); c != nil {
		return c.Data.(*entry).id
	}
	return ""
}

// Keys are the key and the salt requests are signed with.
func (s *Server) Keys() (key, salt string) { return s.opts.Key, s.opts.Salt }

// FailCommands answers the next n commands with a result such as 5000 and does nothing.
func (s *Server) FailCommands(n, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = failing{n, code}
}

// Unlock ends the lock that wrong requests brought.
func (s *Server) Unlock() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits = limits{}
}

// Locked reports whether wrong requests brought a lock.
func (s *Server) Locked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kit.Clock.Now().Before(s.limits.lockedUntil)
}

// RemoveRecordings takes all recordings away, as when their time has passed.
func (s *Server) RemoveRecordings() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.office.records, s.office.links = map[string]*record{}, map[string]link{}
}

// AddUser adds a person with an extension.
func (s *Server) AddUser(name, extension, number string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.office.user(extension) != nil || !phonePattern.MatchString(extension) {
		return fmt.Errorf("extension %q is taken or none", extension)
	}
	s.office.users = append(s.office.users, &User{ID: int64(20101 + len(s.office.users)), Name: name, Extension: extension, Number: number})
	return nil
}

// AddLine adds a number of the customer's that leads to a group or an extension, after a menu if it has one.
func (s *Server) AddLine(l Line) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.office.line(l.Number) != nil || !phonePattern.MatchString(l.Number):
		return fmt.Errorf("line %q is there already or no number", l.Number)
	case l.Extension != "" && s.office.user(l.Extension) == nil, l.Extension == "" && s.office.group(l.Group) == nil:
		return errors.New("it leads to nobody: name an extension or a group that is there")
	}
	s.office.lines = append(s.office.lines, &l)
	return nil
}

// Actions are what callers, employees and administrators do.
func (s *Server) Actions() []emulation.Action {
	return append([]emulation.Action{
		exchange.Show("place_call", "Позвонить на номер компании", func(v exchange.Values) (any, error) {
			id, err := s.PlaceCall(v["from"], v["to"])
			return object{"call": id, "entry_id": s.EntryID(id)}, err
		}, exchange.Typed("from", "Кто звонит", "79210000011"), exchange.Typed("to", "Номер компании", "74990000001")),
		exchange.Do("set_events_url", "Адрес для событий", func(v exchange.Values) error {
			s.SetEventsURL(v["url"])
			return nil
		}, exchange.Maybe("url", "Адрес без /events/call (пусто — не отправлять)")),
		exchange.Do("fail_commands", "Следующие команды не выполнять", func(v exchange.Values) error {
			n, err := v.Number("count")
			code, err2 := v.Number("result")
			s.FailCommands(int(n), int(code))
			return errors.Join(err, err2)
		}, exchange.Typed("count", "Сколько", "1"), exchange.Typed("result", "Код результата", strconv.Itoa(resultServer))),
		exchange.Do("unlock", "Снять блокировку доступа", func(exchange.Values) error {
			s.Unlock()
			return nil
		}),
		exchange.Do("remove_recordings", "Удалить записи", func(exchange.Values) error {
			s.RemoveRecordings()
			return nil
		}),
		exchange.Do("add_user", "Добавить сотрудника", func(v exchange.Values) error { return s.AddUser(v["name"], v["extension"], v["number"]) },
			exchange.Typed("name", "Имя", "Олег Новиков"), exchange.Typed("extension", "Внутренний номер", "104"), exchange.Typed("number", "Куда ведёт", "79030000104")),
		exchange.Do("add_line", "Добавить номер компании", func(v exchange.Values) error {
			menu, err := v.Number("menu_ms")
			if err != nil {
				return err
			}
			return s.AddLine(Line{Number: v["number"], Menu: time.Duration(menu) * time.Millisecond, Group: v["group"], Extension: v["extension"], Recorded: v["recorded"] == "yes"})
		}, exchange.Typed("number", "Номер", ""), exchange.Typed("menu_ms", "Меню, мс", "0"), exchange.Maybe("group", "Группа"), exchange.Maybe("extension", "Внутренний номер"), exchange.Typed("recorded", "Записывать (yes/no)", "yes")),
	}, s.Desk.Actions()...)
}

// Tables show calls, telephones, messages, and the exchange's people and numbers.
func (s *Server) Tables() []emulation.Table {
	out := s.Desk.Tables()
	s.mu.Lock()
	defer s.mu.Unlock()
	users := emulation.Table{Name: "users", Title: "Сотрудники", Columns: []string{"ID", "Имя", "Внутренний", "Номер"}, Rows: [][]string{}}
	for _, u := range s.office.users {
		users.Rows = append(users.Rows, []string{strconv.FormatInt(u.ID, 10), u.Name, u.Extension, u.Number})
	}
	groups := emulation.Table{Name: "groups", Title: "Группы", Columns: []string{"ID", "Название", "Сотрудники"}, Rows: [][]string{}}
	for _, g := range s.office.groups {
		groups.Rows = append(groups.Rows, []string{g.ID, g.Name, strings.Join(g.Extensions, ", ")})
	}
	lines := emulation.Table{Name: "company_numbers", Title: "Номера компании", Columns: []string{"Номер", "Меню", "Куда", "Записывать"}, Rows: [][]string{}}
	for _, l := range s.office.lines {
		lines.Rows = append(lines.Rows, []string{l.Number, l.Menu.String(), l.Group + l.Extension, strconv.FormatBool(l.Recorded)})
	}
	return append(out, users, groups, lines)
}
