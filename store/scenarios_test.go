package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/scenarios"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func hangupGraph() scenarios.Graph {
	return scenarios.Graph{Start: "bye", Operations: []scenarios.Operation{{ID: "bye", Type: scenarios.TypeHangup}}}
}

func requireReason(t *testing.T, err error, kind core.Kind, reason string) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, kind, core.KindOf(err), err)
	if reason != "" {
		require.Equal(t, reason, core.AsError(err).Reason)
	}
}

func TestTR7_ScenariosAreKeptWithTheirVersions(t *testing.T) {
	t.Parallel()
	storetest.Each(t, core.SystemClock{}, func(t *testing.T, db *store.DB) {
		w := storetest.NewWorld(t, db)
		ctx, account, other := t.Context(), w.Account(), w.Account()
		made, err := db.CreateScenario(ctx, scenarios.Scenario{AccountID: account, Name: "Main", Graph: hangupGraph()}, 2)
		require.NoError(t, err)
		require.Equal(t, 1, made.Version)
		read, err := db.Scenario(ctx, account, made.ID)
		require.NoError(t, err)
		require.Equal(t, hangupGraph(), read.Graph)

		_, err = db.CreateScenario(ctx, scenarios.Scenario{AccountID: account, Name: "Main", Graph: hangupGraph()}, 2)
		requireReason(t, err, core.KindConflict, "name_taken")
		_, err = db.CreateScenario(ctx, scenarios.Scenario{AccountID: other, Name: "Main", Graph: hangupGraph()}, 2)
		require.NoError(t, err, "another account may use the name")
		second, err := db.CreateScenario(ctx, scenarios.Scenario{AccountID: account, Name: "Second", Graph: hangupGraph()}, 2)
		require.NoError(t, err)
		_, err = db.CreateScenario(ctx, scenarios.Scenario{AccountID: account, Name: "Third", Graph: hangupGraph()}, 2)
		require.Error(t, err, "no more than allowed")

		second.Name = "Main"
		_, err = db.UpdateScenario(ctx, second)
		requireReason(t, err, core.KindConflict, "name_taken")
		second.Name = "Renamed"
		changed, err := db.UpdateScenario(ctx, second)
		require.NoError(t, err)
		require.Equal(t, 2, changed.Version)
		_, err = db.UpdateScenario(ctx, second)
		requireReason(t, err, core.KindConflict, "changed_meanwhile")

		second.AccountID = other
		_, err = db.UpdateScenario(ctx, second)
		requireReason(t, err, core.KindNotFound, "")
		_, err = db.Scenario(ctx, other, made.ID)
		requireReason(t, err, core.KindNotFound, "")
		requireReason(t, db.DeleteScenario(ctx, other, made.ID), core.KindNotFound, "")

		require.NoError(t, db.DeleteScenario(ctx, account, made.ID))
		list, err := db.Scenarios(ctx, account)
		require.NoError(t, err)
		require.Len(t, list, 1)
		_, err = db.CreateScenario(ctx, scenarios.Scenario{AccountID: account, Name: "Main", Graph: hangupGraph()}, 2)
		require.NoError(t, err, "the name of a deleted one is free")
	})
}

func TestTR7_AScenarioInUseStays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, core.SystemClock{}, func(t *testing.T, db *store.DB) {
		w := storetest.NewWorld(t, db)
		ctx, account := t.Context(), w.Account()
		site := w.Site(account)
		target, err := db.CreateScenario(ctx, scenarios.Scenario{AccountID: account, Name: "Target", Graph: hangupGraph()}, 9)
		require.NoError(t, err)
		from := hangupGraph()
		from.Operations[0] = scenarios.Operation{ID: "bye", Type: scenarios.TypeGoto, Settings: scenarios.Values{"scenario": {target.ID.String()}}}
		leading, err := db.CreateScenario(ctx, scenarios.Scenario{AccountID: account, Name: "From", Graph: from}, 9)
		require.NoError(t, err)
		requireReason(t, db.DeleteScenario(ctx, account, target.ID), core.KindConflict, "in_use")

		_, err = db.CreateNumbers(ctx, account, []calltracking.VirtualNumber{
			{AccountID: account, Number: "74950000009", SiteID: site.ID, Usage: calltracking.UsageStatic, State: calltracking.StateActive, ScenarioID: leading.ID},
		}, 9)
		require.NoError(t, err)
		requireReason(t, db.DeleteScenario(ctx, account, leading.ID), core.KindConflict, "in_use")
		list, err := db.Scenarios(ctx, account)
		require.NoError(t, err)
		require.Equal(t, []int{1, 0}, []int{list[0].Numbers, list[1].Numbers})
	})
}

func TestTR7_OperationsMayNameOnlyWhatTheAccountHas(t *testing.T) {
	t.Parallel()
	storetest.Each(t, core.SystemClock{}, func(t *testing.T, db *store.DB) {
		w := storetest.NewWorld(t, db)
		ctx, account, other := t.Context(), w.Account(), w.Account()
		sound, err := db.AddMedia(ctx, scenarios.Media{AccountID: account, Name: "Hello", ContentType: "audio/wav", Bytes: 3, SHA256: "x", Path: "media/1/x.wav"})
		require.NoError(t, err)
		made, err := db.CreateScenario(ctx, scenarios.Scenario{AccountID: account, Name: "Main", Graph: hangupGraph()}, 9)
		require.NoError(t, err)
		for kind, id := range map[scenarios.FieldType]int64{scenarios.FieldMedia: int64(sound.ID), scenarios.FieldScenario: int64(made.ID)} {
			own, err := db.Exists(ctx, account, kind, []int64{id, 5})
			require.NoError(t, err)
			require.Equal(t, map[int64]bool{id: true}, own, kind)
			theirs, err := db.Exists(ctx, other, kind, []int64{id})
			require.NoError(t, err)
			require.Empty(t, theirs, kind)
		}
		for _, kind := range []scenarios.FieldType{scenarios.FieldEmployee, scenarios.FieldGroup, scenarios.FieldSchedule, scenarios.FieldIntegration, scenarios.FieldTag} {
			none, err := db.Exists(ctx, account, kind, []int64{1, 2})
			require.NoError(t, err, kind)
			require.Empty(t, none, kind)
		}
		_, err = db.DeleteMedia(ctx, other, sound.ID)
		requireReason(t, err, core.KindNotFound, "")
		_, err = db.DeleteMedia(ctx, account, sound.ID)
		require.NoError(t, err)
		gone, err := db.Exists(ctx, account, scenarios.FieldMedia, []int64{int64(sound.ID)})
		require.NoError(t, err)
		require.Empty(t, gone)
	})
}

func TestTR7_TheBlacklistIsTheAccountsOwn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, core.SystemClock{}, func(t *testing.T, db *store.DB) {
		w := storetest.NewWorld(t, db)
		ctx, account, other := t.Context(), w.Account(), w.Account()
		b := scenarios.BlockedCaller{Phone: "79000000001", Note: "spam", CreatedAt: time.UnixMilli(1000).UTC()}
		require.NoError(t, db.BlockCaller(ctx, account, b))
		b.Note = "spam again"
		require.NoError(t, db.BlockCaller(ctx, account, b), "the note is changed")
		list, err := db.BlockedCallers(ctx, account)
		require.NoError(t, err)
		require.Equal(t, []scenarios.BlockedCaller{b}, list)
		for who, want := range map[core.AccountID]bool{account: true, other: false} {
			blocked, err := db.IsBlocked(ctx, who, b.Phone)
			require.NoError(t, err)
			require.Equal(t, want, blocked)
		}
		requireReason(t, db.UnblockCaller(ctx, other, b.Phone), core.KindNotFound, "")
		require.NoError(t, db.UnblockCaller(ctx, account, b.Phone))
		requireReason(t, db.UnblockCaller(ctx, account, b.Phone), core.KindNotFound, "")
	})
}
