package demo_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/demo"
)

// callKeeper keeps the calls, too, and their files.
type callKeeper struct {
	keeper
	calls []telephony.Call
	told  telephony.CallHistory
	mu    sync.Mutex
	files map[string][]byte
}

func (k *callKeeper) LoadCalls(_ context.Context, _ core.AccountID, h *telephony.CallHistory) error {
	k.calls = append(k.calls, h.Calls...)
	k.told.Taggings = append(k.told.Taggings, h.Taggings...)
	k.told.Recordings = append(k.told.Recordings, h.Recordings...)
	return k.err
}

func (k *callKeeper) Put(_ context.Context, path string, r io.Reader) (int64, string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	all, err := io.ReadAll(r)
	if k.files == nil {
		k.files = map[string][]byte{}
	}
	k.files[path] = all
	sum := sha256.Sum256(all)
	return int64(len(all)), hex.EncodeToString(sum[:]), err
}

func (k *callKeeper) Open(context.Context, string) (io.ReadSeekCloser, error) {
	return nil, io.ErrUnexpectedEOF
}
func (k *callKeeper) Delete(context.Context, string) error { return nil }

// calledPlan is a plan where people call.
func calledPlan(hits int, seed uint64) demo.Plan {
	p := plan(hits, seed)
	takers := []demo.CallTaker{{ID: 1, Extension: "101"}, {ID: 2, Extension: "102"}, {ID: 3, Extension: "103"}, {ID: 4, Extension: "104"}}
	p.Calls = &demo.CallPlan{Connection: 1, Scenario: 1, Sellers: takers[:2], Others: takers[2:], Tags: []core.CallTagID{1, 2}}
	for i := range p.Sites {
		p.Sites[i].Numbers = demo.SiteNumbers{
			Pool: []demo.Number{{ID: 1, Digits: "74950001001"}, {ID: 2, Digits: "74950001002"}}, Overflow: demo.Number{ID: 3, Digits: "74950001099"},
			Static: map[string]demo.Number{p.Sites[i].Campaigns[0].Name: {ID: 4, Digits: "74950001050"}},
		}
	}
	return p
}

func generateCalls(t *testing.T, hits int, seed uint64) *callKeeper {
	t.Helper()
	k := &callKeeper{}
	target := demo.Target{History: k, Deals: k, Calls: k, Files: k}
	counts, err := demo.Generate(t.Context(), calledPlan(hits, seed), target, nil)
	require.NoError(t, err)
	require.Equal(t, len(k.calls), counts.Calls)
	require.Equal(t, len(k.told.Recordings), counts.Recordings)
	require.Equal(t, len(k.Communications)+len(k.calls), counts.Communications)
	return k
}

func TestRC16_theSameSeedGivesTheSameCalls(t *testing.T) {
	t.Parallel()
	a, b := generateCalls(t, 4000, 7), generateCalls(t, 4000, 7)
	require.NotEmpty(t, a.calls)
	require.Equal(t, a.calls, b.calls)
	require.Equal(t, a.told, b.told)
	require.Equal(t, a.crm, b.crm)
	require.NotEqual(t, a.calls, generateCalls(t, 4000, 8).calls)
}

func TestRC16_callsComeToVisitsInAllTheWaysThereAre(t *testing.T) {
	t.Parallel()
	k := generateCalls(t, 60_000, 1)
	sessions := map[core.SessionID]visits.Session{}
	for _, s := range k.Sessions {
		sessions[s.ID] = s
	}
	methods, inbound := map[calltracking.Method]int{}, 0
	for i := range k.calls {
		c := &k.calls[i]
		if c.Direction != telephony.Inbound {
			require.False(t, c.IsLost)
			continue
		}
		inbound++
		methods[c.Method]++
		if c.Method == calltracking.MethodAmbiguous || c.Method == calltracking.MethodUnknown || c.Method == calltracking.MethodStatic {
			require.Zero(t, c.SessionID, "%s is counted to no visit", c.Method)
			continue
		}
		s, ok := sessions[c.SessionID]
		require.True(t, ok)
		require.Equal(t, s.VisitorID, c.VisitorID)
		require.Equal(t, s.SiteID, c.SiteID)
		require.False(t, c.StartedAt.Before(s.StartedAt), "nobody calls before the visit")
	}
	for _, m := range []calltracking.Method{
		calltracking.MethodStatic, calltracking.MethodExclusive, calltracking.MethodTelClick, calltracking.MethodKnownPhone, calltracking.MethodWeighted,
		calltracking.MethodAmbiguous, calltracking.MethodRepeat, calltracking.MethodLate, calltracking.MethodUnknown,
	} {
		require.NotZero(t, methods[m], m)
	}
	require.Greater(t, methods[calltracking.MethodExclusive]*2, inbound, "most calls are exact")
	require.Less(t, methods[calltracking.MethodAmbiguous]*8, inbound)
}

func TestCA3_callsAreWhatTheirPartsSay(t *testing.T) {
	t.Parallel()
	k := generateCalls(t, 60_000, 1)
	ids, lost, back := map[core.CallID]*telephony.Call{}, 0, 0
	for i := range k.calls {
		ids[k.calls[i].ID] = &k.calls[i]
	}
	require.Len(t, ids, len(k.calls), "ids are unique")
	for id, c := range ids {
		require.LessOrEqual(t, int64(id), int64(core.MaxID))
		require.Equal(t, telephony.StateFinished, c.State)
		require.False(t, c.EndedAt.After(until), "all are over")
		require.Equal(t, c.EndedAt.Sub(c.StartedAt), c.Total)
		var talked time.Duration
		for _, talk := range c.Talks {
			talked += talk.Duration
			require.False(t, talk.EndedAt.After(*c.EndedAt))
		}
		require.Equal(t, talked, c.Talk)
		require.Equal(t, c.AnsweredAt != nil, talked > 0)
		for _, leg := range c.Legs {
			require.Equal(t, telephony.LegIsEnded, leg.State)
			require.False(t, leg.EndedAt.Before(*leg.StartedAt) || leg.EndedAt.After(*c.EndedAt))
		}
		if c.Direction == telephony.Inbound {
			require.NotEmpty(t, c.Steps)
			require.Equal(t, c.AnsweredAt == nil, c.IsLost)
		}
		if c.IsLost {
			lost++
			require.NotEmpty(t, c.LostReason)
		}
		if c.CalledBackAt != nil {
			back++
			require.True(t, c.IsLost)
			require.Equal(t, c.ContactPhone, ids[c.CalledBackID].ContactPhone)
			require.True(t, ids[c.CalledBackID].StartedAt.After(c.StartedAt))
		}
	}
	require.InDelta(t, .2, float64(lost)/float64(len(k.calls)), .12)
	require.Greater(t, back*3, lost)
	require.Less(t, back, lost)
}

func TestMP2_someTalksCanBeHeard(t *testing.T) {
	t.Parallel()
	k := generateCalls(t, 60_000, 1)
	require.Greater(t, len(k.told.Recordings), 20)
	calls := map[core.CallID]telephony.Call{}
	for _, c := range k.calls {
		calls[c.ID] = c
	}
	for _, r := range k.told.Recordings {
		file := k.files[r.Path]
		require.Len(t, file, int(r.Bytes))
		sound := telephony.NewSound(telephony.SoundFormat(file[:12]))
		_, err := io.Copy(sound, bytes.NewReader(file))
		require.NoError(t, err)
		require.True(t, sound.IsSound())
		require.Zero(t, sound.Missing())
		require.Equal(t, sound.Peaks(), r.Peaks)
		require.InDelta(t, calls[r.CallID].Talk, r.Duration, float64(longestTalk))
	}
}

// longestTalk is how long a recorded call may talk at most.
const longestTalk = 40 * time.Second

func TestAN1_dealsComeFromCallsToo(t *testing.T) {
	t.Parallel()
	k, without := generateCalls(t, 20_000, 1), keeper{}
	_, err := demo.Generate(t.Context(), plan(20_000, 1), without.target(), nil)
	require.NoError(t, err)
	require.Equal(t, len(without.Hits)/1000, len(k.Hits)/1000)
	require.Greater(t, len(k.crm.Contacts), len(without.crm.Contacts))
	calls := map[core.CommunicationID]bool{}
	for _, c := range k.calls {
		calls[core.CommunicationID(c.ID)] = true
	}
	named := 0
	for _, r := range k.crm.Records {
		if calls[r.Communication.ID] {
			named++
		}
	}
	require.NotZero(t, named, "the CRM names the calls some deals came from")
}
