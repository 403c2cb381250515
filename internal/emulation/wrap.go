package emulation

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"
)

// NewKit returns a kit with the real time, no faults and an empty journal.
func NewKit() *Kit {
	return &Kit{Clock: &Clock{}, Faults: &Faults{}, Journal: &Journal{}, Client: &http.Client{Timeout: 10 * time.Second}}
}

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
		rec := httptest.NewRecorder()
		answered := k.answer(rec, r, vendor, fault)
		e.Status, e.Response = rec.Code, rec.Body.String()
		if fault != nil {
			e.Fault = fault.Kind
		}
		k.Journal.add(e)
		if !answered {
			panic(http.ErrAbortHandler)
		}
		for name, values := range rec.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
	})
}

// answer writes the answer to a request that meets a fault, or none; false = the connection is to be closed without one.
func (k *Kit) answer(rec *httptest.ResponseRecorder, r *http.Request, vendor http.Handler, fault *Fault) bool {
	if fault == nil {
		vendor.ServeHTTP(rec, r)
		return true
	}
	switch fault.Kind {
	case FaultStatus:
		fail(rec, fault, "application/json", "{}")
	case FaultHTML:
		fail(rec, fault, "text/html", "<html><head><title>Error</title></head><body><center><h1>Error</h1></center><hr><center>nginx</center></body></html>")
	case FaultSlow:
		select {
		case <-time.After(fault.delay()):
		case <-r.Context().Done():
		}
		vendor.ServeHTTP(rec, r)
	case FaultMalformed:
		vendor.ServeHTTP(rec, r)
		rec.Body.Truncate(rec.Body.Len() / 2)
		rec.Header().Del("Content-Length")
	case FaultDrop:
		return false
	case FaultDropAfter:
		vendor.ServeHTTP(rec, r)
		return false
	}
	return true
}

func fail(rec *httptest.ResponseRecorder, fault *Fault, contentType, body string) {
	rec.Header().Set("Content-Type", contentType)
	if fault.RetryAfter > 0 {
		rec.Header().Set("Retry-After", strconv.Itoa(fault.RetryAfter))
	}
	status := fault.Status
	if status == 0 {
		status = http.StatusServiceUnavailable
	}
	rec.WriteHeader(status)
	_, _ = rec.WriteString(body)
}
