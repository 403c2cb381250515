package integrations

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

// Calls reads calls and their recordings.
type Calls interface {
	// Call is of KindNotFound when the account has none with this id.
	Call(ctx context.Context, account core.AccountID, id core.CallID) (telephony.Call, error)
	// Recordings returns those of a call in the order they began.
	Recordings(ctx context.Context, account core.AccountID, id core.CallID) ([]telephony.Recording, error)
	// RecordingURL opens a recording's file without signing in for as long as it exists.
	RecordingURL(account core.AccountID, id core.RecordingID) string
}

// How calls are told.
const (
	// recordingsWithin is how long after a call's end its recordings are waited for, recordingsPause how long until they are looked for again; it grows.
	recordingsWithin = 5 * time.Minute
	recordingsPause  = time.Second
	recordingsMost   = 30 * time.Second
	// hideWithin is how long hiding a card is tried.
	hideWithin = time.Minute
	// callBackWithin is when a lost caller is to be called back at the latest.
	callBackWithin = 15 * time.Minute
)

// notYetError is that of a job that is to be looked at again and has done nothing yet.
type notYetError struct{ at time.Time }

func (notYetError) Error() string { return "not yet" }

// errTooLate is the end of a card whose time is over.
var errTooLate error = Fail(FailGone, "the call is too old for a card")

func (k JobKind) isCard() bool { return k == JobCallPopUp || k == JobCallHide }

// tell does a job about a call.
func (s *Service) tell(ctx context.Context, o *opened, w Work) (RemoteRef, error) {
	var p CallPayload
	if err := json.Unmarshal(w.Payload, &p); err != nil {
		return RemoteRef{}, err
	}
	if s.cfg.Calls == nil {
		return RemoteRef{}, Fail(FailSettings, "there are no calls")
	}
	c, err := s.cfg.Calls.Call(ctx, o.AccountID, p.CallID)
	if err != nil {
		return RemoteRef{}, err
	}
	t := &telling{Service: s, opened: o, work: w, payload: p, call: &c}
	if err := t.findUsers(ctx); err != nil {
		return RemoteRef{}, err
	}
	switch w.Kind {
	case JobCallPopUp, JobCallHide:
		return RemoteRef{}, t.card(ctx)
	case JobCallLog:
		return t.log(ctx)
	default: // JobCallTask
		return t.task(ctx)
	}
}

// telling is a job about a call.
type telling struct {
	*Service
	*opened
	work    Work
	payload CallPayload
	call    *telephony.Call
	// users are the system's ids of our employees.
	users map[core.EmployeeID][]string
}

func (t *telling) findUsers(ctx context.Context) error {
	t.users = map[core.EmployeeID][]string{}
	if t.cfg.Employees == nil {
		return nil
	}
	links, err := t.cfg.Employees.ListLinks(ctx, t.AccountID, t.ID)
	for _, l := range links {
		if l.IsEnabled {
			t.users[l.EmployeeID] = append(t.users[l.EmployeeID], l.RemoteID)
		}
	}
	return err
}

// first is the first user among the employees a job is for.
func (t *telling) first(ids ...core.EmployeeID) string {
	for _, id := range ids {
		if len(t.users[id]) > 0 {
			return t.users[id][0]
		}
	}
	return ""
}

// card shows or hides a card, as long as there is any sense in it.
func (t *telling) card(ctx context.Context) error {
	shower, ok := t.connector.(CallPopUps)
	if !ok || !t.Settings.On(KeyCallCards) {
		return nil // switched off since
	}
	left := cardWithin(t.work.Kind) - t.cfg.Clock.Now().Sub(t.payload.At)
	if left <= 0 {
		return errTooLate
	}
	p := t.popUp()
	if len(p.Employees) == 0 {
		return nil
	}
	var err error
	if p.CallFacts, err = t.facts(ctx); err != nil {
		return err
	}
	short, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	if t.work.Kind == JobCallHide {
		err = shower.HidePopUp(short, p)
	} else {
		err = shower.ShowPopUp(short, p)
	}
	if err != nil && short.Err() != nil && ctx.Err() == nil {
		return errTooLate
	}
	return err
}

func cardWithin(kind JobKind) time.Duration {
	if kind == JobCallHide {
		return hideWithin
	}
	return telephony.Fresh
}

// popUp is a card for those of the employees it still concerns: whose phone stopped ringing before the card was shown gets none.
func (t *telling) popUp() PopUp {
	c, p := t.call, t.payload
	out := PopUp{
		CallID: c.ID.String(), Phone: c.ContactPhone, IsLost: p.Phase == PopUpLost, Phase: p.Phase, IsOutgoing: c.Direction == telephony.Outbound, At: p.At,
		VirtualLine: c.VirtualNumber,
	}
	if c.AnsweredAt != nil {
		out.AnsweredBy = t.first(c.EmployeeID)
	}
	for _, id := range p.Employees {
		if p.Phase != PopUpRings || t.rings(id) {
			out.Employees = append(out.Employees, t.users[id]...)
		}
	}
	return out
}

func (t *telling) rings(id core.EmployeeID) bool {
	for _, leg := range t.payload.Legs {
		l := t.call.Leg(leg)
		if l != nil && l.EmployeeID == id && l.EndedAt == nil && (l.AnsweredAt == nil || t.call.Direction == telephony.Outbound) {
			return true
		}
	}
	return false
}

// cardOutcome ends an attempt of a card: it is tried again only while that makes sense, and only if it surely was not shown. Nobody need look after it.
func (s *Service) cardOutcome(ctx context.Context, w Work, p Policies, err error) Outcome {
	out := s.outcome(ctx, w, p, RemoteRef{}, err)
	if out.Failure == nil {
		return out
	}
	var payload CallPayload
	_ = json.Unmarshal(w.Payload, &payload) // what can't be read has no time left
	isUnsure := out.Failure.Uncertain || out.Failure.Kind == FailTimeout || out.Failure.Kind == FailAnswer
	if out.State == JobParked || isUnsure && w.Kind == JobCallPopUp || out.RunAt.After(payload.At.Add(cardWithin(w.Kind))) {
		return Outcome{State: JobCancelled, Failure: out.Failure}
	}
	return out
}

// log keeps a finished call in the system.
func (t *telling) log(ctx context.Context) (RemoteRef, error) {
	keeper, ok := t.connector.(CallLog)
	if !ok || !t.Settings.On(KeyCallLog) {
		return RemoteRef{}, nil
	}
	updater, canUpdate := t.connector.(CallLogUpdater)
	recordings, err := t.cfg.Calls.Recordings(ctx, t.AccountID, t.call.ID)
	if err != nil {
		return RemoteRef{}, err
	}
	isUpdate := t.payload.Remote != ""
	isWaiting := t.awaits(recordings)
	if isWaiting && (isUpdate || !canUpdate) {
		age := t.cfg.Clock.Now().Sub(t.payload.At)
		return RemoteRef{}, notYetError{t.cfg.Clock.Now().Add(min(max(age/2, recordingsPause), recordingsMost))}
	}
	l, err := t.logged(ctx, recordings)
	if err != nil {
		return RemoteRef{}, err
	}
	if isUpdate {
		if !canUpdate || len(l.Recordings) == 0 {
			return RemoteRef{}, nil
		}
		return RemoteRef{ID: t.payload.Remote, Entity: entityCall}, updater.UpdateCall(ctx, t.payload.Remote, l)
	}
	remote, err := keeper.LogCall(ctx, l)
	if err == nil && isWaiting && remote != "" {
		t.addLater(remote)
	}
	return RemoteRef{ID: remote, Entity: entityCall}, err
}

// entityCall is a call in the words of this package.
const entityCall = "call"

// awaits reports whether recordings are still to come.
func (t *telling) awaits(all []telephony.Recording) bool {
	if t.cfg.Clock.Now().Sub(t.payload.At) > recordingsWithin {
		return false
	}
	return t.call.OpenRecordings > 0 || slices.ContainsFunc(all, func(r telephony.Recording) bool { return r.State == telephony.RecordingWaits })
}

// addLater has the recordings added when they are there.
func (t *telling) addLater(remote string) {
	p := t.payload
	p.Remote = remote
	payload, _ := json.Marshal(p) // plain data always marshals
	t.then = append(t.then, NewJob{
		AccountID: t.AccountID, IntegrationID: t.ID, Kind: JobCallLog, Key: "recordings:" + t.call.ID.String(), Payload: payload, RunAt: t.cfg.Clock.Now().Add(recordingsPause),
	})
}

func (t *telling) logged(ctx context.Context, recordings []telephony.Recording) (LoggedCall, error) {
	c := t.call
	l := LoggedCall{
		Key: fmt.Sprintf("skvoz-%d-%d", t.ID, c.ID), Phone: c.ContactPhone, IsOutgoing: c.Direction == telephony.Outbound, StartedAt: c.StartedAt, Duration: c.Talk,
		Employee: t.first(append([]core.EmployeeID{c.EmployeeID}, t.payload.Employees...)...), IsLost: c.IsLost, VirtualLine: c.VirtualNumber,
	}
	longest := time.Duration(-1)
	for i := range recordings {
		r := &recordings[i]
		if r.State != telephony.RecordingStored && r.State != telephony.RecordingWaits { // one that still waits may come yet
			continue
		}
		url := t.cfg.Calls.RecordingURL(t.AccountID, r.ID)
		l.Recordings = append(l.Recordings, CallRecording{URL: url, StartedAt: r.StartedAt, Duration: r.Duration})
		if r.Duration > longest {
			longest, l.RecordURL = r.Duration, url
		}
	}
	var err error
	l.CallFacts, err = t.facts(ctx)
	return l, err
}

// task makes the task to call back, unless somebody has reached the caller meanwhile.
func (t *telling) task(ctx context.Context) (RemoteRef, error) {
	maker, ok := t.connector.(LostCallTasks)
	if !ok || !t.Settings.On(KeyCallTasks) || t.call.CalledBackAt != nil {
		return RemoteRef{}, nil
	}
	c := t.call
	k := CallTask{
		Key: fmt.Sprintf("skvoz-%d-task-%d", t.ID, c.ID), Phone: c.ContactPhone, Employee: t.first(t.payload.Employees...), StartedAt: c.StartedAt,
		DueAt: t.payload.At.Add(callBackWithin), VirtualLine: c.VirtualNumber,
		Text: fmt.Sprintf("Перезвонить: пропущенный звонок с номера +%s на номер +%s", c.ContactPhone, c.VirtualNumber),
	}
	var err error
	if k.CallFacts, err = t.facts(ctx); err != nil {
		return RemoteRef{}, err
	}
	remote, err := maker.CreateTask(ctx, k)
	return RemoteRef{ID: remote, Entity: "task"}, err
}

// facts gathers what else is known of a call. One that is no communication, since its number is none of the account's, has few.
func (t *telling) facts(ctx context.Context) (CallFacts, error) {
	c := t.call
	f := CallFacts{NumberID: c.NumberID, SiteID: c.SiteID, VisitorID: c.VisitorID, IsFirst: c.IsFirst, Wait: c.Wait, LostReason: string(c.LostReason)}
	if c.VisitorID != 0 {
		f.CardURL = t.cfg.PublicURL + "/visitors/" + c.VisitorID.String()
	}
	if c.SiteID != 0 {
		all, err := t.cfg.Sites.List(ctx, t.AccountID)
		if err != nil {
			return f, err
		}
		for i := range all {
			if all[i].ID == c.SiteID {
				f.Site, f.SiteName = all[i].Domain, cmp.Or(all[i].Name, all[i].Domain)
			}
		}
	}
	communication, err := t.cfg.Comms.Communication(ctx, t.AccountID, core.CommunicationID(c.ID))
	switch {
	case err == nil:
		f.Source, f.Name = labelsOf(&communication), communication.Name
	case core.KindOf(err) == core.KindNotFound:
		err = nil
	}
	return f, err
}

// later returns when a job is to be looked at again.
func later(err error) (time.Time, bool) {
	var l notYetError
	ok := errors.As(err, &l)
	return l.at, ok
}
