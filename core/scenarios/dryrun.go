package scenarios

import (
	"context"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

// FakeCaller is a caller for a rehearsal.
type FakeCaller struct {
	// Phone is who calls, Number what is called.
	Phone, Number core.Phone
	At            time.Time
	// Outcomes say by operation how ringing ends (answered, no_answer, busy, unavailable, failed), what a CRM or server says (an exit, or a reason of
	// the personal manager: not_found, timeout, error, disabled), which key is pressed in a menu, or that a caller is blocked. Where none is given, calls are
	// answered, nothing is pressed, and lists are asked.
	Outcomes map[string]string
}

// RehearsedStep is an operation a fake caller went through.
type RehearsedStep struct {
	OperationID string
	ScenarioID  core.ScenarioID
	// Exit is the one it was left by.
	Exit, Detail string
	// Rings are the phones that would be rung, in order.
	Rings []telephony.Target
	// Plays are the sounds that would be heard.
	Plays []string
}

// rehearsal is what a walk without a PBX goes by.
type rehearsal struct{ caller FakeCaller }

// DryRun leads a fake caller through a graph: what would be said and rung, without anybody noticing. It is bounded like a call.
func (e *Engine) DryRun(ctx context.Context, account core.AccountID, g Graph, caller FakeCaller) ([]RehearsedStep, error) {
	if caller.At.IsZero() {
		caller.At = e.cfg.Clock.Now()
	}
	w := &walk{
		engine: e, ctx: ctx, account: account, now: caller.At, dry: &rehearsal{caller},
		run: &Run{Graph: g, Op: g.Start, DID: string(caller.Number), Caller: string(caller.Phone), Since: caller.At},
	}
	var steps []RehearsedStep
	for len(steps) < maxStepsAtOnce && !w.run.IsOver {
		o := w.run.Graph.Operation(w.run.Op)
		if o == nil {
			break
		}
		step, err := w.rehearse(o) //nolint:contextcheck // the walk carries the context of its request
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// maxReplies bounds how often a rehearsed operation may wait: a menu's repetitions.
const maxReplies = 20

func (w *walk) rehearse(o *Operation) (RehearsedStep, error) {
	step := RehearsedStep{OperationID: o.ID, ScenarioID: w.run.ScenarioID}
	w.enter(o)
	var in *telephony.RouteRequest
	for range maxReplies {
		w.do = nil
		r, err := w.perform(o, in)
		if err != nil {
			return step, err
		}
		step.hear(w.do)
		if r.phase == "" {
			step.Exit, step.Detail = r.exit, r.detail
			if r.told != "" {
				step.Exit = r.told
			}
			w.exit(o, r)
			return step, nil
		}
		w.run.Phase = r.phase
		in = w.dry.reply(o, r.phase)
	}
	w.run.IsOver = true
	return step, nil
}

func (s *RehearsedStep) hear(do []telephony.Instruction) {
	for _, i := range do {
		switch {
		case i.Play != nil:
			s.Plays = append(s.Plays, i.Play.Media)
		case i.Gather != nil && i.Gather.Media != "" && !slices.Contains(s.Plays, i.Gather.Media):
			s.Plays = append(s.Plays, i.Gather.Media)
		case i.Dial != nil:
			s.Rings = append(s.Rings, i.Dial.Targets...)
		}
	}
}

// reply is what the PBX would say.
func (r *rehearsal) reply(o *Operation, phase string) *telephony.RouteRequest {
	outcome := r.caller.Outcomes[o.ID]
	switch phase {
	case phaseKeys:
		if outcome == "" || outcome == ExitTimeout {
			return &telephony.RouteRequest{Reason: telephony.RouteTimeout}
		}
		return &telephony.RouteRequest{Reason: telephony.RouteDigits, Data: telephony.RouteData{Value: outcome}}
	case phaseDialing:
		if outcome == "" || outcome == ExitAnswered {
			return &telephony.RouteRequest{Reason: telephony.RouteTalkEnded}
		}
		reason := telephony.Reason(outcome)
		if outcome == ExitFailed {
			reason = telephony.ReasonError
		}
		return &telephony.RouteRequest{Reason: telephony.RouteDialResult, Data: telephony.RouteData{Results: []telephony.DialResult{{LegID: "rehearsal", Reason: reason}}}}
	default:
		return &telephony.RouteRequest{Reason: telephony.RoutePlayed}
	}
}

// invented is what a rehearsed operation that would ask somebody comes to; ok is false for those that ask nobody.
func (r *rehearsal) invented(o *Operation) (result, bool) {
	outcome := r.caller.Outcomes[o.ID]
	switch {
	case o.Type == TypeManager && (outcome == "" || outcome == ExitAnswered):
		return leave(ExitAnswered, "the manager is found and answers"), true
	case o.Type == TypeManager:
		return failed(outcome, "rehearsed"), true
	case o.Type == TypeHTTPRequest && outcome == "":
		return leave(ExitDone, "the server answers with a message"), true
	case o.Type == TypeHTTPRequest:
		return leave(outcome, "rehearsed"), true
	case o.Type == TypeBlacklist && outcome != "":
		return leave(outcome, "rehearsed"), true
	default:
		return result{}, false
	}
}
