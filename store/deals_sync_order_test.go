package store_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// vendorStates are what a vendor's answers may have been like over time: some states of some deals, each later than the one before.
type vendorStates struct {
	*rand.Rand
	states [][]deals.SyncedDeal
}

func vendorStages() []deals.StageEntry {
	var out []deals.StageEntry
	for _, place := range strings.Fields("sales/new sales/talk sales/offer sales/won sales/lost sales/spam repeat/again repeat/won gone/gone") {
		funnel, stage, _ := strings.Cut(place, "/")
		out = append(out, deals.StageEntry{FunnelExternalID: funnel, StageExternalID: stage})
	}
	return out
}

func newVendorStates(r *rand.Rand) *vendorStates {
	v := &vendorStates{Rand: r}
	for deal := range 1 + r.IntN(5) {
		v.states = append(v.states, v.deal(fmt.Sprint("d", deal)))
	}
	return v
}

func (v *vendorStates) deal(id string) []deals.SyncedDeal {
	d := deals.SyncedDeal{ExternalID: id, CreatedAt: at(-100), RevenueMinor: ptr(int64(0))}
	var out []deals.SyncedDeal
	now := d.CreatedAt
	for range 1 + v.IntN(8) {
		now = now.Add(time.Duration(1+v.IntN(5)) * time.Hour)
		d.ModifiedAt, d.Name = now, fmt.Sprint(id, v.IntN(3))
		v.move(&d, now)
		d.History = append([]deals.StageEntry{}, d.History...)
		if v.IntN(3) == 0 { // the vendor has taken moves back
			d.History = d.History[:1+v.IntN(len(d.History))]
			d.FunnelExternalID, d.StageExternalID = presentStage(d.History)
		}
		d.RevenueMinor, d.EmployeeExternalID, d.Source = ptr(v.Int64N(3)*100), []string{"e1", "e2", ""}[v.IntN(3)], []string{"", "ads"}[v.IntN(2)]
		d.ContactExternalIDs = [][]string{nil, {"k1"}, {"k2", "k1"}, {"k1", "k9"}}[v.IntN(4)]
		if v.IntN(3) == 0 {
			d.Tags = append([]deals.Tag{}, deals.Tag{ExternalID: "t", Name: fmt.Sprint("tag", v.IntN(2))})
		}
		d.ClosedAt = nil
		if v.IntN(3) == 0 {
			d.ClosedAt = &now
		}
		out = append(out, d)
	}
	return out
}

func (v *vendorStates) move(d *deals.SyncedDeal, now time.Time) {
	moves, places := v.IntN(3), vendorStages()
	if d.StageExternalID == "" {
		moves++
	}
	for i := range moves {
		e := places[v.IntN(len(places))]
		if i == moves-1 {
			e = places[v.IntN(len(places)-1)]
		}
		e.At = now.Add(time.Duration(i-moves+1) * time.Minute)
		d.History = append(d.History, e)
		if e.FunnelExternalID != "gone" {
			d.FunnelExternalID, d.StageExternalID = e.FunnelExternalID, e.StageExternalID
		}
	}
}

// presentStage is the last stage of a history that is somewhere.
func presentStage(history []deals.StageEntry) (funnel, stage string) {
	for _, e := range history {
		if funnel == "" || e.FunnelExternalID != "gone" {
			funnel, stage = e.FunnelExternalID, e.StageExternalID
		}
	}
	if funnel == "gone" {
		return "sales", "new"
	}
	return funnel, stage
}

// delivered are all states, some more than once, in any order, in batches of any size.
func (v *vendorStates) delivered() (out []deals.SyncBatch) {
	var all []deals.SyncedDeal
	for _, states := range v.states {
		for _, d := range states {
			for range 1 + v.IntN(2) {
				all = append(all, d)
			}
		}
	}
	v.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for len(all) > 0 {
		n := 1 + v.IntN(len(all))
		out = append(out, v.batch(all[:n]))
		all = all[n:]
	}
	return out
}

// last is the last state of each deal.
func (v *vendorStates) last() deals.SyncBatch {
	var out []deals.SyncedDeal
	for _, states := range v.states {
		out = append(out, states[len(states)-1])
	}
	return v.batch(out)
}

func (v *vendorStates) batch(list []deals.SyncedDeal) deals.SyncBatch {
	return deals.SyncBatch{Deals: list, Contacts: []deals.ContactRecord{
		{ExternalID: "k1", Name: "Anna", CreatedAt: core.Some(at(-200)), Phones: phones("89262444393")}, {ExternalID: "k2", Name: "Boris", CreatedAt: core.Some(at(-201)), Phones: phones()},
	}}
}

// TestGD_3_DealsEndTheSameHoweverTheirStatesCome lets webhooks overtake each other, come twice and be read together with others.
func TestGD_3_DealsEndTheSameHoweverTheirStatesCome(t *testing.T) {
	t.Parallel()
	eachSync(t, func(t *testing.T, w *syncWorld) {
		for seed := range uint64(15) {
			v := newVendorStates(rand.New(rand.NewPCG(seed, 7)))
			shuffled, once := w.another(fmt.Sprint("any", seed)), w.another(fmt.Sprint("once", seed))
			for _, b := range v.delivered() {
				shuffled.sync(b)
			}
			once.sync(v.last())
			require.Equal(t, once.seen(), shuffled.seen(), "seed %d", seed)
			shuffled.marked()
			require.Equal(t, deals.SyncResult{}, shuffled.sync(v.last()), "seed %d", seed)
			for _, b := range v.delivered() {
				require.Equal(t, deals.SyncResult{}, shuffled.sync(b), "seed %d", seed)
			}
			require.Zero(t, shuffled.marked(), "seed %d", seed)
		}
	})
}

// another is a second CRM with the same catalogue.
func (w *syncWorld) another(name string) *syncWorld {
	w.t.Helper()
	made, err := w.CreateCRM(w.t.Context(), 1, deals.NewCRM{Kind: deals.KindBitrix, Name: name})
	require.NoError(w.t, err)
	c := *w.crmWorld
	c.crm = made.ID
	out := &syncWorld{&c, w.own}
	out.catalogue(catalogue("new talk offer +won -lost -spam", "again +won -lost"))
	return out
}

// seenDeal is what is known of a deal, without identifiers of ours.
type seenDeal struct {
	deals.Deal
	LastOpen, Stage string
	Contacts        []string
	States          []deals.State
	History         []deals.HistoryRow
}

func (w *syncWorld) seen() map[string]seenDeal {
	w.t.Helper()
	ctx := w.t.Context()
	page, err := w.Deals(ctx, 1, core.PageRequest{First: 100}, deals.Filter{CRMID: w.crm}, deals.Sort{})
	require.NoError(w.t, err)
	funnels, err := w.Funnels(ctx, 1, w.crm)
	require.NoError(w.t, err)
	out := map[string]seenDeal{}
	for _, d := range page.Nodes {
		s := seenDeal{Deal: d, LastOpen: stageName(funnels, d.LastOpenStageID), Stage: stageName(funnels, d.StageID)}
		contacts, err := w.Contacts(ctx, 1, d.ContactIDs)
		require.NoError(w.t, err)
		for _, id := range d.ContactIDs {
			s.Contacts = append(s.Contacts, contacts[id].ExternalID)
		}
		states, err := w.States(ctx, 1, []core.DealID{d.ID})
		require.NoError(w.t, err)
		for _, st := range states[d.ID] {
			st.DealID, st.FunnelID, st.StageID = 0, 0, 0
			s.States = append(s.States, st)
		}
		s.History = w.history(core.ListFilter{Field: "ext_id", Operator: core.OpEqual, Value: d.ExternalID})
		s.ID, s.CRMID, s.FunnelID, s.StageID, s.LastOpenStageID, s.EmployeeID, s.MainContactID, s.ContactIDs = 0, 0, 0, 0, 0, min(s.EmployeeID, 1), 0, nil
		out[d.ExternalID] = s
	}
	return out
}

// TestGD_3_DealsEndTheSameWhenSeveralWorkersLoadThem lets four replicas take in batches at once.
func TestGD_3_DealsEndTheSameWhenSeveralWorkersLoadThem(t *testing.T) {
	t.Parallel()
	eachSync(t, func(t *testing.T, w *syncWorld) {
		for seed := range uint64(3) {
			v := newVendorStates(rand.New(rand.NewPCG(seed, 8)))
			shuffled, once := w.another(fmt.Sprint("shuffled", seed)), w.another(fmt.Sprint("once", seed))
			todo := make(chan deals.SyncBatch)
			errs := make(chan error, 4)
			for range cap(errs) {
				go func() {
					var err error
					for b := range todo {
						if err == nil {
							_, err = shuffled.SyncDeals(t.Context(), 1, shuffled.crm, b)
						}
					}
					errs <- err
				}()
			}
			for range 4 {
				for _, b := range v.delivered() {
					todo <- b
				}
			}
			close(todo)
			for range cap(errs) {
				require.NoError(t, <-errs)
			}
			once.sync(v.last())
			require.Equal(t, once.seen(), shuffled.seen(), "seed %d", seed)
		}
	})
}
