package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

const (
	maxBody  = 8 << 20
	maxDepth = 32
)

var errTooDeep = errors.New("nested too deep")

// readParams reads query and body, form or JSON, into one array. Names at the top are in lower case: the portal does not care how they are written.
func readParams(r *http.Request) (*arr, error) {
	params := &arr{}
	readForm(params, r.URL.RawQuery)
	if r.Method != http.MethodPost {
		return params, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return nil, err
	}
	mediaType, options, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch mediaType {
	case "multipart/form-data":
		return params, readMultipart(params, body, options["boundary"])
	case "application/json":
		return params, readJSON(params, body)
	default:
		readForm(params, string(body))
		return params, nil
	}
}

// readForm reads a=1&b[c][]=2 in the order it is written. Wrong % signs are left as they are.
func readForm(into *arr, raw string) {
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		put(into, unescape(name), unescape(value))
	}
}

func unescape(s string) string {
	if out, err := url.QueryUnescape(s); err == nil {
		return out
	}
	return strings.ReplaceAll(s, "+", " ")
}

func readMultipart(into *arr, body []byte, boundary string) error {
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		value, err := io.ReadAll(io.LimitReader(part, maxBody))
		if err != nil {
			return err
		}
		put(into, part.FormName(), string(value))
	}
}

// put sets a[b][c] within an array; empty brackets append.
func put(into *arr, name, value string) {
	path := splitName(name)
	if len(path) == 0 || len(path) > maxDepth {
		return
	}
	path[0] = strings.ToLower(path[0])
	for _, key := range path[:len(path)-1] {
		inner, ok := into.get(key).(*arr)
		if key == "" || !ok {
			inner = &arr{}
			place(into, key, inner)
		}
		into = inner
	}
	place(into, path[len(path)-1], value)
}

func place(into *arr, key string, value any) {
	if key == "" {
		into.push(value)
		return
	}
	into.set(key, value)
}

// splitName takes fields[PHONE][0][VALUE] apart.
func splitName(name string) []string {
	head, rest, nested := strings.Cut(name, "[")
	if head == "" {
		return nil
	}
	path := []string{head}
	for nested {
		key, tail, closed := strings.Cut(rest, "]")
		if !closed {
			break
		}
		path = append(path, key)
		_, rest, nested = strings.Cut(tail, "[")
	}
	return path
}

func readJSON(into *arr, body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	value, err := decode(body)
	if err != nil {
		return err
	}
	top, _ := value.(*arr)
	for _, key := range top.names() {
		into.set(strings.ToLower(key), top.get(key))
	}
	return nil
}

// decode reads JSON and keeps the order of its keys.
func decode(body []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return decodeValue(d, 0)
}

func decodeValue(d *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return token, nil
	}
	out := &arr{}
	for n := 0; d.More(); n++ {
		key := text(n)
		if delim == '{' {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			key, _ = name.(string)
		}
		value, err := decodeValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		out.set(key, value)
	}
	_, err = d.Token()
	return out, err
}
