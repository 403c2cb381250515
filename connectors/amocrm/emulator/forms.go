package emulator

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// form is a part of a webhook's body: names below leads[add][0], and values, in the order they are sent.
type form []pair

type pair struct {
	name  string // [a][b]
	value string
}

// put adds a value; null is an empty one.
func (f *form) put(value any, names ...string) {
	text := fmt.Sprint(value)
	if value == nil {
		text = ""
	}
	*f = append(*f, pair{"[" + strings.Join(names, "][") + "]", text})
}

// encode writes the body of one webhook.
func encode(prefixes []string, parts []form, account form) string {
	var out []string
	write := func(prefix string, f form) {
		for _, p := range f {
			out = append(out, url.QueryEscape(prefix+p.name)+"="+url.QueryEscape(p.value))
		}
	}
	for i, part := range parts {
		write(prefixes[i], part)
	}
	write("account", account)
	return strings.Join(out, "&")
}

// hookEntity is what a card's webhooks begin with: companies are told of as contacts.
func hookEntity(e Entity) string {
	if e == Companies {
		return string(Contacts)
	}
	return string(e)
}

func (s *Server) accountForm() form {
	var f form
	f.put(s.state.accountID, "id")
	f.put(s.opts.Subdomain, "subdomain")
	f.put(s.address(), "_links", "self")
	return f
}

// leadForm is a lead as webhooks tell it, with where it came from when that is known.
func (s *Server) leadForm(l, before *Lead) form {
	var f form
	f.put(l.ID, "id")
	f.put(l.Name, "name")
	f.put(l.StatusID, "status_id")
	if before != nil {
		f.put(before.StatusID, "old_status_id")
	}
	f.put(l.Price, "price")
	f.put(l.ResponsibleUserID, "responsible_user_id")
	f.put(l.UpdatedAt, "last_modified")
	f.put(l.UpdatedBy, "modified_user_id")
	f.put(l.CreatedBy, "created_user_id")
	f.put(l.CreatedAt, "date_create")
	f.put(l.PipelineID, "pipeline_id")
	if before != nil {
		f.put(before.PipelineID, "old_pipeline_id")
	}
	f.cardTail(s, &l.Card)
	return f
}

// cardTail is what cards have in common at the end.
func (f *form) cardTail(s *Server, card *Card) {
	for i, t := range card.Tags {
		f.put(t.ID, "tags", itoa(int64(i)), "id")
		f.put(t.Name, "tags", itoa(int64(i)), "name")
	}
	f.put(s.state.accountID, "account_id")
	for i, field := range card.Fields {
		n := itoa(int64(i))
		f.put(field.FieldID, "custom_fields", n, "id")
		f.put(field.Name, "custom_fields", n, "name")
		for j, v := range field.Values {
			f.put(v.Value, "custom_fields", n, "values", itoa(int64(j)), "value")
			if v.EnumID != 0 {
				f.put(v.EnumID, "custom_fields", n, "values", itoa(int64(j)), "enum")
			}
		}
		if field.Code != "" {
			f.put(field.Code, "custom_fields", n, "code")
		}
	}
	f.put(card.CreatedAt, "created_at")
	f.put(card.UpdatedAt, "updated_at")
}

// personForm is a contact or a company as webhooks tell it.
func (s *Server) personForm(p *Contact) form {
	var f form
	f.put(p.ID, "id")
	f.put(p.Name, "name")
	f.put(p.ResponsibleUserID, "responsible_user_id")
	f.put(p.CreatedAt, "date_create")
	f.put(p.UpdatedAt, "last_modified")
	f.put(p.CreatedBy, "created_user_id")
	f.put(p.UpdatedBy, "modified_user_id")
	if company := s.state.companies.byID[p.CompanyID]; company != nil {
		f.put(company.Name, "company_name")
		f.put(company.ID, "linked_company_id")
	}
	for _, id := range p.Leads {
		f.put(id, "linked_leads_id", itoa(id), "ID")
	}
	f.cardTail(s, &p.Card)
	f.put(p.Entity.one(), "type")
	return f
}

func (s *Server) noteForm(n *Note) form {
	var f form
	f.put(n.ID, "note", "id")
	f.put(n.CreatedBy, "note", "created_by")
	f.put(s.state.accountID, "note", "account_id")
	f.put(n.EntityID, "note", "element_id")
	f.put(n.Entity.number(), "note", "element_type")
	f.put(noteNumbers[n.Type], "note", "note_type")
	f.put(n.Params["text"], "note", "text")
	f.put(n.ResponsibleUserID, "note", "main_user_id")
	f.put(when(n.CreatedAt), "note", "date_create")
	f.put(n.CreatedAt, "note", "created_at")
	f.put(n.UpdatedAt, "note", "updated_at")
	return f
}

func (s *Server) unsortedForm(u *Unsorted) form {
	var f form
	f.put(u.UID, "uid")
	f.put(u.SourceName, "source")
	f.put(u.SourceUID, "source_uid")
	f.put(u.Category, "category")
	f.put(u.CreatedAt, "created_at")
	f.put(u.PipelineID, "pipeline_id")
	f.put(u.LeadID, "lead_id")
	f.put(s.state.accountID, "account_id")
	for _, name := range slices.Sorted(maps.Keys(u.Metadata)) {
		f.put(u.Metadata[name], "source_data", name)
	}
	return f
}
