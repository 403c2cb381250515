package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/internal/observe"
)

// edge is how a kind of error looks from outside.
type edge struct {
	// code stands in extensions.code.
	code string
	// status is that of answers given before GraphQL begins; errors of fields are answered 200, as GraphQL wants it.
	status int
}

// edges maps every kind of error. Nothing else in the GraphQL door does.
var edges = map[core.Kind]edge{
	core.KindInvalid:         {"BAD_USER_INPUT", http.StatusBadRequest},
	core.KindUnauthenticated: {"UNAUTHENTICATED", http.StatusUnauthorized},
	core.KindForbidden:       {"FORBIDDEN", http.StatusForbidden},
	core.KindNotFound:        {"NOT_FOUND", http.StatusNotFound},
	core.KindConflict:        {"CONFLICT", http.StatusConflict},
	core.KindRateLimited:     {"RATE_LIMITED", http.StatusTooManyRequests},
	core.KindUnavailable:     {"UNAVAILABLE", http.StatusServiceUnavailable},
	core.KindInternal:        {"INTERNAL", http.StatusInternalServerError},
}

// presenter puts errors into the form clients see; faults of ours are logged and hidden behind the request's id.
func presenter(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		shown := &gqlerror.Error{Path: graphql.GetPath(ctx)}
		var asked *gqlerror.Error
		if errors.As(err, &asked) {
			shown.Locations = asked.Locations
			if asked.Path != nil {
				shown.Path = asked.Path
			}
			if _, coded := asked.Extensions["code"]; coded || asked.Err == nil && core.KindOf(err) == core.KindInternal {
				return ofFramework(asked)
			}
		}
		e := known(err)
		if field := graphql.GetFieldContext(ctx); e.Kind == core.KindInternal && field != nil && isOfSchema(field.Field.Name) {
			e = core.E(core.KindForbidden, "the schema can't be read here: introspection is turned off").WithReason("introspection_off")
		}
		if e.Kind == core.KindInternal {
			log.LogAttrs(ctx, slog.LevelError, "internal error", slog.String("path", shown.Path.String()),
				slog.String("request_id", observe.RequestID(ctx)), slog.String("error", err.Error()))
		}
		shown.Message, shown.Extensions = e.Message, extensions(ctx, e)
		return shown
	}
}

// isOfSchema tells the fields that read the schema; all that can go wrong with them is that they are turned off.
func isOfSchema(field string) bool { return field == "__schema" || field == "__type" }

// ofFramework passes errors on that parsing and validation made about the query itself.
func ofFramework(err *gqlerror.Error) *gqlerror.Error {
	if err.Extensions == nil {
		err.Extensions = map[string]any{}
	}
	if _, coded := err.Extensions["code"]; !coded {
		err.Extensions["code"] = edges[core.KindInvalid].code
	}
	return err
}

// known gives err a kind. The message of an internal one is not shown.
func known(err error) *core.Error {
	var number graphql.IntegerError
	var overflow *graphql.NumberOverflowError
	var e *core.Error
	switch {
	case errors.As(err, &e) && e.Kind != core.KindInternal:
		return e
	case errors.As(err, &number), errors.As(err, &overflow), errors.Is(err, strconv.ErrRange), errors.Is(err, strconv.ErrSyntax):
		return core.E(core.KindInvalid, "not a number this field can take").WithReason("bad_number")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return core.E(core.KindUnavailable, "it took too long; ask for less or try again").WithReason("timeout").WithRetryAfter(time.Second)
	default:
		return core.E(core.KindInternal, "internal error")
	}
}

func extensions(ctx context.Context, e *core.Error) map[string]any {
	out := map[string]any{"code": edges[e.Kind].code}
	if e.Reason != "" {
		out["reason"] = e.Reason
	}
	if e.Field != "" {
		out["field"] = e.Field
	}
	if e.RetryAfter > 0 {
		out["retryAfterSeconds"] = seconds(e.RetryAfter)
	}
	if id := observe.RequestID(ctx); id != "" && e.Kind == core.KindInternal {
		out["requestId"] = id
	}
	return out
}

// seconds rounds up: who waits that long has waited long enough.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// recoverer turns a panic of a resolver into an internal error and keeps its stack in the log.
func recoverer(log *slog.Logger) graphql.RecoverFunc {
	return func(ctx context.Context, cause any) error {
		log.LogAttrs(ctx, slog.LevelError, "panic in a resolver", slog.String("cause", fmt.Sprint(cause)),
			slog.String("request_id", observe.RequestID(ctx)), slog.String("stack", string(debug.Stack())))
		return core.E(core.KindInternal, "internal error")
	}
}

// WriteError answers a request that did not reach GraphQL, in the form of GraphQL's answers and with the status of the error's kind.
func WriteError(w http.ResponseWriter, r *http.Request, err error) {
	e := known(err)
	if e.Kind == core.KindUnauthenticated {
		w.Header().Set("WWW-Authenticate", `Bearer realm="skvoz"`)
	}
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(seconds(e.RetryAfter)))
	}
	writeErrors(w, edges[e.Kind].status, typeJSON, gqlerror.List{{Message: e.Message, Extensions: extensions(r.Context(), e)}})
}

// writeErrors answers with errors alone: without data, which is what tells that nothing was executed.
func writeErrors(w http.ResponseWriter, status int, mediaType string, errs gqlerror.List) {
	body, err := json.Marshal(struct {
		Errors gqlerror.List `json:"errors"`
	}{errs})
	if err != nil { // extensions hold text and numbers
		status, body = http.StatusInternalServerError, []byte(`{"errors":[{"message":"internal error","extensions":{"code":"INTERNAL"}}]}`)
	}
	w.Header().Set("Content-Type", mediaType+"; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
