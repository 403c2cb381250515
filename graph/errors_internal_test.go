package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/internal/observe"
)

func TestErrors_everyKindHasItsCodeAndStatus(t *testing.T) {
	t.Parallel()
	want := map[core.Kind]edge{
		core.KindInvalid:         {"BAD_USER_INPUT", 400},
		core.KindUnauthenticated: {"UNAUTHENTICATED", 401},
		core.KindForbidden:       {"FORBIDDEN", 403},
		core.KindNotFound:        {"NOT_FOUND", 404},
		core.KindConflict:        {"CONFLICT", 409},
		core.KindRateLimited:     {"RATE_LIMITED", 429},
		core.KindUnavailable:     {"UNAVAILABLE", 503},
		core.KindInternal:        {"INTERNAL", 500},
	}
	require.Equal(t, want, edges)
	for kind, edge := range want {
		shown := presenter(slog.New(slog.DiscardHandler))(t.Context(), core.E(kind, "text").WithReason("word").WithField("f").WithRetryAfter(1500*time.Millisecond))
		require.Equal(t, edge.code, shown.Extensions["code"])
		if kind == core.KindInternal {
			require.Equal(t, "internal error", shown.Message)
			require.NotContains(t, shown.Extensions, "reason")
			continue
		}
		require.Equal(t, "text", shown.Message)
		require.Equal(t, []any{"word", "f", 2}, []any{shown.Extensions["reason"], shown.Extensions["field"], shown.Extensions["retryAfterSeconds"]})
	}
}

func TestErrors_hideAndLogWhatIsOurFault(t *testing.T) {
	t.Parallel()
	overflow := func() error { _, err := strconv.Atoi("99999999999999999999"); return err }()
	tests := []struct {
		name    string
		err     error
		code    string
		message string
		logged  bool
	}{
		{"an unknown error", errors.New("secret of the database"), "INTERNAL", "internal error", true},
		{"wrapped by gqlgen", gqlerror.WrapPath(nil, errors.New("secret")), "INTERNAL", "internal error", true},
		{"a known one, wrapped twice", gqlerror.WrapPath(nil, fmt.Errorf("listing: %w", core.NotFound("site"))), "NOT_FOUND", "site not found", false},
		{"the cause of a known one", core.E(core.KindConflict, "taken").WithCause(errors.New("secret")), "CONFLICT", "taken", false},
		{"the query itself", &gqlerror.Error{Message: "Cannot query", Extensions: map[string]any{"code": "GRAPHQL_VALIDATION_FAILED"}}, "GRAPHQL_VALIDATION_FAILED", "Cannot query", false},
		{"the library about the request", gqlerror.Errorf("unsupported APQ version"), "BAD_USER_INPUT", "unsupported APQ version", false},
		{"a number that does not fit", overflow, "BAD_USER_INPUT", "not a number this field can take", false},
		{"time ran out", fmt.Errorf("x: %w", context.DeadlineExceeded), "UNAVAILABLE", "it took too long; ask for less or try again", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			ctx := observe.WithRequestID(graphql.WithOperationContext(t.Context(), &graphql.OperationContext{}), "req-1")
			shown := presenter(slog.New(slog.NewTextHandler(&log, nil)))(ctx, tt.err)
			require.Equal(t, tt.message, shown.Message)
			require.Equal(t, tt.code, shown.Extensions["code"])
			require.Equal(t, tt.logged, strings.Contains(log.String(), "secret"), log.String())
			if tt.logged {
				require.Equal(t, "req-1", shown.Extensions["requestId"])
				require.Contains(t, log.String(), "req-1")
			}
		})
	}
}

func TestWriteError_answersInTheFormOfGraphQL(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	WriteError(w, httptest.NewRequest(http.MethodPost, "/graphql", http.NoBody), core.E(core.KindRateLimited, "wait").WithRetryAfter(time.Minute))
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.Equal(t, "60", w.Header().Get("Retry-After"))
	require.JSONEq(t, `{"errors":[{"message":"wait","extensions":{"code":"RATE_LIMITED","retryAfterSeconds":60}}]}`, w.Body.String())
	w = httptest.NewRecorder()
	WriteError(w, httptest.NewRequest(http.MethodPost, "/graphql", http.NoBody), errors.New("secret"))
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.NotContains(t, w.Body.String(), "secret")
}

func TestAnswerType_isWhatTheClientPrefers(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{
		"":                                  typeJSON,
		"*/*":                               typeJSON,
		"application/*":                     typeJSON,
		"application/graphql-response+json": typeResponse,
		"application/json;q=0.5, application/graphql-response+json": typeResponse,
		"application/json, application/graphql-response+json":       typeJSON,
		"application/graphql-response+json;q=0.1, */*;q=0.01":       typeResponse,
		"text/html":                 "",
		"application/json;q=0":      "",
		"application/json;q=rabbit": "",
	} {
		got, ok := answerType(accept)
		require.Equal(t, want, got, accept)
		require.Equal(t, want != "", ok, accept)
	}
}

func FuzzReadParams(f *testing.F) {
	f.Add("application/json", `{"query":"{me{id}}","variables":{"a":1},"extensions":{}}`, "query=%7Bme%7D&variables=%7B%7D")
	f.Add("application/json; charset=utf-8", `[]`, "variables=1")
	f.Add("multipart/form-data", ``, "%zz")
	f.Fuzz(func(t *testing.T, contentType, body, query string) {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			r := httptest.NewRequest(method, "/graphql", strings.NewReader(body))
			r.URL.RawQuery = query
			r.Header.Set("Content-Type", contentType)
			params, p := readParams(httptest.NewRecorder(), r, 1<<10)
			if p == nil && params.Query == "" && params.Extensions["persistedQuery"] == nil {
				t.Fatal("accepted a request without a query")
			}
			if p != nil && len(body) > 20 && strings.Contains(p.message, body) {
				t.Fatal("repeated what was sent")
			}
		}
	})
}
