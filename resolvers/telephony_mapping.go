package resolvers

import (
	"fmt"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/graph/model"
)

func callQuery(f *model.CallFilter) (q telephony.CallQuery, err error) {
	if f == nil {
		return q, nil
	}
	if q.SiteID, err = optionalID[core.SiteID]("siteId", given(f.SiteID)); err != nil {
		return q, err
	}
	if q.EmployeeID, err = optionalID[core.EmployeeID]("employeeId", given(f.EmployeeID)); err != nil {
		return q, err
	}
	if q.GroupID, err = optionalID[core.EmployeeGroupID]("groupId", given(f.GroupID)); err != nil {
		return q, err
	}
	if q.NumberID, err = optionalID[core.VirtualNumberID]("numberId", given(f.NumberID)); err != nil {
		return q, err
	}
	if q.CampaignID, err = optionalID[core.CampaignID]("campaignId", given(f.CampaignID)); err != nil {
		return q, err
	}
	if q.TagID, err = optionalID[core.CallTagID]("tagId", given(f.TagID)); err != nil {
		return q, err
	}
	q.Began = comms.TimeRange{From: given(f.From).Value, To: given(f.To).Value}
	q.IsLost, q.IsCalledBack, q.IsFirst, q.HasRecording = truth(given(f.IsLost)), truth(given(f.IsCalledBack)), truth(given(f.IsFirst)), truth(given(f.HasRecording))
	q.Directions, q.States, q.Channels, q.Methods = givenList(f.Directions).Value, givenList(f.States).Value, givenList(f.Channels).Value, givenList(f.Methods).Value
	q.MinTalk, q.Search = time.Duration(given(f.MinTalkSeconds).Value)*time.Second, given(f.Search).Value
	return q, nil
}

// truth is nil when nothing was said.
func truth(o core.Opt[bool]) *bool {
	if !o.Set {
		return nil
	}
	return &o.Value
}

func callTalks(c *telephony.Call) []model.CallTalk {
	return mapped(c.Talks, func(t telephony.Talk) model.CallTalk {
		return model.CallTalk{ID: t.ID, N: t.N, LegIds: append([]string{}, t.LegIDs...), StartedAt: t.StartedAt, EndedAt: t.EndedAt, DurationMs: t.Duration.Milliseconds()}
	})
}

func callSteps(c *telephony.Call) []model.CallStep {
	return mapped(c.Steps, func(s telephony.Step) model.CallStep {
		return model.CallStep{OperationID: s.OpID, Type: s.OpType, ScenarioID: s.ScenarioID, StartedAt: s.StartedAt, ExitedAt: s.ExitedAt, Exit: s.Exit, Detail: s.Detail}
	})
}

func callTransfers(c *telephony.Call) []model.CallTransfer {
	return mapped(c.Transfers, func(t telephony.Transfer) model.CallTransfer {
		return model.CallTransfer{Mode: t.Mode, To: t.To, State: t.State, Code: t.Code, At: t.At}
	})
}

func callDigits(c *telephony.Call) []model.CallDigits {
	return mapped(c.Pressed, func(p telephony.Pressed) model.CallDigits { return model.CallDigits{Digits: p.Digits, At: p.At} })
}

func callTag(t telephony.CallTag) model.CallTag {
	return model.CallTag{ID: t.ID.String(), Name: t.Name}
}

func (r *Resolver) recording(rec telephony.Recording) model.Recording {
	out := model.Recording{
		ID: rec.ID.String(), TalkID: rec.TalkID, Failure: rec.Failure, StartedAt: rec.StartedAt, DurationMs: rec.Duration.Milliseconds(), Channels: rec.Channels, Format: rec.Format,
		Bytes: rec.Bytes, Peaks: append([]int{}, rec.Peaks...), State: model.RecordingStateWaiting,
	}
	switch rec.State {
	case telephony.RecordingStored:
		url := "/recordings/" + rec.ID.String()
		out.State, out.URL, out.Failure = model.RecordingStateStored, &url, ""
	case telephony.RecordingMissed:
		out.State = model.RecordingStateFailed
	}
	return out
}

// callEmployees are those whose phones rang, in order, with what came of it.
func callEmployees(c *telephony.Call, known people) []model.CallEmployee {
	out := []model.CallEmployee{}
	place := map[core.EmployeeID]int{}
	for i := range c.Legs {
		l := &c.Legs[i]
		e, ok := known[l.EmployeeID]
		if !ok || (l.RangAt == nil && l.AnsweredAt == nil && l.EndedAt == nil) {
			continue
		}
		at := earliestKnown(l.RangAt, l.AnsweredAt, l.StartedAt, l.EndedAt)
		n, seen := place[l.EmployeeID]
		if !seen {
			n = len(out)
			place[l.EmployeeID] = n
			out = append(out, model.CallEmployee{Employee: &e, RangAt: at})
		}
		out[n].IsAnswered = out[n].IsAnswered || l.AnsweredAt != nil
		out[n].IsTalked = out[n].IsTalked || talked(c, l.ID)
		out[n].Reason = string(l.Reason)
	}
	return out
}

func earliestKnown(times ...*time.Time) time.Time {
	for _, t := range times {
		if t != nil {
			return *t
		}
	}
	return time.Time{}
}

func talked(c *telephony.Call, leg string) bool {
	for _, t := range c.Talks {
		for _, id := range t.LegIDs {
			if id == leg && t.StartedAt != nil {
				return true
			}
		}
	}
	return false
}

func callLegs(c *telephony.Call, known people) []model.CallLeg {
	return mapped(c.Legs, func(l telephony.Leg) model.CallLeg {
		out := model.CallLeg{
			ID: l.ID, Role: l.Role, Extension: l.EmployeeExt, Number: l.Number, Via: l.Via, State: l.State, StartedAt: l.StartedAt, RangAt: l.RangAt, AnsweredAt: l.AnsweredAt, EndedAt: l.EndedAt,
			Reason: string(l.Reason), EndedBy: l.EndedBy, SipCode: l.SIPCode,
			Holds: mapped(l.Holds, func(s telephony.Span) model.CallSpan { return model.CallSpan{From: s.From, To: s.To} }),
		}
		if out.Role == "" {
			out.Role = telephony.RoleOther
		}
		if e, ok := known[l.EmployeeID]; ok {
			out.Employee = &e
		}
		return out
	})
}

// counted says in words where a call is counted to.
func counted(c telephony.Counted) string {
	parts := []string{string(c.Method)}
	for _, p := range []struct {
		word string
		id   int64
	}{{"visitor", int64(c.VisitorID)}, {"session", int64(c.SessionID)}, {"campaign", int64(c.CampaignID)}} {
		if p.id != 0 {
			parts = append(parts, fmt.Sprintf("%s %d", p.word, p.id))
		}
	}
	return strings.Join(parts, ", ")
}

func connectionSettings(e telephony.Endpoint, in model.UpdatePbxConnectionInput) core.Opt[telephony.ConnectionSettings] {
	s, touched := e.Settings, false
	set := func(is bool, change func()) {
		if is {
			touched = true
			change()
		}
	}
	set(given(in.Address).Set, func() { s.Address = given(in.Address).Value })
	set(given(in.Login).Set, func() { s.Login = given(in.Login).Value })
	set(givenList(in.AllowedIps).Set, func() { s.AllowedIPs = givenList(in.AllowedIps).Value })
	set(givenList(in.AllowedDestinations).Set, func() { s.AllowedDestinations = givenList(in.AllowedDestinations).Value })
	set(given(in.MaxCallMinutes).Set, func() { s.MaxCallMinutes = given(in.MaxCallMinutes).Value })
	set(given(in.RecordsAll).Set, func() { s.RecordsAll = given(in.RecordsAll).Value })
	return core.Opt[telephony.ConnectionSettings]{Value: s, Set: touched}
}

func connectionSecrets(token, salt core.Opt[string]) telephony.Secrets {
	out := telephony.Secrets{}
	if token.Set {
		out[telephony.SecretToken] = token.Value
	}
	if salt.Set {
		out[telephony.SecretSalt] = salt.Value
	}
	return out
}

func callPayload(c telephony.Call, err error) (*model.CallPayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.CallPayload{Call: &c}, nil
}

func controlOf(in model.ControlCallInput) (a telephony.Act, err error) {
	if a.CallID, err = parseID[core.CallID]("callId", in.CallID); err != nil {
		return a, err
	}
	if a.ToEmployee, err = optionalID[core.EmployeeID]("toEmployeeId", given(in.ToEmployeeID)); err != nil {
		return a, err
	}
	a.Action = map[model.CallAction]telephony.Action{
		model.CallActionHold: telephony.ActHold, model.CallActionUnhold: telephony.ActUnhold, model.CallActionHangup: telephony.ActHangup, model.CallActionHangupLeg: telephony.ActHangupLeg,
		model.CallActionTransfer: telephony.ActTransferBlind, model.CallActionRecordStart: telephony.ActRecordStart, model.CallActionRecordStop: telephony.ActRecordStop,
		model.CallActionDtmf: telephony.ActDTMF,
	}[in.Action]
	a.LegID, a.ToNumber, a.Digits, a.Origin = given(in.LegID).Value, given(in.ToNumber).Value, given(in.Digits).Value, "cabinet"
	return a, nil
}

func newCall(user core.UserID, in model.StartCallInput) (n telephony.NewCall, err error) {
	n = telephony.NewCall{UserID: user, Phone: in.Phone, Origin: "cabinet"}
	if n.EmployeeID, err = optionalID[core.EmployeeID]("employeeId", given(in.EmployeeID)); err != nil {
		return n, err
	}
	if n.NumberID, err = optionalID[core.VirtualNumberID]("numberId", given(in.NumberID)); err != nil {
		return n, err
	}
	n.CallbackOf, err = optionalID[core.CallID]("callbackOf", given(in.CallbackOf))
	return n, err
}
