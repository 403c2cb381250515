package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/internal/httpserver"
)

// The media types of answers.
const (
	typeJSON     = "application/json"
	typeResponse = "application/graphql-response+json"
	typeStream   = "text/event-stream"
)

// problem is a request that is not GraphQL over HTTP.
type problem struct {
	status  int
	message string
}

func (p *problem) asError() *core.Error {
	return core.E(core.KindInvalid, p.message).WithReason("bad_request")
}

// readParams reads a GraphQL request from the URL (GET) or the body (POST). What was sent is never repeated in the message.
func readParams(w http.ResponseWriter, r *http.Request, maxBody int64) (*graphql.RawParams, *problem) {
	params := &graphql.RawParams{Headers: r.Header}
	params.ReadTime.Start = graphql.Now()
	var p *problem
	switch r.Method {
	case http.MethodGet:
		p = fromURL(r.URL.RawQuery, params)
	case http.MethodPost:
		p = fromBody(w, r, maxBody, params)
	default:
		w.Header().Set("Allow", "GET, POST")
		return nil, &problem{http.StatusMethodNotAllowed, "use POST, or GET for queries"}
	}
	params.ReadTime.End = graphql.Now()
	if p == nil && params.Query == "" && params.Extensions["persistedQuery"] == nil {
		p = &problem{http.StatusBadRequest, "query is missing"}
	}
	return params, p
}

func fromURL(raw string, params *graphql.RawParams) *problem {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return &problem{http.StatusBadRequest, "the URL's query can't be read"}
	}
	params.Query, params.OperationName = values.Get("query"), values.Get("operationName")
	for name, into := range map[string]*map[string]any{"variables": &params.Variables, "extensions": &params.Extensions} {
		if text := values.Get(name); text != "" && decode(strings.NewReader(text), into) != nil {
			return &problem{http.StatusBadRequest, name + " must be a JSON object"}
		}
	}
	return nil
}

func fromBody(w http.ResponseWriter, r *http.Request, maxBody int64, params *graphql.RawParams) *problem {
	mediaType, options, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != typeJSON {
		return &problem{http.StatusUnsupportedMediaType, "send application/json"}
	}
	if charset := options["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return &problem{http.StatusUnsupportedMediaType, "send UTF-8"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return &problem{http.StatusRequestEntityTooLarge, "the body is too large"}
	case err != nil:
		return &problem{http.StatusBadRequest, "the body could not be read"}
	case decode(bytes.NewReader(body), params) != nil:
		return &problem{http.StatusBadRequest, "the body must be one JSON object with query, operationName, variables and extensions"}
	}
	return nil
}

// decode reads one JSON value and nothing after it. Numbers keep all their digits.
func decode(r io.Reader, into any) error {
	d := json.NewDecoder(r)
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}

// answerType chooses the media type of the answer by the Accept header, application/json where both are welcome alike, or reports false when
// neither is.
func answerType(accept string) (string, bool) {
	if strings.TrimSpace(accept) == "" {
		return typeJSON, true
	}
	best, bestQuality := "", 0.0
	for part := range strings.SplitSeq(accept, ",") {
		mediaType, options, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		chosen := ""
		switch mediaType {
		case typeResponse:
			chosen = typeResponse
		case typeJSON, "*/*", "application/*":
			chosen = typeJSON
		}
		if q := httpserver.Quality(options["q"]); chosen != "" && q > bestQuality {
			best, bestQuality = chosen, q
		}
	}
	return best, best != ""
}
