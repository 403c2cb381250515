package amocrm

import (
	"context"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/skvoz/skvoz/core/integrations"
)

// How mappings name fields: by code (those every account has), by name (those we would like to find), by id with a number as the value, by id alone.
const (
	fieldByCode = "code:"
	fieldByName = "name:"
	fieldNumber = "number:"
)

// The names of fields that are filled if an account has them.
const (
	nameChannel       = "Канал"
	nameVisitor       = "ID посетителя"
	nameCommunication = "ID обращения"
)

var wantedNames = []string{nameChannel, nameVisitor, nameCommunication}

// textTypes are the types of fields that take any text; numeric ones take numbers. Lists, dates and flags are not offered: a value they don't know
// would fail the whole deal.
var textTypes = []string{"text", "textarea", "url", "tracking_data", "streetaddress"}

// leadFields reads the fields of deals.
func (c *connector) leadFields(ctx context.Context) ([]field, error) {
	return every[field](ctx, c, get("/api/v4/leads/custom_fields", url.Values{}), "custom_fields", pageSize)
}

// namedFields returns the ids of the fields mappings may name.
func (c *connector) namedFields(ctx context.Context) (map[string]int64, error) {
	now := c.session.Clock.Now()
	if ids, ok := c.memory.fields.get(c.owner(), now); ok {
		return ids, nil
	}
	all, err := c.leadFields(ctx)
	if err != nil {
		return nil, err
	}
	ids := map[string]int64{}
	for _, f := range all {
		if _, ok := ids[f.Name]; !ok && slices.Contains(textTypes, f.Type) {
			ids[f.Name] = f.ID
		}
	}
	c.memory.fields.set(c.owner(), ids, now)
	return ids, nil
}

func (c *connector) fieldOptions(ctx context.Context) ([]integrations.Option, error) {
	all, err := c.leadFields(ctx)
	if err != nil {
		return nil, err
	}
	var out []integrations.Option
	seen := map[string]bool{}
	for _, f := range all {
		isText := slices.Contains(textTypes, f.Type)
		o := integrations.Option{Value: id(f.ID), Title: f.Name}
		switch {
		case isText && f.Type == "tracking_data" && f.Code != "":
			o.Value = fieldByCode + f.Code
		case isText && slices.Contains(wantedNames, f.Name) && !seen[f.Name]:
			o.Value, seen[f.Name] = fieldByName+f.Name, true
		case isText:
		case f.Type == "numeric":
			o.Value = fieldNumber + id(f.ID)
		default:
			continue
		}
		out = append(out, o)
	}
	for _, name := range wantedNames {
		if !seen[name] {
			out = append(out, integrations.Option{Value: fieldByName + name, Text: integrations.Text{
				RU: name + " (такого поля нет)", EN: name + " (there is no such field)",
			}})
		}
	}
	return out, nil
}

// fieldsOf makes the values of a deal's fields; fields are looked up by name only when a mapping names one.
func (c *connector) fieldsOf(ctx context.Context, values []integrations.FieldValue) ([]setField, error) {
	var ids map[string]int64
	isNamed := func(v integrations.FieldValue) bool {
		return strings.HasPrefix(v.ID, fieldByName) && strings.TrimSpace(v.Value) != ""
	}
	if slices.ContainsFunc(values, isNamed) {
		var err error
		if ids, err = c.namedFields(ctx); err != nil {
			return nil, err
		}
	}
	return fieldValues(values, func(name string) (any, bool) {
		n, ok := ids[name]
		return n, ok
	}), nil
}

// fieldValues makes values of fields. What is empty, has no field, or is no number where one is due, is left out: a deal must not fail for an ornament.
func fieldValues(values []integrations.FieldValue, named func(name string) (any, bool)) []setField {
	var out []setField
	for _, v := range values {
		if f, ok := fieldValueOf(v, named); ok {
			out = append(out, f)
		}
	}
	return out
}

func fieldValueOf(v integrations.FieldValue, named func(name string) (any, bool)) (setField, bool) {
	text := strings.TrimSpace(v.Value)
	f := setField{Values: []setValue{{Value: text}}}
	if text == "" {
		return f, false
	}
	if code, ok := strings.CutPrefix(v.ID, fieldByCode); ok {
		f.Code = code
		return f, code != ""
	}
	if name, ok := strings.CutPrefix(v.ID, fieldByName); ok {
		f.ID, ok = named(name)
		return f, ok
	}
	raw, isNumber := strings.CutPrefix(v.ID, fieldNumber)
	if isNumber {
		n, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", "."), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return f, false
		}
		f.Values[0].Value = n
	}
	n, ok := number(raw)
	f.ID = n
	return f, ok
}
