package bitrix24

import (
	"context"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
)

// originator marks what we made; beside it stands the delivery's key (ORIGIN_ID), by which a repeated delivery finds what an earlier attempt made.
const originator = "skvoz"

// UsesInbox implements integrations.DealDesk: leads are the vendor's inbox.
func (c *connector) UsesInbox() bool { return c.entity() == entityLead }

// entity is what goals become; a mode that was not asked for yet is taken for the simple one.
func (c *connector) entity() string {
	switch chosen := c.session.Settings.Text(keyEntity); {
	case chosen == entityLead, chosen != entityDeal && c.mode == modeClassic:
		return entityLead
	default:
		return entityDeal
	}
}

// OpenDeals implements integrations.DealDesk.
func (c *connector) OpenDeals(ctx context.Context, contactID string) ([]integrations.RemoteDeal, error) {
	var rows []dealRow
	_, err := c.one(ctx, "crm.deal.list", params{
		"filter": params{"CONTACT_ID": contactID, "CLOSED": "N"}, "select": dealFields, "order": params{"ID": "DESC"}, "start": -1,
	}, &rows)
	if err != nil {
		return nil, err
	}
	out := make([]integrations.RemoteDeal, len(rows))
	for i := range rows {
		out[i] = rows[i].deal(&c.site)
	}
	return out, nil
}

// FindDeal implements integrations.DealDesk: by the key it was made with.
func (c *connector) FindDeal(ctx context.Context, d integrations.NewDeal) (integrations.RemoteRef, bool, error) {
	if err := c.Prepare(ctx); err != nil {
		return integrations.RemoteRef{}, false, err
	}
	var rows []struct {
		ID loose `json:"ID"`
	}
	_, err := c.one(ctx, "crm."+c.entity()+".list", params{
		"filter": params{"ORIGINATOR_ID": originator, "ORIGIN_ID": d.Key}, "select": []string{"ID"}, "order": params{"ID": "ASC"}, "start": -1,
	}, &rows)
	if err != nil || len(rows) == 0 {
		return integrations.RemoteRef{}, false, err
	}
	return c.ref(c.entity(), string(rows[0].ID)), true, nil
}

func (c *connector) ref(entity, id string) integrations.RemoteRef {
	if entity == entityLead {
		return integrations.RemoteRef{ID: leadRef(id), Entity: entityLead, URL: c.site.leadURL(id)}
	}
	return integrations.RemoteRef{ID: id, Entity: entityDeal, URL: c.site.dealURL(id)}
}

// CreateDeal implements integrations.DealDesk.
func (c *connector) CreateDeal(ctx context.Context, d integrations.NewDeal) (integrations.RemoteRef, error) {
	if err := c.Prepare(ctx); err != nil {
		return integrations.RemoteRef{}, err
	}
	entity := c.entity()
	id, err := c.made(ctx, "crm."+entity+".add", addParams(entity, d))
	if err != nil {
		return integrations.RemoteRef{}, err
	}
	return c.ref(entity, id), nil
}

// addParams are those of crm.deal.add and crm.lead.add.
func addParams(entity string, d integrations.NewDeal) params {
	fields := params{"TITLE": d.Name, "SOURCE_ID": "WEB"}
	if entity == entityLead {
		leadFields(fields, d)
	} else {
		placeFields(fields, d)
	}
	setID(fields, "ASSIGNED_BY_ID", d.Responsible)
	if d.RevenueMinor != nil {
		fields["OPPORTUNITY"], fields["CURRENCY_ID"] = core.Money{Minor: *d.RevenueMinor, Currency: d.Currency}.Amount(), d.Currency
	}
	sourceFieldsOf(fields, d.Source)
	for _, f := range d.Fields {
		if f.Value != "" {
			fields[f.ID] = f.Value
		}
	}
	fields["ORIGINATOR_ID"], fields["ORIGIN_ID"] = originator, d.Key
	return params{"fields": fields, "params": params{"REGISTER_SONET_EVENT": "Y"}}
}

// leadFields: a lead holds the person's data itself; a known contact makes it a repeated one.
func leadFields(fields params, d integrations.NewDeal) {
	for name, value := range personFields(d.Person) {
		fields[name] = value
	}
	setID(fields, "CONTACT_ID", d.ContactID)
}

func placeFields(fields params, d integrations.NewDeal) {
	setID(fields, "CATEGORY_ID", d.FunnelID)
	setID(fields, "STAGE_ID", d.StageID)
	if d.ContactID != "" {
		fields["CONTACT_IDS"] = []string{d.ContactID}
	}
}

// sourceFieldsOf: the vendor has fields of its own for labels; what has none goes into the description of the source.
func sourceFieldsOf(fields params, s integrations.SourceLabels) {
	for name, value := range map[string]string{
		"UTM_SOURCE": s.UTM.Source, "UTM_MEDIUM": s.UTM.Medium, "UTM_CAMPAIGN": s.UTM.Campaign, "UTM_CONTENT": s.UTM.Content, "UTM_TERM": s.UTM.Term,
		"SOURCE_DESCRIPTION": joined("\n", joined(" / ", s.Channel, s.Source, s.Campaign), s.Page, s.Referrer),
	} {
		setID(fields, name, value)
	}
}

// FindNote implements integrations.DealDesk: the key is the last line of a comment.
func (c *connector) FindNote(ctx context.Context, n integrations.NewNote) (bool, error) {
	entity, id := entityOf(n.DealID)
	for start := 0; ; {
		var rows []struct {
			Comment loose `json:"COMMENT"`
		}
		a, err := c.one(ctx, "crm.timeline.comment.list", params{
			"filter": params{"ENTITY_ID": id, "ENTITY_TYPE": entity}, "select": []string{"ID", "COMMENT"}, "order": params{"ID": "DESC"}, "start": start,
		}, &rows)
		if err != nil {
			return false, err
		}
		for _, row := range rows {
			if hasKey(string(row.Comment), n.Key) {
				return true, nil
			}
		}
		if a.Next <= start || len(rows) == 0 {
			return false, nil
		}
		start = a.Next
	}
}

// keyLine is how a key stands in a comment.
func keyLine(key string) string { return "#" + key }

// hasKey looks for a key that does not go on behind its end; the vendor may have put markup around it.
func hasKey(comment, key string) bool {
	for {
		_, after, found := strings.Cut(comment, keyLine(key))
		if !found {
			return false
		}
		if after == "" || !strings.ContainsRune(keyLetters, rune(after[0])) {
			return true
		}
		comment = after
	}
}

const keyLetters = "-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// AddNote implements integrations.DealDesk.
func (c *connector) AddNote(ctx context.Context, n integrations.NewNote) error {
	_, err := c.made(ctx, "crm.timeline.comment.add", noteParams(n))
	return err
}

func noteParams(n integrations.NewNote) params {
	entity, id := entityOf(n.DealID)
	return params{"fields": params{"ENTITY_ID": id, "ENTITY_TYPE": entity, "COMMENT": strings.TrimSpace(n.Text) + "\n" + keyLine(n.Key)}}
}
