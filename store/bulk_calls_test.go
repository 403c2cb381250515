package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func TestCA3_callsLoadedInBulkAreReadAsTheyWere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, core.SystemClock{}, func(t *testing.T, db *store.DB) {
		w := storetest.NewWorld(t, db)
		account := w.Account()
		site := w.Site(account)
		calls := db.CallStore(nil)
		tag, err := calls.CreateCallTag(t.Context(), telephony.CallTag{AccountID: account, Name: "Order", CreatedAt: time.Now()}, 10)
		require.NoError(t, err)
		at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		later := func(s int) *time.Time { m := at.Add(time.Duration(s) * time.Second); return &m }
		talked := telephony.Call{
			ID: 11, AccountID: account, ConnectionID: 1, PBXCallID: "a", Direction: telephony.Inbound, State: telephony.StateFinished, ContactPhone: "79261112233", SiteID: site.ID,
			StartedAt: at, AnsweredAt: later(5), EndedAt: later(65), Wait: 5 * time.Second, Talk: time.Minute, Total: 65 * time.Second, IsFirst: true, EmployeeID: 7,
			Method: calltracking.MethodUnknown, LastEventAt: *later(65),
			Detail: telephony.Detail{Legs: []telephony.Leg{{ID: "l1", Role: telephony.RoleEmployee, EmployeeID: 7, State: telephony.LegIsEnded, StartedAt: &at, RangAt: &at, AnsweredAt: later(5), EndedAt: later(65), Reason: telephony.ReasonNormal}}},
		}
		lost := telephony.Call{
			ID: 12, AccountID: account, ConnectionID: 1, PBXCallID: "b", Direction: telephony.Inbound, State: telephony.StateFinished, SiteID: site.ID, StartedAt: *later(100),
			EndedAt: later(110), IsLost: true, LostReason: telephony.LostNoAnswer, Method: calltracking.MethodUnknown, LastEventAt: *later(110), CalledBackAt: later(200), CalledBackID: 11,
		}
		recording := telephony.Recording{
			ID: 13, AccountID: account, CallID: 11, ConnectionID: 1, TalkID: "t1", RemoteID: "r", State: telephony.RecordingStored, Format: telephony.FormatWAV, Channels: 1,
			Duration: time.Minute, Bytes: 100, SHA256: "00", Path: "recordings/x.wav", Peaks: []int{1, 100}, StartedAt: at, StoredAt: later(70),
		}
		require.NoError(t, db.LoadCalls(t.Context(), account, &telephony.CallHistory{
			Calls: []telephony.Call{talked, lost}, Names: map[core.CallID]string{11: "Анна"}, Taggings: []telephony.Tagging{{CallID: 11, TagID: tag.ID, At: at}}, Recordings: []telephony.Recording{recording},
		}))

		read, err := calls.Calls(t.Context(), account, telephony.CallQuery{Ascending: true}, comms.Search{}, core.PageRequest{First: 10})
		require.NoError(t, err)
		require.Len(t, read.Nodes, 2)
		read.Nodes[0].Version, read.Nodes[1].Version = 0, 0
		require.Equal(t, []telephony.Call{talked, lost}, read.Nodes)
		ofEmployee, err := calls.Calls(t.Context(), account, telephony.CallQuery{EmployeeID: 7, TagID: tag.ID}, comms.Search{}, core.PageRequest{First: 10})
		require.NoError(t, err)
		require.Len(t, ofEmployee.Nodes, 1, "who took part, and the tag")
		recordings, err := calls.RecordingsOfCalls(t.Context(), account, []core.CallID{11})
		require.NoError(t, err)
		require.Len(t, recordings, 1)
		require.Equal(t, recording.Peaks, recordings[0].Peaks)
		require.Equal(t, recording.Path, recordings[0].Path)
		list, err := db.Communications(t.Context(), account, comms.CommunicationQuery{}, comms.Search{}, core.PageRequest{First: 10})
		require.NoError(t, err)
		require.Len(t, list.Nodes, 2)
		require.Equal(t, comms.KindCall, list.Nodes[0].Kind)
	})
}
