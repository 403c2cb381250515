package emulator

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// userField is a field people added: UF_CRM_*.
type userField struct {
	id, sort int
	entity   string // CRM_DEAL …
	name, of string
	label    string
}

func (s *Server) allMethods() map[string]method {
	out := map[string]method{}
	for _, group := range []map[string]method{
		s.classicMethods(), s.itemMethods(), s.stageMethods(), s.contactMethods(), s.timelineMethods(), s.userMethods(), s.eventMethods(),
		{
			"batch":                 {run: (*call).batch},
			"app.info":              {run: (*call).appInfo},
			"scope":                 {run: (*call).scopeList},
			"methods":               {run: (*call).methodList},
			"method.get":            {run: (*call).methodGet},
			"server.time":           {run: func(c *call) (any, *refusal) { return stamp(c.now), nil }},
			"crm.settings.mode.get": {scope: "crm", run: (*call).modeGet},
			"crm.currency.list":     {scope: "crm", run: (*call).currencyList},
		},
	} {
		maps.Copy(out, group)
	}
	return out
}

func (c *call) appInfo() (any, *refusal) {
	if c.who.hook {
		return nil, &refusal{http.StatusForbidden, "ACCESS_DENIED", "Access denied! Application context required"}
	}
	return obj("ID", 1, "CODE", c.options.ClientID, "VERSION", 1, "STATUS", "L", "INSTALLED", c.state.app.finished, "PAYMENT_EXPIRED", "N", "DAYS", nil,
		"LANGUAGE_ID", "ru", "LICENSE", "ru_pro100", "LICENSE_TYPE", "pro100", "LICENSE_FAMILY", "pro"), nil
}

func (c *call) scopeList() (any, *refusal) {
	scopes := c.who.scopes
	if yes(c.params.get("full")) {
		scopes = []string{"crm", "placement", "telephony", "user", "user_basic", "user_brief"}
	}
	out := &arr{}
	for _, name := range scopes {
		out.push(name)
	}
	return out, nil
}

func (c *call) methodList() (any, *refusal) {
	out, of := &arr{}, text(c.params.get("scope"))
	for _, name := range slices.Sorted(maps.Keys(c.methods)) {
		m := c.methods[name]
		if c.who.may(m.scope) && (!c.params.has("scope") || m.scope == of) || yes(c.params.get("full")) {
			out.push(name)
		}
	}
	return out, nil
}

func (c *call) methodGet() (any, *refusal) {
	m, known := c.methods[strings.ToLower(text(c.params.get("name")))]
	return obj("isExisting", known, "isAvailable", known && c.permitQuietly(m)), nil
}

func (c *call) permitQuietly(m method) bool { return c.who.may(m.scope) && !(m.app && c.who.hook) }

func (c *call) modeGet() (any, *refusal) {
	if c.state.mode == Simple {
		return 2, nil
	}
	return 1, nil
}

func (c *call) currencyList() (any, *refusal) {
	out, names := &arr{}, map[string]string{"RUB": "Российский рубль", "USD": "Доллар США", "EUR": "Евро", "BYN": "Белорусский рубль", "KZT": "Тенге"}
	for i, code := range currencies() {
		out.push(obj("CURRENCY", code, "AMOUNT_CNT", "1", "AMOUNT", "1.0000", "SORT", itoa(100*(i+1)), "BASE", char(i == 0), "FULL_NAME", names[code], "LID", "ru",
			"FORMAT_STRING", "# "+code, "DEC_POINT", ".", "THOUSANDS_SEP", " ", "DECIMALS", "2", "DATE_UPDATE", stamp(c.user(1).since)))
	}
	c.total = out.len()
	return out, nil
}

func (c *call) userFieldAdd(t *table) (any, *refusal) {
	fields, refused := c.fields()
	if refused != nil {
		return nil, refused
	}
	if !c.user(c.who.user).admin {
		return nil, crmError("Access denied.")
	}
	name, of := strings.TrimPrefix(strings.ToUpper(text(fields.get("FIELD_NAME"))), "UF_CRM_"), text(fields.get("USER_TYPE_ID"))
	kinds := map[string]kind{
		"string": kindText, "integer": kindInt, "double": kindDouble, "boolean": kindText, "datetime": kindDatetime, "date": kindDate, "url": kindText,
		"enumeration": kindText, "money": kindText,
	}
	switch {
	case name == "":
		return nil, crmError("The 'FIELD_NAME' field is not found.")
	case len(name) > 43:
		return nil, coreError("Имя поля слишком длинное (больше 50-ти символов).")
	case strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "":
		return nil, coreError("Имя поля содержит недопустимые символы. Допустимыми являются: A-Z, 0-9 и _.")
	case of == "":
		return nil, crmError("The 'USER_TYPE_ID' field is not found.")
	case kinds[of] == "":
		return nil, coreError("Указан неверный пользовательский тип.")
	case t.byName["UF_CRM_"+name] != nil:
		return nil, coreError("Поле UF_CRM_" + name + " для объекта CRM_" + t.name + " уже существует.")
	}
	label := or(text(fields.get("EDIT_FORM_LABEL")), or(text(fields.get("LABEL")), "UF_CRM_"+name))
	uf := &userField{id: c.state.id("userfield"), sort: or(whole(fields.get("SORT")), 100), entity: "CRM_" + t.name, name: "UF_CRM_" + name, of: of, label: label}
	c.state.userFields = append(c.state.userFields, uf)
	t.addField(&field{name: uf.name, item: camel(uf.name), kind: kinds[of], title: label, user: true})
	return uf.id, nil
}

func (c *call) userFieldList(t *table) (any, *refusal) {
	filter, ok := c.array("filter")
	if !ok {
		return nil, crmError("Parameter 'filter' must be array.")
	}
	out := &arr{}
	for _, uf := range c.state.userFields {
		if uf.entity != "CRM_"+t.name || filter.has("FIELD_NAME") && text(filter.get("FIELD_NAME")) != uf.name || filter.has("ID") && whole(filter.get("ID")) != uf.id {
			continue
		}
		out.push(obj("ID", itoa(uf.id), "ENTITY_ID", uf.entity, "FIELD_NAME", uf.name, "USER_TYPE_ID", uf.of, "XML_ID", nil, "SORT", itoa(uf.sort),
			"MULTIPLE", "N", "MANDATORY", "N", "SHOW_FILTER", "E", "SHOW_IN_LIST", "Y", "EDIT_IN_LIST", "Y", "IS_SEARCHABLE", "N",
			"SETTINGS", list(), "EDIT_FORM_LABEL", uf.label, "LIST_COLUMN_LABEL", uf.label, "LIST_FILTER_LABEL", uf.label))
	}
	c.total = out.len()
	return out, nil
}
