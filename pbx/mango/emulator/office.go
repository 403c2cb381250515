package emulator

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/skvoz/skvoz/pbx/exchange"
)

// User is a person with an extension.
type User struct {
	ID        int64
	Name      string
	Extension string
	Number    string // where the extension leads
}

// Group is extensions that ring together.
type Group struct {
	ID         string
	Name       string
	Extensions []string
}

// Line is a number of the customer's. Calls to it listen to a menu, if there is one, and then ring a group or an extension.
type Line struct {
	Number           string
	Menu             time.Duration
	Group, Extension string
	Recorded         bool
}

// office is all the vendor keeps.
type office struct {
	users   []*User
	groups  []*Group
	lines   []*Line
	records map[string]*record
	links   map[string]link
	asked   map[string]asked // for statistics, by key
}

// record is the recording of a talk.
type record struct {
	id     string
	talk   int64
	leg    int64
	seq    int
	length time.Duration
	ready  bool
	short  bool
}

// link is a link that works once.
type link struct {
	length   time.Duration
	download bool
}

// entry is what the vendor keeps with a call.
type entry struct {
	id        string
	line      *Line
	command   string // that began it
	initiator string // extension
	forward   time.Time
	legs      map[int64]*branch // by the exchange's legs
	menu      *branch           // of the contact in the menu or the queue
	records   []*record
}

// branch is a call_id: a connection from somebody to somebody.
type branch struct {
	id       string
	seq      int
	state    string
	location string
	from, to object
	transfer string
	reason   int
	third    bool
	started  time.Time
	answered time.Time
	ended    time.Time
}

func seed() *office {
	return &office{
		users: []*User{
			{20101, "Ольга Савельева", "101", "sip:olga@office.mangosip.ru"},
			{20102, "Тимур Галиев", "102", "sip:timur@office.mangosip.ru"},
			{20103, "Нина Фомина", "103", "79030000103"},
		},
		groups: []*Group{{"7001", "Продажи", []string{"101", "102"}}, {"7002", "Сервис", []string{"103", "101"}}},
		lines: []*Line{
			{Number: "74990000001", Menu: 3 * time.Second, Group: "7001", Recorded: true},
			{Number: "74990000002", Extension: "101", Recorded: true},
			{Number: "74990000003", Group: "7002"},
		},
		records: map[string]*record{}, links: map[string]link{}, asked: map[string]asked{},
	}
}

func find[T any](all []*T, is func(*T) bool) *T {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i]
	}
	return nil
}

func (o *office) user(extension string) *User {
	return find(o.users, func(u *User) bool { return u.Extension == extension })
}

func (o *office) group(id string) *Group {
	return find(o.groups, func(g *Group) bool { return g.ID == id })
}

func (o *office) line(number string) *Line {
	return find(o.lines, func(l *Line) bool { return l.Number == number })
}

var phonePattern = regexp.MustCompile(`^[0-9]{3,15}$`)

// target is a telephone to ring: an extension or a number.
func (o *office) target(number, calling string) (exchange.Target, bool) {
	if u := o.user(number); u != nil {
		return exchange.Target{Number: number, Owner: u.ID, Calling: calling}, true
	}
	return exchange.Target{Number: number, Calling: calling}, phonePattern.MatchString(number)
}

func (o *office) groupStep(g *Group, calling string) exchange.Step {
	step := exchange.Step{Role: exchange.Employee, Parallel: true}
	for _, extension := range g.Extensions {
		t, _ := o.target(extension, calling)
		step.Targets = append(step.Targets, t)
	}
	return step
}

// party is somebody as events name him: an extension with where it leads, or a number.
func (o *office) party(number string) object {
	if u := o.user(number); u != nil {
		return object{"extension": u.Extension, "number": u.Number}
	}
	return object{"number": number}
}

func newEntry(line *Line) *entry {
	return &entry{id: opaque("entry", secret()[:10]), line: line, legs: map[int64]*branch{}}
}

func opaque(kind, id string) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s:%s", kind, id))
}

func newBranch(location string, from, to object, at time.Time) *branch {
	return &branch{id: opaque("call", secret()[:12]), location: location, from: from, to: to, started: at}
}
