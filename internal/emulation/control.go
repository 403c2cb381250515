package emulation

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Placed is an emulator that answers at an address.
type Placed struct {
	Vendor Vendor
	Kit    *Kit
	// URL is where the vendor's own interface is, without a trailing slash.
	URL string
}

// NewControl returns the control API of emulators and the page to look at them, for a port of its own. Only this
// machine is let in: requests must name it as their host, and what changes something must not come from a page of
// another origin.
func NewControl(vendors []Placed) http.Handler {
	c := &control{vendors: vendors}
	mux := http.NewServeMux()
	for _, call := range c.calls() {
		mux.HandleFunc(call.pattern, call.serve)
	}
	mux.HandleFunc("/_ctl/", c.noSuchCall)
	servePage(mux, vendors)
	foreign := http.NewCrossOriginProtection()
	foreign.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeError(w, http.StatusForbidden, errors.New("a page of another origin may not control the emulators"))
	}))
	return onlyThisMachine(foreign.Handler(mux))
}

type control struct{ vendors []Placed }

type call struct {
	pattern string
	serve   http.HandlerFunc
}

func (c *control) calls() []call {
	return []call{
		{"GET /_ctl/vendors", c.list},
		{"GET /_ctl/{kind}/state", c.of(state)},
		{"GET /_ctl/{kind}/actions", c.of(actions)},
		{"POST /_ctl/{kind}/actions/{name}", c.of(act)},
		{"GET /_ctl/{kind}/journal", c.of(journal)},
		{"DELETE /_ctl/{kind}/journal", c.of(clearJournal)},
		{"GET /_ctl/{kind}/faults", c.of(faults)},
		{"POST /_ctl/{kind}/faults", c.of(addFault)},
		{"DELETE /_ctl/{kind}/faults", c.of(clearFaults)},
		{"GET /_ctl/{kind}/clock", c.of(clock)},
		{"POST /_ctl/{kind}/clock", c.of(moveClock)},
		{"POST /_ctl/{kind}/reset", c.of(reset)},
	}
}

// onlyThisMachine refuses requests whose host is another name: a page elsewhere may have its own name lead here.
func onlyThisMachine(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !namesThisMachine(r.Host) {
			writeError(w, http.StatusForbidden, errors.New("the emulators are controlled from their own machine: use http://localhost"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func namesThisMachine(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
	return err == nil && addr.IsLoopback()
}

// of looks the vendor of a call up; an error of the call is the caller's fault unless it is a failure.
func (c *control) of(serve func(p Placed, r *http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		kind := r.PathValue("kind")
		at := slices.IndexFunc(c.vendors, func(p Placed) bool { return p.Vendor.Kind() == kind })
		if at < 0 {
			writeError(w, http.StatusNotFound, fmt.Errorf("no emulator %q; there are: %s", kind, c.kinds()))
			return
		}
		result, err := serve(c.vendors[at], r)
		var failed *failure
		switch {
		case errors.As(err, &failed):
			writeError(w, failed.status, failed.err)
		case err != nil:
			writeError(w, http.StatusBadRequest, err)
		case result == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			writeJSON(w, http.StatusOK, result)
		}
	}
}

// failure is an error with a status other than 400.
type failure struct {
	status int
	err    error
}

// Error implements error.
func (f *failure) Error() string { return f.err.Error() }

func (c *control) kinds() string {
	out := make([]string, len(c.vendors))
	for i, p := range c.vendors {
		out[i] = p.Vendor.Kind()
	}
	return strings.Join(out, ", ")
}

func (c *control) noSuchCall(w http.ResponseWriter, r *http.Request) {
	var known []string
	for _, call := range c.calls() {
		known = append(known, call.pattern)
	}
	writeError(w, http.StatusNotFound, fmt.Errorf("no call %s %s; there are: %s", r.Method, r.URL.Path, strings.Join(known, ", ")))
}

// described is a vendor as the API and the page show it.
type described struct {
	Kind        string       `json:"kind"`
	Title       string       `json:"title"`
	URL         string       `json:"url"`
	Credentials []Credential `json:"credentials"`
}

func (c *control) list(w http.ResponseWriter, _ *http.Request) {
	out := make([]described, len(c.vendors))
	for i, p := range c.vendors {
		out[i] = described{Kind: p.Vendor.Kind(), Title: p.Vendor.Title(), URL: p.URL, Credentials: list(p.Vendor.Credentials())}
	}
	writeJSON(w, http.StatusOK, map[string]any{"vendors": out})
}

// shownTable is a table with no more rows than asked for.
type shownTable struct {
	Table
	Total int `json:"total"`
}

func state(p Placed, r *http.Request) (any, error) {
	rows, err := number(r, "rows", 100, 0, 10_000)
	if err != nil {
		return nil, err
	}
	out := []shownTable{}
	for _, table := range p.Vendor.Tables() {
		shown := shownTable{Table: table, Total: len(table.Rows)}
		shown.Columns, shown.Rows = list(table.Columns), list(table.Rows[:min(rows, len(table.Rows))])
		out = append(out, shown)
	}
	return map[string]any{"tables": out, "credentials": list(p.Vendor.Credentials())}, nil
}

func actions(p Placed, _ *http.Request) (any, error) {
	all := list(slices.Clone(p.Vendor.Actions()))
	for i := range all {
		all[i].Params = list(all[i].Params)
	}
	return map[string]any{"actions": all}, nil
}

func act(p Placed, r *http.Request) (any, error) {
	all, name := p.Vendor.Actions(), r.PathValue("name")
	at := slices.IndexFunc(all, func(a Action) bool { return a.Name == name })
	if at < 0 {
		names := make([]string, len(all))
		for i, a := range all {
			names[i] = a.Name
		}
		return nil, &failure{http.StatusNotFound, fmt.Errorf("no action %q; there are: %s", name, strings.Join(names, ", "))}
	}
	given := map[string]any{}
	if err := read(r, &given); err != nil {
		return nil, err
	}
	values, err := all[at].values(given)
	if err != nil {
		return nil, err
	}
	result, err := all[at].Do(r.Context(), values)
	if err != nil {
		return nil, &failure{http.StatusUnprocessableEntity, err}
	}
	return map[string]any{"result": result}, nil
}

// values fills in defaults and refuses what the action does not know or can't do without.
func (a *Action) values(given map[string]any) (map[string]string, error) {
	var errs []error
	out := map[string]string{}
	for name, value := range given {
		if !slices.ContainsFunc(a.Params, func(p Param) bool { return p.Name == name }) {
			errs = append(errs, fmt.Errorf("unknown parameter %q", name))
			continue
		}
		text, err := valueText(value)
		if err != nil {
			errs = append(errs, fmt.Errorf("parameter %q: %w", name, err))
		}
		out[name] = text
	}
	for _, p := range a.Params {
		if out[p.Name] == "" {
			out[p.Name] = p.Default
		}
		if out[p.Name] == "" && !p.Optional {
			errs = append(errs, fmt.Errorf("parameter %q (%s) is missing", p.Name, p.Title))
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return out, errors.Join(errs...)
}

func valueText(value any) (string, error) {
	switch value := value.(type) {
	case nil:
		return "", nil
	case string:
		return value, nil
	case json.Number:
		return value.String(), nil
	case bool:
		return strconv.FormatBool(value), nil
	default:
		return "", errors.New("neither text nor a number")
	}
}

func journal(p Placed, r *http.Request) (any, error) {
	limit, err := number(r, "limit", 200, 1, maxEntries)
	if err != nil {
		return nil, err
	}
	after, err := number(r, "after", -1, 0, 1<<53)
	if err != nil {
		return nil, err
	}
	method, path := r.FormValue("method"), r.FormValue("path")
	first, last := p.Kit.Journal.Bounds() // before reading: what comes in between is read the next time
	var entries []Entry
	if after < 0 {
		entries = p.Kit.Journal.Last(method, path, limit)
	} else {
		entries = p.Kit.Journal.After(after, method, path, limit)
	}
	return map[string]any{"entries": list(entries), "first": first, "last": last}, nil
}

func clearJournal(p Placed, _ *http.Request) (any, error) {
	p.Kit.Journal.Clear()
	return nil, nil //nolint:nilnil // nothing to show
}

func faults(p Placed, _ *http.Request) (any, error) {
	return map[string]any{"faults": list(p.Kit.Faults.List()), "kinds": FaultKinds()}, nil
}

func addFault(p Placed, r *http.Request) (any, error) {
	var fault Fault
	if err := read(r, &fault); err != nil {
		return nil, err
	}
	if err := p.Kit.Faults.Add(fault); err != nil {
		return nil, err
	}
	return faults(p, r)
}

func clearFaults(p Placed, _ *http.Request) (any, error) {
	p.Kit.Faults.Clear()
	return nil, nil //nolint:nilnil // nothing to show
}

func clock(p Placed, _ *http.Request) (any, error) {
	offset := p.Kit.Clock.Offset()
	return map[string]any{"now": p.Kit.Clock.Now(), "offset": offset.String()}, nil
}

// maxAdvance is the furthest the clock is moved at once.
const maxAdvance = 10 * 365 * 24 * time.Hour

func moveClock(p Placed, r *http.Request) (any, error) {
	var move struct {
		Advance string `json:"advance"`
	}
	if err := read(r, &move); err != nil {
		return nil, err
	}
	d, err := time.ParseDuration(move.Advance)
	if err != nil || d <= 0 || d > maxAdvance {
		return nil, fmt.Errorf(`advance %q can't be used; write a time forward such as "90s", "20m" or "25h"`, move.Advance)
	}
	if p.Kit.Clock.Offset() > maxAdvance {
		return nil, errors.New("the clock is years ahead already; start the emulators anew")
	}
	p.Kit.Clock.Advance(d)
	return clock(p, r)
}

func reset(p Placed, _ *http.Request) (any, error) {
	p.Vendor.Reset()
	p.Kit.Faults.Clear()
	p.Kit.Journal.Clear()
	return nil, nil //nolint:nilnil // nothing to show
}

const maxCall = 1 << 20

// read decodes the one JSON object of a request; an empty body is an empty object.
func read(r *http.Request, into any) error {
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxCall+1))
	if err != nil {
		return fmt.Errorf("reading the request: %w", err)
	}
	if len(raw) > maxCall {
		return errors.New("the request is over 1 MiB")
	}
	if len(raw) == 0 {
		return nil
	}
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.DisallowUnknownFields()
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("the request must be one JSON object: %w", err)
	}
	if decoder.More() {
		return errors.New("the request must be one JSON object, and there is more")
	}
	return nil
}

// number reads a parameter of the address.
func number(r *http.Request, name string, missing, least, most int) (int, error) {
	raw := r.FormValue(name)
	if raw == "" {
		return missing, nil
	}
	n, err := strconv.Atoi(raw)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%s=%q can't be used; write %d to %d", name, raw, least, most)
	}
	return n, nil
}

// list makes sure that an empty list is [] and not null.
func list[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	raw, err := json.Marshal(value)
	if err != nil {
		writeError(w, http.StatusInternalServerError, fmt.Errorf("the answer can't be written as JSON: %w", err))
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(append(raw, '\n'))
}

func writeError(w http.ResponseWriter, status int, err error) {
	writeJSON(w, status, map[string]string{"error": err.Error()})
}
