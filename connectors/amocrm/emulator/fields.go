package emulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Field is a custom field of an entity.
type Field struct {
	ID         int64
	Entity     Entity
	Name, Code string
	Type       string
	Sort       int64
	Enums      []Enum
	Predefined bool
}

// Enum is a choice of a field.
type Enum struct {
	ID    int64
	Value string
	Code  string
}

var fieldTypes = []string{
	"text", "numeric", "checkbox", "select", "multiselect", "date", "url", "textarea", "radiobutton", "streetaddress", "smart_address", "birthday",
	"legal_entity", "date_time", "price", "category", "items", "multitext", "tracking_data", "monetary", "file",
}

func (f *Field) hasEnums() bool {
	return slices.Contains([]string{"select", "multiselect", "radiobutton", "multitext"}, f.Type)
}

func (st *state) field(e Entity, id int64) *Field {
	for _, f := range st.fields[e] {
		if f.ID == id {
			return f
		}
	}
	return nil
}

func (st *state) fieldByCode(e Entity, code string) *Field {
	for _, f := range st.fields[e] {
		if f.Code == code && code != "" {
			return f
		}
	}
	return nil
}

// fieldsChange are the fields to set; one without values is cleared.
type fieldsChange []FieldValue

// readFields reads custom_fields_values; what is wrong is noted at its path.
func (st *state) readFields(in input, e Entity) fieldsChange {
	var out fieldsChange
	for _, item := range in.list("custom_fields_values") {
		item.allow("field_id", "field_code", "field_name", "field_type", "values", "is_computed")
		field := st.fieldAsked(item, e)
		if field == nil {
			continue
		}
		value := FieldValue{FieldID: field.ID, Code: field.Code, Name: field.Name}
		if !item.present("values") {
			item.fail("values", codeMissing)
		}
		for _, v := range item.list("values") {
			value.Values = append(value.Values, field.read(v))
		}
		out = append(out, value)
	}
	return out
}

// fieldAsked finds the field by field_id or field_code.
func (st *state) fieldAsked(item input, e Entity) *Field {
	if id := item.number("field_id"); id != nil {
		if f := st.field(e, *id); f != nil {
			return f
		}
		item.fail("field_id", codeChoice)
		return nil
	}
	if code := item.text("field_code"); code != nil {
		if f := st.fieldByCode(e, *code); f != nil {
			return f
		}
		item.fail("field_code", codeChoice)
		return nil
	}
	if !item.has("field_id") && !item.has("field_code") {
		item.fail("field_id", codeMissing)
	}
	return nil
}

// read reads one value as the field's type wants it.
func (f *Field) read(in input) Value {
	in.allow("value", "enum_id", "enum_code", "enum", "currency")
	if !f.hasEnums() {
		for _, name := range []string{"enum_id", "enum_code", "enum"} {
			if in.has(name) {
				in.fail(name, codeNotExpected)
			}
		}
		return Value{Value: f.readPlain(in)}
	}
	if f.Type == "multitext" {
		return f.readMultitext(in)
	}
	return f.readChoice(in)
}

// readPlain reads the value of a field without choices.
func (f *Field) readPlain(in input) any {
	if !in.has("value") {
		in.fail("value", codeNull)
		return nil
	}
	switch v := in.object["value"].(type) {
	case bool:
		if f.Type == "checkbox" {
			return v
		}
	case json.Number:
		if slices.Contains([]string{"numeric", "monetary", "date", "date_time", "birthday"}, f.Type) {
			return v.String()
		}
	case string:
		if f.Type == "numeric" || f.Type == "monetary" {
			if _, err := strconv.ParseFloat(v, 64); err != nil {
				break
			}
			return v
		}
		if f.Type != "checkbox" {
			return v
		}
	}
	in.failType("value", map[string]string{"checkbox": "bool", "numeric": "numeric", "monetary": "numeric"}[f.Type])
	if d := &(*in.errs)[len(*in.errs)-1]; strings.HasSuffix(d.Detail, "type .") {
		d.Detail = "This value should be of type string."
	}
	return nil
}

// readMultitext reads a telephone number or an e-mail and what kind it is; the first kind if nothing is said.
func (f *Field) readMultitext(in input) Value {
	out := Value{EnumID: f.Enums[0].ID, EnumCode: f.Enums[0].Code}
	in.require("value")
	if text := in.text("value"); text != nil {
		out.Value = *text
	}
	if e := f.enumAsked(in); e != nil {
		out.EnumID, out.EnumCode = e.ID, e.Code
	}
	return out
}

// readChoice reads one of the field's choices.
func (f *Field) readChoice(in input) Value {
	if e := f.enumAsked(in); e != nil {
		return Value{Value: e.Value, EnumID: e.ID, EnumCode: e.Code}
	}
	if in.bad() || in.has("enum_id") || in.has("enum_code") {
		return Value{}
	}
	in.require("value")
	text := in.text("value")
	if text == nil {
		return Value{}
	}
	i := slices.IndexFunc(f.Enums, func(e Enum) bool { return e.Value == *text })
	if i < 0 {
		in.fail("value", codeChoice)
		return Value{}
	}
	return Value{Value: f.Enums[i].Value, EnumID: f.Enums[i].ID, EnumCode: f.Enums[i].Code}
}

// enumAsked finds the choice by enum_id or enum_code; nil if neither is there or neither is known, which is noted.
func (f *Field) enumAsked(in input) *Enum {
	id, code := in.number("enum_id"), in.text("enum_code")
	for i := range f.Enums {
		e := &f.Enums[i]
		if id != nil && e.ID == *id || id == nil && code != nil && e.Code == *code {
			return e
		}
	}
	switch {
	case id != nil:
		in.fail("enum_id", codeChoice)
	case code != nil:
		in.fail("enum_code", codeChoice)
	}
	return nil
}

// setFields replaces the values of those fields that are named.
func (c *Card) setFields(change fieldsChange) {
	fields := slices.Clone(c.Fields)
	for _, f := range change {
		fields = slices.DeleteFunc(fields, func(old FieldValue) bool { return old.FieldID == f.FieldID })
		if len(f.Values) > 0 {
			fields = append(fields, f)
		}
	}
	c.Fields = fields
}

func (st *state) fieldsJSON(e Entity, card *Card) any {
	if len(card.Fields) == 0 {
		return nil
	}
	out := make([]object, 0, len(card.Fields))
	for _, v := range card.Fields {
		f := st.field(e, v.FieldID)
		out = append(out, object{"field_id": f.ID, "field_name": f.Name, "field_code": orNull(f.Code), "field_type": f.Type, "values": valuesJSON(f, v.Values)})
	}
	return out
}

func valuesJSON(f *Field, values []Value) []object {
	out := make([]object, len(values))
	for i, v := range values {
		out[i] = object{"value": v.Value}
		if f.Type == "date" || f.Type == "date_time" || f.Type == "birthday" {
			out[i]["value"] = json.Number(v.text())
		}
		if f.hasEnums() {
			out[i]["enum_id"], out[i]["enum_code"] = v.EnumID, orNull(v.EnumCode)
		}
	}
	return out
}

func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

func (s *Server) listFields(c *call) answer {
	types := c.query.at("filter", "type").words()
	rows := slices.DeleteFunc(slices.Clone(s.state.fields[c.entity]), func(f *Field) bool { return !types.lets(f.Type) })
	p := c.page(pageMost)
	a := listPage(c, "custom_fields", rows, p, c.fieldJSON)
	if body, full := a.body.(object); full {
		body["_total_items"] = len(rows)
		body["_page_count"] = (len(rows) + p.limit - 1) / p.limit
	}
	return a
}

func (s *Server) getField(c *call) answer {
	f := s.state.field(c.entity, c.id)
	if f == nil {
		return problem(404, "Custom field not found")
	}
	return ok(c.fieldJSON(f))
}

func (c *call) fieldJSON(f *Field) object {
	out := object{
		"id": f.ID, "name": f.Name, "code": orNull(f.Code), "type": f.Type, "sort": f.Sort, "entity_type": f.Entity, "account_id": c.account,
		"is_predefined": f.Predefined, "is_deletable": !f.Predefined, "is_api_only": false, "group_id": nil, "required_statuses": []any{}, "enums": nil,
		"_links": c.self("/api/v4/%s/custom_fields/%d", f.Entity, f.ID),
	}
	if f.Type == "tracking_data" {
		out["group_id"] = "statistic"
	}
	if f.hasEnums() {
		enums := make([]object, len(f.Enums))
		for i, e := range f.Enums {
			enums[i] = object{"id": e.ID, "value": e.Value, "sort": i, "code": orNull(e.Code)}
		}
		out["enums"] = enums
	}
	return out
}

// addFields makes custom fields; only an administrator may.
func (s *Server) addFields(c *call) answer {
	if !s.state.user(c.user).Admin {
		return problem(403, "Forbidden")
	}
	items, bad := c.items(250)
	if bad != nil {
		return *bad
	}
	made := make([]*Field, len(items))
	for i, in := range items {
		made[i] = s.readField(in, c.entity)
	}
	if bad := refuse(items...); bad != nil {
		return *bad
	}
	out := make([]object, len(made))
	for i, f := range made {
		s.state.addField(f)
		out[i] = c.fieldJSON(f)
		out[i]["request_id"] = items[i].requestID(i)
	}
	return ok(object{"_total_items": len(out), "_embedded": object{"custom_fields": out}})
}

func (s *Server) readField(in input, e Entity) *Field {
	in.allow("name", "type", "code", "sort", "enums", "group_id", "is_api_only", "required_statuses", "request_id")
	in.require("name", "type")
	f := &Field{Entity: e}
	if v := in.text("name"); v != nil {
		f.Name = *v
	}
	if v := in.text("type"); v != nil {
		f.Type = *v
		if !slices.Contains(fieldTypes, f.Type) {
			in.fail("type", codeChoice)
		}
	}
	if v := in.text("code"); v != nil {
		f.Code = *v
		if s.state.fieldByCode(e, f.Code) != nil {
			in.fail("code", codeChoice)
		}
	}
	for _, enum := range in.list("enums") {
		enum.require("value")
		if v := enum.text("value"); v != nil {
			f.Enums = append(f.Enums, Enum{Value: *v})
		}
	}
	if f.hasEnums() && len(f.Enums) == 0 {
		in.fail("enums", codeMissing)
	}
	return f
}

// addField gives a field its place among the others and ids to it and its choices.
func (st *state) addField(f *Field) {
	f.ID = st.id()
	f.Sort = int64(500 + len(st.fields[f.Entity]))
	for i := range f.Enums {
		f.Enums[i].ID = st.id()
	}
	st.fields[f.Entity] = append(st.fields[f.Entity], f)
}

// text makes a value of a field, for rows the emulator makes itself.
func (st *state) text(e Entity, codeOrName string, values ...string) FieldValue {
	for _, f := range st.fields[e] {
		if f.Code != codeOrName && f.Name != codeOrName {
			continue
		}
		out := FieldValue{FieldID: f.ID, Code: f.Code, Name: f.Name}
		for _, v := range values {
			value := Value{Value: v}
			if f.Type == "multitext" {
				value.EnumID, value.EnumCode = f.Enums[0].ID, f.Enums[0].Code
			}
			out.Values = append(out.Values, value)
		}
		return out
	}
	panic(fmt.Sprintf("no field %s of %s", codeOrName, e))
}
