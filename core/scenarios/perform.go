package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

// Phases of operations that wait for the PBX.
const (
	phasePlaying = "playing"
	phaseDialing = "dialing"
	phaseKeys    = "keys"
	phaseAsking  = "asking"
)

// perform does an operation: in is the PBX's word for the phase it is in, nil when it begins.
func (w *walk) perform(o *Operation, in *telephony.RouteRequest) (result, error) {
	if in != nil && in.Reason == telephony.RouteUnsupported {
		return leave(ExitFailed, "the PBX does not know the instruction "+in.Data.Instruction), nil
	}
	if w.dry != nil {
		if r, ok := w.dry.invented(o); ok {
			return r, nil
		}
	}
	switch o.Type {
	case TypePlay:
		return w.play(o, in), nil
	case TypeMenu:
		return w.menu(o, in), nil
	case TypeSchedule:
		return w.schedule(o)
	case TypeForward:
		return w.forward(o, in)
	case TypeManager:
		return w.manager(o, in)
	case TypeHTTPRequest:
		return w.server(o, in)
	case TypeVoicemail:
		return w.voicemail(o, in), nil
	case TypeTag:
		return w.tag(o), nil
	case TypeBlacklist:
		return w.blacklist()
	case TypeGoto:
		return w.jump(o)
	default:
		w.hangUp(o.Settings.Int("code", 480))
		return leave("", ""), nil
	}
}

func media(v Values) string {
	if id := v.First("media"); id != "" {
		return "media:" + id
	}
	return ""
}

func (w *walk) play(o *Operation, in *telephony.RouteRequest) result {
	if in != nil {
		return leave(ExitDone, "")
	}
	w.say(telephony.Instruction{Play: &telephony.Play{Media: media(o.Settings), Interruptible: o.Settings.First("interruptible") == "true"}})
	return waitIn(phasePlaying)
}

func (w *walk) menu(o *Operation, in *telephony.RouteRequest) result {
	if in != nil && in.Reason == telephony.RouteDigits && in.Data.Value != "" {
		w.run.Digits = in.Data.Value
		if o.Exits[in.Data.Value] != "" {
			return leave(in.Data.Value, "")
		}
	}
	if in != nil {
		w.run.Tries++
	}
	if w.run.Tries >= o.Settings.Int("repeats", 2) {
		if w.run.Digits != "" && o.Exits[ExitWrong] != "" {
			return leave(ExitWrong, "pressed "+w.run.Digits)
		}
		return leave(ExitTimeout, "")
	}
	w.say(telephony.Instruction{Gather: &telephony.Gather{Max: 1, TimeoutMS: o.Settings.Int("wait_seconds", 5) * 1000, Media: media(o.Settings)}})
	return waitIn(phaseKeys)
}

func (w *walk) schedule(o *Operation) (result, error) {
	id := idOf[core.ScheduleID](o.Settings, "schedule")
	open, err := w.engine.cfg.People.Open(w.ctx, w.account, []core.ScheduleID{id}, w.now)
	if err != nil {
		return result{}, err
	}
	if open[id] {
		return leave(ExitOpen, ""), nil
	}
	return leave(ExitClosed, ""), nil
}

func (w *walk) voicemail(o *Operation, in *telephony.RouteRequest) result {
	if in != nil {
		return leave(ExitDone, "")
	}
	w.say(telephony.Instruction{Answer: &struct{}{}})
	w.say(telephony.Instruction{Voicemail: &telephony.Voicemail{MaxMS: o.Settings.Int("max_seconds", 120) * 1000, Media: media(o.Settings)}})
	return waitIn(phasePlaying)
}

// tag marks the call here, and tells the PBX.
func (w *walk) tag(o *Operation) result {
	id := idOf[core.CallTagID](o.Settings, "tag")
	w.say(telephony.Instruction{Tag: &telephony.Tag{TagID: id.String()}})
	w.events = append(w.events, telephony.Event{
		ID: fmt.Sprintf("skvoz:%s:%d:tag", w.call.PBXCallID, w.run.Entry), Type: telephony.TagSet, OccurredAt: w.now, CallID: w.call.PBXCallID, Data: telephony.Data{TagID: id},
	})
	return leave(ExitDone, "")
}

func (w *walk) blacklist() (result, error) {
	phone, ok := w.engine.cfg.ReadPhone(w.run.Caller)
	if !ok {
		return leave(ExitPassed, ""), nil
	}
	blocked, err := w.engine.cfg.Blocked.IsBlocked(w.ctx, w.account, phone)
	if err != nil {
		return result{}, err
	}
	if blocked {
		return leave(ExitBlocked, ""), nil
	}
	return leave(ExitPassed, ""), nil
}

func (w *walk) jump(o *Operation) (result, error) {
	w.run.Op = ""
	if err := w.enterScenario(idOf[core.ScenarioID](o.Settings, "scenario")); err != nil {
		return result{}, err
	}
	if w.run.Op == "" {
		w.hangUp(480)
	}
	return leave("", ""), nil
}

func (w *walk) forward(o *Operation, in *telephony.RouteRequest) (result, error) {
	if in != nil {
		return dialled(in), nil
	}
	ring := o.Settings.Int("ring_seconds", 30)
	targets, why, err := w.targets(o, ring)
	if err != nil {
		return result{}, err
	}
	if len(targets) == 0 {
		return leave(why, "nobody can take the call"), nil
	}
	w.dial(o, strategyOf(o), ring, targets)
	return waitIn(phaseDialing), nil
}

func (w *walk) dial(o *Operation, strategy string, ring int, targets []telephony.Target) {
	caller := o.Settings.First("caller_id")
	if caller == "" {
		caller = "pass"
	}
	w.say(telephony.Instruction{Dial: &telephony.Dial{
		LegKey: fmt.Sprintf("%s-%d", o.ID, w.run.Entry), Strategy: strategy, TimeoutMS: ring * 1000, CallerID: caller, Ringback: "default", Targets: targets,
	}})
}

// dialled says how a dial ended.
func dialled(in *telephony.RouteRequest) result {
	if in.Reason == telephony.RouteTalkEnded {
		return leave(ExitAnswered, "")
	}
	if in.Reason == telephony.RouteTimeout && len(in.Data.Results) == 0 {
		return leave(ExitNoAnswer, "")
	}
	return leave(exitOf(in.Data.Results), detailOf(in.Data.Results))
}

// exitOf sums up how targets ended: what all have in common, else that nobody answered.
func exitOf(results []telephony.DialResult) string {
	all := func(reasons ...telephony.Reason) bool {
		return len(results) > 0 && !slices.ContainsFunc(results, func(r telephony.DialResult) bool { return !slices.Contains(reasons, r.Reason) })
	}
	switch {
	case slices.ContainsFunc(results, func(r telephony.DialResult) bool { return r.Reason == telephony.ReasonNormal }):
		return ExitAnswered
	case all(telephony.ReasonBusy, telephony.ReasonRejected):
		return ExitBusy
	case all(telephony.ReasonUnavailable, telephony.ReasonNotFound):
		return ExitUnavail
	case all(telephony.ReasonError, telephony.ReasonCongestion, telephony.ReasonForbidden, telephony.ReasonLimit, telephony.ReasonNodeLost):
		return ExitFailed
	default:
		return ExitNoAnswer
	}
}

func detailOf(results []telephony.DialResult) string {
	parts := make([]string, 0, len(results))
	for _, r := range results {
		parts = append(parts, r.LegID+": "+string(r.Reason))
	}
	return strings.Join(parts, ", ")
}

// until is how long may be waited for an answer now.
func (w *walk) until() time.Duration {
	left := w.engine.cfg.Patience - w.engine.cfg.Clock.Now().Sub(w.now)
	return max(0, min(left, w.run.WaitUntil.Sub(w.engine.cfg.Clock.Now())))
}
