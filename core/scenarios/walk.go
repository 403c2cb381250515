package scenarios

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

// walk is the part of a call's way between two questions of the PBX.
type walk struct {
	engine  *Engine
	ctx     context.Context //nolint:containedctx // a walk lives as long as the request it answers
	account core.AccountID
	call    telephony.CallRef
	run     *Run
	now     time.Time
	do      []telephony.Instruction
	events  []telephony.Event
	steps   int
	// dry is set in rehearsals: nothing is asked and nobody is rung.
	dry *rehearsal
}

// result is what performing an operation comes to: an exit, or waiting for the PBX in a phase.
type result struct {
	exit string
	// told is the exit's name in the call's details when it says more than exit.
	told   string
	detail string
	phase  string
}

func leave(exit, detail string) result      { return result{exit: exit, detail: detail} }
func waitIn(phase string) result            { return result{phase: phase} }
func (r result) as(told string) result      { r.told = told; return r }
func (w *walk) say(i telephony.Instruction) { w.do = append(w.do, i) }

// begin puts a call at the start of the scenario of the number that was called.
func (w *walk) begin(r telephony.RouteRequest) error {
	version := int64(0)
	if w.run != nil {
		version = w.run.Version
	}
	w.run = &Run{DID: r.DID, Caller: r.Caller, Since: w.now, Version: version}
	did, ok := w.engine.cfg.ReadPhone(r.DID)
	if !ok {
		did = core.Phone(r.DID)
	}
	n, err := w.engine.cfg.Numbers.NumberByDigits(w.ctx, w.account, did)
	if isMissing(err) {
		return nil
	}
	if err != nil || n.ScenarioID == 0 {
		return err
	}
	w.run.Records = n.Records
	return w.enterScenario(n.ScenarioID)
}

func isMissing(err error) bool { return err != nil && core.KindOf(err) == core.KindNotFound }

func (w *walk) enterScenario(id core.ScenarioID) error {
	s, err := w.engine.cfg.Scenarios.Scenario(w.ctx, w.account, id)
	if isMissing(err) {
		return nil // deleted meanwhile: the call ends
	}
	if err != nil {
		return err
	}
	w.run.ScenarioID, w.run.Graph, w.run.Op, w.run.Phase = s.ID, s.Graph, s.Graph.Start, ""
	return nil
}

// advance performs operations until one waits for the PBX or the call is to end.
func (w *walk) advance(in *telephony.RouteRequest) error {
	if w.run.IsOver {
		w.hangUp(480)
		return nil
	}
	if w.run.Op == "" { // no scenario
		w.hangUp(404)
		return nil
	}
	for {
		o := w.run.Graph.Operation(w.run.Op)
		if o == nil || w.steps >= maxStepsAtOnce || w.run.Steps >= maxSteps {
			w.hangUp(480)
			return nil
		}
		w.enter(o)
		r, err := w.perform(o, in)
		if err != nil {
			return err
		}
		if r.phase != "" {
			w.run.Phase = r.phase
			return nil
		}
		in = nil
		if done := w.exit(o, r); done {
			return nil
		}
	}
}

// enter notes that an operation begins; one that waits is in it already.
func (w *walk) enter(o *Operation) {
	if w.run.Phase != "" {
		return
	}
	w.steps++
	w.run.Steps++
	w.run.Entry++
	w.run.Tries, w.run.Detail, w.run.WaitUntil = 0, "", time.Time{}
	w.note(telephony.OpStarted, o, telephony.Data{})
}

// exit notes that an operation was left and goes to the next one; true when the call ends.
func (w *walk) exit(o *Operation, r result) bool {
	next := o.Exits[r.exit]
	w.note(telephony.OpExited, o, telephony.Data{Exit: cmp.Or(r.told, r.exit), Detail: cut(r.detail), NextOp: next})
	if w.run.IsOver {
		return true
	}
	w.run.Phase = ""
	if o.Type == TypeGoto && r.exit == "" {
		return w.run.Op == ""
	}
	if w.run.Op = next; next == "" {
		w.hangUp(hangupCode(r.exit))
		return true
	}
	return false
}

// hangupCode is what a call ends with that leaves by an exit leading nowhere.
func hangupCode(exit string) int {
	switch exit {
	case ExitAnswered, ExitDone:
		return 0
	case ExitBusy:
		return 486
	case ExitBlocked:
		return 603
	default:
		return 480
	}
}

const maxDetail = 500

func cut(s string) string {
	if r := []rune(s); len(r) > maxDetail {
		return string(r[:maxDetail]) + "…"
	}
	return s
}

func (w *walk) hangUp(code int) {
	w.run.IsOver = true
	w.say(telephony.Instruction{Hangup: &telephony.Hangup{Code: code}})
}

// note makes an event of an operation's beginning or end; its id is the same when the step is done again.
func (w *walk) note(t telephony.EventType, o *Operation, d telephony.Data) {
	d.OpID, d.OpType, d.ScenarioID = o.ID, string(o.Type), w.run.ScenarioID.String()
	w.events = append(w.events, telephony.Event{
		ID: fmt.Sprintf("skvoz:%s:%d:%s", w.call.PBXCallID, w.run.Entry, t), Type: t, OccurredAt: w.now, CallID: w.call.PBXCallID, Data: d,
	})
}

// answer is what the PBX is told.
func (w *walk) answer(c telephony.Connection) telephony.RouteAnswer {
	a := telephony.RouteAnswer{
		State: "s" + w.run.ScenarioID.String() + ":" + w.run.Op + ":" + strconv.Itoa(w.run.Entry), Record: w.run.Records || c.Settings.RecordsAll, Do: w.withSounds(),
	}
	if w.run.Graph.Fallback != "" {
		a.OnError = &telephony.Instruction{Dial: &telephony.Dial{
			TimeoutMS: 30000, Targets: []telephony.Target{{Kind: "number", Value: string(w.run.Graph.Fallback)}},
		}}
	}
	return a
}

// withSounds lets the PBX find the sounds it is to play.
func (w *walk) withSounds() []telephony.Instruction {
	find := w.engine.cfg.Media
	for i := range w.do {
		d := &w.do[i]
		switch {
		case find == nil:
		case d.Play != nil:
			d.Play.Media = find(w.account, d.Play.Media)
		case d.Gather != nil && d.Gather.Media != "":
			d.Gather.Media = find(w.account, d.Gather.Media)
		case d.Voicemail != nil && d.Voicemail.Media != "":
			d.Voicemail.Media = find(w.account, d.Voicemail.Media)
		}
	}
	return w.do
}
