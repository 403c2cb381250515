package telephony_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/telephony"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// script makes the events of a call, one second apart.
type script struct {
	at   time.Time
	list []telephony.Event
}

func begin() *script { return &script{at: noon} }

func (s *script) add(kind telephony.EventType, d telephony.Data) *script {
	n := int64(len(s.list) + 1)
	s.list = append(s.list, telephony.Event{ID: fmt.Sprintf("e%d", n), Type: kind, OccurredAt: s.at, CallID: "c", Seq: n, Data: d})
	s.at = s.at.Add(time.Second)
	return s
}

// after lets time pass.
func (s *script) after(d time.Duration) *script {
	s.at = s.at.Add(d)
	return s
}

func (s *script) inbound() *script {
	return s.add(telephony.CallStarted, telephony.Data{Direction: telephony.Inbound, DID: "74950000001", Caller: "79160000001"}).
		add(telephony.LegStarted, telephony.Data{LegID: "a", Role: telephony.RoleContact, Number: "79160000001"})
}

func (s *script) ring(leg, ext string) *script {
	return s.add(telephony.LegStarted, telephony.Data{LegID: leg, Role: telephony.RoleEmployee, EmployeeExt: ext}).add(telephony.LegRinging, telephony.Data{LegID: leg})
}

func (s *script) talk(leg, talk string) *script {
	return s.add(telephony.LegAnswered, telephony.Data{LegID: leg}).add(telephony.TalkStarted, telephony.Data{TalkID: talk, LegIDs: []string{"a", leg}})
}

func (s *script) talked(talk string) *script {
	return s.add(telephony.TalkEnded, telephony.Data{TalkID: talk})
}

func (s *script) end(leg string, reason telephony.Reason, by string) *script {
	return s.add(telephony.LegEnded, telephony.Data{LegID: leg, Reason: reason, By: by})
}

func (s *script) finish() *script {
	return s.add(telephony.CallFinished, telephony.Data{LastSeq: int64(len(s.list) + 1)})
}

func (s *script) fold() telephony.Folded { return telephony.Fold(s.list) }

// randomCall makes events as a PBX would not, in any order of kinds, with a few legs and talks.
func randomCall(r *rand.Rand, counted bool) []telephony.Event {
	kinds := []telephony.EventType{
		telephony.CallStarted, telephony.LegStarted, telephony.LegRinging, telephony.LegAnswered, telephony.LegHeld, telephony.LegUnheld, telephony.LegEnded,
		telephony.TalkStarted, telephony.TalkEnded, telephony.TransferStarted, telephony.TransferDone, telephony.TransferFailed, telephony.DTMFPressed, telephony.OpStarted,
		telephony.OpExited, telephony.RecordingStarted, telephony.RecordingReady, telephony.RecordingFailed, telephony.TagSet, telephony.TagRemoved, telephony.CallFinished,
		telephony.CallClosed, telephony.SnapshotTaken,
	}
	roles := []telephony.LegRole{telephony.RoleContact, telephony.RoleEmployee, telephony.RoleGroup, telephony.RoleOther, ""}
	var out []telephony.Event
	for n := range 3 + r.IntN(25) {
		kind := kinds[r.IntN(len(kinds))]
		leg, talk := fmt.Sprintf("l%d", r.IntN(4)), fmt.Sprintf("t%d", r.IntN(3))
		at := noon.Add(time.Duration(r.IntN(20)) * time.Second)
		e := telephony.Event{ID: fmt.Sprintf("e%d", n), Type: kind, OccurredAt: at, CallID: "c", Seq: int64(n + 1), Data: telephony.Data{
			Direction: []telephony.Direction{telephony.Inbound, telephony.Outbound, ""}[r.IntN(3)], LegID: leg, Role: roles[r.IntN(len(roles))], TalkID: talk,
			LegIDs: []string{leg, fmt.Sprintf("l%d", r.IntN(4))}, OpID: fmt.Sprintf("o%d", r.IntN(3)), RecordingID: fmt.Sprintf("r%d", r.IntN(2)), TagID: 7, Digits: "1",
			FromLeg: leg, Reason: telephony.ReasonNormal, DurationMS: int64(r.IntN(2) * 500),
		}}
		if kind == telephony.SnapshotTaken && r.IntN(2) == 0 {
			e.Data.EndedAt, e.Data.Legs = &at, []telephony.LegFact{{LegID: leg, Role: telephony.RoleEmployee, AnsweredAt: &at}}
			e.Data.Talks = []telephony.TalkFact{{TalkID: talk, StartedAt: &at}}
		}
		if kind == telephony.CallFinished {
			e.Data.LastSeq = int64(n + r.IntN(3))
		}
		if !counted || kind == telephony.TagSet || kind == telephony.CallClosed || kind == telephony.SnapshotTaken {
			e.Seq = 0
		}
		out = append(out, e)
	}
	return out
}

func TestCA3_anyOrderAndRepetitionFoldToTheSameCall(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		events := randomCall(r, seed%2 == 0)
		for n := 1; n <= len(events); n += 1 + r.IntN(4) { // of what has come so far, too
			want := telephony.Fold(events[:n])
			mixed := append([]telephony.Event{}, events[:n]...)
			for range r.IntN(6) {
				mixed = append(mixed, events[r.IntN(n)])
			}
			r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
			require.Equal(t, want, telephony.Fold(mixed), "seed %d, %d events", seed, n)
		}
	}
}

func TestFold_doesNotChangeItsEvents(t *testing.T) {
	t.Parallel()
	s := begin().inbound().ring("b", "101")
	s.list[0].OccurredAt = s.list[0].OccurredAt.In(time.FixedZone("", 3*3600))
	before := append([]telephony.Event{}, s.list...)
	_ = s.fold()
	require.Equal(t, before, s.list)
}

func TestCA3_whyACallWasLost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		call *script
		want telephony.LostReason
		wait time.Duration
	}{
		{"hung up in the menu", begin().inbound().end("a", telephony.ReasonNormal, "contact").finish(), telephony.LostHangupInMenu, 3 * time.Second},
		{
			"outside of working hours",
			begin().inbound().add(telephony.OpStarted, telephony.Data{OpID: "o", OpType: "schedule"}).add(telephony.OpExited, telephony.Data{OpID: "o", Exit: "closed"}).
				end("a", telephony.ReasonNormal, "system").finish(),
			telephony.LostOutOfSchedule, 5 * time.Second,
		},
		{"nobody answered", begin().inbound().ring("b", "101").end("b", telephony.ReasonNoAnswer, "system").end("a", telephony.ReasonNormal, "system").finish(), telephony.LostNoAnswer, 6 * time.Second},
		{"hung up while ringing", begin().inbound().ring("b", "101").end("a", telephony.ReasonCancelled, "contact").end("b", telephony.ReasonCancelled, "system").finish(), telephony.LostHangupRinging, 6 * time.Second},
		{
			"all busy", begin().inbound().ring("b", "101").end("b", telephony.ReasonBusy, "").ring("c", "102").end("c", telephony.ReasonBusy, "").end("a", telephony.ReasonNormal, "system").finish(),
			telephony.LostAllBusy, 9 * time.Second,
		},
		{"no phone was registered", begin().inbound().ring("b", "101").end("b", telephony.ReasonUnavailable, "").end("a", telephony.ReasonNormal, "system").finish(), telephony.LostUnavailable, 6 * time.Second},
		{
			"the PBX knows better", begin().inbound().ring("b", "101").add(telephony.CallFinished, telephony.Data{LastSeq: 5, Lost: true, LostReason: telephony.LostBlacklisted}),
			telephony.LostBlacklisted, 4 * time.Second,
		},
		{"its server was lost", closed(begin().inbound().ring("b", "101"), telephony.ReasonNodeLost), telephony.LostNodeLost, 3 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := c.call.fold()
			require.True(t, got.IsLost)
			require.Equal(t, c.want, got.LostReason)
			require.Equal(t, c.wait, got.Wait)
			require.Nil(t, got.AnsweredAt)
			require.Equal(t, telephony.StateFinished, got.State)
		})
	}
}

// closed closes a call ourselves, an hour later.
func closed(s *script, why telephony.Reason) *script {
	s.list = append(s.list, telephony.Event{ID: "closed", Type: telephony.CallClosed, OccurredAt: s.at.Add(time.Hour), CallID: "c", Data: telephony.Data{Reason: why}})
	return s
}

func TestCA3_whereACallStands(t *testing.T) {
	t.Parallel()
	ringing := func() *script { return begin().inbound().ring("b", "101") }
	talking := func() *script { return ringing().talk("b", "t1") }
	for _, c := range []struct {
		name string
		call *script
		want telephony.CallState
	}{
		{"begun", begin().inbound(), telephony.StateStarted},
		{"rings", ringing(), telephony.StateRinging},
		{"talking", talking(), telephony.StateTalking},
		{"held", talking().add(telephony.LegHeld, telephony.Data{LegID: "b"}), telephony.StateHeld},
		{"no longer held", talking().add(telephony.LegHeld, telephony.Data{LegID: "b"}).add(telephony.LegUnheld, telephony.Data{LegID: "b"}), telephony.StateTalking},
		{"between talks", talking().talked("t1").end("b", telephony.ReasonTransferred, ""), telephony.StateStarted},
		{"over", talking().finish(), telephony.StateFinished},
		{"told of anew after we closed it", talkingAgain(closed(ringing(), telephony.ReasonNoEvents)), telephony.StateTalking},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, c.call.fold().State)
		})
	}
}

func talkingAgain(s *script) *script { return s.after(2*time.Hour).talk("b", "t1") }

func TestMP2_manyTalksHaveManyRecordings(t *testing.T) {
	t.Parallel()
	s := begin().inbound().ring("b", "101").talk("b", "t1").add(telephony.TransferStarted, telephony.Data{Mode: "blind", FromLeg: "b", To: "102"}).
		talked("t1").end("b", telephony.ReasonTransferred, "employee").ring("c", "102").talk("c", "t2").
		add(telephony.TransferDone, telephony.Data{FromLeg: "b", NewLeg: "c"}).talked("t2").end("c", telephony.ReasonNormal, "").end("a", telephony.ReasonNormal, "").finish().
		add(telephony.RecordingReady, telephony.Data{RecordingID: "r1", TalkID: "t1", URL: "https://pbx.example/1", DurationMS: 1500}).
		add(telephony.RecordingReady, telephony.Data{RecordingID: "r2", TalkID: "t2", URL: "https://pbx.example/2"})
	got := s.fold()
	require.Len(t, got.Talks, 2)
	require.Equal(t, []int{1, 2}, []int{got.Talks[0].N, got.Talks[1].N})
	require.Len(t, got.Recordings, 2)
	require.Equal(t, 1500*time.Millisecond, got.Recordings[0].Duration)
	require.Equal(t, got.Talks[0].Duration+got.Talks[1].Duration, got.Talked)
	require.Equal(t, "done", got.Transfers[0].State)
	require.Equal(t, "c", got.Transfers[0].NewLeg)
	require.Zero(t, got.Late, "recordings come after the end")
	require.False(t, got.IsLost)
}

func TestCA3_whatComesAfterTheEndChangesNothing(t *testing.T) {
	t.Parallel()
	s := begin().inbound().finish()
	want := s.fold()
	got := s.ring("b", "101").talk("b", "t1").fold()
	require.Equal(t, 4, got.Late)
	require.Equal(t, want.Legs, got.Legs)
	require.Equal(t, want.Talks, got.Talks)
	require.True(t, got.IsLost)
}

func TestCA3_aSnapshotFillsWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := begin().inbound().ring("b", "101").talk("b", "t1").talked("t1").end("b", telephony.ReasonNormal, "").finish()
	whole := s.fold()
	require.Zero(t, whole.MissingSeqs)
	var kept []telephony.Event
	for _, e := range s.list {
		if e.Type != telephony.LegAnswered && e.Type != telephony.TalkStarted && e.Type != telephony.TalkEnded {
			kept = append(kept, e)
		}
	}
	gap := telephony.Fold(kept)
	require.Equal(t, 3, gap.MissingSeqs)
	require.True(t, gap.IsLost, "nobody told of the talk")
	data := telephony.Data{LastSeq: int64(len(s.list)), StartedAt: &whole.StartedAt, EndedAt: whole.EndedAt}
	for _, l := range whole.Legs {
		data.Legs = append(data.Legs, telephony.LegFact{LegID: l.ID, Role: l.Role, StartedAt: l.StartedAt, RangAt: l.RangAt, AnsweredAt: l.AnsweredAt, EndedAt: l.EndedAt, Reason: l.Reason})
	}
	for _, t := range whole.Talks {
		data.Talks = append(data.Talks, telephony.TalkFact{TalkID: t.ID, N: t.N, LegIDs: t.LegIDs, StartedAt: t.StartedAt, EndedAt: t.EndedAt, DurationMS: t.Duration.Milliseconds()})
	}
	got := telephony.Fold(append(kept, telephony.Event{ID: "s", Type: telephony.SnapshotTaken, OccurredAt: s.at, CallID: "c", Data: data}))
	require.Zero(t, got.MissingSeqs)
	require.False(t, got.IsLost)
	require.Equal(t, whole.Talks, got.Talks)
	require.Equal(t, whole.AnsweredAt, got.AnsweredAt)
	require.Equal(t, whole.Talked, got.Talked)
}

func TestCA3_aSenderThatTellsOfWholeCallsOnly(t *testing.T) {
	t.Parallel()
	talk, wait, answered := int64(30_000), int64(4_000), noon.Add(4*time.Second)
	s := begin().inbound().add(telephony.CallFinished, telephony.Data{AnsweredAt: &answered, TalkMS: &talk, WaitMS: &wait})
	got := s.fold()
	require.False(t, got.IsLost)
	require.Equal(t, 30*time.Second, got.Talked)
	require.Equal(t, 4*time.Second, got.Wait)
	require.Equal(t, &answered, got.AnsweredAt)
}
