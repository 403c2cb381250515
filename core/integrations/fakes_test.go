package integrations_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
)

const account = core.AccountID(7)

// memory is a store of one integration, and the queue.
type memory struct {
	integrations.Store // what is not written below is not called
	mu                 sync.Mutex
	i                  integrations.Integration
	sealed             string
	enqueued           []integrations.NewJob
}

func (m *memory) Integration(context.Context, core.AccountID, core.IntegrationID) (integrations.Integration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.i, nil
}

func (m *memory) Integrations(context.Context, core.AccountID) ([]integrations.Integration, error) {
	return []integrations.Integration{m.i}, nil
}

func (m *memory) IntegrationByHook(_ context.Context, secret string) (integrations.Integration, error) {
	if secret != m.i.HookSecret {
		return integrations.Integration{}, core.NotFound("integration")
	}
	return m.i, nil
}

func (m *memory) ChangeIntegration(_ context.Context, _ core.AccountID, _ core.IntegrationID, change func(*integrations.Integration) ([]integrations.NewJob, error)) (integrations.Integration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.i
	jobs, err := change(&i)
	if err != nil {
		return i, err
	}
	m.i, m.enqueued = i, append(m.enqueued, jobs...)
	return i, nil
}

func (m *memory) Secrets(context.Context, core.AccountID, core.IntegrationID) (string, error) {
	return m.sealed, nil
}

func (m *memory) ChangeSecrets(ctx context.Context, _ core.AccountID, _ core.IntegrationID, _ time.Duration, change func(context.Context, string) (string, []string, error)) error {
	sealed, keys, err := change(ctx, m.sealed)
	if err == nil {
		m.sealed, m.i.SecretKeys = sealed, keys
	}
	return err
}

// queue keeps what was enqueued.
type queue struct {
	integrations.Queue
	*memory
}

func (q queue) Enqueue(_ context.Context, jobs ...integrations.NewJob) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.enqueued = append(q.enqueued, jobs...)
	return len(jobs), nil
}

// plainSealer seals nothing but keeps contexts apart.
type plainSealer struct{}

func (plainSealer) Seal(plain []byte, context string) (string, error) {
	return context + "|" + string(plain), nil
}

func (plainSealer) Open(sealed, context string) ([]byte, error) {
	text, ok := strings.CutPrefix(sealed, context+"|")
	if !ok {
		return nil, fmt.Errorf("sealed for something else")
	}
	return []byte(text), nil
}

type fixedClock struct{ at time.Time }

func (c fixedClock) Now() time.Time { return c.at }

// facts are one communication of one goal of one site.
type facts struct{ c comms.Communication }

func (f facts) Communication(_ context.Context, _ core.AccountID, id core.CommunicationID) (comms.Communication, error) {
	if id != f.c.ID {
		return comms.Communication{}, core.NotFound("communication")
	}
	return f.c, nil
}

func (f facts) Communications(context.Context, core.AccountID, comms.CommunicationQuery, core.PageRequest) (core.Page[comms.Communication], error) {
	return core.Page[comms.Communication]{Nodes: []comms.Communication{f.c}}, nil
}

type siteList struct{}

func (siteList) List(context.Context, core.AccountID) ([]sites.Site, error) {
	return []sites.Site{{ID: 3, Name: "Кухни", Domain: "shop.example.ru"}}, nil
}

type goalList struct{}

func (goalList) List(_ context.Context, _ core.AccountID, ids []core.SiteID) ([][]goals.Goal, error) {
	out := make([][]goals.Goal, len(ids))
	for i := range ids {
		out[i] = []goals.Goal{{ID: 5, Name: "Заказ кухни", IsGoal: true}, {ID: 6, Name: "Событие"}}
	}
	return out, nil
}

func communication() comms.Communication {
	return comms.Communication{
		ID: 11, AccountID: account, Kind: comms.KindGoal, SiteID: 3, Name: "Анна", Phone: "79262444393", Email: "anna@example.ru", VisitorID: 21, SessionID: 22,
		Goal: &goals.Ref{ID: 5, Name: "Заказ кухни"}, PageURL: "https://shop.example.ru/order",
		Source: &visits.TrafficSource{Channel: visits.ChannelPaid, Source: "yandex", Medium: "cpc", Campaign: "kitchens", Term: "кухни"},
	}
}

// vendor is a CRM in memory that counts what is made, and fails where a test wants it to.
type vendor struct {
	contacts []integrations.RemoteContact
	deals    []integrations.NewDeal
	open     map[string][]integrations.RemoteDeal
	notes    []integrations.NewNote
	inbox    bool
	// fail is asked before and after each request; what it returns is the request's error, and after = the request has been carried out.
	fail func(request string, after bool) error
}

func (v *vendor) did(request string, do func()) error {
	if err := v.fail(request, false); err != nil {
		return err
	}
	do()
	return v.fail(request, true)
}

func (v *vendor) Test(context.Context) (integrations.Account, error) {
	return integrations.Account{ID: "a1", Name: "Кухни", URL: "https://crm.example.ru"}, v.did("test", func() {})
}

func (v *vendor) UsesInbox() bool { return v.inbox }

func (v *vendor) FindContacts(context.Context, integrations.Person) (out []integrations.RemoteContact, err error) {
	return v.contacts, v.did("find contacts", func() {})
}

func (v *vendor) CreateContact(_ context.Context, c integrations.NewContact) (integrations.RemoteContact, error) {
	made := integrations.RemoteContact{ID: fmt.Sprintf("c%d", len(v.contacts)+1), Name: c.Name, Phones: []string{string(c.Phone)}, Emails: []string{string(c.Email)}}
	return made, v.did("create contact", func() { v.contacts = append(v.contacts, made) })
}

func (v *vendor) OpenDeals(_ context.Context, contact string) ([]integrations.RemoteDeal, error) {
	return v.open[contact], v.did("open deals", func() {})
}

func (v *vendor) FindDeal(_ context.Context, d integrations.NewDeal) (made integrations.RemoteRef, found bool, err error) {
	for i, old := range v.deals {
		if old.Key == d.Key {
			made, found = integrations.RemoteRef{ID: fmt.Sprintf("d%d", i+1), Entity: "deal"}, true
		}
	}
	return made, found, v.did("find deal", func() {})
}

func (v *vendor) CreateDeal(_ context.Context, d integrations.NewDeal) (integrations.RemoteRef, error) {
	made := integrations.RemoteRef{ID: fmt.Sprintf("d%d", len(v.deals)+1), Entity: "deal"}
	if err := v.did("create deal", func() { v.deals = append(v.deals, d) }); err != nil {
		return integrations.RemoteRef{}, err
	}
	return made, nil
}

func (v *vendor) FindNote(_ context.Context, n integrations.NewNote) (found bool, err error) {
	for _, old := range v.notes {
		found = found || old.Key == n.Key
	}
	return found, v.did("find note", func() {})
}

func (v *vendor) AddNote(_ context.Context, n integrations.NewNote) error {
	return v.did("add note", func() { v.notes = append(v.notes, n) })
}

func (v *vendor) Preview(d integrations.NewDeal, n integrations.NewNote) ([]integrations.Exchange, error) {
	return []integrations.Exchange{{Method: "POST", Address: "/deals", Request: d.Name}, {Method: "POST", Address: "/notes", Request: n.Text}}, nil
}

// world is a service with one integration of a fake vendor.
type world struct {
	*integrations.Service
	memory *memory
	vendor *vendor
}

func newWorld(edits ...func(*world)) *world {
	w := &world{
		vendor: &vendor{fail: func(string, bool) error { return nil }},
		memory: &memory{i: integrations.Integration{
			ID: 2, AccountID: account, Kind: "fake", Name: "Fake", State: integrations.StateActive, HookSecret: "hook",
			Settings: integrations.Values{"address": {List: []string{"https://crm.example.ru"}}, integrations.KeyGoals: {List: []string{"5"}}, integrations.KeyFunnel: {List: []string{"1"}}, integrations.KeyStage: {List: []string{"2"}}},
		}},
	}
	common := integrations.DealSettings{Funnels: "funnels", Stages: "stages", Users: "users", Fields: "fields", Tags: true}
	driver := integrations.Driver{
		Kind: "fake", Title: integrations.Text{RU: "Пример", EN: "Example"}, Policies: integrations.Policies{Phones: integrations.PhoneLast10, CatchUpEvery: time.Minute},
		Settings: integrations.Spec{Sections: []integrations.Section{
			{ID: "access", IsStep: true, ChecksConnection: true, Fields: []integrations.Field{
				{Key: "address", Type: integrations.FieldURL, Required: true, Title: integrations.Text{RU: "Адрес", EN: "Address"}},
				{Key: "token", Type: integrations.FieldSecret, Title: integrations.Text{RU: "Ключ", EN: "Key"}},
			}},
			common.GoalsSection(), common.DealSection(), common.MappingSection(),
		}},
		Open: func(integrations.Session) (integrations.Connector, error) { return w.vendor, nil },
	}
	for _, edit := range edits {
		edit(w)
	}
	w.Service = integrations.NewService(integrations.Config{
		Drivers: []integrations.Driver{driver}, Store: w.memory, Queue: queue{memory: w.memory}, Sealer: plainSealer{}, Clock: fixedClock{time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)},
		Comms: facts{communication()}, Sites: siteList{}, Goals: goalList{}, PublicURL: "https://stat.example.ru",
	})
	return w
}

// deliver makes one attempt; progress is what the last one kept.
func (w *world) deliver(ctx context.Context, progress *json.RawMessage, attempt int, crash func()) integrations.Outcome {
	payload, _ := json.Marshal(integrations.DeliverPayload{CommunicationID: 11, GoalID: 5})
	job := integrations.Job{ID: 31, Attempt: attempt, Progress: *progress}
	job.AccountID, job.IntegrationID, job.Kind, job.Payload, job.CommunicationID = account, 2, integrations.JobDeliver, payload, 11
	return w.Handle(ctx, integrations.Work{Job: job, Save: func(_ context.Context, p json.RawMessage) error {
		*progress = p
		crash()
		return nil
	}})
}
