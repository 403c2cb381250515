package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
)

// The codes of what can be wrong with a value, and the vendor's words for them.
const (
	codeChoice      = "NotSupportedChoice"
	codeType        = "InvalidType"
	codeNull        = "NotNullable"
	codeMissing     = "FieldMissing"
	codeNotExpected = "FieldNotExpected"
	codeBlank       = "NotBlank"
	codeTooMany     = "TooMany"
)

var details = map[string]string{
	codeChoice:      "The value you selected is not a valid choice.",
	codeNull:        "This value should not be null.",
	codeMissing:     "This field is missing.",
	codeNotExpected: "This field was not expected.",
	codeBlank:       "This value should not be blank.",
	codeTooMany:     "This collection contains too many elements.",
}

// input reads one JSON object and notes what is wrong with it.
type input struct {
	object object
	prefix string
	errs   *[]fieldError
}

func newInput(o object) input { return input{object: o, errs: &[]fieldError{}} }

func (in input) fail(name, code string) {
	*in.errs = append(*in.errs, fieldError{Code: code, Path: in.prefix + name, Detail: details[code]})
}

func (in input) failType(name, wanted string) {
	*in.errs = append(*in.errs, fieldError{Code: codeType, Path: in.prefix + name, Detail: "This value should be of type " + wanted + "."})
}

func (in input) bad() bool { return len(*in.errs) > 0 }

// has reports whether there is a value that is not null.
func (in input) has(name string) bool { return in.object[name] != nil }

// present reports whether the name is there, be it null.
func (in input) present(name string) bool { _, found := in.object[name]; return found }

// allow refuses names that are not among the known ones.
func (in input) allow(names ...string) {
	for _, name := range slices.Sorted(maps.Keys(in.object)) {
		if !slices.Contains(names, name) {
			in.fail(name, codeNotExpected)
		}
	}
}

// require refuses what is absent or null.
func (in input) require(names ...string) {
	for _, name := range names {
		if !in.present(name) {
			in.fail(name, codeMissing)
		}
	}
	in.notNull(names...)
}

// notNull refuses null where the name is there.
func (in input) notNull(names ...string) {
	for _, name := range names {
		if in.present(name) && !in.has(name) {
			in.fail(name, codeNull)
		}
	}
}

func (in input) text(name string) *string {
	if !in.has(name) {
		return nil
	}
	v, ok := in.object[name].(string)
	if !ok {
		in.failType(name, "string")
		return nil
	}
	return &v
}

func (in input) number(name string) *int64 {
	if !in.has(name) {
		return nil
	}
	v, ok := asInt(in.object[name])
	if !ok {
		in.failType(name, "int")
		return nil
	}
	return &v
}

func (in input) flag(name string) bool {
	if !in.has(name) {
		return false
	}
	v, ok := in.object[name].(bool)
	if !ok {
		in.failType(name, "bool")
	}
	return v
}

// sub returns the object of a name; empty if there is none.
func (in input) sub(name string) input {
	out := input{object: object{}, prefix: in.prefix + name + ".", errs: in.errs}
	if !in.has(name) {
		return out
	}
	o, ok := in.object[name].(object)
	if !ok {
		in.failType(name, "array") // PHP's word for objects
		return out
	}
	out.object = o
	return out
}

// list returns the objects of a list; nil if there is none.
func (in input) list(name string) []input {
	if !in.has(name) {
		return nil
	}
	values, ok := in.object[name].([]any)
	if !ok {
		in.failType(name, "array")
		return nil
	}
	out := make([]input, 0, len(values))
	for i, v := range values {
		o, ok := v.(object)
		if !ok {
			in.failType(name+"."+strconv.Itoa(i), "array")
			continue
		}
		out = append(out, input{object: o, prefix: fmt.Sprintf("%s%s.%d.", in.prefix, name, i), errs: in.errs})
	}
	return out
}

// requestID is what the caller wants to recognise the item by; its place in the list if it says nothing.
func (in input) requestID(place int) string {
	switch v := in.object["request_id"].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return strconv.Itoa(place)
}

func asInt(v any) (int64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return i, err == nil
}

// decode reads a body of JSON with its numbers as they were written.
func decode(body []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the JSON")
	}
	return v, nil
}

// items reads a body that must be a list of objects.
func (c *call) items(most int) ([]input, *answer) {
	v, err := decode(c.body)
	if err != nil {
		a := problem(400, "Invalid JSON")
		return nil, &a
	}
	values, ok := v.([]any)
	if !ok || len(values) == 0 {
		return nil, wholeBody(codeType, "This value should be of type array.")
	}
	if len(values) > most {
		return nil, wholeBody(codeTooMany, fmt.Sprintf("This collection should contain %d elements or less.", most))
	}
	out := make([]input, len(values))
	for i, v := range values {
		o, ok := v.(object)
		if !ok {
			return nil, wholeBody(codeType, "This value should be of type array.")
		}
		out[i] = newInput(o)
	}
	return out, nil
}

// item reads a body that must be one object.
func (c *call) item() (input, *answer) {
	v, err := decode(c.body)
	if err != nil {
		a := problem(400, "Invalid JSON")
		return input{}, &a
	}
	o, ok := v.(object)
	if !ok {
		return input{}, wholeBody(codeType, "This value should be of type object.")
	}
	return newInput(o), nil
}

func wholeBody(code, detail string) *answer {
	a := invalid([]itemErrors{{RequestID: "0", Errors: []fieldError{{Code: code, Path: "", Detail: detail}}}})
	return &a
}

// refuse returns the answer to items of which at least one is wrong; nil if all are right. Nothing is carried out then.
func refuse(items ...input) *answer {
	var out []itemErrors
	for i, in := range items {
		if in.bad() {
			out = append(out, itemErrors{RequestID: in.requestID(i), Errors: *in.errs})
		}
	}
	if out == nil {
		return nil
	}
	a := invalid(out)
	return &a
}
