package store_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func TestOC_1_StagesPassedOnTheWayAreGenerated(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		loaded []string
		want   []string
	}{
		{"first stage", []string{"new"}, []string{"new"}},
		{"a first record passes those before it", []string{"offer"}, []string{"(new)", "(talk)", "offer"}},
		{"those between", []string{"new", "offer"}, []string{"new", "(talk)", "offer"}},
		{"neighbours", []string{"new", "talk"}, []string{"new", "talk"}},
		{"success passes all", []string{"new", "won"}, []string{"new", "(talk)", "(offer)", "won"}},
		{"success at once", []string{"won"}, []string{"(new)", "(talk)", "(offer)", "won"}},
		{"failure passes none", []string{"new", "lost"}, []string{"new", "lost"}},
		{"failure at once", []string{"lost"}, []string{"lost"}},
		{"back passes none", []string{"offer", "new"}, []string{"(new)", "(talk)", "offer", "new"}},
		{"back and on again", []string{"offer", "new", "offer"}, []string{"(new)", "(talk)", "offer", "new", "(talk)", "offer"}},
		{"a failed deal goes on from where it failed", []string{"new", "lost", "offer"}, []string{"new", "lost", "(talk)", "offer"}},
		{"a failed deal won after all", []string{"talk", "lost", "won"}, []string{"(new)", "talk", "lost", "(offer)", "won"}},
		{"a won deal opened again", []string{"won", "talk"}, []string{"(new)", "(talk)", "(offer)", "won", "talk"}},
	}
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		for n, c := range cases {
			id := fmt.Sprintf("d%d", n)
			for i, stage := range c.loaded {
				require.NoError(t, w.upload(rec(id, stage, -40+i)), c.name)
			}
			require.Equal(t, c.want, w.stages(id), c.name)
		}
	})
}

func TestOC_1_ADealThatChangesFunnelPassesTheStagesOfTheNewOne(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		_, err := w.CreateFunnel(t.Context(), 1, w.crm, sales("repeat"))
		require.NoError(t, err)
		moved, back := rec("d", "talk", -3), rec("d", "offer", -2)
		moved.FunnelExternalID = "repeat"
		require.NoError(t, w.upload(rec("d", "new", -4), moved, back))
		var got []string
		for _, h := range w.history(core.ListFilter{}) {
			got = append(got, fmt.Sprintf("%s %s %v", h.FunnelExternalID, h.StageExternalID, h.IsGenerated))
		}
		require.Equal(t, []string{"sales new false", "repeat new true", "repeat talk false", "sales talk true", "sales offer false"}, got)
	})
}

func TestOC_1_ClosingCountsOnlyInClosingStages(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		closed := at(-5)
		open, won, lost := rec("open", "new", -9), rec("won", "won", -9), rec("lost", "talk", -10)
		open.ClosedAt, won.ClosedAt = &closed, &closed
		require.NoError(t, w.upload(open, won, lost, rec("lost", "lost", -9)))
		require.Nil(t, w.deal("open").ClosedAt)
		require.Equal(t, closed, *w.deal("won").ClosedAt)
		d := w.deal("lost")
		require.Equal(t, at(-9), *d.ClosedAt, "the time of the stage where none is given")
		require.Equal(t, deals.StageFailed, d.Status)
		funnels, err := w.Funnels(t.Context(), 1, 0)
		require.NoError(t, err)
		require.Equal(t, funnels[0].Stages[1].ID, d.LastOpenStageID, "the stage before failure")
		require.NoError(t, w.upload(rec("won", "talk", -8)))
		require.Nil(t, w.deal("won").ClosedAt, "opened again")
	})
}

func TestOC_1_TheSameUploadAgainAddsNothing(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		revenue := int64(100)
		changed := rec("d", "new", -20)
		changed.ModifiedAt, changed.RevenueMinor = at(-19), &revenue
		unstamped := rec("u", "talk", -20)
		unstamped.ModifiedAt = time.Time{}
		all := []deals.DealRecord{rec("d", "new", -20), changed, rec("d", "offer", -10), rec("d", "won", -5), unstamped}
		require.NoError(t, w.upload(all...))
		before := w.history(core.ListFilter{})
		require.Len(t, before, 7)
		version := w.version(at(-48))
		w.marked()
		w.clock.Advance(time.Minute)
		require.NoError(t, w.upload(all...))
		require.Equal(t, before, w.history(core.ListFilter{}))
		require.Zero(t, w.marked())
		require.Equal(t, version, w.version(at(-48)))

		corrected := all[3]
		corrected.Name = "Corrected"
		require.NoError(t, w.upload(corrected))
		after := w.history(core.ListFilter{})
		require.Len(t, after, len(before), "the last state sent with another name replaces it")
		require.Equal(t, "Corrected", after[4].Name)
		require.Equal(t, "Corrected", w.deal("d").Name)
		refused(t, w.upload(rec("d", "talk", -11)), core.KindInvalid, "invalid_date_time", "deals.0.modified_stage_date_time")
		refused(t, w.upload(rec("x", "new", -3), rec("x", "talk", -4)), core.KindInvalid, "invalid_date_time", "deals.1.modified_stage_date_time")
	})
}

func TestOC_1_ContactsAndCommunicationChangeOnlyWithALaterTime(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock(noon)
	storetest.Each(t, clock, func(t *testing.T, db *store.DB) {
		w := newCRMWorld(t, db, clock)
		addCall(t, db, 77)
		first := rec("d", "new", -20)
		first.ContactExternalIDs, first.MainContactExternalID = []string{"c1"}, "c1"
		require.NoError(t, w.upload(first))
		require.Equal(t, 1, w.marked())
		main := w.deal("d").MainContactID

		stale := first
		stale.ContactExternalIDs, stale.MainContactExternalID = []string{"c2"}, "c2"
		stale.Communication = deals.CommunicationRef{ID: 77, Kind: comms.KindCall}
		require.NoError(t, w.upload(stale))
		require.Equal(t, main, w.deal("d").MainContactID)
		require.Zero(t, w.deal("d").Communication)
		require.Zero(t, w.marked())

		later := stale
		later.ModifiedAt = at(-19)
		require.NoError(t, w.upload(later))
		require.NotEqual(t, main, w.deal("d").MainContactID)
		require.Equal(t, later.Communication, w.deal("d").Communication)
		require.Equal(t, 1, w.marked())

		require.NoError(t, w.upload(rec("d", "talk", -18)))
		require.Zero(t, w.marked(), "a new stage alone changes no links")
		require.Len(t, w.deal("d").ContactIDs, 1, "what is not given stays")

		none := rec("d", "offer", -17)
		none.ContactExternalIDs = []string{}
		require.NoError(t, w.upload(none))
		require.Empty(t, w.deal("d").ContactIDs)
		wrong := rec("d", "offer", -16)
		wrong.Communication = deals.CommunicationRef{ID: 77, Kind: comms.KindChat}
		refused(t, w.upload(wrong), core.KindNotFound, "entity_not_found", "deals.0.communication_id")
	})
}

// addCall keeps a call of account 1.
func addCall(t *testing.T, db *store.DB, id int64) {
	t.Helper()
	require.NoError(t, db.Gorm().Exec(`INSERT INTO communications (account_id, id, kind, site_id, at, name, name_search, phone, email, visitor_id, session_id, hit_id, goal_id,
goal_reach_id, message, form_name, sale_currency, user_fields, page_url, external_id, created_at) VALUES (1, ?, 'call', 1, ?, '', '', '', '', 0, 0, 0, 0, 0, '', '', '', '[]', '', '', 0)`,
		id, noon.UnixMilli()).Error)
}

// TestOC_1_HistoryIsTheSameHoweverItIsSent sends random records one by one and at once.
func TestOC_1_HistoryIsTheSameHoweverItIsSent(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		for seed := range uint64(12) {
			records := randomStates(rand.New(rand.NewPCG(seed, 1)))
			one, all := fmt.Sprintf("one%d", seed), fmt.Sprintf("all%d", seed)
			for _, r := range renamed(records, one) {
				require.NoError(t, w.upload(r))
			}
			require.NoError(t, w.upload(renamed(records, all)...))
			require.Equal(t, w.blank(one), w.blank(all), "seed %d", seed)
			a, b := w.deal(one), w.deal(all)
			b.ID, b.ExternalID = a.ID, a.ExternalID
			require.Equal(t, a, b, "seed %d", seed)
		}
	})
}

func renamed(records []deals.DealRecord, externalID string) []deals.DealRecord {
	out := append([]deals.DealRecord(nil), records...)
	for i := range out {
		out[i].ExternalID = externalID
	}
	return out
}

// blank is a deal's history without its identifier.
func (w *crmWorld) blank(externalID string) []deals.HistoryRow {
	rows := w.history(core.ListFilter{Field: "ext_id", Operator: core.OpEqual, Value: externalID})
	for i := range rows {
		rows[i].ExternalID = ""
	}
	return rows
}

func randomStates(r *rand.Rand) []deals.DealRecord {
	stages, contacts := []string{"new", "talk", "offer", "won", "lost"}, []string{"c1", "c2", "c3"}
	var out []deals.DealRecord
	hours := -40
	for range 1 + r.IntN(8) {
		hours += r.IntN(3)
		x := rec("", stages[r.IntN(len(stages))], hours)
		x.ModifiedAt = x.StageAt.Add(time.Duration(r.IntN(3)) * time.Minute)
		if r.IntN(2) == 0 {
			x.MainContactExternalID = contacts[r.IntN(len(contacts))]
			x.ContactExternalIDs = []string{x.MainContactExternalID, contacts[r.IntN(len(contacts))]}
		}
		if r.IntN(2) == 0 {
			amount := int64(r.IntN(1000))
			x.RevenueMinor = &amount
		}
		if r.IntN(3) == 0 {
			x.Tags = []deals.Tag{{ExternalID: "t", Name: "T"}}[:r.IntN(2)]
		}
		if out = append(out, x); r.IntN(4) == 0 {
			out = append(out, x)
		}
	}
	return out
}

func TestOC_1_DeletingADealLeavesNothingOfIt(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		r := rec("d", "offer", -2)
		r.ContactExternalIDs, r.MainContactExternalID = []string{"c1"}, "c1"
		require.NoError(t, w.upload(r))
		version := w.version(at(-48))
		require.NoError(t, w.DeleteDeal(t.Context(), 1, w.crm, "d"))
		require.Equal(t, version+1, w.version(at(-48)))
		require.Empty(t, w.history(core.ListFilter{}))
		require.Zero(t, w.marked())
		refused(t, w.DeleteDeal(t.Context(), 1, w.crm, "d"), core.KindNotFound, "entity_not_found", "ext_id")
		require.NoError(t, w.DeleteContact(t.Context(), 1, w.crm, "c1"))
		_, err := w.DealByExternalID(t.Context(), 1, w.crm, "d")
		refused(t, err, core.KindNotFound, "entity_not_found", "ext_id")
	})
}

func TestOC_1_NothingOfAnotherAccountIsSeenOrChanged(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		ctx := t.Context()
		addAccount(ctx, t, w.db, 2)
		require.NoError(t, w.upload(rec("d", "new", -2)))
		refused(t, w.UploadDeals(ctx, 2, w.crm, []deals.DealRecord{rec("d", "new", -1)}), core.KindNotFound, "entity_not_found", "id")
		other, err := w.Custom(ctx, 2)
		require.NoError(t, err)
		refused(t, w.UploadDeals(ctx, 2, other.ID, []deals.DealRecord{rec("d", "new", -1)}), core.KindNotFound, "entity_not_found", "deals.0.sales_funnel_ext_id")
		l, err := w.ListHistory(ctx, 2, w.crm, core.ListRequest{})
		require.NoError(t, err)
		require.Zero(t, l.Total)
		list, err := w.DealsByID(ctx, 2, []core.DealID{w.deal("d").ID})
		require.NoError(t, err)
		require.Empty(t, list)
		funnels, err := w.Funnels(ctx, 2, 0)
		require.NoError(t, err)
		require.Empty(t, funnels)
	})
}
