package scenarios

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

// Random draws a number from 0 to n−1.
type Random func(n int) int

// EngineConfig is what an Engine works with.
type EngineConfig struct {
	Runs      RunStore
	Scenarios ScenarioStore
	Blocked   Blocklist
	People    People
	Numbers   Numbers
	Presence  Presence
	Managers  Managers
	Servers   Servers
	// ReadPhone normalises a caller's number to digits with country code; ok is false for what is none.
	ReadPhone func(raw string) (core.Phone, bool)
	Random    Random
	Clock     core.Clock
	Log       *slog.Logger
	// Media turns a sound of the account's, "media:<id>", into what PBXs can fetch; nil = they know it by that name.
	Media func(account core.AccountID, media string) string
	// Saved is told that events of operations were stored and are to be folded; it must not block. Nil = nobody is.
	Saved func()
	// Patience is how long an answer to a PBX may be waited for, zero = 1.8 s: the PBX itself waits three seconds.
	Patience time.Duration
}

// Engine leads calls through scenarios. It is safe for concurrent use, by several replicas on one database, too.
type Engine struct {
	cfg EngineConfig

	mu sync.Mutex
	// questions are those asked to CRMs and servers for calls that wait for the answer.
	questions map[questionKey]*question
	answers   map[cacheKey]cachedManager
}

var _ telephony.Router = (*Engine)(nil)

// NewEngine returns an engine.
func NewEngine(cfg EngineConfig) *Engine {
	if cfg.Patience == 0 {
		cfg.Patience = 1800 * time.Millisecond
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Engine{cfg: cfg, questions: map[questionKey]*question{}, answers: map[cacheKey]cachedManager{}}
}

// maxTries is how often a replica tries again when another one went on with the call at the same moment.
const maxTries = 5

// Route implements telephony.Router. It answers within the deadline of the contract, whatever CRMs and servers do. A call to a number that is none of the
// account's, or has no scenario, is told to hang up with code 404. KindConflict when other replicas went on with the call again and again.
func (e *Engine) Route(ctx context.Context, c telephony.Connection, r telephony.RouteRequest) ([]byte, error) {
	call := telephony.CallRef{AccountID: c.AccountID, ConnectionID: c.ID, PBXCallID: r.CallID}
	for range maxTries {
		if answer, err := e.cfg.Runs.RouteAnswer(ctx, c, r.RequestID); err != nil || answer != nil {
			return answer, err
		}
		answer, err := e.step(ctx, c, call, r)
		if core.KindOf(err) == core.KindConflict && err != nil {
			continue
		}
		return answer, err
	}
	return nil, core.E(core.KindConflict, "the call is being led on elsewhere").WithReason("busy")
}

// step takes the call as far as it comes without the PBX, and keeps what was done.
func (e *Engine) step(ctx context.Context, c telephony.Connection, call telephony.CallRef, r telephony.RouteRequest) ([]byte, error) {
	run, err := e.cfg.Runs.Run(ctx, call)
	if err != nil {
		return nil, err
	}
	w := &walk{engine: e, ctx: ctx, account: c.AccountID, call: call, run: run, now: e.cfg.Clock.Now()}
	in := &r
	if run == nil || r.Reason == telephony.RouteNewCall {
		if err := w.begin(r); err != nil {
			return nil, err
		}
		in = nil
	}
	if err := w.advance(in); err != nil { //nolint:contextcheck // the walk carries the context of its request
		return nil, err
	}
	answer, err := json.Marshal(w.answer(c))
	if err != nil {
		return nil, fmt.Errorf("writing the answer: %w", err)
	}
	if err := e.cfg.Runs.SaveRun(ctx, call, w.run, r.RequestID, answer, w.events); err != nil {
		return nil, err
	}
	if e.cfg.Saved != nil && len(w.events) > 0 {
		e.cfg.Saved()
	}
	return answer, nil
}

// Over forgets what is being asked for a call that has ended.
func (e *Engine) Over(call telephony.CallRef) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for key, q := range e.questions {
		if key.call == call {
			q.cancel()
			delete(e.questions, key)
		}
	}
}
