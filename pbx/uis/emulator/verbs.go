package emulator

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/pbx/exchange"
)

// PlaceCall lets somebody call a virtual number and returns the call session. A caller from the black list gets nobody.
func (s *Server) PlaceCall(from, to string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.account.number(to)
	if n == nil {
		return 0, fmt.Errorf("%q is none of the account's virtual numbers", to)
	}
	if !phonePattern.MatchString(from) {
		return 0, fmt.Errorf("%q is no number: digits, please", from)
	}
	data := s.account.newSession("")
	data.scenario = s.account.scenario(n.Scenario)
	step := exchange.Step{Role: exchange.Employee, Parallel: data.scenario.Parallel, Targets: s.account.targets(data.scenario, from)}
	if slices.Contains(s.account.blacklist, from) {
		step.Targets = nil
	}
	c := s.board.Start(&exchange.Call{Direction: exchange.In, Virtual: to, Contact: from, Recording: n.Recorded, Data: data}, step)
	return c.ID, nil
}

// SetNotification adds a notification as people do in the cabinet. An unknown event, variable, method or address is an error.
func (s *Server) SetNotification(n Notification) error {
	if err := n.complete(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account.notifications = append(s.account.notifications, &n)
	return nil
}

// NotifyOfAll adds a notification of each event with all its variables, to one address.
func (s *Server) NotifyOfAll(method, url string) error {
	for _, event := range EventTypes() {
		if err := s.SetNotification(Notification{Event: event, Method: method, URL: url}); err != nil {
			return err
		}
	}
	return nil
}

// Notifications returns what was set up.
func (s *Server) Notifications() []Notification {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Notification, len(s.account.notifications))
	for i, n := range s.account.notifications {
		out[i] = *n
	}
	return out
}

// ClearNotifications removes them all.
func (s *Server) ClearNotifications() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account.notifications = nil
}

// Token is the permanent key.
func (s *Server) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.account.key
}

// BlockKey blocks the permanent key; false lifts the block.
func (s *Server) BlockKey(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account.tokens[s.account.key].blocked = on
}

// ExpireKey ends the life of the permanent key; false makes it valid for ever again.
func (s *Server) ExpireKey(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.account.tokens[s.account.key]
	t.expires = s.kit.Clock.Now()
	if !on {
		t.expires = t.expires.AddDate(100, 0, 0)
	}
}

// Deactivate switches the account off; false switches it on.
func (s *Server) Deactivate(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account.inactive = on
}

// DisableComponent switches a component the Call API needs off; "" switches it on.
func (s *Server) DisableComponent(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account.disabledComponent = name
}

// AllowIPs sets the white list of addresses; none = nobody.
func (s *Server) AllowIPs(list ...netip.Prefix) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account.allowIPs = append([]netip.Prefix{}, list...)
}

// Blacklist adds a number to the black list.
func (s *Server) Blacklist(number string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account.blacklist = append(s.account.blacklist, number)
}

// SetPhone switches a number of an employee's on or off, or adds it.
func (s *Server) SetPhone(employee int64, number string, active bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.account.employee(employee)
	if e == nil {
		return fmt.Errorf("there is no employee %d", employee)
	}
	if !phonePattern.MatchString(number) {
		return fmt.Errorf("%q is no number: digits, please", number)
	}
	for i := range e.Numbers {
		if e.Numbers[i].Number == number {
			e.Numbers[i].Active = active
			return nil
		}
	}
	e.Numbers = append(e.Numbers, Phone{number, active})
	return nil
}

// ExpireRecords makes all links to recordings invalid.
func (s *Server) ExpireRecords() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for link, r := range s.account.records {
		r.expires = s.kit.Clock.Now()
		s.account.records[link] = r
	}
}

// Actions are what callers, employees and administrators do.
func (s *Server) Actions() []emulation.Action {
	onOff := func(do func(bool)) func(exchange.Values) error {
		return func(v exchange.Values) error {
			if v["on"] != "yes" && v["on"] != "no" {
				return errors.New("on is yes or no")
			}
			do(v["on"] == "yes")
			return nil
		}
	}
	on := exchange.Typed("on", "yes/no", "yes")
	return append([]emulation.Action{
		exchange.Show("place_call", "Позвонить на виртуальный номер", func(v exchange.Values) (any, error) {
			id, err := s.PlaceCall(v["from"], v["to"])
			return object{"call": id}, err
		}, exchange.Typed("from", "Кто звонит", "79210000011"), exchange.Typed("to", "Виртуальный номер", "74950000001")),
		exchange.Do("set_notification", "Настроить уведомление", s.doNotification, exchange.Typed("event", "Событие (* — все)", allEventsName), exchange.Typed("method", "GET или POST", "POST"),
			exchange.Typed("url", "Адрес", ""), exchange.Maybe("template", "Тело с {{переменными}} (пусто — все)"), exchange.Maybe("name", "Название"), exchange.Maybe("mnemonic", "Мнемоника")),
		exchange.Do("clear_notifications", "Удалить уведомления", func(exchange.Values) error {
			s.ClearNotifications()
			return nil
		}),
		exchange.Do("block_key", "Заблокировать ключ", onOff(s.BlockKey), on),
		exchange.Do("expire_key", "Истечь сроку ключа", onOff(s.ExpireKey), on),
		exchange.Do("deactivate", "Отключить аккаунт", onOff(s.Deactivate), on),
		exchange.Do("disable_component", "Отключить компонент", func(v exchange.Values) error {
			s.DisableComponent(v["name"])
			return nil
		}, exchange.Maybe("name", "Компонент (пусто — включить всё)")),
		exchange.Do("allow_ips", "Белый список адресов", s.doAllowIPs, exchange.Maybe("list", "Сети через запятую (пусто — никого)")),
		exchange.Do("blacklist", "В чёрный список", func(v exchange.Values) error {
			s.Blacklist(v["number"])
			return nil
		}, exchange.Typed("number", "Номер", "")),
		exchange.Do("set_phone", "Телефон сотрудника", s.doSetPhone, exchange.Typed("employee", "ID сотрудника", "12801"), exchange.Typed("number", "Номер", ""), exchange.Typed("active", "yes/no", "yes")),
		exchange.Do("expire_records", "Истечь ссылкам на записи", func(exchange.Values) error {
			s.ExpireRecords()
			return nil
		}),
	}, s.Desk.Actions()...)
}

func (s *Server) doNotification(v exchange.Values) error {
	n := Notification{Event: EventType(v["event"]), Method: v["method"], URL: v["url"], Template: v["template"], Name: v["name"], Mnemonic: v["mnemonic"]}
	if v["event"] != allEventsName {
		return s.SetNotification(n)
	}
	for _, event := range EventTypes() {
		n.Event = event
		if err := s.SetNotification(n); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) doAllowIPs(v exchange.Values) error {
	var list []netip.Prefix
	for part := range strings.SplitSeq(v["list"], ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			return fmt.Errorf("%q is no network; write e.g. 127.0.0.0/8", part)
		}
		list = append(list, p)
	}
	s.AllowIPs(list...)
	return nil
}

func (s *Server) doSetPhone(v exchange.Values) error {
	id, err := v.Number("employee")
	if err != nil {
		return err
	}
	return s.SetPhone(id, v["number"], v["active"] == "yes")
}

// Tables show calls, telephones, messages, and the account's numbers and people.
func (s *Server) Tables() []emulation.Table {
	out := s.Desk.Tables()
	s.mu.Lock()
	defer s.mu.Unlock()
	table := func(name, title string, columns ...string) *emulation.Table {
		return &emulation.Table{Name: name, Title: title, Columns: columns, Rows: [][]string{}}
	}
	employees := table("employees", "Сотрудники", "ID", "Имя", "Номера")
	for _, e := range s.account.employees {
		var numbers []string
		for _, p := range e.Numbers {
			if !p.Active {
				p.Number += " (выкл.)"
			}
			numbers = append(numbers, p.Number)
		}
		employees.Rows = append(employees.Rows, []string{itoa(e.ID), e.Name, strings.Join(numbers, ", ")})
	}
	numbers := table("virtual_numbers", "Виртуальные номера", "Номер", "Сценарий", "Записывать")
	for _, n := range s.account.numbers {
		numbers.Rows = append(numbers.Rows, []string{n.Number, s.account.scenario(n.Scenario).Name, strconv.FormatBool(n.Recorded)})
	}
	notifications := table("notifications", "Настроенные уведомления", "Событие", "Метод", "Адрес", "Шаблон")
	for _, n := range s.account.notifications {
		notifications.Rows = append(notifications.Rows, []string{string(n.Event), n.Method, n.URL, n.Template})
	}
	return append(out, *employees, *numbers, *notifications)
}
