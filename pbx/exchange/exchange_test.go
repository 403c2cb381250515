package exchange_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/pbx/exchange"
)

const patience = 10 * time.Second

// office is a provider that only listens.
type office struct {
	*exchange.Desk
	kit *emulation.Kit

	mu    sync.Mutex
	board *exchange.Board
	post  *exchange.Courier
	heard []string
}

func open(t *testing.T) *office {
	t.Helper()
	o := &office{kit: emulation.NewKit()}
	o.board = exchange.New(o.kit.Clock, &o.mu, 1)
	o.board.Hear = func(e exchange.Event) {
		text := string(e.Kind)
		if e.Leg != nil {
			text += " " + e.Leg.Number
		}
		o.heard = append(o.heard, text)
	}
	o.post = exchange.NewCourier(o.kit, &o.mu)
	o.Desk = exchange.NewDesk(func(do func(*exchange.Board, *exchange.Courier)) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.board.Settle()
		do(o.board, o.post)
	})
	t.Cleanup(func() {
		o.mu.Lock()
		o.board.End()
		o.post.End()
		o.mu.Unlock()
		o.board.Wait()
		o.post.Wait()
		o.kit.Close()
	})
	return o
}

// inbound begins a call of 900 to telephones.
func (o *office) inbound(parallel bool, numbers ...string) int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	step := exchange.Step{Role: exchange.Employee, Parallel: parallel}
	for _, n := range numbers {
		step.Targets = append(step.Targets, exchange.Target{Number: n, Ring: 20 * time.Second})
	}
	return o.board.Start(&exchange.Call{Direction: exchange.In, Virtual: "700", Contact: "900"}, step).ID
}

func (o *office) rule(t *testing.T, number string, r exchange.Rule) {
	t.Helper()
	require.NoError(t, o.SetLine(number, r))
}

func TestBoard_WhoAnswers(t *testing.T) {
	t.Parallel()
	const second = time.Second
	answers := exchange.Rule{Kind: exchange.Answers, After: 5 * second}
	cases := []struct {
		rule     string
		parallel bool
		a, b     exchange.Rule
		talks    int
		reasons  []exchange.Reason // of the telephones that rang, in order
	}{
		{"the first to answer, of all at once", true, answers, exchange.Rule{Kind: exchange.Answers, After: 6 * second}, 1, []exchange.Reason{"", exchange.ReasonElsewhere}},
		{"the second when the first is busy", false, exchange.Rule{Kind: exchange.IsBusy}, answers, 1, []exchange.Reason{exchange.ReasonBusy, ""}},
		{"the second when the first does not answer", false, exchange.Rule{Kind: exchange.NoAnswer}, answers, 1, []exchange.Reason{exchange.ReasonNoAnswer, ""}},
		{"who answers too late does not", false, exchange.Rule{Kind: exchange.Answers, After: 21 * second}, answers, 1, []exchange.Reason{exchange.ReasonNoAnswer, ""}},
		{"nobody who is connected", true, exchange.Rule{Kind: exchange.Unavailable}, exchange.Rule{Kind: exchange.Unavailable}, 0, []exchange.Reason{exchange.ReasonUnavailable, exchange.ReasonUnavailable}},
		{"nobody at all", false, exchange.Rule{}, exchange.Rule{}, 0, []exchange.Reason{exchange.ReasonNoAnswer, exchange.ReasonNoAnswer}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			o.rule(t, "101", c.a)
			o.rule(t, "102", c.b)
			id := o.inbound(c.parallel, "101", "102")
			o.kit.Clock.Advance(time.Hour)
			call, ok := o.Call(id)
			require.True(t, ok)
			require.Len(t, call.Talks, c.talks)
			require.Equal(t, c.talks == 0, call.Lost())
			var reasons []exchange.Reason
			for _, l := range call.Legs[1:] {
				reasons = append(reasons, l.Reason)
			}
			require.Equal(t, c.reasons, reasons)
		})
	}
}

func TestBoard_ATelephoneInACallIsBusy(t *testing.T) {
	t.Parallel()
	o := open(t)
	first := o.inbound(true, "101")
	second := o.inbound(true, "101")
	require.NoError(t, o.Answer(first, "101"))
	call, _ := o.Call(second)
	require.True(t, call.Lost())
	require.Equal(t, exchange.ReasonBusy, call.Reason)
	require.ErrorIs(t, o.Answer(second, ""), exchange.ErrState)
	require.ErrorIs(t, o.Answer(77, ""), exchange.ErrNoCall)
}

func TestBoard_ThingsHappenInTheOrderOfTimeHoweverFarTheClockGoes(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.board.RecordDelay = 3 * time.Second
	o.rule(t, "101", exchange.Rule{Kind: exchange.Answers, After: 2 * time.Second, Talk: 10 * time.Second})
	id := o.inbound(true, "101")
	require.NoError(t, o.setRecording(id))
	o.kit.Clock.Advance(24 * time.Hour)
	call, _ := o.Call(id)
	require.Equal(t, 10*time.Second, call.TalkTime())
	require.WithinDuration(t, call.StartedAt.Add(12*time.Second), call.EndedAt, time.Second)
	require.Equal(t, []string{
		"call_started", "leg_answered 900", "leg_ringing 101", "leg_answered 101", "talk_started 101", "record_started 101", "talk_ended 101",
		"leg_ended 900", "leg_ended 101", "call_finished", "record_ready 101",
	}, o.told())
}

func (o *office) setRecording(id int64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.board.Record(o.board.Call(id), true)
}

func (o *office) told() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.heard...)
}

func TestBoard_ThingsHappenByThemselves(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.rule(t, "*", exchange.Rule{Kind: exchange.Answers, After: time.Millisecond, Talk: time.Millisecond})
	o.inbound(true, "101")
	testkit.Eventually(t, patience, func() bool { return slices.Contains(o.told(), "call_finished") }, "the telephone answers, talks and hangs up")
}

func TestBoard_RulesAreChecked(t *testing.T) {
	t.Parallel()
	o := open(t)
	require.ErrorContains(t, o.SetLine("101", exchange.Rule{Kind: "sings"}), "known")
	require.Error(t, o.SetLine("101", exchange.Rule{After: -1}))
}

func TestCourier_GoesOnAfterARefusal(t *testing.T) {
	t.Parallel()
	var got []string
	var mu sync.Mutex
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		got = append(got, string(body))
		if string(body) == "a" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer web.Close()
	o := open(t)
	o.mu.Lock()
	for _, body := range []string{"a", "b"} {
		o.post.Send(exchange.Parcel{Name: body, Method: http.MethodPost, URL: web.URL, Body: body})
	}
	o.post.Send(exchange.Parcel{Method: http.MethodPost, URL: "http://127.0.0.1:1/"})
	o.mu.Unlock()
	states := func() (out []exchange.DeliveryState) {
		for _, d := range o.Deliveries() {
			out = append(out, d.State)
		}
		return out
	}
	testkit.Eventually(t, patience, func() bool { s := states(); return s[2] != exchange.Waiting }, "all are carried")
	require.Equal(t, []exchange.DeliveryState{exchange.Refused, exchange.Delivered, exchange.Refused}, states())
	require.Equal(t, []string{"a", "b"}, got)
}

func TestWAV_IsAsLongAsTheTalk(t *testing.T) {
	t.Parallel()
	require.Len(t, exchange.WAV(2*time.Second), 44+2*32000)
	require.Len(t, exchange.WAV(-1), 44)
	require.Len(t, exchange.WAV(time.Hour), 44+60*32000)
}
