package emulator

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// kind is the type of a parameter.
type kind int

const (
	text kind = iota
	number
	boolean
	group
)

// param is what a method takes.
type param struct {
	name     string
	kind     kind
	required bool
	enum     []string
	pattern  *regexp.Regexp
	fields   []param // of a group
}

var (
	phonePattern  = regexp.MustCompile(`^[0-9]{6,15}$`) // no plus, no short numbers
	vnumPattern   = regexp.MustCompile(`^[0-9]{11,15}$`)
	dtmfPattern   = regexp.MustCompile(`^[0-9*#.]{1,64}$`)
	symbolPattern = regexp.MustCompile(`^[0-9*#]$`)
	confirmation  = regexp.MustCompile(`^([0-9*#]|any)$`)
)

// args are the parameters of a call that passed the check.
type args map[string]any

func (a args) text(name string) string {
	v, _ := a[name].(string)
	return v
}

func (a args) number(name string) int64 {
	v, _ := a[name].(json.Number)
	n, _ := v.Int64()
	return n
}

func (a args) flag(name string, otherwise bool) bool {
	if v, ok := a[name].(bool); ok {
		return v
	}
	return otherwise
}

func (a args) group(name string) (args, bool) {
	v, ok := a[name].(map[string]any)
	return v, ok
}

// check says what is wrong with parameters: unknown ones first, then each in its turn.
func check(specs []param, given map[string]any) *problem {
	if unknown := unknownNames(specs, given, ""); len(unknown) > 0 {
		return wrong(-32602, "unexpected_parameters", "Unexpected method parameter(s)", "params", unknown)
	}
	return checkEach(specs, given, "")
}

func unknownNames(specs []param, given map[string]any, prefix string) []string {
	var out []string
	for name, value := range given {
		at := slices.IndexFunc(specs, func(p param) bool { return p.name == name })
		if at < 0 {
			out = append(out, prefix+name)
			continue
		}
		if inner, ok := value.(map[string]any); ok && specs[at].kind == group {
			out = append(out, unknownNames(specs[at].fields, inner, prefix+name+".")...)
		}
	}
	slices.Sort(out)
	return out
}

func checkEach(specs []param, given map[string]any, prefix string) *problem {
	for _, p := range specs {
		field, value := prefix+p.name, given[p.name]
		if value == nil {
			if p.required {
				return wrong(-32602, "required_parameter_missed", "The required parameter has been missed", "field", field)
			}
			continue
		}
		if !p.is(value) {
			return wrong(-32602, "data_type_error", "Data supplied is of wrong type", "field", field, "value", value)
		}
		if !p.allows(value) {
			return invalid(field, value)
		}
		if p.kind == group {
			if bad := checkEach(p.fields, value.(map[string]any), field+"."); bad != nil {
				return bad
			}
		}
	}
	return nil
}

func (p *param) is(value any) bool {
	switch value := value.(type) {
	case string:
		return p.kind == text
	case json.Number:
		return p.kind == number && !strings.ContainsAny(value.String(), ".eE")
	case bool:
		return p.kind == boolean
	case map[string]any:
		return p.kind == group
	}
	return false
}

func (p *param) allows(value any) bool {
	v, isText := value.(string)
	if !isText {
		n, isNumber := value.(json.Number)
		if !isNumber {
			return true
		}
		_, err := n.Int64()
		return err == nil
	}
	return (len(p.enum) == 0 || slices.Contains(p.enum, v)) && (p.pattern == nil || p.pattern.MatchString(v))
}

func invalid(field string, value any) *problem {
	return wrong(-32602, "invalid_parameter_value", "Invalid parameter value", "field", field, "value", value)
}

func required(name string, k kind) param { return param{name: name, kind: k, required: true} }

func optional(name string, k kind) param { return param{name: name, kind: k} }

func message(name string, must bool) param {
	return param{name: name, kind: group, required: must, fields: []param{
		{name: "type", kind: text, required: true, enum: []string{"media", "tts"}}, {name: "value", kind: text, required: true},
	}}
}

// startParams are those all methods that start a call have.
func startParams(firstCall string, more ...param) []param {
	return append([]param{
		{name: "first_call", kind: text, required: true, enum: []string{"contact", firstCall}},
		{name: "virtual_phone_number", kind: text, required: true, pattern: vnumPattern},
		{name: "contact", kind: text, required: true, pattern: phonePattern},
		optional("switch_at_once", boolean), optional("early_switching", boolean),
		{name: "virtual_phone_usage_rule", kind: text, enum: []string{"fixed", "fixed_for_numa", "random", "regional_random", "regional_fixed_for_numa"}},
		optional("external_id", text),
		{name: "dtmf_string", kind: text, pattern: dtmfPattern},
		{name: "direction", kind: text, enum: []string{"in", "out"}},
		message("contact_message", false),
	}, more...)
}
