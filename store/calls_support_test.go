package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/phonenum"
	"github.com/skvoz/skvoz/internal/secretbox"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// callWorld is an account with a site, a number and a PBX.
type callWorld struct {
	*storetest.World
	t          *testing.T
	account    core.AccountID
	site       sites.Site
	calls      *store.CallStore
	connection telephony.Connection
	number     calltracking.VirtualNumber
	people     *people
	driver     *fakeDriver
	folder     *telephony.Folder
}

// people are the employees by all they may be known by.
type people struct{ byNumber map[string]employees.Employee }

func (p *people) ByNumber(_ context.Context, _ core.AccountID, numbers []string) (map[string]employees.Employee, error) {
	out := map[string]employees.Employee{}
	for _, n := range numbers {
		if e, ok := p.byNumber[n]; ok {
			out[n] = e
		}
	}
	return out, nil
}

func (p *people) ByID(_ context.Context, _ core.AccountID, ids []core.EmployeeID) (map[core.EmployeeID]employees.Employee, error) {
	out := map[core.EmployeeID]employees.Employee{}
	for _, e := range p.byNumber {
		for _, id := range ids {
			if e.ID == id {
				out[id] = e
			}
		}
	}
	return out, nil
}

func testBox(t testing.TB) *secretbox.Box {
	t.Helper()
	key, err := secretbox.ParseKey(strings.Repeat("ab", 32))
	require.NoError(t, err)
	box, err := secretbox.New(key)
	require.NoError(t, err)
	return box
}

// readPhone is how the server reads numbers.
func readPhone(raw string) (core.Phone, bool) {
	digits, ok := phonenum.Normalize(raw, "")
	return core.Phone(digits), ok
}

func newCallWorld(t *testing.T, db *store.DB) *callWorld {
	t.Helper()
	w := &callWorld{World: storetest.NewWorld(t, db), t: t, calls: db.CallStore(testBox(t)), driver: &fakeDriver{}}
	w.account = w.Account()
	w.site = w.Site(w.account)
	w.people = &people{map[string]employees.Employee{"101": {ID: 1}, "102": {ID: 2}, "79160000003": {ID: 3}}}
	var err error
	w.connection, err = w.calls.CreateConnection(t.Context(), telephony.Connection{
		AccountID: w.account, Kind: telephony.KindCTPBX, Name: "PBX", IsEnabled: true, IsSigned: true,
	}, telephony.Secrets{telephony.SecretSigning: "whsec_c2VjcmV0"}, "", 100)
	require.NoError(t, err)
	w.number = w.addNumber("74950000001")
	w.folder = w.newFolder(db)
	return w
}

func (w *callWorld) newFolder(db *store.DB) *telephony.Folder {
	return telephony.NewFolder(telephony.FolderConfig{
		Store: db.CallStore(testBox(w.t)), People: w.people, Drivers: map[telephony.ConnectionKind]telephony.Driver{telephony.KindCTPBX: w.driver}, ReadPhone: readPhone,
		Clock: db.Clock, Log: slog.New(slog.DiscardHandler),
	})
}

func (w *callWorld) addNumber(digits core.Phone) calltracking.VirtualNumber {
	w.t.Helper()
	list, err := w.DB.CreateNumbers(w.t.Context(), w.account, []calltracking.VirtualNumber{
		{AccountID: w.account, Number: digits, SiteID: w.site.ID, Usage: calltracking.UsageStatic, State: calltracking.StateActive},
	}, 100)
	require.NoError(w.t, err)
	return list[0]
}

// send receives events.
func (w *callWorld) send(events ...telephony.Event) telephony.Received {
	w.t.Helper()
	got, err := w.calls.AddEvents(w.t.Context(), w.connection, w.DB.Clock.Now(), events)
	require.NoError(w.t, err)
	return got
}

// fold folds all that is due.
func (w *callWorld) fold() {
	w.t.Helper()
	_, err := w.folder.FoldBatch(w.t.Context())
	require.NoError(w.t, err)
}

// call reads a call by the PBX's id.
func (w *callWorld) call(pbxID string) telephony.Call {
	w.t.Helper()
	c, err := w.calls.CallByPBX(w.t.Context(), telephony.CallRef{AccountID: w.account, ConnectionID: w.connection.ID, PBXCallID: pbxID})
	require.NoError(w.t, err)
	return c
}

// foldAt folds what is due at a moment.
func (w *callWorld) foldAt(at time.Time) {
	w.t.Helper()
	w.folder.Clock = fixedClock(at)
	w.fold()
}

// fixedClock stands still.
type fixedClock time.Time

func (c fixedClock) Now() time.Time { return time.Time(c) }

// marks counts the calls that wait to be folded.
func (w *callWorld) marks() (n int64) {
	w.t.Helper()
	require.NoError(w.t, w.DB.Gorm().Raw(`SELECT COUNT(*) FROM (SELECT DISTINCT connection_id, call_id FROM calls_to_fold) d`).Scan(&n).Error)
	return n
}

// watched is what watchers were told.
type watched struct {
	mu   sync.Mutex
	list []telephony.Change
}

// watch listens to changes until the test ends.
func (w *callWorld) watch() *watched {
	w.t.Helper()
	live, seen := w.DB.LiveChanges(), &watched{}
	ctx, stop := context.WithCancel(context.WithoutCancel(w.t.Context()))
	done := make(chan struct{})
	go func() { defer close(done); live.Run(ctx) }()
	w.t.Cleanup(func() { stop(); <-done })
	live.Listen(func(c telephony.Change) {
		seen.mu.Lock()
		defer seen.mu.Unlock()
		seen.list = append(seen.list, c)
	})
	<-live.Ready()
	return seen
}

// all returns what was told so far.
func (s *watched) all() []telephony.Change {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

// requireGrowth: no version of a call is told twice.
func (s *watched) requireGrowth(t *testing.T) {
	t.Helper()
	seen := map[core.CallID]map[int64]bool{}
	for _, c := range s.all() {
		if c.Topic != telephony.TopicCall {
			continue
		}
		if seen[c.CallID] == nil {
			seen[c.CallID] = map[int64]bool{}
		}
		require.False(t, seen[c.CallID][c.Version], "version %d of call %d is told twice", c.Version, c.CallID)
		seen[c.CallID][c.Version] = true
	}
}

// fakeDriver answers what it is told to.
type fakeDriver struct {
	telephony.Driver
	call   func(id string) (telephony.Snapshot, error)
	active func() ([]telephony.Snapshot, error)
}

func (*fakeDriver) Capabilities() telephony.Capabilities {
	return telephony.Capabilities{Snapshots: true}
}

func (d *fakeDriver) Call(_ context.Context, _ telephony.Endpoint, id string) (telephony.Snapshot, error) {
	return d.call(id)
}

func (d *fakeDriver) Active(context.Context, telephony.Endpoint) ([]telephony.Snapshot, error) {
	return d.active()
}

// script makes the events of a call, one second apart.
type script struct {
	id    string
	at    time.Time
	seq   int64
	list  []telephony.Event
	quiet bool // events are not counted
}

func newScript(id string, at time.Time) *script { return &script{id: id, at: at} }

func (s *script) add(kind telephony.EventType, d telephony.Data) *script {
	s.seq++
	e := telephony.Event{ID: fmt.Sprintf("%s-%d", s.id, s.seq), Type: kind, OccurredAt: s.at, CallID: s.id, Seq: s.seq, Data: d}
	if s.quiet {
		e.Seq = 0
	}
	s.list = append(s.list, e)
	s.at = s.at.Add(time.Second)
	return s
}

func (s *script) start(did, caller string) *script {
	return s.add(telephony.CallStarted, telephony.Data{Direction: telephony.Inbound, DID: did, Caller: caller, Initiator: "trunk"}).
		add(telephony.LegStarted, telephony.Data{LegID: "a", Role: telephony.RoleContact, Number: caller})
}

func (s *script) ring(leg, ext string) *script {
	return s.add(telephony.LegStarted, telephony.Data{LegID: leg, Role: telephony.RoleEmployee, EmployeeExt: ext}).add(telephony.LegRinging, telephony.Data{LegID: leg})
}

func (s *script) talk(leg, talk string) *script {
	return s.add(telephony.LegAnswered, telephony.Data{LegID: leg}).add(telephony.TalkStarted, telephony.Data{TalkID: talk, LegIDs: []string{"a", leg}})
}

func (s *script) end(leg string, reason telephony.Reason) *script {
	return s.add(telephony.LegEnded, telephony.Data{LegID: leg, Reason: reason})
}

func (s *script) finish() *script {
	return s.add(telephony.CallFinished, telephony.Data{LastSeq: s.seq + 1})
}

// answered is a whole call of so many events that employee 101 talked in.
func answered(id string, at time.Time, did, caller string) []telephony.Event {
	s := newScript(id, at).start(did, caller).ring("b", "101").talk("b", "t1")
	s.add(telephony.TalkEnded, telephony.Data{TalkID: "t1", DurationMS: 1000})
	return s.end("b", telephony.ReasonNormal).end("a", telephony.ReasonNormal).finish().list
}

// unanswered is a whole call nobody answered.
func unanswered(id string, at time.Time, did, caller string) []telephony.Event {
	return newScript(id, at).start(did, caller).ring("b", "101").end("b", telephony.ReasonNoAnswer).end("a", telephony.ReasonNormal).finish().list
}
