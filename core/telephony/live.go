package telephony

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Fresh is how old a ring may be when it is first shown: nobody is helped by the card of a call that has been ringing elsewhere for long.
const Fresh = 15 * time.Second

// monitorPace is how often a monitor is sent a new list at most.
const monitorPace = 250 * time.Millisecond

// PopUpPhase is where a ring stands.
type PopUpPhase string

// The phases of a card.
const (
	PopUpRinging  PopUpPhase = "ringing"
	PopUpAnswered PopUpPhase = "answered"
	PopUpEnded    PopUpPhase = "ended" // answered elsewhere, declined, hung up
	PopUpLost     PopUpPhase = "lost"
)

// PopUp is the card of a ring at one employee, or of a lost call at one who was rung.
type PopUp struct {
	// ID is the same for all phases of a ring: whoever connects anew is told of it again under the same id.
	ID         string
	Phase      PopUpPhase
	EmployeeID core.EmployeeID
	// At is when the ring began, or the call was lost.
	At   time.Time
	Call *Call
}

// PopUps returns the cards a call has for an employee, oldest first: one for each leg that rang, and one when the call was lost.
func PopUps(c *Call, employee core.EmployeeID) []PopUp {
	var out []PopUp
	for i := range c.Legs {
		l := &c.Legs[i]
		if l.EmployeeID != employee || l.RangAt == nil {
			continue
		}
		p := PopUp{ID: c.ID.String() + ":" + l.ID, Phase: PopUpRinging, EmployeeID: employee, At: *l.RangAt, Call: c}
		switch {
		case l.AnsweredAt != nil && l.EndedAt == nil:
			p.Phase = PopUpAnswered
		case l.EndedAt != nil:
			p.Phase = PopUpEnded
		}
		out = append(out, p)
	}
	if len(out) > 0 && c.IsLost && c.EndedAt != nil {
		out = append(out, PopUp{ID: c.ID.String() + ":lost", Phase: PopUpLost, EmployeeID: employee, At: *c.EndedAt, Call: c})
	}
	return out
}

// LiveCalls reads calls for those who watch.
type LiveCalls interface {
	Call(ctx context.Context, account core.AccountID, id core.CallID) (Call, error)
	// ActiveCalls returns the calls that have not finished, oldest first, at most 1000.
	ActiveCalls(ctx context.Context, account core.AccountID) ([]Call, error)
}

// LiveConfig is what a Live is made of.
type LiveConfig struct {
	Calls   LiveCalls
	Changes Changes
	Clock   core.Clock
	Log     *slog.Logger
}

// Live passes what happens to calls on to those who watch: one reading of a call serves all of them. It is safe for concurrent use.
type Live struct {
	cfg  LiveConfig
	stop func()

	mu sync.Mutex
	// popUps are the watchers of employees' cards, monitors those of an account.
	popUps   map[core.AccountID]*watched
	monitors map[core.AccountID]map[*watcher]struct{}
	// toRead are calls that changed and are not read yet; words wakes their reader.
	toRead map[changedCall]struct{}
	words  chan struct{}
	// isBehind: changes may have been missed.
	isBehind bool
}

// watched is an account somebody watches pop-ups of.
type watched struct {
	employees map[core.EmployeeID]map[*watcher]struct{}
	// open are the calls that were passed on and have not finished.
	open map[core.CallID]struct{}
}

type changedCall struct {
	account core.AccountID
	call    core.CallID
}

// watcher waits for calls; of each only the newest state is kept for it.
type watcher struct {
	mu    sync.Mutex
	calls map[core.CallID]*Call
	word  chan struct{}
}

func newWatcher() *watcher {
	return &watcher{calls: map[core.CallID]*Call{}, word: make(chan struct{}, 1)}
}

func (w *watcher) put(c *Call) {
	w.mu.Lock()
	if old := w.calls[c.ID]; old == nil || old.Version <= c.Version {
		w.calls[c.ID] = c
	}
	w.mu.Unlock()
	w.wake()
}

func (w *watcher) wake() {
	select {
	case w.word <- struct{}{}:
	default: // a word is waiting already
	}
}

func (w *watcher) take() []*Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]*Call, 0, len(w.calls))
	for _, c := range w.calls {
		out = append(out, c)
	}
	clear(w.calls)
	slices.SortFunc(out, func(a, b *Call) int { return a.StartedAt.Compare(b.StartedAt) })
	return out
}

// NewLive returns what passes changes on; Run must be running for it to do so.
func NewLive(cfg LiveConfig) *Live {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	l := &Live{
		cfg: cfg, popUps: map[core.AccountID]*watched{}, monitors: map[core.AccountID]map[*watcher]struct{}{},
		toRead: map[changedCall]struct{}{}, words: make(chan struct{}, 1),
	}
	l.stop = cfg.Changes.Listen(l.changed)
	return l
}

// changed never blocks: whoever publishes goes on at once.
func (l *Live) changed(c Change) {
	l.mu.Lock()
	switch c.Topic {
	case TopicAll:
		l.isBehind = true
		for _, monitors := range l.monitors {
			wakeAll(monitors)
		}
	case TopicCall:
		if l.popUps[c.AccountID] != nil {
			l.toRead[changedCall{c.AccountID, c.CallID}] = struct{}{}
		}
	}
	wakeAll(l.monitors[c.AccountID])
	l.mu.Unlock()
	select {
	case l.words <- struct{}{}:
	default:
	}
}

func wakeAll(watchers map[*watcher]struct{}) {
	for w := range watchers {
		w.wake()
	}
}

// readers is how many calls are read at once.
const readers = 4

// Run reads calls that changed and passes them on, until ctx ends.
func (l *Live) Run(ctx context.Context) {
	defer l.stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.words:
		}
		l.catchUp(ctx)
		due := l.due()
		if len(due) == 0 {
			continue
		}
		var reading sync.WaitGroup
		for part := range slices.Chunk(due, (len(due)+readers-1)/readers) {
			reading.Go(func() {
				for _, c := range part {
					l.pass(ctx, c)
				}
			})
		}
		reading.Wait()
	}
}

// due returns the changed calls of accounts somebody watches pop-ups of.
func (l *Live) due() []changedCall {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]changedCall, 0, len(l.toRead))
	for c := range l.toRead {
		out = append(out, c)
	}
	clear(l.toRead)
	return out
}

// catchUp passes on what may have been missed: calls that began, and what became of those that were passed on before.
func (l *Live) catchUp(ctx context.Context) {
	l.mu.Lock()
	isBehind := l.isBehind
	l.isBehind = false
	var accounts []core.AccountID
	if isBehind {
		for account, w := range l.popUps {
			accounts = append(accounts, account)
			for call := range w.open {
				l.toRead[changedCall{account, call}] = struct{}{}
			}
		}
	}
	l.mu.Unlock()
	for _, account := range accounts {
		active, err := l.cfg.Calls.ActiveCalls(ctx, account)
		if err != nil {
			l.warn(ctx, err)
			continue
		}
		for i := range active {
			l.hand(&active[i])
		}
	}
}

func (l *Live) warn(ctx context.Context, err error) {
	if ctx.Err() == nil && core.KindOf(err) != core.KindNotFound {
		l.cfg.Log.WarnContext(ctx, "a call that changed can't be read", "error", err)
	}
}

func (l *Live) pass(ctx context.Context, changed changedCall) {
	c, err := l.cfg.Calls.Call(ctx, changed.account, changed.call)
	if err != nil {
		l.warn(ctx, err)
		return
	}
	l.hand(&c)
}

// hand gives a call to those who watch the employees it rings.
func (l *Live) hand(c *Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.popUps[c.AccountID]
	if w == nil {
		return
	}
	if c.IsActive() {
		w.open[c.ID] = struct{}{}
	} else {
		delete(w.open, c.ID)
	}
	for i := range c.Legs {
		for watcher := range w.employees[c.Legs[i].EmployeeID] {
			watcher.put(c)
		}
	}
}

// WatchPopUps sends the cards of an employee as their calls ring, are answered and end, those that ring now first, until ctx ends; the channel is then closed. A
// ring is told once in each phase it is seen in; one that has rung for longer than Fresh before it is first seen is not told at all.
func (l *Live) WatchPopUps(ctx context.Context, account core.AccountID, employee core.EmployeeID) (<-chan PopUp, error) {
	w := newWatcher()
	forget := l.addPopUps(account, employee, w)
	active, err := l.cfg.Calls.ActiveCalls(ctx, account)
	if err != nil {
		forget()
		return nil, err
	}
	for i := range active {
		w.put(&active[i])
	}
	out := make(chan PopUp)
	go func() {
		defer close(out)
		defer forget()
		l.sendPopUps(ctx, w, employee, out)
	}()
	return out, nil
}

func (l *Live) addPopUps(account core.AccountID, employee core.EmployeeID, w *watcher) (forget func()) {
	l.add(func() {
		of := l.popUps[account]
		if of == nil {
			of = &watched{employees: map[core.EmployeeID]map[*watcher]struct{}{}, open: map[core.CallID]struct{}{}}
			l.popUps[account] = of
		}
		of.employees[employee] = with(of.employees[employee], w)
	})
	return func() {
		l.add(func() {
			of := l.popUps[account]
			if delete(of.employees[employee], w); len(of.employees[employee]) == 0 {
				delete(of.employees, employee)
			}
			if len(of.employees) == 0 {
				delete(l.popUps, account)
			}
		})
	}
}

func (l *Live) add(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
}

func with(set map[*watcher]struct{}, w *watcher) map[*watcher]struct{} {
	if set == nil {
		set = map[*watcher]struct{}{}
	}
	set[w] = struct{}{}
	return set
}

func (l *Live) sendPopUps(ctx context.Context, w *watcher, employee core.EmployeeID, out chan<- PopUp) {
	told := newTold(l.cfg.Clock)
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.word:
		}
		for _, c := range w.take() {
			for _, p := range told.news(c, employee) {
				select {
				case out <- p:
				case <-ctx.Done():
					return
				}
			}
		}
	}
}

// told remembers what a watcher has been told.
type told struct {
	clock  core.Clock
	phases map[string]PopUpPhase
	calls  map[core.CallID]time.Time
}

func newTold(clock core.Clock) *told {
	return &told{clock: clock, phases: map[string]PopUpPhase{}, calls: map[core.CallID]time.Time{}}
}

// phaseOrder keeps a card from going back.
var phaseOrder = map[PopUpPhase]int{"": 0, PopUpRinging: 1, PopUpAnswered: 2, PopUpEnded: 3, PopUpLost: 4}

// stale stands for a ring that was seen too late.
const stale PopUpPhase = "stale"

// news returns the cards that are new or have come on.
func (t *told) news(c *Call, employee core.EmployeeID) []PopUp {
	now := t.clock.Now()
	var out []PopUp
	for _, p := range PopUps(c, employee) {
		before, seen := t.phases[p.ID]
		switch {
		case before == stale, phaseOrder[p.Phase] <= phaseOrder[before]:
			continue
		case !seen && now.Sub(p.At) > Fresh:
			t.phases[p.ID] = stale
			continue
		case !seen && p.Phase == PopUpEnded: // it is over before anybody could see it
			t.phases[p.ID] = p.Phase
			continue
		}
		t.phases[p.ID] = p.Phase
		out = append(out, p)
	}
	t.forget(c, now)
	return out
}

// forget drops what was told of calls that ended a while ago.
func (t *told) forget(c *Call, now time.Time) {
	t.calls[c.ID] = now
	if len(t.calls) < 1000 {
		return
	}
	for id, at := range t.calls {
		if now.Sub(at) > time.Hour {
			delete(t.calls, id)
			for card := range t.phases {
				if len(card) > len(id.String()) && card[:len(id.String())+1] == id.String()+":" {
					delete(t.phases, card)
				}
			}
		}
	}
}

// Watch calls read at once and then after each change in the account, several changes making one call, at most every quarter of a second, and sends what
// it returns until ctx ends; the channel is then closed. A reading that fails is passed over; only the first one's error is returned.
func Watch[T any](ctx context.Context, l *Live, account core.AccountID, read func(context.Context) (T, error)) (<-chan T, error) {
	w := newWatcher()
	l.add(func() { l.monitors[account] = with(l.monitors[account], w) })
	forget := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.monitors[account], w)
		if len(l.monitors[account]) == 0 {
			delete(l.monitors, account)
		}
	}
	now, err := read(ctx)
	if err != nil {
		forget()
		return nil, err
	}
	out := make(chan T)
	go func() {
		defer close(out)
		defer forget()
		sendReadings(ctx, w, now, read, out)
	}()
	return out, nil
}

func sendReadings[T any](ctx context.Context, w *watcher, now T, read func(context.Context) (T, error), out chan<- T) {
	for {
		select {
		case out <- now:
		case <-ctx.Done():
			return
		}
		if !rest(ctx) {
			return
		}
		for fresh := false; !fresh; {
			select {
			case <-w.word:
			case <-ctx.Done():
				return
			}
			next, err := read(ctx)
			if fresh = err == nil; fresh {
				now = next
			}
		}
	}
}

func rest(ctx context.Context) bool {
	timer := time.NewTimer(monitorPace)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// WatchActive sends the calls that have not finished, at once and after each change.
func (l *Live) WatchActive(ctx context.Context, account core.AccountID) (<-chan []Call, error) {
	return Watch(ctx, l, account, func(ctx context.Context) ([]Call, error) { return l.cfg.Calls.ActiveCalls(ctx, account) })
}
