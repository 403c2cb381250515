package emulation

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// Entry is one request the vendor was sent, and its answer.
type Entry struct {
	Number   int         `json:"number"`
	At       time.Time   `json:"at"`
	Method   string      `json:"method"`
	Path     string      `json:"path"`
	Query    string      `json:"query,omitempty"`
	Header   http.Header `json:"header"`
	Request  string      `json:"request"`
	Status   int         `json:"status"`
	Response string      `json:"response"`
	Fault    FaultKind   `json:"fault,omitempty"`
}

// maxEntries bounds the journal; the oldest go first.
const maxEntries = 5000

// Journal keeps the last requests. The zero value is empty and ready.
type Journal struct {
	mu    sync.Mutex
	list  []Entry
	count int
}

func (j *Journal) add(e Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.count++
	e.Number = j.count
	if len(j.list) == maxEntries {
		j.list = append(j.list[:0], j.list[maxEntries/10:]...)
	}
	j.list = append(j.list, e)
}

// Find returns the kept requests of a method to paths that contain a part, oldest first; empty = any.
func (j *Journal) Find(method, path string) []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []Entry
	for _, e := range j.list {
		if (method == "" || e.Method == method) && strings.Contains(e.Path, path) {
			out = append(out, e)
		}
	}
	return out
}

// Clear forgets all requests.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.list, j.count = nil, 0
}
