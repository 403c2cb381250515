package emulator

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
)

// Webhook is a subscription.
type Webhook struct {
	ID                   int64
	Destination          string
	Settings             []string
	Sort                 int64
	Disabled             bool
	CreatedBy            int64
	CreatedAt, UpdatedAt int64

	failures []int64 // when answers were not what they should be
}

// settings are what can be subscribed to.
var settings = func() []string {
	var out []string
	for _, entity := range []string{"lead", "contact", "company", "customer", "task"} {
		for _, action := range []string{"add", "update", "delete", "restore", "responsible", "status", "note"} {
			out = append(out, action+"_"+entity)
		}
	}
	return append(out, "add_talk", "update_talk", "add_unsorted", "update_unsorted", "delete_unsorted", "add_chat_template_review")
}()

func (s *Server) listWebhooks(c *call) answer {
	destinations := c.query.at("filter", "destination")
	var rows []*Webhook
	for _, h := range s.hooks.hooks {
		if destinations.empty() || destinations.value == h.Destination {
			rows = append(rows, h)
		}
	}
	if len(rows) == 0 {
		return nothing()
	}
	out := make([]object, len(rows))
	for i, h := range rows {
		out[i] = s.webhookJSON(h)
	}
	return ok(object{"_total_items": len(out), "_links": c.here(), "_embedded": object{"webhooks": out}})
}

// subscribe makes a webhook, or changes the one of the same destination and switches it on again.
func (s *Server) subscribe(c *call) answer {
	if !s.state.user(c.user).Admin {
		return problem(http.StatusForbidden, "Forbidden")
	}
	in, bad := c.item()
	if bad != nil {
		return *bad
	}
	destination, wanted := readWebhook(in)
	order := in.number("sort")
	if bad := refuse(in); bad != nil {
		return *bad
	}
	h := s.hooks.find(destination)
	status := http.StatusOK
	if h == nil {
		h = &Webhook{ID: s.state.id(), Destination: destination, CreatedBy: c.user, CreatedAt: c.now, Sort: 10}
		s.hooks.hooks = append(s.hooks.hooks, h)
		status = http.StatusCreated
	}
	set(&h.Sort, order)
	h.Settings, h.Disabled, h.failures, h.UpdatedAt = wanted, false, nil, c.now
	return answer{status: status, body: s.webhookJSON(h)}
}

func readWebhook(in input) (destination string, wanted []string) {
	in.allow("destination", "settings", "sort")
	in.require("destination", "settings")
	if v := in.text("destination"); v != nil {
		destination = *v
		if u, err := url.Parse(destination); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			in.fail("destination", codeChoice)
		}
	}
	list, isList := in.object["settings"].([]any)
	if in.has("settings") && (!isList || len(list) == 0) {
		in.failType("settings", "array")
	}
	for i, v := range list {
		name, _ := v.(string)
		if !slices.Contains(settings, name) {
			in.fail("settings."+itoa(int64(i)), codeChoice)
		}
		wanted = append(wanted, name)
	}
	return destination, wanted
}

func (s *Server) unsubscribe(c *call) answer {
	in, bad := c.item()
	if bad != nil {
		return *bad
	}
	in.require("destination")
	destination := in.text("destination")
	if bad := refuse(in); bad != nil {
		return *bad
	}
	h := s.hooks.find(*destination)
	if h == nil {
		return problem(http.StatusNotFound, "Webhook not found")
	}
	s.hooks.remove(h)
	return nothing()
}

func (s *Server) webhookJSON(h *Webhook) object {
	return object{
		"id": h.ID, "destination": h.Destination, "settings": h.Settings, "sort": cmp.Or(h.Sort, 10), "disabled": h.Disabled, "created_by": h.CreatedBy,
		"created_at": h.CreatedAt, "updated_at": h.UpdatedAt, "account_id": s.state.accountID,
	}
}
