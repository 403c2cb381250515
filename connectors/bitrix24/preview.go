package bitrix24

import (
	"net/http"

	"github.com/skvoz/skvoz/core/integrations"
)

// What is known only when it is sent stands in previews in words.
const (
	laterContact = "<контакт найден или создан / the contact found or created>"
	laterDeal    = "<id новой сделки / of the new deal>"
	laterHost    = "https://…/rest/…/"
)

// Preview implements integrations.DealDesk. The secret part of a web hook's address is left open.
func (c *connector) Preview(d integrations.NewDeal, n integrations.NewNote) ([]integrations.Exchange, error) {
	entity := c.entity()
	if d.ContactID == "" && entity == entityDeal {
		d.ContactID = laterContact
	}
	out := []integrations.Exchange{c.previewed("crm."+entity+".add", addParams(entity, d))}
	if n.Text == "" {
		return out, nil
	}
	note := noteParams(n)
	if n.DealID == "" {
		fields := note["fields"].(params)
		fields["ENTITY_ID"], fields["ENTITY_TYPE"] = laterDeal, entity
	}
	return append(out, c.previewed("crm.timeline.comment.add", note)), nil
}

// PreviewContact implements integrations.ContactPreviewer.
func (c *connector) PreviewContact(n integrations.NewContact) (integrations.Exchange, error) {
	return c.previewed("crm.contact.add", contactParams(n)), nil
}

func (c *connector) previewed(method string, p params) integrations.Exchange {
	host := laterHost
	switch {
	case c.isApp:
		host = c.site.rest
	case c.site.host != "":
		host = c.site.origin + "/rest/•••/"
	}
	body, _ := encode(p, "  ") // texts and numbers can't fail
	return integrations.Exchange{At: c.session.Clock.Now().UTC(), Method: http.MethodPost, Address: host + method + ".json", Request: string(body)}
}
