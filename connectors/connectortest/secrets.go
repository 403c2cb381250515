package connectortest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/skvoz/skvoz/core/integrations"
)

// writings are the ways a secret may stand in a text.
func writings(secret string) []string {
	quoted, _ := json.Marshal(secret) // a string always can be
	out := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(quoted), `"`),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawStdEncoding.EncodeToString([]byte(secret)),
		base64.URLEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// secrets are all that ever were in the vault, and the end of the address webhooks come to.
func (w *world) secrets() map[string]string {
	out := map[string]string{hookSecret: "the address of webhooks"}
	w.vault.mu.Lock()
	defer w.vault.mu.Unlock()
	for key, values := range w.vault.ever {
		if slices.Contains(w.vendor.Public, key) {
			continue
		}
		for _, value := range values {
			// A secret may be an address with the secret in it: its host may be told.
			if u, err := url.Parse(value); err == nil && u.Host != "" {
				parts := strings.Split(strings.Trim(u.Path, "/"), "/")
				value = slices.MaxFunc(parts, func(a, b string) int { return len(a) - len(b) })
			}
			if value != "" {
				out[value] = key
			}
		}
	}
	return out
}

// checkSecrets searches everything that is kept or shown: exchanges of the journal, and errors with their causes, which are logged.
func (w *world) checkSecrets() {
	var texts []string
	for _, e := range w.journal.all() {
		texts = append(texts, fmt.Sprintf("journal: %s %s\n%s\n%s\n%s", e.Method, e.Address, e.Request, e.Response, e.Error))
	}
	w.mu.Lock()
	for _, err := range w.said {
		texts = append(texts, "error: "+told(err))
	}
	w.mu.Unlock()
	for secret, key := range w.secrets() {
		for _, writing := range writings(secret) {
			for _, text := range texts {
				if at := strings.Index(text, writing); at >= 0 {
					w.t.Errorf("%s is shown in: …%s…", key, text[max(0, at-300):min(len(text), at+len(writing)+50)])
					return
				}
			}
		}
	}
}

// told is an error with all its causes.
func told(err error) string {
	out := fmt.Sprintf("%v %+v", err, err)
	var f *integrations.Failure
	if errors.As(err, &f) {
		out += " " + f.Detail + " " + f.Field
	}
	for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(cause) {
		out += " " + cause.Error()
	}
	return out
}

// testEcho connects to a system that repeats whatever it is sent, in answers of every kind.
func testEcho(t *testing.T, way *Way) {
	for _, status := range []int{200, 400, 401, 403, 404, 429, 500} {
		w := way.start(t, patience)
		w.faults.mu.Lock()
		w.faults.next = echo(status)
		w.faults.mu.Unlock()
		for _, c := range calls {
			connection := w.open()
			if c.can != "" && !slices.Contains(w.driver.Capabilities, c.can) {
				continue
			}
			_, err := c.do(t.Context(), connection, w.invented())
			_ = w.heard(err) // what matters is what it says
		}
		if n := len(w.journal.all()); n == 0 {
			t.Errorf("nothing was sent to the echo")
		}
	}
}

func echo(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 1<<16)
		n, _ := r.Body.Read(body)
		said := fmt.Sprint(r.URL, r.Header, string(body[:n]))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"title": said, "detail": said, "hint": said, "error": "ERROR", "error_description": said, "message": said, "errors": []map[string]string{{"title": said}},
		})
	})
}
