package connectortest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/integrations"
)

// subject is what calls are about.
type subject struct {
	settings integrations.Values
	sources  []string
	person   integrations.Person
	since    time.Time
	// contact and deal are there; made is the deal a delivery has made, noted the note it has written, fresh those of another delivery.
	contact     string
	ids         []string
	made, fresh integrations.NewDeal
	noted, next integrations.NewNote
	employee    string
}

// call is one thing a connector can do.
type call struct {
	name string
	can  integrations.Capability // "" = all can
	// isOnce: doing it again makes nothing more.
	isOnce bool
	// isHarmless: it may be done again and again without looking, so that nobody asks whether it may have been done.
	isHarmless bool
	do         func(ctx context.Context, c integrations.Connector, s *subject) (any, error)
	// look finds what an earlier attempt made; nil = there is no need to look.
	look func(ctx context.Context, c integrations.Connector, s *subject) (found bool, err error)
}

// again does it again as the core does: what may have been made is looked for before.
func (c *call) again(ctx context.Context, connection integrations.Connector, s *subject) (any, error) {
	if c.look != nil {
		if found, err := c.look(ctx, connection, s); err != nil || found {
			return nil, err
		}
	}
	return c.do(ctx, connection, s)
}

// calls are all calls that send requests.
var calls = []call{
	{name: "Test", do: func(ctx context.Context, c integrations.Connector, _ *subject) (any, error) { return c.Test(ctx) }},
	{name: "Options", can: integrations.CanListOptions, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		var all [][]integrations.Option
		for _, source := range s.sources {
			got, err := c.(integrations.Options).Options(ctx, source, s.settings)
			if err != nil {
				return nil, err
			}
			all = append(all, got)
		}
		return all, nil
	}},
	{name: "Employees", can: integrations.CanListEmployees, do: func(ctx context.Context, c integrations.Connector, _ *subject) (any, error) {
		return c.(integrations.Employees).Employees(ctx)
	}},
	{name: "EmployeeStatus", can: integrations.CanTellStatus, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		return c.(integrations.EmployeeStatuses).EmployeeStatus(ctx, s.employee)
	}},
	{name: "PersonalManager", can: integrations.CanNameManager, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		manager, found, err := c.(integrations.PersonalManagers).PersonalManager(ctx, s.person.Phone)
		return []any{manager, found}, err
	}},
	{name: "ShowPopUp", can: integrations.CanPopUp, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		return nil, c.(integrations.CallPopUps).ShowPopUp(ctx, integrations.PopUp{CallID: "1", Phone: s.person.Phone, Employees: []string{s.employee}})
	}},
	{name: "HidePopUp", can: integrations.CanPopUp, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		return nil, c.(integrations.CallPopUps).HidePopUp(ctx, integrations.PopUp{CallID: "1", Phone: s.person.Phone, Employees: []string{s.employee}})
	}},
	{name: "LogCall", can: integrations.CanLogCalls, isOnce: true, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		_, err := c.(integrations.CallLog).LogCall(ctx, integrations.LoggedCall{
			Key: "call-1", Phone: s.person.Phone, StartedAt: s.since, Duration: 42 * time.Second, Employee: s.employee, VirtualLine: "74950000000",
		})
		return nil, err
	}},
	{name: "CreateTask", can: integrations.CanCreateTasks, isOnce: true, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		_, err := c.(integrations.LostCallTasks).CreateTask(ctx, integrations.CallTask{
			Key: "task-1", Phone: s.person.Phone, Employee: s.employee, Text: "Перезвонить", DueAt: s.since.Add(time.Hour),
		})
		return nil, err
	}},
	{name: "SendCommunication", can: integrations.CanSendComms, isOnce: true, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		_, err := c.(integrations.CommunicationSink).SendCommunication(ctx, "communication-1", s.fresh.Subject)
		return nil, err
	}},
	{name: "FindContacts", can: integrations.CanCreateContacts, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		return c.(integrations.ContactBook).FindContacts(ctx, s.person)
	}},
	{name: "CreateContact", can: integrations.CanCreateContacts, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		_, err := c.(integrations.ContactBook).CreateContact(ctx, integrations.NewContact{Person: stranger, Key: s.fresh.Key})
		return nil, err
	}},
	{name: "OpenDeals", can: integrations.CanCreateDeals, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		return c.(integrations.DealDesk).OpenDeals(ctx, s.contact)
	}},
	{name: "FindDeal", can: integrations.CanCreateDeals, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		made, found, err := c.(integrations.DealDesk).FindDeal(ctx, s.made)
		return []any{made, found}, err
	}},
	{name: "CreateDeal", can: integrations.CanCreateDeals, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		_, err := c.(integrations.DealDesk).CreateDeal(ctx, s.fresh)
		return nil, err
	}, look: func(ctx context.Context, c integrations.Connector, s *subject) (bool, error) {
		_, found, err := c.(integrations.DealDesk).FindDeal(ctx, s.fresh)
		return found, err
	}},
	{name: "FindNote", can: integrations.CanCreateDeals, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		return c.(integrations.DealDesk).FindNote(ctx, s.noted)
	}},
	{name: "AddNote", can: integrations.CanCreateDeals, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		return nil, c.(integrations.DealDesk).AddNote(ctx, s.next)
	}, look: func(ctx context.Context, c integrations.Connector, s *subject) (bool, error) {
		return c.(integrations.DealDesk).FindNote(ctx, s.next)
	}},
	{name: "Catalogue", can: integrations.CanReadDeals, do: func(ctx context.Context, c integrations.Connector, _ *subject) (any, error) {
		return c.(integrations.DealSource).Catalogue(ctx)
	}},
	{name: "ChangedDeals", can: integrations.CanReadDeals, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		return c.(integrations.DealSource).ChangedDeals(ctx, integrations.ChangesQuery{Since: s.since.AddDate(0, -1, 0)})
	}},
	{name: "DealsByID", can: integrations.CanReadDeals, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		return c.(integrations.DealSource).DealsByID(ctx, s.ids)
	}},
	{name: "CountDeals", can: integrations.CanReadDeals, do: func(ctx context.Context, c integrations.Connector, s *subject) (any, error) {
		return c.(integrations.DealSource).CountDeals(ctx, s.since.AddDate(0, -1, 0), s.since.Add(time.Hour))
	}},
	{name: "Subscribe", can: integrations.CanReceiveHooks, isOnce: true, isHarmless: true, do: func(ctx context.Context, c integrations.Connector, _ *subject) (any, error) {
		return nil, c.(integrations.HookReceiver).Subscribe(ctx)
	}},
	{name: "Unsubscribe", can: integrations.CanReceiveHooks, isHarmless: true, do: func(ctx context.Context, c integrations.Connector, _ *subject) (any, error) {
		return nil, c.(integrations.HookReceiver).Unsubscribe(ctx)
	}},
}

// The people of the suite: one who is known at the vendor, one who is not.
var (
	known    = integrations.Person{Name: "Анна Синицына", Phone: "79167770001"}
	stranger = integrations.Person{Name: "Олег Ветров", Phone: "79167770002", Email: "vetrov@example.ru"}
)

// newDeal is a deal of a delivery.
func (w *world) newDeal(key string, p integrations.Person, contact string) integrations.NewDeal {
	minor := int64(1250000)
	d := integrations.NewDeal{
		Key: key, Since: w.kit.Clock.Now().Truncate(time.Second), Name: "Обратный звонок: " + p.Name, ContactID: contact, Person: p, FunnelID: w.vendor.FunnelID,
		StageID: w.vendor.StageID, Responsible: w.vendor.Responsible, RevenueMinor: &minor, Currency: "RUB",
		Source: integrations.SourceLabels{
			UTM: deals.UTM{Source: "yandex", Medium: "cpc", Campaign: "kitchens", Content: "banner-2", Term: "кухни"}, Channel: "paid", Source: "yandex",
			Campaign: "Кухни, Москва", Page: "https://shop.example.ru/order?a=1&b=2",
		},
		Subject: integrations.Subject{
			Communication: comms.Communication{ID: 7, Name: p.Name, Phone: p.Phone, Email: p.Email, At: w.kit.Clock.Now().Truncate(time.Second)},
			Goal:          goals.Ref{ID: 3, Name: "Обратный звонок"}, Site: "shop.example.ru", CardURL: "https://stat.example.ru/visitors/1",
		},
	}
	if w.vendor.Field.ID != "" {
		d.Fields = []integrations.FieldValue{w.vendor.Field}
	}
	return d
}

func newNote(key, deal string) integrations.NewNote {
	return integrations.NewNote{Key: key, DealID: deal, Text: "Обратный звонок — shop.example.ru\nhttps://stat.example.ru/visitors/1"}
}

// invented is a subject nothing of which exists.
func (w *world) invented() *subject {
	s := &subject{settings: maps.Clone(w.setup), person: known, since: w.kit.Clock.Now(), contact: "1", ids: []string{"1", "2"}, employee: "1"}
	for _, f := range w.driver.Settings.Fields() {
		if f.Source != "" && !strings.HasPrefix(f.Source, "own:") && !slices.Contains(s.sources, f.Source) {
			s.sources = append(s.sources, f.Source)
		}
	}
	s.made, s.fresh = w.newDeal("skvoz-1-1", known, "1"), w.newDeal("skvoz-2-2", known, "1")
	s.noted, s.next = newNote("skvoz-1-1", "1"), newNote("skvoz-2-2", "1")
	return s
}

// prepared is a subject that exists: somebody known with a deal and a note in it, and some more deals.
func (w *world) prepared() *subject {
	w.t.Helper()
	s := w.invented()
	s.employee = w.vendor.Responsible
	s.settings.Set(integrations.KeyFunnel, w.vendor.FunnelID)
	if slices.Contains(w.driver.Capabilities, integrations.CanCreateContacts) {
		s.contact = w.vendor.AddContact(w.t, known.Name, "+"+string(known.Phone))
	}
	if slices.Contains(w.driver.Capabilities, integrations.CanReadDeals) {
		s.ids = w.vendor.AddDeals(w.t, 3)
	}
	if slices.Contains(w.driver.Capabilities, integrations.CanCreateDeals) {
		desk := w.desk()
		s.made, s.fresh = w.newDeal("skvoz-1-1", known, s.contact), w.newDeal("skvoz-2-2", stranger, s.contact)
		ref, err := desk.CreateDeal(w.t.Context(), s.made)
		w.ok(err)
		s.noted, s.next = newNote("skvoz-1-1", ref.ID), newNote("skvoz-2-2", ref.ID)
		w.ok(desk.AddNote(w.t.Context(), s.noted))
	}
	return s
}
