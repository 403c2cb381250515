package amocrm

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core/integrations"
)

// newUnsorted is a request for the inbox: contact and deal wait together for being accepted.
type newUnsorted struct {
	RequestID  string        `json:"request_id,omitempty"`
	SourceUID  string        `json:"source_uid"`
	SourceName string        `json:"source_name"`
	PipelineID int64         `json:"pipeline_id,omitempty"`
	CreatedAt  int64         `json:"created_at"`
	Metadata   any           `json:"metadata"`
	Embedded   unsortedParts `json:"_embedded"`
}

type unsortedParts struct {
	Leads    []newLead    `json:"leads,omitempty"`
	Contacts []newContact `json:"contacts"`
}

// formMetadata says which form of a site a request is from.
type formMetadata struct {
	FormID     string `json:"form_id"`
	FormName   string `json:"form_name"`
	FormPage   string `json:"form_page"`
	FormSentAt int64  `json:"form_sent_at"`
	Referer    string `json:"referer,omitempty"`
	VisitorUID string `json:"visitor_uid,omitempty"`
}

// unsorted is a request in the inbox.
type unsorted struct {
	UID       string `json:"uid"`
	SourceUID string `json:"source_uid"`
	CreatedAt int64  `json:"created_at"`

	Embedded embedded[struct {
		Leads []link `json:"leads"`
	}] `json:"_embedded"`
}

const (
	formsPath    = "/api/v4/leads/unsorted/forms"
	unsortedPath = "/api/v4/leads/unsorted"
)

func (c *connector) createUnsorted(ctx context.Context, d integrations.NewDeal, price *int64, fields []setField) (integrations.RemoteRef, error) {
	body, err := unsortedBody(d, price, fields, c.session.Clock.Now())
	if err != nil {
		return integrations.RemoteRef{}, err
	}
	made, err := c.create(ctx, post(formsPath, []newUnsorted{body}), "unsorted")
	if err != nil {
		return c.orThere(ctx, d, err)
	}
	return c.unsortedRef(made.UID, made.Embedded.V.Leads), nil
}

// orThere returns the request that is there already when amoCRM refuses one: it takes none twice.
func (c *connector) orThere(ctx context.Context, d integrations.NewDeal, refused error) (integrations.RemoteRef, error) {
	if integrations.AsFailure(refused).Kind == integrations.FailRejected {
		if made, found, err := c.findUnsorted(ctx, d); err == nil && found {
			return made, nil
		}
	}
	return integrations.RemoteRef{}, misplaced(refused)
}

// unsortedRef names a request by its deal, whose id stays when the request is accepted.
func (c *connector) unsortedRef(uid string, leads []link) integrations.RemoteRef {
	if len(leads) == 0 || leads[0].ID == 0 {
		return integrations.RemoteRef{ID: uid, Entity: "unsorted", URL: string(c.address) + "/leads/"}
	}
	return integrations.RemoteRef{ID: id(leads[0].ID), Entity: "unsorted", URL: c.address.lead(id(leads[0].ID))}
}

func unsortedBody(d integrations.NewDeal, price *int64, fields []setField, now time.Time) (newUnsorted, error) {
	d.ContactID = ""
	if d.Since.IsZero() {
		d.Since = now
	}
	if d.Subject.Communication.At.IsZero() {
		d.Subject.Communication.At = d.Since
	}
	inside, err := leadBody(d, price, fields)
	if err != nil {
		return newUnsorted{}, err
	}
	out := newUnsorted{
		RequestID: d.Key, SourceUID: d.Key, SourceName: cmp.Or(d.Subject.Site, serviceName), PipelineID: inside.PipelineID, CreatedAt: d.Since.Unix(),
		Metadata: formMetadata{
			FormID: serviceName, FormName: cmp.Or(d.Subject.Goal.Name, d.Name), FormPage: cmp.Or(d.Source.Page, d.Subject.Site, serviceName),
			FormSentAt: d.Subject.Communication.At.Unix(), Referer: d.Source.Referrer,
			VisitorUID: id(int64(d.Subject.Communication.VisitorID)),
		},
	}
	inside.PipelineID, inside.StatusID, inside.RequestID = 0, 0, ""
	person := contactBody(d.Person)
	out.Embedded = unsortedParts{Leads: []newLead{inside}, Contacts: []newContact{person}}
	return out, nil
}

// findUnsorted looks through the inbox from its newest request back to the first attempt.
func (c *connector) findUnsorted(ctx context.Context, d integrations.NewDeal) (integrations.RemoteRef, bool, error) {
	from := d.Since.Add(-clocksDiffer).Unix()
	var ref integrations.RemoteRef
	found := false
	r := get(unsortedPath, url.Values{"filter[category][]": {"forms"}, "order[created_at]": {"desc"}})
	err := pages(ctx, c, r, "unsorted", pageSize, func(items []unsorted) bool {
		if i := slices.IndexFunc(items, func(u unsorted) bool { return u.SourceUID == d.Key }); i >= 0 {
			ref, found = c.unsortedRef(items[i].UID, items[i].Embedded.V.Leads), true
		}
		return !found && len(items) > 0 && items[len(items)-1].CreatedAt >= from
	})
	return ref, found, err
}

// Preview implements integrations.DealDesk.
func (c *connector) Preview(d integrations.NewDeal, n integrations.NewNote) ([]integrations.Exchange, error) {
	var price *int64
	if d.RevenueMinor != nil {
		price = wholeUnits(d)
	}
	fields := fieldValues(d.Fields, func(name string) (any, bool) { return "{id поля «" + name + "»}", true })
	first, err := c.previewDeal(d, price, fields)
	if err != nil {
		return nil, err
	}
	out := []integrations.Exchange{first}
	if n.Text != "" {
		deal := n.DealID
		if _, ok := number(deal); !ok {
			deal = "{id сделки}"
		}
		out = append(out, c.shown("/api/v4/leads/"+deal+"/notes", []newNote{noteBody(n)}))
	}
	return out, nil
}

func (c *connector) previewDeal(d integrations.NewDeal, price *int64, fields []setField) (integrations.Exchange, error) {
	if c.UsesInbox() {
		body, err := unsortedBody(d, price, fields, c.session.Clock.Now())
		return c.shown(formsPath, []newUnsorted{body}), err
	}
	body, err := leadBody(d, price, fields)
	if err == nil && d.ContactID == "" {
		body.Embedded.Contacts = []anyID{{"{id контакта}"}}
	}
	return c.shown("/api/v4/leads", []newLead{body}), err
}

// shown is a request as people are shown it before it is sent.
func (c *connector) shown(path string, body any) integrations.Exchange {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(body) // the bodies above always can be written
	return integrations.Exchange{
		At: c.session.Clock.Now(), Method: http.MethodPost, Address: string(c.address) + path, Request: strings.TrimSpace(text.String()),
	}
}
