package emulator

import "time"

func (s *Server) getAccount(c *call) answer {
	with := c.with()
	out := object{
		"id": s.state.accountID, "name": "Мебельная мастерская", "subdomain": s.opts.Subdomain, "created_at": c.now - 400*day, "created_by": 0,
		"updated_at": c.now - day, "updated_by": 0, "current_user_id": c.user, "country": "RU", "currency": "RUB", "currency_symbol": "₽",
		"customers_mode": "disabled", "is_unsorted_on": true, "is_loss_reason_enabled": true, "is_helpbot_enabled": false,
		"is_technical_account": false, "contact_name_display_order": 1, "mobile_feature_version": 0, "_links": c.here(),
	}
	if with["is_api_filter_enabled"] {
		out["is_api_filter_enabled"] = true
	}
	if with["version"] {
		out["version"] = 16
	}
	if with["amojo_id"] {
		out["amojo_id"] = "7d2f0c3a-1f44-4b0a-9a1c-2a53cf3b7c55"
	}
	embedded := object{}
	if with["users_groups"] {
		embedded["users_groups"] = []object{{"id": 0, "name": "Отдел продаж", "uuid": nil}}
	}
	if with["datetime_settings"] {
		embedded["datetime_settings"] = object{
			"date_pattern": "d.m.Y H:i", "short_date_pattern": "d.m.Y", "timezone": "Europe/Moscow", "timezone_offset": "+03:00",
		}
	}
	if len(embedded) > 0 {
		out["_embedded"] = embedded
	}
	return ok(out)
}

// listUsers lists the employees, which only an administrator may.
func (s *Server) listUsers(c *call) answer {
	if !s.state.user(c.user).Admin {
		return problem(403, "Forbidden")
	}
	p := c.page(pageMost)
	with := c.with()
	a := listPage(c, "users", s.state.users, p, func(u *User) object { return s.userJSON(c, u, with) })
	if body, full := a.body.(object); full {
		body["_total_items"] = len(s.state.users)
		body["_page_count"] = (len(s.state.users) + p.limit - 1) / p.limit
	}
	return a
}

func (s *Server) getUser(c *call) answer {
	u := s.state.user(c.id)
	if u == nil {
		return problem(404, "User not found")
	}
	return ok(s.userJSON(c, u, c.with()))
}

func (s *Server) userJSON(c *call, u *User, with wordSet) object {
	all := object{"view": "A", "edit": "A", "add": "A", "delete": "A", "export": "A"}
	out := object{
		"id": u.ID, "name": u.Name, "email": u.Email, "lang": "ru", "_links": c.self("/api/v4/users/%d", u.ID),
		"rights": object{
			"leads": all, "contacts": all, "companies": all, "tasks": object{"edit": "A", "delete": "A"}, "mail_access": false, "catalog_access": true,
			"is_admin": u.Admin, "is_free": false, "is_active": u.Active, "group_id": 0, "role_id": nil, "status_rights": []any{},
		},
	}
	if with["group"] || with["role"] {
		out["_embedded"] = object{"groups": []object{{"id": 0, "name": "Отдел продаж"}}, "roles": []object{}}
	}
	if with["phone_number"] {
		out["phone_number"] = nil
	}
	return out
}

func (s *Server) listPipelines(c *call) answer {
	out := make([]object, len(s.state.pipelines))
	for i, p := range s.state.pipelines {
		out[i] = s.pipelineJSON(c, p)
	}
	return ok(object{"_total_items": len(out), "_links": c.here(), "_embedded": object{"pipelines": out}})
}

func (s *Server) getPipeline(c *call) answer {
	p := s.state.pipeline(c.id)
	if p == nil {
		return problem(404, "Pipeline not found")
	}
	return ok(s.pipelineJSON(c, p))
}

func (s *Server) listStatuses(c *call) answer {
	p := s.state.pipeline(c.id)
	if p == nil {
		return problem(404, "Pipeline not found")
	}
	return ok(object{"_total_items": len(p.Statuses), "_links": c.here(), "_embedded": object{"statuses": s.statusesJSON(c, p)}})
}

func (s *Server) pipelineJSON(c *call, p *Pipeline) object {
	return object{
		"id": p.ID, "name": p.Name, "sort": p.Sort, "is_main": p.Main, "is_unsorted_on": true, "is_archive": false, "account_id": s.state.accountID,
		"_links": c.self("/api/v4/leads/pipelines/%d", p.ID), "_embedded": object{"statuses": s.statusesJSON(c, p)},
	}
}

func (s *Server) statusesJSON(c *call, p *Pipeline) []object {
	out := make([]object, len(p.Statuses))
	for i, st := range p.Statuses {
		out[i] = object{
			"id": st.ID, "name": st.Name, "sort": st.Sort, "is_editable": st.Type == 0 && !closed(st.ID), "pipeline_id": p.ID, "color": st.Color,
			"type": st.Type, "account_id": s.state.accountID, "_links": c.self("/api/v4/leads/pipelines/%d/statuses/%d", p.ID, st.ID),
		}
	}
	return out
}

// when shows a unix time to people.
func when(at int64) string {
	if at == 0 {
		return ""
	}
	return time.Unix(at, 0).UTC().Format("2006-01-02 15:04:05")
}
