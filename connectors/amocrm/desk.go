package amocrm

import (
	"cmp"
	"context"
	"errors"
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/connectors/wire"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
)

// serviceName is as whom we appear in the cards of deals.
const serviceName = "Skvoz"

// newLead is a deal to make.
type newLead struct {
	Name        string     `json:"name"`
	Price       *int64     `json:"price,omitempty"`
	PipelineID  int64      `json:"pipeline_id,omitempty"`
	StatusID    int64      `json:"status_id,omitempty"`
	Responsible int64      `json:"responsible_user_id,omitempty"`
	Fields      []setField `json:"custom_fields_values,omitempty"`
	RequestID   string     `json:"request_id,omitempty"`
	Embedded    *newParts  `json:"_embedded,omitempty"`
}

// newParts are the parts of a deal to make. An identifier is a text in previews, where it is not known yet.
type newParts struct {
	Contacts []anyID  `json:"contacts,omitempty"`
	Tags     []newTag `json:"tags,omitempty"`
}

type anyID struct {
	ID any `json:"id"`
}

type newTag struct {
	Name string `json:"name"`
}

// UsesInbox implements integrations.DealDesk.
func (c *connector) UsesInbox() bool { return c.settings.On(keyInbox) }

// CreateDeal implements integrations.DealDesk.
func (c *connector) CreateDeal(ctx context.Context, d integrations.NewDeal) (integrations.RemoteRef, error) {
	price, err := c.price(ctx, d)
	if err != nil {
		return integrations.RemoteRef{}, err
	}
	fields, err := c.fieldsOf(ctx, d.Fields)
	if err != nil {
		return integrations.RemoteRef{}, err
	}
	if c.UsesInbox() {
		return c.createUnsorted(ctx, d, price, fields)
	}
	body, err := leadBody(d, price, fields)
	if err != nil {
		return integrations.RemoteRef{}, err
	}
	made, err := c.create(ctx, post("/api/v4/leads", []newLead{body}), "leads")
	if err != nil {
		return integrations.RemoteRef{}, misplaced(err)
	}
	return c.leadRef(id(made.ID)), nil
}

func (c *connector) leadRef(leadID string) integrations.RemoteRef {
	return integrations.RemoteRef{ID: leadID, Entity: "deal", URL: c.address.lead(leadID)}
}

func leadBody(d integrations.NewDeal, price *int64, fields []setField) (newLead, error) {
	out := newLead{Name: d.Name, Price: price, RequestID: d.Key, Fields: fields, Embedded: &newParts{Tags: tagsOf(d.Tags)}}
	var errs [3]error
	out.PipelineID, errs[0] = setting(integrations.KeyFunnel, d.FunnelID)
	out.StatusID, errs[1] = setting(integrations.KeyStage, d.StageID)
	out.Responsible, errs[2] = setting(integrations.KeyResponsible, d.Responsible)
	if err := cmp.Or(errs[0], errs[1], errs[2]); err != nil {
		return out, err
	}
	if contactID, ok := number(d.ContactID); ok {
		out.Embedded.Contacts = []anyID{{contactID}}
	} else if d.ContactID != "" {
		return out, integrations.Fail(integrations.FailRejected, "the contact's id is none of amoCRM: "+wire.Detail(d.ContactID))
	}
	return out, nil
}

// tagsOf leaves out what is empty or doubled.
func tagsOf(names []string) []newTag {
	var out []newTag
	for _, name := range names {
		t := newTag{strings.TrimSpace(name)}
		if t.Name != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// price is what a deal is worth in whole units of the account's currency; nil when that is unknown, or known in another currency only.
func (c *connector) price(ctx context.Context, d integrations.NewDeal) (*int64, error) {
	if d.RevenueMinor == nil {
		return nil, nil //nolint:nilnil // no price is a price
	}
	who, err := c.account(ctx)
	if err != nil || !strings.EqualFold(who.Currency, d.Currency) {
		return nil, err
	}
	return wholeUnits(d), nil
}

func wholeUnits(d integrations.NewDeal) *int64 {
	units := int64(math.Round(float64(*d.RevenueMinor) / float64(minorPerUnit(d.Currency))))
	return &units
}

// minorPerUnit is how many minor units a unit of a currency has.
func minorPerUnit(currency string) int64 {
	one, err := core.ParseMoney("1", currency)
	if err != nil || one.Minor == 0 {
		return 100
	}
	return one.Minor
}

// misplaced names the setting at fault when amoCRM does not know funnel, stage or user any more.
func misplaced(err error) error {
	var f *integrations.Failure
	if !errors.As(err, &f) || f.Kind != integrations.FailRejected {
		return err
	}
	for path, key := range map[string]string{
		"pipeline_id": integrations.KeyFunnel, "status_id": integrations.KeyStage, "responsible_user_id": integrations.KeyResponsible,
	} {
		if strings.Contains(f.Detail, path+":") && strings.Contains(f.Detail, "NotSupportedChoice") {
			f.Kind, f.Field = integrations.FailSettings, key
		}
	}
	return f
}

// OpenDeals implements integrations.DealDesk.
func (c *connector) OpenDeals(ctx context.Context, contactID string) ([]integrations.RemoteDeal, error) {
	leads, err := c.leadsOfContact(ctx, contactID)
	if err != nil {
		return nil, err
	}
	var out []integrations.RemoteDeal
	for _, l := range slices.Backward(leads) {
		if !l.isClosed() {
			out = append(out, c.deal(&l, "", nil))
		}
	}
	return out, nil
}

// leadsOfContact reads the deals of a contact, oldest first, without deleted ones. It goes by the links of the contact, which are there at once: what a
// search finds may lag behind.
func (c *connector) leadsOfContact(ctx context.Context, contactID string) ([]lead, error) {
	n, ok := number(contactID)
	if !ok {
		return nil, integrations.Fail(integrations.FailGone, "no such contact")
	}
	var owner contact
	if err := c.do(ctx, get("/api/v4/contacts/"+id(n), url.Values{"with": {"leads"}}), &owner); err != nil {
		return nil, err
	}
	if owner.ID == 0 {
		return nil, integrations.Fail(integrations.FailGone, "no such contact")
	}
	ids := make([]string, 0, len(owner.Embedded.V.Leads))
	for _, l := range owner.Embedded.V.Leads {
		ids = append(ids, id(l.ID))
	}
	leads, _, err := c.leadsByID(ctx, ids)
	slices.SortFunc(leads, func(a, b lead) int { return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID)) })
	return leads, err
}
