package emulation

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// FaultKind is a way to fail.
type FaultKind string

// The faults every emulator knows. Those a vendor has besides (a ban, an unpaid account) are its own actions.
const (
	// FaultStatus answers with a status and an empty JSON object, FaultHTML with a status and a page of HTML; nothing is carried out.
	FaultStatus FaultKind = "status"
	FaultHTML   FaultKind = "html"
	// FaultMalformed carries the request out and cuts its answer in the middle.
	FaultMalformed FaultKind = "malformed"
	// FaultSlow waits Delay before it answers as usual.
	FaultSlow FaultKind = "slow"
	// FaultDrop closes the connection and does nothing; FaultDropAfter carries the request out and then closes the connection: the ambiguous failure.
	FaultDrop      FaultKind = "drop"
	FaultDropAfter FaultKind = "drop_after"
)

// Fault makes requests fail.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Method and Path choose requests; Path is a part of the path, empty = all.
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	// Times is how many requests fail; 0 = until it is switched off.
	Times int `json:"times,omitempty"`
	// After lets so many chosen requests through first.
	After int `json:"after,omitempty"`
	// Status of FaultStatus and FaultHTML; 503 when zero. RetryAfter is sent in seconds when not zero.
	Status     int `json:"status,omitempty"`
	RetryAfter int `json:"retry_after,omitempty"`
	// DelayMS of FaultSlow, in milliseconds.
	DelayMS int `json:"delay_ms,omitempty"`
}

// Faults are the faults that are switched on; the first one that matches strikes.
type Faults struct {
	mu   sync.Mutex
	list []*Fault
}

// FaultKinds returns the faults there are.
func FaultKinds() []FaultKind {
	return []FaultKind{FaultStatus, FaultHTML, FaultMalformed, FaultSlow, FaultDrop, FaultDropAfter}
}

const (
	maxFaults = 1000
	maxDelay  = 10 * time.Minute // a slow answer may take
)

// Add switches a fault on. An unknown kind is an error that names the known ones; a number out of range is one that
// names the field.
func (f *Faults) Add(fault Fault) error {
	if err := fault.check(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.list) >= maxFaults {
		return fmt.Errorf("%d faults are on; switch them off first", maxFaults)
	}
	f.list = append(f.list, &fault)
	return nil
}

func (f *Fault) check() error {
	switch {
	case !slices.Contains(FaultKinds(), f.Kind):
		return fmt.Errorf("unknown fault %q; known: %v", f.Kind, FaultKinds())
	case f.Times < 0 || f.After < 0 || f.RetryAfter < 0:
		return errors.New("times, after and retry_after can't be negative")
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status %d is none; use 200 to 599", f.Status)
	case f.delay() < 0 || f.delay() > maxDelay:
		return fmt.Errorf("delay_ms %d is out of range; use 0 to %d", f.DelayMS, maxDelay.Milliseconds())
	}
	return nil
}

// Clear switches all faults off.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
}

// List returns the faults that are switched on, with what is left of their counts.
func (f *Faults) List() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]Fault, len(f.list))
	for i, fault := range f.list {
		out[i] = *fault
	}
	return out
}

// strike returns the fault a request meets, or nil, and counts it.
func (f *Faults) strike(r *http.Request) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, fault := range f.list {
		if fault.Method != "" && !strings.EqualFold(fault.Method, r.Method) || !strings.Contains(r.URL.Path, fault.Path) {
			continue
		}
		if fault.After > 0 {
			fault.After--
			continue // let through by this one; another may strike
		}
		hit := *fault
		if fault.Times == 1 {
			f.list = slices.Delete(f.list, i, i+1)
		} else if fault.Times > 1 {
			fault.Times--
		}
		return &hit
	}
	return nil
}

func (f *Fault) delay() time.Duration { return time.Duration(f.DelayMS) * time.Millisecond }
