package emulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Entity is a kind of card, by its name in paths.
type Entity string

// The entities that have cards.
const (
	Leads     Entity = "leads"
	Contacts  Entity = "contacts"
	Companies Entity = "companies"
)

func (e Entity) known() bool { return e == Leads || e == Contacts || e == Companies }

// one is the entity's name in events, settings of webhooks and calls.
func (e Entity) one() string {
	return map[Entity]string{Leads: "lead", Contacts: "contact", Companies: "company"}[e]
}

// number is the entity's number in webhooks.
func (e Entity) number() int64 { return map[Entity]int64{Contacts: 1, Leads: 2, Companies: 3}[e] }

// The statuses every pipeline has.
const (
	StatusWon  int64 = 142
	StatusLost int64 = 143
)

// Card is what leads, contacts and companies have in common. Times are unix seconds.
type Card struct {
	ID                   int64
	Name                 string
	ResponsibleUserID    int64
	CreatedBy, UpdatedBy int64
	CreatedAt, UpdatedAt int64
	Deleted              bool
	Fields               []FieldValue
	Tags                 []Tag

	hidden   bool   // belongs to an unsorted entry that nobody has accepted
	haystack string // what query looks through
}

// FieldValue is the values of one custom field.
type FieldValue struct {
	FieldID int64
	Code    string // of the field
	Name    string // of the field
	Values  []Value
}

// Value is one value of a custom field.
type Value struct {
	Value    any
	EnumID   int64
	EnumCode string
}

func (v Value) text() string { return fmt.Sprint(v.Value) }

// Tag is a label; each entity has its own.
type Tag struct {
	ID   int64
	Name string
}

// Lead is a deal.
type Lead struct {
	Card
	Price                int64
	PipelineID, StatusID int64
	LossReasonID         int64
	ClosedAt             int64
	Contacts             []LeadContact
	CompanyID            int64
	UnsortedUID          string // of the entry it came with, until that is accepted
}

// LeadContact is a contact of a lead.
type LeadContact struct {
	ID     int64
	IsMain bool
}

// Contact is a contact or a company.
type Contact struct {
	Card
	Entity              Entity
	FirstName, LastName string
	CompanyID           int64 // of a contact
	Leads               []int64
}

// Note is an entry in a card's feed.
type Note struct {
	ID                   int64
	Entity               Entity
	EntityID             int64
	Type                 string
	Params               map[string]any
	ResponsibleUserID    int64
	CreatedBy, UpdatedBy int64
	CreatedAt, UpdatedAt int64
}

// User is an employee.
type User struct {
	ID            int64
	Name, Email   string
	Admin, Active bool
}

// Pipeline is a funnel.
type Pipeline struct {
	ID       int64
	Name     string
	Sort     int64
	Main     bool
	Statuses []Status
}

// Status is a stage of a pipeline; Type 1 is that of unsorted entries.
type Status struct {
	ID    int64
	Name  string
	Color string
	Sort  int64
	Type  int
}

// Event is an entry of the account's log.
type Event struct {
	ID            string
	Type          string
	Entity        Entity
	EntityID      int64
	CreatedBy     int64
	CreatedAt     int64
	Before, After []any
}

// Counts is how many of each kind were ever made, those at the beginning included.
type Counts struct {
	Leads, Contacts, Companies, Notes, Calls, Unsorted, Popups int
}

// table keeps rows by id, in the order they were made.
type table[T any] struct {
	byID map[int64]T
	rows []T
	next int64
}

func newTable[T any](first int64) table[T] { return table[T]{byID: map[int64]T{}, next: first} }

func (t *table[T]) id() int64 {
	t.next++
	return t.next - 1
}

func (t *table[T]) put(id int64, row T) {
	t.byID[id] = row
	t.rows = append(t.rows, row)
}

// state is all the account has. The server's lock guards it.
type state struct {
	accountID int64
	users     []*User
	pipelines []*Pipeline
	fields    map[Entity][]*Field
	tags      map[Entity][]Tag
	tagByName map[Entity]map[string]Tag
	leads     table[*Lead]
	contacts  table[*Contact]
	companies table[*Contact]
	notes     table[*Note]
	notesOf   map[cardKey][]*Note
	unsorted  []*Unsorted
	events    []*Event
	popups    []Popup
	phones    map[string][]*Contact // by the last ten digits
	counts    Counts
	ids       int64 // of what has no table: users, statuses, tags
}

type cardKey struct {
	entity Entity
	id     int64
}

func newState() *state {
	return &state{
		accountID: 31234567,
		fields:    map[Entity][]*Field{},
		tags:      map[Entity][]Tag{},
		tagByName: map[Entity]map[string]Tag{Leads: {}, Contacts: {}, Companies: {}},
		leads:     newTable[*Lead](10000001),
		contacts:  newTable[*Contact](20000001),
		companies: newTable[*Contact](30000001),
		notes:     newTable[*Note](40000001),
		notesOf:   map[cardKey][]*Note{},
		phones:    map[string][]*Contact{},
		ids:       7000001,
	}
}

func (st *state) id() int64 {
	st.ids++
	return st.ids - 1
}

func (st *state) user(id int64) *User {
	i := slices.IndexFunc(st.users, func(u *User) bool { return u.ID == id })
	if i < 0 {
		return nil
	}
	return st.users[i]
}

func (st *state) pipeline(id int64) *Pipeline {
	i := slices.IndexFunc(st.pipelines, func(p *Pipeline) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return st.pipelines[i]
}

func (st *state) mainPipeline() *Pipeline { return st.pipelines[0] }

// status returns the pipeline's status of an id.
func (p *Pipeline) status(id int64) *Status {
	i := slices.IndexFunc(p.Statuses, func(s Status) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return &p.Statuses[i]
}

// first is the status new leads get.
func (p *Pipeline) first() int64 {
	i := slices.IndexFunc(p.Statuses, func(s Status) bool { return s.Type == 0 })
	return p.Statuses[i].ID
}

// unsorted is the status of entries nobody has accepted.
func (p *Pipeline) unsorted() int64 {
	i := slices.IndexFunc(p.Statuses, func(s Status) bool { return s.Type == 1 })
	return p.Statuses[i].ID
}

func closed(status int64) bool { return status == StatusWon || status == StatusLost }

func (st *state) people(e Entity) *table[*Contact] {
	if e == Companies {
		return &st.companies
	}
	return &st.contacts
}

// person returns a contact or company that people can see; nil if there is none.
func (st *state) person(e Entity, id int64) *Contact {
	p := st.people(e).byID[id]
	if p == nil || p.Deleted || p.hidden {
		return nil
	}
	return p
}

// lead returns a lead that is not deleted; nil if there is none.
func (st *state) lead(id int64) *Lead {
	l := st.leads.byID[id]
	if l == nil || l.Deleted {
		return nil
	}
	return l
}

// card returns what can have notes and links; nil if there is none.
func (st *state) card(e Entity, id int64) *Card {
	if e == Leads {
		if l := st.lead(id); l != nil {
			return &l.Card
		}
		return nil
	}
	if p := st.person(e, id); p != nil {
		return &p.Card
	}
	return nil
}

// values are the values of a field.
func (c *Card) values(fieldID int64) []Value {
	for _, f := range c.Fields {
		if f.FieldID == fieldID {
			return f.Values
		}
	}
	return nil
}

// Field returns the first value of the field with a code or name, as text; empty if there is none.
func (c *Card) Field(codeOrName string) string {
	for _, f := range c.Fields {
		if (f.Code == codeOrName || f.Name == codeOrName) && len(f.Values) > 0 {
			return f.Values[0].text()
		}
	}
	return ""
}

// all returns all values of the field with a code, as text.
func (c *Card) all(code string) []string {
	var out []string
	for _, f := range c.Fields {
		for _, v := range f.Values {
			if f.Code == code {
				out = append(out, v.text())
			}
		}
	}
	return out
}

// Phones are the card's telephone numbers as they were written.
func (c *Card) Phones() []string { return c.all("PHONE") }

// Emails are the card's addresses.
func (c *Card) Emails() []string { return c.all("EMAIL") }

// TagNames are the names of the card's tags.
func (c *Card) TagNames() []string {
	out := make([]string, len(c.Tags))
	for i, t := range c.Tags {
		out[i] = t.Name
	}
	return out
}

func (c *Card) clone() Card {
	out := *c
	out.Tags = slices.Clone(c.Tags)
	out.Fields = slices.Clone(c.Fields) // values are replaced, never changed
	return out
}

// index brings up to date what searches look at; call it after every change of a card's name or fields.
func (st *state) index(card *Card, person *Contact) {
	var hay strings.Builder
	hay.WriteString(strings.ToLower(card.Name))
	for _, f := range card.Fields {
		for _, v := range f.Values {
			hay.WriteString("\n" + strings.ToLower(v.text()))
			if f.Code == "PHONE" {
				hay.WriteString("\n" + digits(v.text()))
			}
		}
	}
	card.haystack = hay.String()
	if person == nil {
		return
	}
	for _, phone := range card.Phones() {
		key := last10(phone)
		if !slices.Contains(st.phones[key], person) {
			st.phones[key] = append(st.phones[key], person)
		}
	}
}

// byPhone returns the people with a number, compared by its last ten digits.
func (st *state) byPhone(phone string) []*Contact {
	key := last10(phone)
	var out []*Contact
	for _, p := range st.phones[key] {
		// The index keeps numbers a card once had.
		has := slices.ContainsFunc(p.Phones(), func(n string) bool { return last10(n) == key })
		if has && !p.Deleted && !p.hidden {
			out = append(out, p)
		}
	}
	return out
}

// plain turns what encoding/json made of a body into a value that can be shown and compared.
func plain(v any) any {
	if n, ok := v.(json.Number); ok {
		if i, err := n.Int64(); err == nil {
			return i
		}
		f, _ := n.Float64()
		return f
	}
	return v
}
