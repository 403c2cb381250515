package observe

import (
	"context"
	"math/rand/v2"
	"strconv"
)

// RequestIDHeader carries the id of a request from a proxy to the server and back to the client.
const RequestIDHeader = "X-Request-Id"

const maxRequestID = 64

type requestIDKey struct{}

// WithRequestID returns a context that carries the request's id.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID returns the id given by [WithRequestID], or "" outside a request.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// requestIDFrom keeps an id set by a proxy if it can be logged as it is, and makes one otherwise.
// Ids only tell log lines apart; they guard nothing, so they need not be unguessable.
func requestIDFrom(header string) string {
	if header != "" && len(header) <= maxRequestID && plainID(header) {
		return header
	}
	return strconv.FormatUint(rand.Uint64(), 36)
}

func plainID(s string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.', c == ':':
		default:
			return false
		}
	}
	return true
}
