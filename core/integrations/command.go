package integrations

import (
	"context"
	"encoding/json"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

// Caller begins calls (telephony.Commander).
type Caller interface {
	Start(ctx context.Context, account core.AccountID, n telephony.NewCall) (telephony.BegunCall, error)
}

// commandWithin is how old a click may be: nobody wants to be rung for one they have forgotten.
const commandWithin = 30 * time.Second

// commandProgress is how far a command has come: a call is begun at most once.
type commandProgress struct {
	IsBegun bool `json:"call_begun"`
}

// command reads a click out of a webhook; false = the webhook is about something else.
func command(o *opened, h Hook) (CallCommand, bool, error) {
	reader, ok := o.connector.(CallCommands)
	if !ok {
		return CallCommand{}, false, nil
	}
	c, err := reader.ParseCommand(h)
	if err != nil {
		if f := AsFailure(err); f.Kind == FailKey { // a stranger's: that says nothing about our key
			err = Fail(FailRejected, f.Detail)
		}
		return c, false, err
	}
	return c, c != CallCommand{}, nil
}

// carryOut begins the call somebody clicked for: the employee is rung first, if they are free, and the contact sees a number bound to the integration or the
// default one (RC-6, RC-7, MP-5).
func (s *Service) carryOut(ctx context.Context, o *opened, w Work, at time.Time, c CallCommand) error {
	if s.cfg.Caller == nil || o.State != StateActive {
		return nil
	}
	if s.cfg.Clock.Now().Sub(at) > commandWithin {
		return refusedError{Fail(FailGone, "the click is too old")}
	}
	var p commandProgress
	if len(w.Progress) > 0 {
		if err := json.Unmarshal(w.Progress, &p); err != nil {
			return err
		}
	}
	if p.IsBegun { // the server ended in the middle of it: who clicked hears whether it rings, and clicks again
		return nil
	}
	employee, err := s.linked(ctx, o.AccountID, o.ID, c.Employee)
	if err != nil {
		return err
	}
	if employee == 0 {
		return refusedError{Fail(FailRejected, "the user "+c.Employee+" is no employee here, or the integration is off for them")}
	}
	progress, _ := json.Marshal(commandProgress{IsBegun: true}) // plain data always marshals
	if err := w.Save(ctx, progress); err != nil {
		return err
	}
	_, err = s.cfg.Caller.Start(ctx, o.AccountID, telephony.NewCall{
		EmployeeID: employee, Phone: string(c.Phone), IntegrationID: o.ID, NeedsFree: true, ExternalID: c.RemoteID, Origin: "integration:" + o.ID.String(),
	})
	if err != nil {
		e := core.AsError(err)
		return refusedError{&Failure{Kind: FailRejected, Detail: e.Message, Err: err}}
	}
	return nil
}

// refusedError is a command that is not carried out: it is not tried again, and nobody need look after it but who clicked.
type refusedError struct{ failure *Failure }

func (r refusedError) Error() string { return r.failure.Error() }

// Unwrap returns why.
func (r refusedError) Unwrap() error { return r.failure }
