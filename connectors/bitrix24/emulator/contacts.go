package emulator

import (
	"slices"
	"strings"
)

// maxDuplicates is how many ids of one kind the search for duplicates returns; once so many are found, other kinds are not searched.
const maxDuplicates = 20

func (s *Server) contactMethods() map[string]method {
	return map[string]method{
		"crm.duplicate.findbycomm":   {scope: "crm", run: (*call).findByComm},
		"crm.deal.contact.items.get": {scope: "crm", run: (*call).dealContacts},
		"crm.deal.contact.items.set": {scope: "crm", writes: true, run: (*call).setDealContacts},
		"crm.deal.contact.add":       {scope: "crm", writes: true, run: (*call).addDealContact},
		"crm.deal.contact.delete":    {scope: "crm", writes: true, run: (*call).deleteDealContact},
	}
}

// duplicateCode is the form in which the index of duplicates keeps phones and e-mails. A phone loses its extension and everything but digits; of long
// numbers the ways to dial abroad are dropped and the Russian 8 becomes 7. Ten digits without a country code stay as they are, so they find only
// themselves.
func duplicateCode(kind, value string) string {
	value = strings.ToLower(strings.TrimSpace(value))
	if kind == "EMAIL" {
		return value
	}
	if end := strings.IndexAny(value, "#*,;xдe"); end > 0 {
		value = value[:end]
	}
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, value)
	if len(digits) < 10 {
		return digits
	}
	for _, abroad := range []string{"00", "011", "810"} {
		if rest, ok := strings.CutPrefix(digits, abroad); ok && len(rest) >= 10 {
			return rest
		}
	}
	if rest, ok := strings.CutPrefix(digits, "8"); ok && len(digits) == 11 && !strings.HasPrefix(value, "+") {
		return "7" + rest
	}
	return digits
}

func (c *call) findByComm() (any, *refusal) {
	kind := strings.ToUpper(text(c.params.get("type")))
	values, _ := c.params.get("values").(*arr)
	switch {
	case kind == "":
		return nil, crmError("Communication type is not defined")
	case kind != "PHONE" && kind != "EMAIL":
		return nil, crmError("Communication type '" + kind + "' is not supported in current context")
	case values.len() == 0:
		return nil, crmError("Communication values is not defined")
	}
	wanted := strings.ToUpper(text(c.params.get("entity_type")))
	out := &arr{}
	for _, typeID := range []int{leadType, contactType, companyType} {
		t := c.state.tables[typeID]
		if wanted != "" && wanted != t.name {
			continue
		}
		found := t.duplicates(kind, values)
		if found.len() > 0 {
			out.set(t.name, found)
		}
		if found.len() == maxDuplicates {
			break
		}
	}
	return out, nil
}

// duplicates looks the first 20 values up.
func (t *table) duplicates(kind string, values *arr) *arr {
	ids := map[int]bool{}
	for i, v := range values.values() {
		code := duplicateCode(kind, text(v))
		if i == maxDuplicates || code == "" {
			continue
		}
		for id := range t.byComm[kind+"|"+code] {
			ids[id] = true
		}
	}
	out := &arr{}
	for _, r := range t.pick(ids) {
		if out.len() < maxDuplicates {
			out.push(r.id)
		}
	}
	return out
}

// deal is the deal whose contacts a request is about.
func (c *call) deal() (*record, *refusal) {
	id := whole(c.params.get("id"))
	if id < 1 {
		return nil, crmError("The parameter 'ownerEntityID' is invalid or not defined.")
	}
	if r := c.state.tables[dealType].byID[id]; r != nil {
		return r, nil
	}
	return nil, crmError("Not found.")
}

func (c *call) dealContacts() (any, *refusal) {
	r, refused := c.deal()
	if refused != nil {
		return nil, refused
	}
	out := &arr{}
	for _, b := range r.contacts {
		out.push(obj("CONTACT_ID", b.contact, "SORT", b.sort, "ROLE_ID", 0, "IS_PRIMARY", char(b.primary)))
	}
	return out, nil
}

// rebind changes the contacts of a deal and what hangs on them.
func (c *call) rebind(r *record, how func()) {
	t := c.state.tables[dealType]
	t.unindex(r)
	how()
	if r.vals["CONTACT_ID"] = r.primaryContact(); r.primaryContact() == 0 {
		delete(r.vals, "CONTACT_ID")
	}
	t.index(r)
	_ = c.change(t, r, input{}, c.actor()) // nothing is written that could be wrong
}

func (c *call) setDealContacts() (any, *refusal) {
	r, refused := c.deal()
	if refused != nil {
		return nil, refused
	}
	items, ok := c.params.get("items").(*arr)
	if !ok {
		return nil, crmError("The parameter items must be array.")
	}
	c.rebind(r, func() {
		r.contacts = nil
		for _, v := range items.values() {
			item, _ := v.(*arr)
			c.bind(r, whole(item.get("CONTACT_ID")), yes(item.get("IS_PRIMARY")), whole(item.get("SORT")))
		}
	})
	return true, nil
}

// contactField reads fields[CONTACT_ID].
func (c *call) contactField() (fields *arr, contact int, refused *refusal) {
	fields, ok := c.params.get("fields").(*arr)
	if !ok {
		return nil, 0, crmError("The parameter 'fields' must be array.")
	}
	if contact = whole(fields.get("CONTACT_ID")); contact <= 0 {
		return nil, 0, crmError("The parameter 'fields' is not valid.")
	}
	return fields, contact, nil
}

func (c *call) addDealContact() (any, *refusal) {
	r, refused := c.deal()
	if refused != nil {
		return nil, refused
	}
	fields, contact, refused := c.contactField()
	if refused != nil {
		return nil, refused
	}
	if slices.ContainsFunc(r.contacts, func(b binding) bool { return b.contact == contact }) {
		return false, nil
	}
	c.rebind(r, func() { c.bind(r, contact, yes(fields.get("IS_PRIMARY")), whole(fields.get("SORT"))) })
	return true, nil
}

func (c *call) deleteDealContact() (any, *refusal) {
	r, refused := c.deal()
	if refused != nil {
		return nil, refused
	}
	_, contact, refused := c.contactField()
	if refused != nil {
		return nil, refused
	}
	c.rebind(r, func() {
		r.contacts = slices.DeleteFunc(r.contacts, func(b binding) bool { return b.contact == contact })
		if r.primaryContact() == 0 {
			c.bindPrimary(r, 0)
		}
	})
	return true, nil
}
