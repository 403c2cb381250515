package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// object is a JSON object.
type object = map[string]any

// answer is what goes back over HTTP: a page of HTML, or JSON, or nothing.
type answer struct {
	status   int
	body     any
	html     string
	location string // where the browser is sent
}

const page429 = `<html><head><title>429 Too Many Requests</title></head><body><center><h1>429 Too Many Requests</h1></center><hr><center>nginx</center></body></html>`

var banPage = answer{
	status: http.StatusForbidden,
	html:   `<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center><hr><center>nginx</center></body></html>`,
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

// nothing is the answer to a list without rows: no body at all.
func nothing() answer { return answer{status: http.StatusNoContent} }

// page is an answer as it goes over the wire.
type page struct {
	status int
	header http.Header
	body   []byte
}

// render writes an answer out, after which it needs the account no more.
func (a answer) render() page {
	out := page{status: a.status, header: http.Header{}}
	if a.location != "" {
		out.header.Set("Location", a.location)
	}
	switch {
	case a.html != "":
		out.header.Set("Content-Type", "text/html; charset=utf-8")
		out.header.Set("Cache-Control", "no-store")
		out.body = []byte(a.html)
	case a.body != nil:
		text, err := json.Marshal(a.body)
		if err != nil {
			panic(err) // only maps, lists and numbers go in
		}
		out.header.Set("Content-Type", mediaType(a.status))
		out.body = text
	}
	return out
}

func mediaType(status int) string {
	if status >= http.StatusBadRequest {
		return "application/problem+json"
	}
	return "application/hal+json"
}

func problem(status int, detail string) answer {
	return answer{status: status, body: object{
		"title": http.StatusText(status), "type": "https://httpstatus.es/" + strconv.Itoa(status), "status": status, "detail": detail,
	}}
}

// fieldError is one thing wrong with an item of a request.
type fieldError struct {
	Code   string `json:"code"`
	Path   string `json:"path"`
	Detail string `json:"detail"`
}

// itemErrors are the things wrong with one item.
type itemErrors struct {
	RequestID string       `json:"request_id"`
	Errors    []fieldError `json:"errors"`
}

func invalid(items []itemErrors) answer {
	a := problem(http.StatusBadRequest, "Request validation failed")
	a.body.(object)["validation-errors"] = items
	return a
}

// requestID looks like the vendor's: 32 hex digits.
func requestID(number int) string { return fmt.Sprintf("%032x", number) }

func (c *call) href(format string, args ...any) object {
	return object{"href": c.base + fmt.Sprintf(format, args...)}
}

func (c *call) self(format string, args ...any) object {
	return object{"self": c.href(format, args...)}
}

func (c *call) here() object {
	return object{"self": object{"href": c.base + c.r.URL.RequestURI()}}
}
