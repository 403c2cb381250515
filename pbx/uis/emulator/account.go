package emulator

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/pbx/exchange"
)

// Employee is a person with telephones.
type Employee struct {
	ID      int64
	Name    string
	Numbers []Phone
}

// Phone is one of an employee's numbers.
type Phone struct {
	Number string
	Active bool
}

// VirtualNumber is a number of the account's; calls to it go through a scenario.
type VirtualNumber struct {
	Number   string
	Scenario int64
	Recorded bool // all its calls
}

// Scenario says who rings.
type Scenario struct {
	ID        int64
	Name      string
	Employees []int64
	Parallel  bool
	Ring      time.Duration // each
}

// Tag marks calls.
type Tag struct {
	ID   int64
	Name string
}

// token is a session of a login, or the permanent key.
type token struct {
	permanent, blocked bool
	expires            time.Time // zero = never
}

// record is what a link leads to.
type record struct {
	length  time.Duration
	expires time.Time
}

// account is all the vendor keeps.
type account struct {
	login, password, key string
	tokens               map[string]*token
	inactive             bool
	disabledComponent    string
	allowIPs             []netip.Prefix // nil = as the options say
	employees            []*Employee
	numbers              []*VirtualNumber
	scenarios            []*Scenario
	tags                 []*Tag
	media                []int64
	blacklist            []string
	contacts             map[string]contact
	notifications        []*Notification
	records              map[string]record
	spent                []time.Time // points of the last day
	communications       int64
}

// contact is a person the account knows by number.
type contact struct {
	id   int64
	name string
}

// session is what the vendor keeps with a call.
type session struct {
	communication int64
	source        string
	scenario      *Scenario
	employee      int64
	employeePhone string
}

const sessionLife = time.Hour

func seed(key string) *account {
	a := &account{ //nolint:gosec // made up, for an account that is none
		login: "callapi", password: "parol-call-api", key: key,
		tokens: map[string]*token{key: {permanent: true}},
		employees: []*Employee{
			{ID: 12801, Name: "Ольга Савельева", Numbers: []Phone{{"79030000101", true}, {"0250101", true}}},
			{ID: 12802, Name: "Тимур Галиев", Numbers: []Phone{{"0250102", true}}},
			{ID: 12803, Name: "Нина Фомина", Numbers: []Phone{{"79030000103", false}}},
		},
		scenarios: []*Scenario{
			{ID: 4001, Name: "Отдел продаж", Employees: []int64{12801, 12802}, Parallel: true, Ring: 25 * time.Second},
			{ID: 4002, Name: "Сначала Тимур", Employees: []int64{12802, 12801}, Ring: 15 * time.Second},
		},
		numbers: []*VirtualNumber{
			{Number: "74950000001", Scenario: 4001, Recorded: true},
			{Number: "74950000002", Scenario: 4002},
			{Number: "78000000003", Scenario: 4001, Recorded: true},
		},
		tags:      []*Tag{{501, "Целевой"}, {502, "Спам"}},
		media:     []int64{301, 302},
		blacklist: []string{"79990000666"},
		contacts:  map[string]contact{"79210000011": {88001, "Антон Громов"}, "79210000022": {88002, "Вера Лужина"}},
		records:   map[string]record{},
	}
	a.communications = 7_400_000
	return a
}

func (a *account) employee(id int64) *Employee {
	return first(a.employees, func(e *Employee) bool { return e.ID == id })
}

func (a *account) scenario(id int64) *Scenario {
	return first(a.scenarios, func(s *Scenario) bool { return s.ID == id })
}

func (a *account) number(number string) *VirtualNumber {
	return first(a.numbers, func(n *VirtualNumber) bool { return n.Number == number })
}

func (a *account) tag(id int64) *Tag { return first(a.tags, func(t *Tag) bool { return t.ID == id }) }

func first[T any](all []*T, is func(*T) bool) *T {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i]
	}
	return nil
}

// free reports whether a number is one of 8-800.
func free(number string) bool {
	return strings.HasPrefix(number, "7800") || strings.HasPrefix(number, "8800")
}

func (e *Employee) targets(calling string, ring time.Duration) []exchange.Target {
	var out []exchange.Target
	for _, p := range e.Numbers {
		if p.Active {
			out = append(out, exchange.Target{Number: p.Number, Calling: calling, Owner: e.ID, Ring: ring})
		}
	}
	return out
}

func (a *account) targets(sc *Scenario, calling string) []exchange.Target {
	var out []exchange.Target
	for _, id := range sc.Employees {
		if e := a.employee(id); e != nil {
			out = append(out, e.targets(calling, sc.Ring)...)
		}
	}
	return out
}

func (a *account) newSession(source string) *session {
	a.communications++
	return &session{communication: a.communications, source: source}
}
