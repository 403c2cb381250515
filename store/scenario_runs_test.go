package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/scenarios"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func TestTR7_ACallsWayGoesOnOnAnyServer(t *testing.T) {
	t.Parallel()
	storetest.Each(t, core.SystemClock{}, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		ctx := t.Context()
		call := telephony.CallRef{AccountID: w.account, ConnectionID: w.connection.ID, PBXCallID: "c1"}
		run, err := db.Run(ctx, call)
		require.NoError(t, err)
		require.Nil(t, run)
		answer, err := db.RouteAnswer(ctx, w.connection, "rq1")
		require.NoError(t, err)
		require.Nil(t, answer)

		at := time.Now().UTC().Truncate(time.Millisecond)
		step := func(kind telephony.EventType, d telephony.Data) telephony.Event {
			d.OpID, d.OpType, d.ScenarioID = "menu", "menu", "7"
			return telephony.Event{ID: "skvoz:c1:1:" + string(kind), Type: kind, OccurredAt: at, CallID: "c1", Data: d}
		}
		first := &scenarios.Run{ScenarioID: 7, Graph: hangupGraph(), Op: "bye", Entry: 1, Since: at}
		raw := json.RawMessage(`{"do": [ {"hangup":{}} ],  "state":"s"}`)
		require.NoError(t, db.SaveRun(ctx, call, first, "rq1", raw, []telephony.Event{step(telephony.OpStarted, telephony.Data{})}))
		answer, err = db.RouteAnswer(ctx, w.connection, "rq1")
		require.NoError(t, err)
		require.Equal(t, string(raw), string(answer), "byte by byte")
		answer, err = db.RouteAnswer(ctx, telephony.Connection{ID: w.connection.ID, AccountID: w.Account()}, "rq1")
		require.NoError(t, err)
		require.Nil(t, answer, "another account's")

		run, err = db.Run(ctx, call)
		require.NoError(t, err)
		require.EqualValues(t, 1, run.Version)
		require.Equal(t, first.Graph, run.Graph)
		requireReason(t, db.SaveRun(ctx, call, first, "rq2", raw, nil), core.KindConflict, "changed_meanwhile")
		requireReason(t, db.SaveRun(ctx, call, run, "rq1", raw, nil), core.KindConflict, "answered")
		unchanged, err := db.Run(ctx, call)
		require.NoError(t, err)
		require.EqualValues(t, 1, unchanged.Version, "a conflict leaves nothing behind")

		require.NoError(t, db.SaveRun(ctx, call, run, "rq2", raw, []telephony.Event{step(telephony.OpExited, telephony.Data{Exit: "1", NextOp: "bye"})}))
		requireReason(t, db.SaveRun(ctx, call, run, "rq3", raw, nil), core.KindConflict, "changed_meanwhile")

		w.send(telephony.Event{
			ID: "e1", Type: telephony.CallStarted, OccurredAt: at, CallID: "c1", Seq: 1,
			Data: telephony.Data{Direction: telephony.Inbound, DID: "74950000001", Caller: "79001112233", Initiator: "trunk"},
		})
		w.fold()
		steps := w.call("c1").Steps
		require.Len(t, steps, 1)
		require.Equal(t, "menu", steps[0].OpID)
		require.Equal(t, "1", steps[0].Exit)
		require.NotNil(t, steps[0].ExitedAt)
	})
}

func TestTR7_WaysOfOldCallsAreForgotten(t *testing.T) {
	t.Parallel()
	storetest.Each(t, core.SystemClock{}, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		ctx := t.Context()
		call := telephony.CallRef{AccountID: w.account, ConnectionID: w.connection.ID, PBXCallID: "c1"}
		require.NoError(t, db.SaveRun(ctx, call, &scenarios.Run{Op: "x"}, "rq1", json.RawMessage(`{}`), nil))
		require.NoError(t, db.DropRuns(ctx, db.Clock.Now().Add(-time.Hour).UnixMilli()))
		run, err := db.Run(ctx, call)
		require.NoError(t, err)
		require.NotNil(t, run, "it is not old yet")
		require.NoError(t, db.DropRuns(ctx, db.Clock.Now().Add(time.Hour).UnixMilli()))
		run, err = db.Run(ctx, call)
		require.NoError(t, err)
		require.Nil(t, run)
		answer, err := db.RouteAnswer(ctx, w.connection, "rq1")
		require.NoError(t, err)
		require.Nil(t, answer)
	})
}
