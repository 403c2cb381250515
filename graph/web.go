package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// web is the HTTP door: queries and mutations, one answer each, as the GraphQL-over-HTTP specification wants it.
type web struct {
	exec    graphql.GraphExecutor
	maxBody int64
	timeout time.Duration
}

func newWeb(exec graphql.GraphExecutor, cfg Config) *web {
	return &web{exec: exec, maxBody: cfg.Limits.Body, timeout: cfg.Limits.Timeout}
}

// ServeHTTP implements http.Handler.
func (h *web) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept")
	mediaType, ok := answerType(r.Header.Get("Accept"))
	if !ok {
		refuse(w, r, typeJSON, &problem{http.StatusNotAcceptable, "answers are application/json or application/graphql-response+json"})
		return
	}
	params, p := readParams(w, r, h.maxBody)
	if p != nil {
		refuse(w, r, mediaType, p)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), h.timeout)
	defer cancel()
	h.execute(ctx, w, r, mediaType, params)
}

func (h *web) execute(ctx context.Context, w http.ResponseWriter, r *http.Request, mediaType string, params *graphql.RawParams) {
	op, errs := h.exec.CreateOperationContext(ctx, params)
	if errs != nil {
		resp := h.exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
		writeErrors(w, requestErrorStatus(mediaType), mediaType, resp.Errors)
		return
	}
	switch kind := op.Operation.Operation; {
	case kind == ast.Subscription:
		refuse(w, r, mediaType, &problem{http.StatusBadRequest, "subscribe by WebSocket, or with Accept: text/event-stream"})
		return
	case kind == ast.Mutation && r.Method == http.MethodGet:
		w.Header().Set("Allow", "POST")
		refuse(w, r, mediaType, &problem{http.StatusMethodNotAllowed, "mutations go by POST"})
		return
	}
	next, ctx := h.exec.DispatchOperation(ctx, op)
	writeResponse(w, mediaType, next(ctx))
}

// requestErrorStatus is the status of a query that was not executed: clients of the older media type expect 200.
func requestErrorStatus(mediaType string) int {
	if mediaType == typeResponse {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

func refuse(w http.ResponseWriter, r *http.Request, mediaType string, p *problem) {
	writeErrors(w, p.status, mediaType, gqlerror.List{{Message: p.message, Extensions: extensions(r.Context(), p.asError())}})
}

// encode writes the answer. The data of one without errors are taken as they are: encoding/json would read all of them once more.
func encode(resp *graphql.Response) ([]byte, error) {
	if len(resp.Data) == 0 || len(resp.Errors) > 0 || len(resp.Extensions) > 0 || resp.HasNext != nil {
		return json.Marshal(resp)
	}
	body := make([]byte, 0, len(resp.Data)+len(`{"data":}`))
	body = append(body, `{"data":`...)
	body = append(body, resp.Data...)
	return append(body, '}'), nil
}

func writeResponse(w http.ResponseWriter, mediaType string, resp *graphql.Response) {
	if resp == nil { // the client has gone, or time ran out before the first field
		resp = &graphql.Response{Errors: gqlerror.List{{Message: "it took too long", Extensions: map[string]any{"code": "UNAVAILABLE", "reason": "timeout"}}}}
	}
	body, err := encode(resp)
	if err != nil {
		writeErrors(w, http.StatusInternalServerError, mediaType, gqlerror.List{{Message: "internal error", Extensions: map[string]any{"code": "INTERNAL"}}})
		return
	}
	w.Header().Set("Content-Type", mediaType+"; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body)
}
