package employees

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
)

// Remote is a user of an outside system.
type Remote struct {
	// ID is the system's own; a user without one is passed over.
	ID                              string
	LastName, FirstName, Patronymic string
	// Email is as written there.
	Email string
	// Phones are as written there, in the system's order.
	Phones []RemotePhone
	// Extension is the internal number; empty = none.
	Extension string
	// IsActive: works there and was not dismissed.
	IsActive bool
}

// RemotePhone is a phone of a Remote.
type RemotePhone struct {
	Number string
	// Type is the system's word: "work", "mobile".
	Type string
}

// Policy is how a system's users become employees. In every one of them only active users count, who is found is not made again, nobody is
// deleted, and phones are added only where the card has none.
type Policy struct {
	// NamePrefix begins the last name of new cards: "(megaplan)".
	NamePrefix string
	// NeedsEmail: users without an e-mail are not imported.
	NeedsEmail bool
	// PhoneTypes are the types of phones that are taken, the first to be rung first; none = all, in the system's order.
	PhoneTypes []string
	// SyncExtension: the system's internal number replaces the card's each time; else it is taken for new cards only. None there changes nothing here.
	SyncExtension bool
	// DropMissing: who is not among the active users any more is not linked any more.
	DropMissing bool
}

// WarningKind says what of a user could not be imported; the words travel to the cabinet.
type WarningKind string

// The kinds of warning.
const (
	// WarningWrongExtension: the internal number is not 2 to 8 digits. The user was imported without it.
	WarningWrongExtension WarningKind = "wrong_extension"
	// WarningExtensionTaken: the internal number is another employee's. The user was imported without it.
	WarningExtensionTaken WarningKind = "extension_taken"
	// WarningWrongPhone: the phone can't be read. The user was imported without it.
	WarningWrongPhone WarningKind = "wrong_phone"
	// WarningNoName: the user has no name, and no e-mail to be known by. The user was not imported.
	WarningNoName WarningKind = "no_name"
)

// Warning is what of a user could not be imported.
type Warning struct {
	RemoteID string
	// EmployeeID is 0 when the user was not imported.
	EmployeeID core.EmployeeID
	// Name is the user's.
	Name string
	Kind WarningKind
	// Value is what is wrong.
	Value string
}

// Imported is what an import did.
type Imported struct {
	// Created cards are new; Linked were there already and are known to be users of the system now; Updated got a phone or another extension.
	// One that was linked and updated counts as both.
	Created, Linked, Updated int
	// Unlinked are users that are not linked any more; Skipped those that were not imported.
	Unlinked, Skipped int
	Warnings          []Warning
}

// Link tells that a user of an outside system is an employee.
type Link struct {
	IntegrationID core.IntegrationID
	RemoteID      string
	EmployeeID    core.EmployeeID
	// Mark is shown behind the employee's name; empty = nothing is.
	Mark string
	// IsEnabled: the integration works for this employee.
	IsEnabled bool
	LinkedAt  time.Time
}

// Present is what there is when an import begins.
type Present struct {
	// Employees are all that are not deleted, oldest first.
	Employees []Employee
	// Links are those of the integration.
	Links []Link
	// NewID makes identifiers for new cards.
	NewID func() core.EmployeeID
}

// Plan is what an import changes.
type Plan struct {
	// Create are new cards with their ids; Update are cards as they are to be.
	Create, Update []Employee
	// Link are new links; Unlink the remote ids of those that go.
	Link   []Link
	Unlink []string
}

// IsEmpty reports whether nothing changes.
func (p Plan) IsEmpty() bool {
	return len(p.Create)+len(p.Update)+len(p.Link)+len(p.Unlink) == 0
}

// Import makes employees of the users of an outside system, all or none. The mark is shown behind the names of those found or made; empty = none is.
// Users are found by their link of an earlier import, then by e-mail. KindNotFound: no such integration; KindInvalid (too_many): there would be
// more than MaxEmployees.
func (s *Service) Import(
	ctx context.Context, account core.AccountID, integration core.IntegrationID, mark string, users []Remote, policy Policy,
) (Imported, error) {
	var out Imported
	var touched []core.EmployeeID
	err := s.Store.ImportEmployees(ctx, account, integration, func(present Present) (Plan, error) {
		i := newImporter(s, present, policy)
		plan, err := i.run(users)
		if err != nil {
			return Plan{}, err
		}
		for n := range plan.Create {
			plan.Create[n].AccountID = account
		}
		for n := range plan.Link {
			plan.Link[n].IntegrationID, plan.Link[n].Mark, plan.Link[n].LinkedAt = integration, mark, s.Clock.Now()
		}
		out, touched = i.out, i.touched(plan)
		return plan, nil
	})
	if err != nil {
		return Imported{}, err
	}
	s.changedAll(ctx, account, touched)
	return out, nil
}

// ListLinks returns the links of an integration, oldest first.
func (s *Service) ListLinks(ctx context.Context, account core.AccountID, integration core.IntegrationID) ([]Link, error) {
	return s.Store.EmployeeLinks(ctx, account, integration)
}

// EnableLinks says for whom an integration is on: for these of the linked employees and no others. KindNotFound: one is not linked.
func (s *Service) EnableLinks(ctx context.Context, account core.AccountID, integration core.IntegrationID, employees []core.EmployeeID) error {
	return s.Store.EnableEmployeeLinks(ctx, account, integration, employees)
}

// importer makes a plan out of what a system sent.
type importer struct {
	*Service
	present Present
	policy  Policy
	out     Imported

	// cards are the present and new ones, byEmail and byRemote are places in it.
	cards    []*card
	byEmail  map[core.Email]*card
	byRemote map[string]*card
	byID     map[core.EmployeeID]*card
	plan     Plan
}

type card struct {
	Employee
	isNew, isChanged bool
	// remote is the user whose extension the card is to have.
	remote Remote
	wants  string
}

func newImporter(s *Service, present Present, policy Policy) *importer {
	i := &importer{
		Service: s, present: present, policy: policy,
		byEmail: map[core.Email]*card{}, byRemote: map[string]*card{}, byID: map[core.EmployeeID]*card{},
	}
	for _, e := range present.Employees {
		i.add(&card{Employee: e})
	}
	for _, l := range present.Links {
		if c := i.byID[l.EmployeeID]; c != nil {
			i.byRemote[l.RemoteID] = c
		}
	}
	return i
}

func (i *importer) add(c *card) {
	i.cards = append(i.cards, c)
	i.byID[c.ID] = c
	if c.Email != "" {
		i.byEmail[c.Email] = c
	}
}

func (i *importer) run(users []Remote) (Plan, error) {
	active := map[string]bool{}
	for _, u := range users {
		if !isStorable(u.ID) || !u.IsActive || active[u.ID] {
			continue
		}
		active[u.ID] = true
		i.take(u)
	}
	if len(i.cards) > MaxEmployees {
		return Plan{}, core.Invalid("", "too_many", "there would be %d employees; %d is the most there can be", len(i.cards), MaxEmployees)
	}
	i.giveExtensions()
	if i.policy.DropMissing {
		i.dropMissing(active)
	}
	for _, c := range i.cards {
		switch {
		case c.isNew:
			i.plan.Create = append(i.plan.Create, c.Employee)
		case c.isChanged:
			i.plan.Update = append(i.plan.Update, c.Employee)
		}
	}
	i.out.Created, i.out.Updated, i.out.Unlinked = len(i.plan.Create), len(i.plan.Update), len(i.plan.Unlink)
	return i.plan, nil
}

// isStorable tells identifiers no database can hold, and none at all.
func isStorable(id string) bool {
	return id != "" && utf8.ValidString(id) && !strings.ContainsRune(id, 0)
}

// take finds or makes the card of a user.
func (i *importer) take(u Remote) {
	email := core.Email("")
	if read, ok := i.ReadEmail(strings.TrimSpace(u.Email)); ok {
		email = core.Email(read)
	}
	c, isLinked := i.byRemote[u.ID]
	if c == nil && email == "" && i.policy.NeedsEmail {
		i.out.Skipped++
		return
	}
	if c == nil && email != "" {
		c = i.byEmail[email]
	}
	if c == nil {
		if c = i.newCard(u, email); c == nil {
			return
		}
	}
	if !isLinked {
		i.link(u, c)
	}
	if len(c.Phones) == 0 {
		c.Phones = i.phones(u, c)
		c.isChanged = c.isChanged || len(c.Phones) > 0
	}
	if u.Extension = strings.TrimSpace(u.Extension); u.Extension != "" && (i.policy.SyncExtension || c.isNew) {
		i.wantExtension(u, c)
	}
}

func (i *importer) link(u Remote, c *card) {
	i.byRemote[u.ID] = c
	i.plan.Link = append(i.plan.Link, Link{RemoteID: u.ID, EmployeeID: c.ID, IsEnabled: true})
	if !c.isNew {
		i.out.Linked++
	}
}

// newCard makes a card; nil = the user has nothing to be called by.
func (i *importer) newCard(u Remote, email core.Email) *card {
	e := Employee{LastName: shorten(u.LastName), FirstName: shorten(u.FirstName), Patronymic: shorten(u.Patronymic), Email: email, Status: StatusUnknown}
	if e.LastName == "" && e.FirstName == "" {
		e.LastName = shorten(string(email))
	}
	if e.LastName == "" && e.FirstName == "" {
		i.warn(u, 0, WarningNoName, u.ID)
		i.out.Skipped++
		return nil
	}
	if i.policy.NamePrefix != "" {
		e.LastName = shorten(i.policy.NamePrefix + " " + e.LastName)
	}
	e.ID = i.present.NewID()
	c := &card{Employee: e, isNew: true}
	i.add(c)
	return c
}

// shorten makes a foreign text fit for a name.
func shorten(text string) string {
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))), " ")
	if runes := []rune(text); len(runes) > maxNameLength {
		text = strings.TrimSpace(string(runes[:maxNameLength]))
	}
	return text
}

// phones reads a user's phones, those of the first type first.
func (i *importer) phones(u Remote, c *card) []Phone {
	place := func(p RemotePhone) int { return slices.Index(i.policy.PhoneTypes, p.Type) }
	wanted := slices.Clone(u.Phones)
	if len(i.policy.PhoneTypes) > 0 {
		wanted = slices.DeleteFunc(wanted, func(p RemotePhone) bool { return place(p) < 0 })
		slices.SortStableFunc(wanted, func(a, b RemotePhone) int { return place(a) - place(b) })
	}
	var out []Phone
	for _, p := range wanted {
		raw := strings.TrimSpace(p.Number)
		if raw == "" {
			continue
		}
		digits, ok := i.ReadPhone(raw)
		if !ok {
			i.warn(u, c.ID, WarningWrongPhone, raw)
			continue
		}
		if len(out) < MaxPhones && !slices.ContainsFunc(out, func(p Phone) bool { return p.Number == digits }) {
			out = append(out, Phone{Kind: PhoneNumber, Number: digits, Channels: DefaultChannels, DialSeconds: DefaultDialSeconds, IsActive: true})
		}
	}
	return out
}

func (i *importer) warn(u Remote, id core.EmployeeID, kind WarningKind, value string) {
	name := Employee{LastName: shorten(u.LastName), FirstName: shorten(u.FirstName), Patronymic: shorten(u.Patronymic)}.Name()
	i.out.Warnings = append(i.out.Warnings, Warning{RemoteID: u.ID, EmployeeID: id, Name: name, Kind: kind, Value: strings.ToValidUTF8(value, "")})
}

func (i *importer) wantExtension(u Remote, c *card) {
	switch {
	case !IsExtension(u.Extension):
		i.warn(u, c.ID, WarningWrongExtension, u.Extension)
	case c.wants != "" && c.wants != u.Extension: // two users of the system are this employee
		i.warn(u, c.ID, WarningExtensionTaken, u.Extension)
	default:
		c.remote, c.wants = u, u.Extension
	}
}

// giveExtensions gives each card the extension it wants if nobody keeps it; two may change theirs with each other.
func (i *importer) giveExtensions() {
	owner, wanted := map[string]*card{}, map[string]bool{}
	for _, c := range i.cards {
		if c.Extension != "" {
			owner[c.Extension] = c
			wanted[c.Extension] = c.wants == c.Extension
		}
	}
	for _, c := range i.cards {
		if c.wants == "" || c.wants == c.Extension {
			continue
		}
		if wanted[c.wants] { // the first of two who want the same gets it
			i.refuseExtension(c)
			continue
		}
		wanted[c.wants] = true
	}
	for isSettled := false; !isSettled; { // who is refused keeps theirs, which may refuse another one
		isSettled = true
		for _, c := range i.cards {
			if keeper := owner[c.wants]; c.wants != "" && keeper != nil && keeper != c && (keeper.wants == "" || keeper.wants == keeper.Extension) {
				i.refuseExtension(c)
				isSettled = false
			}
		}
	}
	for _, c := range i.cards {
		if c.wants != "" && c.wants != c.Extension {
			c.Extension, c.isChanged = c.wants, true
		}
	}
}

func (i *importer) refuseExtension(c *card) {
	i.warn(c.remote, c.ID, WarningExtensionTaken, c.wants)
	c.wants = ""
}

func (i *importer) dropMissing(active map[string]bool) {
	for _, l := range i.present.Links {
		if !active[l.RemoteID] {
			i.plan.Unlink = append(i.plan.Unlink, l.RemoteID)
		}
	}
}

// touched are the employees whose cards look different now.
func (i *importer) touched(p Plan) []core.EmployeeID {
	var ids []core.EmployeeID
	for _, list := range [][]Employee{p.Create, p.Update} {
		for _, e := range list {
			ids = append(ids, e.ID)
		}
	}
	for _, l := range p.Link {
		ids = append(ids, l.EmployeeID)
	}
	for _, l := range i.present.Links {
		if slices.Contains(p.Unlink, l.RemoteID) {
			ids = append(ids, l.EmployeeID)
		}
	}
	return ids
}
