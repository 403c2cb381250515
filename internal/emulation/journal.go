package emulation

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Entry is one request the vendor was sent, and its answer.
type Entry struct {
	// Number counts the requests from 1 on, those that were forgotten included.
	Number   int         `json:"number"`
	At       time.Time   `json:"at"`
	Method   string      `json:"method"`
	Path     string      `json:"path"`
	Query    string      `json:"query,omitempty"`
	Header   http.Header `json:"header"`
	Request  string      `json:"request"`
	Status   int         `json:"status"` // 0 if the connection was closed and nothing carried out
	Response string      `json:"response"`
	Fault    FaultKind   `json:"fault,omitempty"`
	// ResponseHeader is the header of the answer.
	ResponseHeader http.Header `json:"response_header,omitempty"`
}

// The journal's bounds; the oldest entries go first.
const (
	maxEntries      = 5000
	maxJournalBytes = 64 << 20 // of bodies
)

// Journal keeps the last requests. The zero value is empty and ready.
type Journal struct {
	mu    sync.Mutex
	list  []Entry
	count int
	bytes int
}

func (e *Entry) size() int { return len(e.Request) + len(e.Response) }

func (j *Journal) add(e Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.count++
	e.Number = j.count
	j.list = append(j.list, e)
	j.bytes += e.size()
	drop := 0
	if len(j.list) > maxEntries {
		drop = maxEntries / 10 // many at once, for moving the rest takes time
	}
	left := j.bytes
	for i := range j.list[:len(j.list)-1] { // the newest stays, however large it is
		if i >= drop && left <= maxJournalBytes {
			break
		}
		drop = max(drop, i+1)
		left -= j.list[i].size()
	}
	if drop > 0 {
		j.bytes = left
		kept := copy(j.list, j.list[drop:])
		clear(j.list[kept:])
		j.list = j.list[:kept]
	}
}

// Find returns the kept requests of a method to paths that contain a part, oldest first; empty = any.
func (j *Journal) Find(method, path string) []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []Entry
	for _, e := range j.list {
		if matches(&e, method, path) {
			out = append(out, e)
		}
	}
	return out
}

// After returns the first requests, at most limit, of those Find returns that are numbered above n: page by page.
func (j *Journal) After(n int, method, path string, limit int) []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []Entry
	from := max(0, n-(j.count-len(j.list))) // numbers have no gaps
	for i := from; i < len(j.list) && len(out) < limit; i++ {
		if matches(&j.list[i], method, path) {
			out = append(out, j.list[i])
		}
	}
	return out
}

// Last returns the newest requests, at most limit, of those Find returns, oldest first.
func (j *Journal) Last(method, path string, limit int) []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []Entry
	for i := len(j.list) - 1; i >= 0 && len(out) < limit; i-- {
		if matches(&j.list[i], method, path) {
			out = append(out, j.list[i])
		}
	}
	slices.Reverse(out)
	return out
}

func matches(e *Entry, method, path string) bool {
	return (method == "" || strings.EqualFold(e.Method, method)) && strings.Contains(e.Path, path)
}

// Bounds returns the numbers of the oldest request that is kept and of the newest; of an empty journal the first is
// the number the next request will have.
func (j *Journal) Bounds() (first, last int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.count - len(j.list) + 1, j.count
}

// Clear forgets all requests; numbers go on, so that one who reads along misses nothing.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.list, j.bytes = nil, 0
}
