package integrations_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

func TestGD2_aReachedGoalMakesContactDealAndNote(t *testing.T) {
	t.Parallel()
	w := newWorld(func(w *world) {
		w.memory.i.Settings[integrations.KeyMapping] = integrations.Value{Pairs: []integrations.Pair{{Field: "utm", Template: "{{utm_source}}/{{utm_campaign}}"}, {Field: "none", Template: "{{utm_content}}"}}}
	})
	var progress json.RawMessage
	out := w.deliver(t.Context(), &progress, 1, func() {})
	require.Equal(t, integrations.JobDone, out.State)
	require.Equal(t, integrations.RemoteRef{ID: "d1", Entity: "deal"}, out.Remote)
	require.Len(t, w.vendor.contacts, 1)
	require.Len(t, w.vendor.deals, 1)
	d := w.vendor.deals[0]
	require.Equal(t, "Заказ кухни: Анна (shop.example.ru)", d.Name)
	require.Equal(t, []integrations.FieldValue{{ID: "utm", Value: "yandex/kitchens"}}, d.Fields, "empty values are left out")
	require.Equal(t, []string{"Skvoz"}, d.Tags)
	require.Equal(t, "c1", d.ContactID)
	require.Equal(t, "1", d.FunnelID)
	require.Equal(t, "yandex", d.Source.UTM.Source)
	require.Len(t, w.vendor.notes, 1)
	require.Contains(t, w.vendor.notes[0].Text, "https://stat.example.ru/visitors/21")
	require.NotContains(t, w.vendor.notes[0].Text, "{{")
}

func TestGD2_whichContactAndDeal(t *testing.T) {
	t.Parallel()
	byPhone := integrations.RemoteContact{ID: "p", Phones: []string{"8 (926) 244-43-93"}}
	byEmail := integrations.RemoteContact{ID: "e", Emails: []string{"Anna@Example.RU"}}
	other := integrations.RemoteContact{ID: "o", Phones: []string{"+7 926 244 43 94"}}
	tests := map[string]struct {
		contacts []integrations.RemoteContact
		open     map[string][]integrations.RemoteDeal
		repeat   string
		contact  string
		deals    int
		noted    string
	}{
		"a contact with the same last ten digits is taken":  {contacts: []integrations.RemoteContact{other, byPhone}, contact: "p", deals: 1},
		"a contact with the same e-mail is taken":           {contacts: []integrations.RemoteContact{byEmail}, contact: "e", deals: 1},
		"a phone wins over an e-mail":                       {contacts: []integrations.RemoteContact{byEmail, byPhone}, contact: "p", deals: 1},
		"somebody else's contact is left alone":             {contacts: []integrations.RemoteContact{other}, contact: "c2", deals: 1},
		"an open deal of the contact gets a note instead":   {contacts: []integrations.RemoteContact{byPhone}, open: map[string][]integrations.RemoteDeal{"p": {{ID: "d9"}}}, deals: 0, noted: "d9"},
		"by setting a new deal is made beside the open one": {contacts: []integrations.RemoteContact{byPhone}, open: map[string][]integrations.RemoteDeal{"p": {{ID: "d9"}}}, repeat: integrations.RepeatDeal, contact: "p", deals: 1},
		"a contact without an open deal gets a deal":        {contacts: []integrations.RemoteContact{byPhone}, open: map[string][]integrations.RemoteDeal{"o": {{ID: "d9"}}}, contact: "p", deals: 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(func(w *world) {
				w.vendor.contacts, w.vendor.open = tt.contacts, tt.open
				if tt.repeat != "" {
					w.memory.i.Settings.Set(integrations.KeyOnRepeat, tt.repeat)
				}
			})
			var progress json.RawMessage
			require.Equal(t, integrations.JobDone, w.deliver(t.Context(), &progress, 1, func() {}).State)
			require.Len(t, w.vendor.deals, tt.deals)
			if tt.deals > 0 {
				require.Equal(t, tt.contact, w.vendor.deals[0].ContactID)
			}
			require.Len(t, w.vendor.notes, 1)
			if tt.noted != "" {
				require.Equal(t, tt.noted, w.vendor.notes[0].DealID)
				require.Contains(t, w.vendor.notes[0].Text, "Повторное обращение")
			}
		})
	}
}

func TestGD2_anInboxMakesTheContactItself(t *testing.T) {
	t.Parallel()
	w := newWorld(func(w *world) { w.vendor.inbox = true })
	var progress json.RawMessage
	require.Equal(t, integrations.JobDone, w.deliver(t.Context(), &progress, 1, func() {}).State)
	require.Empty(t, w.vendor.contacts)
	require.Len(t, w.vendor.deals, 1)
	require.Equal(t, "Анна", w.vendor.deals[0].Person.Name)
}

type crash struct{}

// Whatever fails, before or after it was carried out, and wherever the server is killed: contact, deal and note are there once in the end.
func TestGD2_property_eachThingIsMadeOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 4))
		w := newWorld(func(w *world) {
			w.vendor.fail = func(string, bool) error {
				switch rng.IntN(6) {
				case 0:
					return &integrations.Failure{Kind: integrations.FailTimeout, Uncertain: true}
				case 1:
					panic(crash{})
				default:
					return nil
				}
			}
		})
		var progress json.RawMessage
		state := integrations.JobWaiting
		for attempt := 1; state != integrations.JobDone; attempt++ {
			require.Less(t, attempt, 200, "seed %d", seed)
			state = attemptOrCrash(t, w, &progress, rng)
		}
		require.Len(t, w.vendor.contacts, 1, "seed %d", seed)
		require.Len(t, w.vendor.deals, 1, "seed %d", seed)
		require.Len(t, w.vendor.notes, 1, "seed %d", seed)
	}
}

func attemptOrCrash(t *testing.T, w *world, progress *json.RawMessage, rng *rand.Rand) (state integrations.JobState) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(crash); !ok {
				panic(r)
			}
			state = integrations.JobWaiting
		}
	}()
	return w.deliver(t.Context(), progress, 1, func() {
		if rng.IntN(6) == 0 {
			panic(crash{})
		}
	}).State
}

func TestCA2_aRefusedKeyBreaksTheIntegrationAndLosesNothing(t *testing.T) {
	t.Parallel()
	for kind, want := range map[integrations.FailureKind]integrations.State{
		integrations.FailKey: integrations.StateBroken, integrations.FailBanned: integrations.StateBroken, integrations.FailUnpaid: integrations.StateBroken,
		integrations.FailDown: integrations.StateActive, integrations.FailBusy: integrations.StateActive, integrations.FailTimeout: integrations.StateActive,
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := newWorld(func(w *world) {
				w.vendor.fail = func(string, bool) error { return integrations.Fail(kind, "no") }
			})
			var progress json.RawMessage
			out := w.deliver(t.Context(), &progress, 1, func() {})
			require.Equal(t, integrations.JobWaiting, out.State)
			require.Equal(t, want, w.memory.i.State)
			require.Equal(t, kind, out.Failure.Kind)
		})
	}
}

func TestCA2_whatIsRefusedForGoodIsParked(t *testing.T) {
	t.Parallel()
	w := newWorld(func(w *world) {
		w.vendor.fail = func(request string, after bool) error {
			if request == "create deal" && !after {
				return integrations.Fail(integrations.FailRejected, "status_id: The value you selected is not a valid choice.")
			}
			return nil
		}
	})
	var progress json.RawMessage
	out := w.deliver(t.Context(), &progress, 1, func() {})
	require.Equal(t, integrations.JobParked, out.State)
	require.Contains(t, fmt.Sprint(out.Failure), "not a valid choice")
}

func TestGD2_aDeletedCommunicationCancelsItsDelivery(t *testing.T) {
	t.Parallel()
	w := newWorld()
	payload, _ := json.Marshal(integrations.DeliverPayload{CommunicationID: 12, GoalID: 5})
	job := integrations.Job{ID: 31, Attempt: 1}
	job.AccountID, job.IntegrationID, job.Kind, job.Payload = account, 2, integrations.JobDeliver, payload
	require.Equal(t, integrations.JobCancelled, w.Handle(t.Context(), integrations.Work{Job: job}).State)
}

func TestGD1_preview(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p, err := w.Preview(t.Context(), account, 2, 0, integrations.Values{integrations.KeyDealName: {List: []string{"{{name}} из {{utm_source}}"}}})
	require.NoError(t, err)
	require.Equal(t, "Анна из yandex", p.Deal.Name)
	require.Len(t, p.Requests, 2)
	require.Empty(t, w.vendor.deals, "nothing is sent")
}
