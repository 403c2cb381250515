package employees_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/employees"
)

// memory keeps what imports touch.
type memory struct {
	employees.Store
	cards []employees.Employee
	links []employees.Link
	last  core.EmployeeID
}

func (m *memory) ImportEmployees(
	_ context.Context, _ core.AccountID, _ core.IntegrationID, plan func(employees.Present) (employees.Plan, error),
) error {
	p, err := plan(employees.Present{Employees: slices.Clone(m.cards), Links: slices.Clone(m.links), NewID: func() core.EmployeeID {
		m.last++
		return m.last
	}})
	if err != nil {
		return err
	}
	for _, e := range p.Update {
		n := slices.IndexFunc(m.cards, func(c employees.Employee) bool { return c.ID == e.ID })
		m.cards[n] = e
	}
	m.cards = append(m.cards, p.Create...)
	m.links = slices.DeleteFunc(m.links, func(l employees.Link) bool { return slices.Contains(p.Unlink, l.RemoteID) })
	for _, l := range p.Link {
		m.links = append(m.links, l)
		n := slices.IndexFunc(m.cards, func(c employees.Employee) bool { return c.ID == l.EmployeeID })
		if l.Mark != "" && !slices.Contains(m.cards[n].Marks, l.Mark) {
			m.cards[n].Marks = append(m.cards[n].Marks, l.Mark)
		}
	}
	return nil
}

func (m *memory) names() []string {
	var out []string
	for _, c := range m.cards {
		out = append(out, c.ShownName())
	}
	return out
}

func (m *memory) linked() []string {
	var out []string
	for _, l := range m.links {
		out = append(out, fmt.Sprintf("%s→%d", l.RemoteID, l.EmployeeID))
	}
	return out
}

type fixedClock struct{}

func (fixedClock) Now() time.Time { return time.UnixMilli(1_770_000_000_000).UTC() }

// readDigits reads phones like +7 926 244-43-93.
func readDigits(raw string) (string, bool) {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, raw)
	return digits, len(digits) == 11 && !strings.ContainsAny(raw, "x?")
}

func readEmail(raw string) (string, bool) {
	return strings.ToLower(raw), strings.Contains(raw, "@")
}

type bench struct {
	*memory
	service *employees.Service
	changed []core.EmployeeID
}

func newBench(cards ...employees.Employee) *bench {
	b := &bench{memory: &memory{cards: cards, last: 100}}
	b.service = employees.NewService(employees.Deps{
		Store: b.memory, Clock: fixedClock{}, ReadPhone: readDigits, ReadEmail: readEmail,
		Changed: func(_ context.Context, _ core.AccountID, id core.EmployeeID) { b.changed = append(b.changed, id) },
	})
	return b
}

func (b *bench) retail(t *testing.T, users ...employees.Remote) employees.Imported {
	t.Helper()
	out, err := b.service.Import(t.Context(), 1, 7, "retailCRM", users, employees.Policy{})
	require.NoError(t, err)
	return out
}

var megaplan = employees.Policy{NamePrefix: "(megaplan)", NeedsEmail: true, PhoneTypes: []string{"work", "mobile"}, SyncExtension: true, DropMissing: true}

func (b *bench) megaplan(t *testing.T, users ...employees.Remote) employees.Imported {
	t.Helper()
	out, err := b.service.Import(t.Context(), 1, 8, "", users, megaplan)
	require.NoError(t, err)
	return out
}

func user(id, last, first, email string, phones ...string) employees.Remote {
	u := employees.Remote{ID: id, LastName: last, FirstName: first, Email: email, IsActive: true}
	for _, p := range phones {
		u.Phones = append(u.Phones, employees.RemotePhone{Number: p, Type: "work"})
	}
	return u
}

func numbers(e employees.Employee) []string {
	var out []string
	for _, p := range e.Phones {
		out = append(out, p.Number)
	}
	return out
}

func TestRC9_UsersAreFoundByEmailElseGetNewCards(t *testing.T) {
	t.Parallel()
	b := newBench(employees.Employee{ID: 1, LastName: "Иванов", FirstName: "Пётр", Email: "ivanov@shop.example"})
	fired := user("3", "Уволенный", "Олег", "gone@shop.example")
	fired.IsActive = false
	out := b.retail(t, user("1", "Ivanov", "P.", "Ivanov@Shop.example"), user("2", "Петрова", "Анна", "anna@shop.example"), fired, user("4", "Без", "Почты", ""))
	require.Equal(t, employees.Imported{Created: 2, Linked: 1}, out)
	require.Equal(t, []string{"Иванов Пётр (retailCRM)", "Петрова Анна (retailCRM)", "Без Почты (retailCRM)"}, b.names(), "active ones only, with or without a number")
	require.Equal(t, []string{"1→1", "2→101", "4→102"}, b.linked())
	require.Equal(t, employees.StatusUnknown, b.cards[1].Status)
	require.ElementsMatch(t, []core.EmployeeID{1, 101, 102}, b.changed)

	b.changed = nil
	require.Equal(t, employees.Imported{}, b.retail(t, user("1", "Ivanov", "P.", "Ivanov@Shop.example"), user("2", "Петрова", "Анна", "anna@shop.example"), user("4", "Без", "Почты", "")))
	require.Empty(t, b.changed, "a second import changes nothing")
}

func TestRC9_DeletedUsersStay(t *testing.T) {
	t.Parallel()
	b := newBench()
	b.retail(t, user("1", "Иванов", "Пётр", "ivanov@shop.example"))
	require.Equal(t, employees.Imported{}, b.retail(t))
	require.Equal(t, []string{"Иванов Пётр (retailCRM)"}, b.names())
	require.Len(t, b.links, 1)
}

func TestRC10_PhonesAreAddedOnlyWhereNoneIs(t *testing.T) {
	t.Parallel()
	b := newBench()
	b.retail(t, user("1", "Иванов", "Пётр", "ivanov@shop.example"), user("2", "Петрова", "Анна", "anna@shop.example", "+7 495 514-05-78"))
	require.Empty(t, b.cards[0].Phones)

	out := b.retail(t, user("1", "Иванов", "Пётр", "new@shop.example", "8 (926) 244-43-93"), user("2", "Сидорова", "Анна", "other@shop.example", "+7 495 000-00-00"))
	require.Equal(t, employees.Imported{Updated: 1}, out)
	require.Equal(t, []employees.Phone{{Kind: employees.PhoneNumber, Number: "89262444393", Channels: 1, DialSeconds: 30, IsActive: true}}, b.cards[0].Phones, "appeared: added")
	require.Equal(t, []string{"74955140578"}, numbers(b.cards[1]), "here already: nothing changes")
	require.Equal(t, core.Email("anna@shop.example"), b.cards[1].Email)
	require.Equal(t, core.Email("ivanov@shop.example"), b.cards[0].Email)
	require.Equal(t, []string{"Иванов Пётр (retailCRM)", "Петрова Анна (retailCRM)"}, b.names(), "found by the link though the e-mail is another one")

	b.retail(t, user("1", "Иванов", "Пётр", "new@shop.example", "8 (926) 111-11-11"))
	require.Equal(t, []string{"89262444393"}, numbers(b.cards[0]))
}

func TestMP8_ImportOfMegaplan(t *testing.T) {
	t.Parallel()
	b := newBench(employees.Employee{ID: 1, LastName: "Иванов", FirstName: "Пётр", Email: "ivanov@shop.example", Extension: "101", Phones: []employees.Phone{{Number: "74950000001"}}})
	ivanov := user("m1", "Иванов", "П", "ivanov@shop.example", "+7 926 244-43-93")
	ivanov.Extension = "201"
	fired := user("m3", "Уволен", "Иван", "fired@shop.example")
	fired.IsActive = false
	out := b.megaplan(t, ivanov, user("m2", "Петрова", "Анна", "anna@shop.example"), fired, user("m4", "Без", "Почты", ""))
	require.Equal(t, employees.Imported{Created: 1, Linked: 1, Updated: 1, Skipped: 1}, out)
	require.Equal(t, []string{"Иванов Пётр", "(megaplan) Петрова Анна"}, b.names(), "dismissed and without an e-mail: not imported")
	require.Equal(t, "201", b.cards[0].Extension, "Megaplan wins")
	require.Equal(t, []string{"74950000001"}, numbers(b.cards[0]), "numbers are not passed where there is one")

	ivanov.Extension, ivanov.Email = "202", "elsewhere@shop.example"
	out = b.megaplan(t, ivanov)
	require.Equal(t, employees.Imported{Updated: 1, Unlinked: 1}, out)
	require.Equal(t, "202", b.cards[0].Extension, "found by the Megaplan id, always synced")
	require.Equal(t, []string{"m1→1"}, b.linked(), "who is missing goes from the link table")
	require.Len(t, b.cards, 2, "but is not deleted")
	ivanov.Extension = ""
	require.Equal(t, employees.Imported{}, b.megaplan(t, ivanov), "no internal number there changes nothing here")
}

func TestMP9_NumbersOfTypesWorkAndMobileWorkFirst(t *testing.T) {
	t.Parallel()
	b := newBench()
	u := user("m1", "Иванов", "Пётр", "ivanov@shop.example")
	u.Phones = []employees.RemotePhone{
		{Number: "+7 495 111-11-11", Type: "home"},
		{Number: "+7 926 244-43-93", Type: "mobile"},
		{Number: "what?", Type: "work"},
		{Number: "+7 495 514-05-78", Type: "work"},
		{Number: "7 (495) 514 05 78", Type: "mobile"},
		{Type: "work"},
	}
	out := b.megaplan(t, u)
	require.Equal(t, []string{"74955140578", "79262444393"}, numbers(b.cards[0]))
	require.Equal(t, []employees.Warning{{RemoteID: "m1", EmployeeID: 101, Name: "Иванов Пётр", Kind: employees.WarningWrongPhone, Value: "what?"}}, out.Warnings)
}

func TestMP10_WarningsOfInternalNumbers(t *testing.T) {
	t.Parallel()
	b := newBench(
		employees.Employee{ID: 1, LastName: "Занят", Extension: "101"},
		employees.Employee{ID: 2, LastName: "Старый", Email: "old@shop.example", Extension: "102"},
	)
	ext := func(u employees.Remote, extension string) employees.Remote {
		u.Extension = extension
		return u
	}
	out := b.megaplan(t,
		ext(user("a", "А", "А", "a@shop.example"), "1-01"), ext(user("b", "Б", "Б", "b@shop.example"), "101"),
		ext(user("c", "В", "В", "c@shop.example"), "103"), ext(user("d", "Г", "Г", "d@shop.example"), "103"),
		ext(user("e", "Старый", "", "old@shop.example"), "101"))
	require.Equal(t, 4, out.Created, "imported all the same")
	var got []string
	for _, w := range out.Warnings {
		got = append(got, fmt.Sprintf("%s %s %s", w.RemoteID, w.Kind, w.Value))
	}
	require.ElementsMatch(t, []string{"a wrong_extension 1-01", "b extension_taken 101", "d extension_taken 103", "e extension_taken 101"}, got)
	require.Equal(t, "102", b.cards[1].Extension, "what it had stays")
	require.Equal(t, []string{"", "", "103", ""}, []string{b.cards[2].Extension, b.cards[3].Extension, b.cards[4].Extension, b.cards[5].Extension})
}

func TestMP8_EmployeesMayExchangeInternalNumbers(t *testing.T) {
	t.Parallel()
	b := newBench(
		employees.Employee{ID: 1, LastName: "А", Email: "a@shop.example", Extension: "101"}, employees.Employee{ID: 2, LastName: "Б", Email: "b@shop.example", Extension: "102"},
		employees.Employee{ID: 3, LastName: "В", Email: "c@shop.example", Extension: "103"})
	a, c, d := user("a", "А", "", "a@shop.example"), user("b", "Б", "", "b@shop.example"), user("c", "В", "", "c@shop.example")
	a.Extension, c.Extension, d.Extension = "102", "101", "103"
	require.Empty(t, b.megaplan(t, a, c, d).Warnings)
	require.Equal(t, []string{"102", "101", "103"}, []string{b.cards[0].Extension, b.cards[1].Extension, b.cards[2].Extension})
}

func TestMP8_AnyImport_keepsExtensionsAndEmailsUniqueAndDeletesNobody(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 9))
		b := newBench()
		for n := range r.IntN(6) {
			b.cards = append(b.cards, employees.Employee{ID: core.EmployeeID(n + 1), LastName: "Старый", Email: core.Email(fmt.Sprintf("%d@shop.example", n)), Extension: fmt.Sprint(100 + n)})
		}
		for range 3 {
			before := slices.Clone(b.cards)
			var users []employees.Remote
			for range r.IntN(8) {
				u := user(fmt.Sprint(r.IntN(8)), "Новый", "", fmt.Sprintf("%d@shop.example", r.IntN(9)), []string{"", "+7 926 244-43-93", "?"}[r.IntN(3)])
				u.Extension, u.IsActive = []string{"", "x", fmt.Sprint(100 + r.IntN(8))}[r.IntN(3)], r.IntN(5) > 0
				users = append(users, u)
			}
			out := b.megaplan(t, users...)
			requireSound(t, before, b.memory, out, seed)
			again := b.megaplan(t, users...)
			again.Warnings, again.Skipped = nil, 0
			require.Equal(t, employees.Imported{}, again, "seed %d: the same again changes nothing", seed)
		}
	}
}

func requireSound(t *testing.T, before []employees.Employee, m *memory, out employees.Imported, seed uint64) {
	t.Helper()
	require.Len(t, m.cards, len(before)+out.Created, "seed %d", seed)
	extensions, emails := map[string]bool{}, map[core.Email]bool{}
	for _, c := range m.cards {
		require.False(t, c.Extension != "" && extensions[c.Extension], "seed %d: extension %s twice", seed, c.Extension)
		require.False(t, emails[c.Email], "seed %d: e-mail %s twice", seed, c.Email)
		extensions[c.Extension], emails[c.Email] = true, true
	}
	for n, c := range before {
		require.Equal(t, c.Email, m.cards[n].Email)
		require.Equal(t, c.Name(), m.cards[n].Name())
		if len(c.Phones) > 0 {
			require.Equal(t, c.Phones, m.cards[n].Phones)
		}
		if c.Extension != "" {
			require.NotEmpty(t, m.cards[n].Extension)
		}
	}
}

func TestImport_refusesMoreEmployeesThanThereCanBe(t *testing.T) {
	t.Parallel()
	b := newBench()
	var users []employees.Remote
	for n := range employees.MaxEmployees + 1 {
		users = append(users, user(fmt.Sprint(n), "Новый", "", ""))
	}
	_, err := b.service.Import(t.Context(), 1, 7, "retailCRM", users, employees.Policy{})
	require.Equal(t, core.KindInvalid, core.KindOf(err))
	require.Empty(t, b.cards)
}

func TestImport_takesForeignNamesAsTheyCome(t *testing.T) {
	t.Parallel()
	b := newBench()
	out := b.retail(t, employees.Remote{ID: "1", LastName: " Ива\nнов ", FirstName: strings.Repeat("я", 500), IsActive: true},
		employees.Remote{ID: "2", Email: "only@shop.example", IsActive: true}, employees.Remote{ID: "3", IsActive: true}, employees.Remote{IsActive: true, LastName: "x"})
	require.Equal(t, "Ива нов "+strings.Repeat("я", 100), b.cards[0].Name())
	require.Equal(t, "only@shop.example", b.cards[1].Name())
	require.Equal(t, 1, out.Skipped)
	require.Equal(t, employees.WarningNoName, out.Warnings[0].Kind)
	require.Len(t, b.cards, 2)
}
