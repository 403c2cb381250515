package dataapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

const (
	// maxDepth bounds how deep a request may be nested; the deepest one that means something has 12 levels.
	maxDepth = 32
	// maxValues bounds what a small body can take of memory; a thousand full deals have a tenth of it.
	maxValues = 500_000
	maxID     = 1000
)

// request is what a body holds. The id is kept as it was written: numbers too large for a float stay whole.
type request struct {
	id     json.RawMessage
	method string
	params map[string]any
}

// readRequest reads a body. The id is set with an error, too, as soon as it is known.
func readRequest(body []byte) (request, *fault) {
	if len(body) > MaxBody {
		return request{}, refuse(invalidRequest).because("the request is larger than %d MB", MaxBody>>20)
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(body) {
		return request{}, refuse(parseError).because("the request is not in UTF-8")
	}
	tree, err := readJSON(body)
	if err != nil {
		return request{}, refuse(parseError).because("%s", err.Error())
	}
	switch tree := tree.(type) {
	case []any:
		return request{}, refuse(batchNotSupported)
	case map[string]any:
		return readEnvelope(tree, body)
	default:
		return request{}, refuse(invalidRequest).because("the request is no object")
	}
}

func readEnvelope(tree map[string]any, body []byte) (request, *fault) {
	var r request
	given, ok := tree["id"]
	if !ok {
		return r, refuse(notificationsNotSupported)
	}
	if !isID(given) {
		return r, refuse(invalidRequest).because("id must be a string or a number")
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil { // it was read once already
		return r, refuse(parseError)
	}
	if r.id = members["id"]; len(r.id) > maxID {
		r.id = nil
		return r, refuse(invalidRequest).because("id is longer than %d bytes", maxID)
	}
	if tree["jsonrpc"] != "2.0" {
		return r, refuse(invalidRequest).because(`jsonrpc must be "2.0"`)
	}
	if r.method, ok = tree["method"].(string); !ok || r.method == "" {
		return r, refuse(invalidRequest).because("method must be a string")
	}
	switch params := tree["params"].(type) {
	case nil:
		r.params = map[string]any{}
	case map[string]any:
		r.params = params
	default:
		return r, refuse(invalidRequest).because("params must be an object")
	}
	return r, nil
}

func isID(v any) bool {
	switch v.(type) {
	case string, json.Number:
		return true
	}
	return false
}

// readJSON reads one JSON value: objects as map[string]any, lists as []any, numbers as json.Number. A name that stands twice in an object, a value
// nested too deep and anything after the value are errors.
func readJSON(body []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	t := treeReader{Decoder: d}
	v, err := t.value(0)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.New("the JSON ends too early")
	case err != nil:
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after the JSON value")
	}
	return v, nil
}

// treeReader reads values and counts them.
type treeReader struct {
	*json.Decoder
	values int
}

func (d *treeReader) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("the JSON is nested deeper than %d levels", maxDepth)
	}
	if d.values++; d.values > maxValues {
		return nil, fmt.Errorf("the JSON holds more than %d values", maxValues)
	}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		return d.object(depth)
	case json.Delim('['):
		return d.list(depth)
	}
	return t, nil
}

func (d *treeReader) object(depth int) (any, error) {
	object := map[string]any{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := t.(string) // the decoder lets nothing else be a name
		if _, twice := object[name]; twice {
			return nil, fmt.Errorf("the name %q stands twice in an object", shorten(name))
		}
		if object[name], err = d.value(depth + 1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return object, err
}

func (d *treeReader) list(depth int) (any, error) {
	list := []any{}
	for d.More() {
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}

// shorten cuts foreign text that is shown.
func shorten(s string) string {
	const most = 100
	if len(s) <= most {
		return s
	}
	for cut := most; ; cut-- {
		if utf8.RuneStart(s[cut]) {
			return s[:cut] + "…"
		}
	}
}
