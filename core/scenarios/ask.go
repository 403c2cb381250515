package scenarios

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

// remembered is how long a CRM's answer about a phone counts.
const remembered = time.Minute

// pollMS is how long the PBX plays before it asks again whether the answer has come.
const pollMS = 400

type questionKey struct {
	call  telephony.CallRef
	entry int
}

// question is one request to a CRM or server on behalf of a call; there is never a second one for the same operation on this replica.
type question struct {
	cancel context.CancelFunc
	done   chan struct{}
	// manager, body and err are set before done is closed.
	manager ManagerAnswer
	body    []byte
	err     error
}

type cacheKey struct {
	integration core.IntegrationID
	phone       core.Phone
}

type cachedManager struct {
	at     time.Time
	answer ManagerAnswer
}

// ask begins a question unless it is being asked, and waits for it for a while; nil when there is no answer yet. The request goes on when the PBX's question has been
// answered, until the time the operation allows.
func (w *walk) ask(fill func(ctx context.Context, q *question)) *question {
	e, key := w.engine, questionKey{w.call, w.run.Entry}
	e.mu.Lock()
	q := e.questions[key]
	if q == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), max(0, w.run.WaitUntil.Sub(e.cfg.Clock.Now())))
		q = &question{cancel: cancel, done: make(chan struct{})}
		e.questions[key] = q
		go func() {
			defer cancel()
			fill(ctx, q)
			close(q.done)
		}()
	}
	e.mu.Unlock()
	timer := time.NewTimer(w.until())
	defer timer.Stop()
	select {
	case <-q.done:
	case <-w.ctx.Done():
		return nil
	case <-timer.C:
		select {
		case <-q.done:
		default:
			return nil
		}
	}
	e.mu.Lock()
	delete(e.questions, key)
	e.mu.Unlock()
	return q
}

// giveUp ends a question nobody waits for any more.
func (w *walk) giveUp() {
	e, key := w.engine, questionKey{w.call, w.run.Entry}
	e.mu.Lock()
	defer e.mu.Unlock()
	if q := e.questions[key]; q != nil {
		q.cancel()
		delete(e.questions, key)
	}
}

// hold lets the caller wait; the PBX asks again soon.
func (w *walk) hold(o *Operation) result {
	sound := "ringback"
	if id := o.Settings.First("wait_media"); id != "" {
		sound = "media:" + id
	}
	w.say(telephony.Instruction{Gather: &telephony.Gather{Max: 1, TimeoutMS: pollMS, Media: sound}})
	return waitIn(phaseAsking)
}

// Reasons for which a personal manager is not reached; they stand in the call's details.
const (
	reasonNotFound = "not_found"
	reasonTimeout  = "timeout"
	reasonError    = "error"
	reasonDisabled = "disabled"
)

// manager asks the CRM who looks after the caller and rings them (RC-4, RC-5, MP-4): whatever else happens, the call goes to the linked operation.
func (w *walk) manager(o *Operation, in *telephony.RouteRequest) (result, error) {
	if w.run.Phase == phaseDialing && in != nil {
		r := dialled(in)
		if r.exit == ExitAnswered {
			r.detail = w.run.Detail
			return r, nil
		}
		return leave(ExitForwardBad, joined(w.run.Detail, r.detail)).as(r.exit), nil
	}
	phone, ok := w.engine.cfg.ReadPhone(w.run.Caller)
	if !ok {
		return failed(reasonNotFound, "the caller hides the number"), nil
	}
	if w.run.WaitUntil.IsZero() {
		w.run.WaitUntil = w.now.Add(time.Duration(o.Settings.Int("wait_ms", 3000)) * time.Millisecond)
	}
	integration := idOf[core.IntegrationID](o.Settings, "integration")
	a, known := w.engine.recall(cacheKey{integration, phone})
	if !known {
		q := w.ask(func(ctx context.Context, q *question) {
			q.manager, q.err = w.engine.cfg.Managers.Manager(ctx, w.account, integration, phone)
		})
		switch {
		case q == nil && w.engine.cfg.Clock.Now().Before(w.run.WaitUntil):
			return w.hold(o), nil
		case q == nil || (q.err != nil && !w.engine.cfg.Clock.Now().Before(w.run.WaitUntil)):
			w.giveUp()
			return failed(reasonTimeout, fmt.Sprintf("the CRM did not answer within %d ms", o.Settings.Int("wait_ms", 3000))), nil
		case q.err != nil:
			return failed(reasonError, q.err.Error()), nil //nolint:nilerr // that the CRM fails is an exit
		}
		a = q.manager
		w.engine.remember(cacheKey{integration, phone}, a)
	}
	return w.ringManager(o, a)
}

func failed(reason, detail string) result {
	told := reason
	if reason == reasonDisabled {
		told = ExitForwardBad
	}
	return leave(ExitForwardBad, reason+": "+detail).as(told)
}

func joined(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "; ")
}

func (w *walk) ringManager(o *Operation, a ManagerAnswer) (result, error) {
	w.run.Detail = joined("CRM: "+a.Raw, a.Name)
	switch {
	case !a.IsEnabled:
		return failed(reasonDisabled, "the integration is switched off"), nil
	case !a.HasContact:
		return failed(reasonNotFound, joined("the CRM does not know the caller", a.Raw)), nil
	case !a.HasManager:
		return failed(reasonNotFound, joined("the contact has no manager", a.Raw)), nil
	case a.TellsStatus && !a.IsOnline:
		return failed(ExitUnavail, joined(a.Name+" is not online in the CRM", a.Raw)), nil
	case a.TellsStatus && !a.IsFree:
		return failed(ExitBusy, joined(a.Name+" is not free in the CRM", a.Raw)), nil
	}
	targets, why, err := w.managerTargets(a, o.Settings.Int("ring_seconds", 20))
	if err != nil {
		return result{}, err
	}
	if len(targets) == 0 {
		return failed(why, joined(a.Name+" has no phone that can be rung", a.Raw)), nil
	}
	w.dial(o, "sequence", o.Settings.Int("ring_seconds", 20), targets)
	return waitIn(phaseDialing), nil
}

// managerTargets are the manager's phones: the CRM's number comes first, then what we know of the employee.
func (w *walk) managerTargets(a ManagerAnswer, ringSeconds int) (list []telephony.Target, why string, err error) {
	busy, err := w.engine.cfg.Presence.Occupation(w.ctx, w.account)
	if err != nil {
		return nil, "", err
	}
	why = ExitUnavail
	if a.EmployeeID != 0 {
		found, err := w.engine.cfg.People.ByID(w.ctx, w.account, []core.EmployeeID{a.EmployeeID})
		if err != nil {
			return nil, "", err
		}
		if e, ok := found[a.EmployeeID]; ok {
			own, reason := phonesOf(e, busy, true)
			if list = timed(own, "sequence", ringSeconds); len(list) > 0 || reason == ExitBusy {
				return list, reason, nil
			}
		}
	}
	id := ""
	if a.EmployeeID != 0 {
		id = a.EmployeeID.String()
	}
	if a.Phone != "" && busy.Legs[a.Phone] == 0 {
		list = append(list, telephony.Target{Kind: "number", Value: a.Phone, EmployeeID: id})
	}
	if a.Extension != "" && busy.Legs[a.Extension] == 0 && busy.Lines[a.Extension] != telephony.LineUnavailable {
		list = append(list, telephony.Target{Kind: "line", Value: a.Extension, EmployeeID: id})
	}
	if len(list) == 0 && (busy.Legs[a.Phone] > 0 || busy.Legs[a.Extension] > 0) {
		why = ExitBusy
	}
	return list, why, nil
}

func (e *Engine) recall(key cacheKey) (ManagerAnswer, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c, ok := e.answers[key]
	return c.answer, ok && e.cfg.Clock.Now().Sub(c.at) < remembered
}

const maxRemembered = 10_000

func (e *Engine) remember(key cacheKey, a ManagerAnswer) {
	if !a.IsEnabled { // it may be switched on at any moment
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.answers) >= maxRemembered {
		clear(e.answers)
	}
	e.answers[key] = cachedManager{e.cfg.Clock.Now(), a}
}

// serverAnswer is what a customer's server says (contract of the original's interactive processing).
type serverAnswer struct {
	Phones       []json.RawMessage `json:"phones"`
	MessageName  string            `json:"message_name"`
	Text         string            `json:"text"`
	ReturnedCode *json.RawMessage  `json:"returned_code"`
}

// server asks the customer's server what to do.
func (w *walk) server(o *Operation, in *telephony.RouteRequest) (result, error) {
	switch {
	case in != nil && w.run.Phase == phaseDialing:
		r := dialled(in)
		if r.exit != ExitAnswered && r.exit != ExitNoAnswer {
			r = leave(ExitNoAnswer, joined(r.exit, r.detail))
		}
		return r, nil
	case in != nil && w.run.Phase == phasePlaying:
		return leave(ExitDone, w.run.Detail), nil
	}
	if w.run.WaitUntil.IsZero() {
		w.run.WaitUntil = w.now.Add(time.Duration(o.Settings.Int("wait_ms", 2000)) * time.Millisecond)
	}
	ask := w.question(o)
	q := w.ask(func(ctx context.Context, q *question) { q.body, q.err = w.engine.cfg.Servers.Ask(ctx, ask) })
	switch {
	case q == nil && w.engine.cfg.Clock.Now().Before(w.run.WaitUntil):
		return w.hold(o), nil
	case q == nil:
		w.giveUp()
		return leave(ExitFailed, reasonTimeout), nil
	case q.err != nil:
		return leave(ExitFailed, q.err.Error()), nil //nolint:nilerr // that the server fails is an exit
	}
	return w.obey(o, q.body), nil
}

func (w *walk) question(o *Operation) HTTPAsk {
	ask := HTTPAsk{Method: o.Settings.First("method"), URL: o.Settings.First("url")}
	if ask.Method == "" {
		ask.Method = "GET"
	}
	for _, p := range o.Settings["params"] {
		v := ""
		switch p {
		case "cdr_id", "call_session_id":
			v = w.call.PBXCallID
		case "start_time":
			v = w.run.Since.UTC().Format("2006-01-02 15:04:05")
		case "input_result":
			if v = w.run.Digits; v == "" {
				v = "None"
			}
		case "numa":
			v = w.run.Caller
		case "numb":
			v = w.run.DID
		}
		ask.Params = append(ask.Params, [2]string{p, v})
	}
	return ask
}

// obey does what the server answered.
func (w *walk) obey(o *Operation, body []byte) result {
	var a serverAnswer
	if err := json.Unmarshal(body, &a); err != nil {
		return leave(ExitFailed, "the answer is not the JSON object that is expected")
	}
	w.run.Detail = "answered " + cut(string(body))
	if a.ReturnedCode != nil {
		return leave("code_"+strings.Trim(string(*a.ReturnedCode), `"`), w.run.Detail)
	}
	speaks := a.MessageName != "" || a.Text != ""
	if a.MessageName != "" {
		w.say(telephony.Instruction{Play: &telephony.Play{Media: a.MessageName}})
	} else if a.Text != "" {
		w.say(telephony.Instruction{Play: &telephony.Play{Media: "tts:" + a.Text}})
	}
	var targets []telephony.Target
	for _, p := range a.Phones[:min(20, len(a.Phones))] {
		n := strings.Trim(string(p), `"`)
		if digits, ok := w.engine.cfg.ReadPhone(n); ok {
			n = string(digits)
		}
		if message := badValue(Field{Type: FieldPhones}, n); message == "" {
			targets = append(targets, telephony.Target{Kind: "number", Value: n})
		}
	}
	switch {
	case len(targets) > 0:
		w.dial(o, "sequence", o.Settings.Int("ring_seconds", 30), targets)
		return waitIn(phaseDialing)
	case speaks:
		return waitIn(phasePlaying)
	default:
		return leave(ExitFailed, w.run.Detail)
	}
}
