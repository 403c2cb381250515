package emulation

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"time"
)

// NewKit returns a kit with the real time, no faults and an empty journal.
func NewKit() *Kit {
	return &Kit{Clock: &Clock{}, Faults: &Faults{}, Journal: &Journal{}, Client: newClient()}
}

// newClient makes the client for calls out. Its connections are its own, so that Close leaves none behind, and no
// proxy of the environment stands in between.
func newClient() *http.Client {
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		MaxIdleConnsPerHost: 4, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true,
	}}
}

// Close ends what the kit keeps open: idle connections of its client.
func (k *Kit) Close() { k.Client.CloseIdleConnections() }

const maxRequest = 8 << 20

// Wrap puts journal and faults around a vendor's interface.
func (k *Kit) Wrap(vendor http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
		if err != nil {
			http.Error(w, "the request is too large", http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		e := Entry{At: k.Clock.Now(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone(), Request: string(body)}
		fault := k.Faults.strike(r)
		rec := &recorder{header: http.Header{}}
		answered := answer(rec, r, vendor, fault)
		e.Status, e.Response, e.ResponseHeader = rec.status, rec.body.String(), rec.header.Clone()
		if fault != nil {
			e.Fault = fault.Kind
		}
		k.Journal.add(e)
		if !answered {
			panic(http.ErrAbortHandler)
		}
		rec.send(w)
	})
}

// answer writes the answer to a request that meets a fault, or none; false = the connection is to be closed without one.
func answer(rec *recorder, r *http.Request, vendor http.Handler, fault *Fault) bool {
	if fault == nil {
		rec.take(vendor, r)
		return true
	}
	switch fault.Kind {
	case FaultStatus:
		fail(rec, fault, "application/json", "{}")
	case FaultHTML:
		fail(rec, fault, "text/html", "<html><head><title>Error</title></head><body><center><h1>Error</h1></center><hr><center>nginx</center></body></html>")
	case FaultSlow:
		timer := time.NewTimer(fault.delay())
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done(): // nobody waits any more; a real server carries it out all the same
		}
		rec.take(vendor, r)
	case FaultMalformed:
		rec.take(vendor, r)
		rec.body.Truncate(rec.body.Len() / 2)
		rec.header.Del("Content-Length")
	case FaultDrop:
		return false
	case FaultDropAfter:
		rec.take(vendor, r)
		return false
	}
	return true
}

func fail(rec *recorder, fault *Fault, contentType, body string) {
	rec.Header().Set("Content-Type", contentType)
	if fault.RetryAfter > 0 {
		rec.Header().Set("Retry-After", strconv.Itoa(fault.RetryAfter))
	}
	status := fault.Status
	if status == 0 {
		status = http.StatusServiceUnavailable
	}
	rec.WriteHeader(status)
	_, _ = rec.Write([]byte(body))
}

// recorder holds an answer back until it is known what becomes of it.
type recorder struct {
	header http.Header
	status int // 0 = nothing answered yet
	body   bytes.Buffer
}

var _ http.ResponseWriter = (*recorder)(nil)

// Header implements [http.ResponseWriter].
func (rec *recorder) Header() http.Header { return rec.header }

// WriteHeader implements [http.ResponseWriter]; the first status counts.
func (rec *recorder) WriteHeader(status int) {
	if rec.status == 0 {
		rec.status = status
	}
}

// Write implements [http.ResponseWriter].
func (rec *recorder) Write(p []byte) (int, error) {
	rec.WriteHeader(http.StatusOK)
	return rec.body.Write(p)
}

// take lets a handler answer; one that writes nothing has answered 200.
func (rec *recorder) take(h http.Handler, r *http.Request) {
	h.ServeHTTP(rec, r)
	rec.WriteHeader(http.StatusOK)
}

func (rec *recorder) send(w http.ResponseWriter) {
	for name, values := range rec.header {
		w.Header()[name] = values
	}
	w.WriteHeader(rec.status)
	_, _ = w.Write(rec.body.Bytes())
}
