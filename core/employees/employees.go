// Package employees is about the people who take calls: their cards, phones, groups, statuses and working hours, and how users of outside
// systems become employees.
package employees

import (
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Limits of an account, and of what belongs to one card.
const (
	MaxEmployees = 5000
	MaxPhones    = 20
	MaxGroups    = 500
	MaxStatuses  = 50
	MaxSchedules = 200
)

// Limits and defaults of a phone.
const (
	MinDialSeconds     = 5
	MaxDialSeconds     = 300
	DefaultDialSeconds = 30
	MaxChannels        = 100
	DefaultChannels    = 1
)

// PhoneKind says what a phone's Number is; the words are stored.
type PhoneKind string

// The kinds of phone.
const (
	// PhoneLine is a line of the PBX: Number is the line's name.
	PhoneLine PhoneKind = "line"
	// PhoneNumber is a telephone number: Number is digits with country code.
	PhoneNumber PhoneKind = "number"
)

// Phone is one of the phones of an employee.
type Phone struct {
	Kind   PhoneKind
	Number string
	// Channels is how many calls it takes at once, 1–MaxChannels.
	Channels int
	// DialSeconds is how long it is rung, MinDialSeconds–MaxDialSeconds.
	DialSeconds int
	// IsActive: calls are sent to it.
	IsActive bool
}

// Employee is the card of a person who takes calls.
type Employee struct {
	ID        core.EmployeeID
	AccountID core.AccountID
	// LastName, FirstName and Patronymic; at least one of the first two is given.
	LastName, FirstName, Patronymic string
	// Email and Extension are each unique within the account; empty = none.
	Email     core.Email
	Extension string
	// UserID is the cabinet's user in whose browser the pop-ups are shown; 0 = nobody's.
	UserID core.UserID
	// Phones in the order they are rung.
	Phones []Phone
	// Groups by name.
	Groups []GroupRef
	// ScheduleID is the working hours; 0 = always at work.
	ScheduleID core.ScheduleID
	// Status is a built-in one; StatusID names the account's own status it stands for, 0 = it is the built-in one itself.
	Status   Status
	StatusID core.EmployeeStatusID
	// StatusAt is since when.
	StatusAt time.Time
	// Marks tell which systems the employee is known in, in the order they were found: "retailCRM".
	Marks     []string
	CreatedAt time.Time
	// DeletedAt is set on the cards Directory.ByID finds for history's sake.
	DeletedAt *time.Time
}

// Name is the last name, first name and patronymic, as far as given.
func (e Employee) Name() string {
	return strings.Join(slices.DeleteFunc([]string{e.LastName, e.FirstName, e.Patronymic}, func(s string) bool { return s == "" }), " ")
}

// ShownName is the name with the marks of the systems the employee is known in: "Иванов Пётр (retailCRM)".
func (e Employee) ShownName() string {
	name := e.Name()
	for _, mark := range e.Marks {
		name += " (" + mark + ")"
	}
	return name
}

// Ref is the name and id of an employee.
type Ref struct {
	ID core.EmployeeID
	// Name is the one that is shown.
	Name string
}

// Ref returns the shown name and the id.
func (e Employee) Ref() Ref { return Ref{e.ID, e.ShownName()} }

// TakesCalls reports whether the status lets calls through; an unknown status counts as available. Deleted employees take none.
func (e Employee) TakesCalls() bool { return e.DeletedAt == nil && e.Status.TakesCalls() }

// ActivePhones are the phones calls are sent to, in order.
func (e Employee) ActivePhones() []Phone {
	return slices.DeleteFunc(slices.Clone(e.Phones), func(p Phone) bool { return !p.IsActive })
}

// Has reports whether a text is the extension or a phone of the employee, active or not.
func (e Employee) Has(number string) bool {
	return number != "" && (e.Extension == number || slices.ContainsFunc(e.Phones, func(p Phone) bool { return p.Number == number }))
}

// GroupRef is the name and id of a group.
type GroupRef struct {
	ID   core.EmployeeGroupID
	Name string
}

// Group is employees who are rung together, or one after the other.
type Group struct {
	ID        core.EmployeeGroupID
	AccountID core.AccountID
	Name      string
	// Members in the order they are rung.
	Members   []core.EmployeeID
	CreatedAt time.Time
}

// Status is what an employee does with calls; the words are stored and those of the Data API.
type Status string

// The built-in statuses.
const (
	StatusAvailable      Status = "available"
	StatusBreak          Status = "break"
	StatusDoNotDisturb   Status = "do_not_disturb"
	StatusNotAtWorkplace Status = "not_at_workplace"
	StatusNotAtWork      Status = "not_at_work"
	// StatusUnknown is that of a card nobody has given a status yet; it counts as available.
	StatusUnknown Status = "unknown"
)

// Statuses lists the built-in statuses in the order people see them.
func Statuses() []Status {
	return []Status{StatusAvailable, StatusBreak, StatusDoNotDisturb, StatusNotAtWorkplace, StatusNotAtWork, StatusUnknown}
}

// IsKnown reports whether the word is one of the built-in statuses.
func (s Status) IsKnown() bool { return slices.Contains(Statuses(), s) }

// TakesCalls reports whether calls are let through.
func (s Status) TakesCalls() bool { return s == StatusAvailable || s == StatusUnknown }

// CustomStatus is a status of the account's own; for calls it is what its Base is.
type CustomStatus struct {
	ID        core.EmployeeStatusID
	AccountID core.AccountID
	Name      string
	// Base never changes.
	Base Status
	// Color is #rrggbb.
	Color string
	// Position is the place among the account's statuses, from 0.
	Position int
}

// Origin says who set a status; the words are stored.
type Origin string

// The origins of a status.
const (
	// OriginEmployee: the employee, in the cabinet.
	OriginEmployee Origin = "employee"
	// OriginCabinet: somebody else, in the cabinet.
	OriginCabinet Origin = "cabinet"
	// OriginCRM: the employee, in a CRM.
	OriginCRM Origin = "crm"
	// OriginPBX: the PBX, for example since nobody is registered at the line.
	OriginPBX Origin = "pbx"
	// OriginAPI: a program.
	OriginAPI Origin = "api"
)

// StatusChange is a status since a moment.
type StatusChange struct {
	EmployeeID core.EmployeeID
	At         time.Time
	Status     Status
	StatusID   core.EmployeeStatusID
	Origin     Origin
}
