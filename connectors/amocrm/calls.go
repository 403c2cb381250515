package amocrm

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core/integrations"
)

// newCall is a finished call. Fields amoCRM would be told nothing of are left out: it refuses nulls.
type newCall struct {
	Direction   string `json:"direction"`
	Duration    int64  `json:"duration"`
	Source      string `json:"source"`
	Phone       string `json:"phone"`
	Uniq        string `json:"uniq"`
	Link        string `json:"link,omitempty"`
	Status      int    `json:"call_status,omitempty"`
	Responsible int64  `json:"responsible_user_id,omitempty"`
	CreatedAt   int64  `json:"created_at"`
	RequestID   string `json:"request_id,omitempty"`
}

// The statuses of calls we know of.
const (
	callTalked   = 4
	callNoAnswer = 6
)

// sipMetadata says which call a request in the inbox is from.
type sipMetadata struct {
	From        string `json:"from"`
	Phone       string `json:"phone"`
	CalledAt    int64  `json:"called_at"`
	Duration    int64  `json:"duration"`
	Link        string `json:"link,omitempty"`
	ServiceCode string `json:"service_code"`
	Uniq        string `json:"uniq"`
	IsEvent     bool   `json:"is_call_event_needed"`
	Responsible int64  `json:"call_responsible,omitempty"`
}

const (
	sipPath   = "/api/v4/leads/unsorted/sip"
	callsPath = "/api/v4/calls"
)

// LogCall implements integrations.CallLog. amoCRM itself finds the card by the phone; an incoming call of somebody it does not know becomes a request in
// the inbox. It does not compare uniq, so calls already kept are looked for before.
func (c *connector) LogCall(ctx context.Context, l integrations.LoggedCall) (string, error) {
	responsible, err := setting(integrations.KeyResponsible, l.Employee)
	if err != nil {
		return "", err
	}
	if remote, found, err := c.findCall(ctx, l); err != nil || found {
		return remote, err
	}
	made, err := c.create(ctx, post(callsPath, []newCall{callBody(l, responsible)}), "calls")
	if err == nil {
		return id(made.ID), nil
	}
	var f *integrations.Failure
	isUnknown := errors.As(err, &f) && f.Kind == integrations.FailRejected && strings.Contains(f.Detail, "Entity not found")
	if !isUnknown || l.IsOutgoing {
		return "", err
	}
	made, err = c.create(ctx, post(sipPath, []newUnsorted{sipBody(l, responsible)}), "unsorted")
	return made.UID, err
}

func callBody(l integrations.LoggedCall, responsible int64) newCall {
	out := newCall{
		Direction: "inbound", Duration: int64(l.Duration / time.Second), Source: serviceName, Phone: "+" + string(l.Phone), Uniq: l.Key, Link: l.RecordURL,
		Status: callTalked, Responsible: responsible, CreatedAt: l.StartedAt.Unix(), RequestID: l.Key,
	}
	if l.IsOutgoing {
		out.Direction = "outbound"
	}
	if l.IsLost {
		out.Status = callNoAnswer
	}
	return out
}

func sipBody(l integrations.LoggedCall, responsible int64) newUnsorted {
	return newUnsorted{
		RequestID: l.Key, SourceUID: l.Key, SourceName: serviceName, CreatedAt: l.StartedAt.Unix(),
		Metadata: sipMetadata{
			From: "+" + string(l.Phone), Phone: l.VirtualLine, CalledAt: l.StartedAt.Unix(), Duration: int64(l.Duration / time.Second), Link: l.RecordURL,
			ServiceCode: strings.ToLower(serviceName), Uniq: l.Key, IsEvent: true, Responsible: responsible,
		},
		Embedded: unsortedParts{Contacts: []newContact{contactBody(integrations.Person{Phone: l.Phone})}},
	}
}

// callNote is a note a call has become.
type callNote struct {
	ID     int64 `json:"id"`
	Params embedded[struct {
		Uniq string `json:"uniq"`
	}] `json:"params"`
}

// findCall looks for a call among the notes calls become, and in the inbox.
func (c *connector) findCall(ctx context.Context, l integrations.LoggedCall) (remoteID string, found bool, err error) {
	noteType := "call_in"
	if l.IsOutgoing {
		noteType = "call_out"
	}
	from := strconv.FormatInt(l.StartedAt.Add(-clocksDiffer).Unix(), 10)
	for _, entity := range []string{"leads", "contacts", "companies"} {
		r := get("/api/v4/"+entity+"/notes", url.Values{"filter[note_type][]": {noteType}, "filter[updated_at][from]": {from}})
		err := pages(ctx, c, r, "notes", pageSize, func(items []callNote) bool {
			if i := slices.IndexFunc(items, func(n callNote) bool { return n.Params.V.Uniq == l.Key }); i >= 0 {
				remoteID, found = id(items[i].ID), true
			}
			return !found
		})
		if err != nil || found {
			return remoteID, found, err
		}
	}
	r := get(unsortedPath, url.Values{"filter[category][]": {"sip"}, "order[created_at]": {"desc"}})
	err = pages(ctx, c, r, "unsorted", pageSize, func(items []unsorted) bool {
		if i := slices.IndexFunc(items, func(u unsorted) bool { return u.SourceUID == l.Key }); i >= 0 {
			remoteID, found = items[i].UID, true
		}
		return !found && len(items) > 0 && items[len(items)-1].CreatedAt >= l.StartedAt.Add(-clocksDiffer).Unix()
	})
	return remoteID, found, err
}

// popUps are cards to show; the interface is the older one, in which amoCRM still takes them.
type popUps struct {
	Add []popUp `json:"add"`
}

type popUp struct {
	Type  string  `json:"type"`
	Phone string  `json:"phone_number"`
	Users []int64 `json:"users"`
}

// ShowPopUp implements integrations.CallPopUps. Employees whose ids are none of amoCRM are passed over.
func (c *connector) ShowPopUp(ctx context.Context, p integrations.PopUp) error {
	card := popUp{Type: "phone_call", Phone: string(p.Phone)}
	for _, employee := range p.Employees {
		if n, ok := number(employee); ok {
			card.Users = append(card.Users, n)
		}
	}
	if len(card.Users) == 0 {
		return nil
	}
	return c.do(ctx, request{method: http.MethodPost, path: "/api/v2/events", body: popUps{[]popUp{card}}, changes: true}, nil)
}

// HidePopUp implements integrations.CallPopUps. amoCRM takes its cards away by itself and has no request for it.
func (c *connector) HidePopUp(context.Context, integrations.PopUp) error { return nil }
