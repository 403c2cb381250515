package amocrm_test

import (
	"io"
	"net/http"
	"time"

	"github.com/skvoz/skvoz/core/integrations"
)

// hookTaker answers webhooks at once and hands them over.
func hookTaker(to chan<- integrations.Hook) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		to <- integrations.Hook{At: time.Now(), Method: r.Method, Query: r.URL.RawQuery, ContentType: r.Header.Get("Content-Type"), Body: body}
	})
}
