package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

type object map[string]any

const pageSize = 50

// ServeHTTP implements [http.Handler]: who asks, whether it is paid for, and then what.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := http.StatusOK
	var body any
	switch {
	case r.Header.Get("X-Api-Key") != s.key:
		status, body = http.StatusUnauthorized, object{"error": "unknown key"}
	case s.isUnpaid:
		status, body = http.StatusPaymentRequired, object{"error": "the plan has ended"}
	default:
		if body = s.answer(r); body == nil {
			status, body = http.StatusNotFound, object{"error": "there is no " + r.URL.Path}
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// answer returns nil for what is not there.
func (s *Server) answer(r *http.Request) any {
	query := r.URL.Query()
	switch r.Method + " " + r.URL.Path {
	case "GET /api/me":
		return object{"company": object{"id": "acme-1", "name": "ООО «Ромашка»"}, "user": s.users[0].Name}
	case "GET /api/funnels":
		return object{"items": funnels}
	case "GET /api/users":
		return paged(s.users, query.Get("after"), func(u user) string { return u.ID })
	case "GET /api/contacts":
		return object{"items": s.search(query.Get("phone"), query.Get("email"))}
	case "POST /api/contacts":
		var in contact
		_ = json.NewDecoder(r.Body).Decode(&in) // what can't be read is an empty one
		return s.addContact(in)
	case "GET /api/deals":
		return s.list(query)
	case "POST /api/deals":
		in := &deal{}
		_ = json.NewDecoder(r.Body).Decode(in)
		return object{"id": s.addDeal(in).ID}
	case "GET /api/counts":
		return object{"items": s.counts(moment(query.Get("from")), moment(query.Get("to")))}
	}
	return s.notesOf(r)
}

// paged cuts a page out of a list: what comes after a name.
func paged[T any](list []T, after string, name func(T) string) object {
	from := slices.IndexFunc(list, func(one T) bool { return name(one) == after }) + 1
	to := min(from+pageSize, len(list))
	out := object{"items": list[from:to]}
	if to < len(list) {
		out["next"] = name(list[to-1])
	}
	return out
}

func (s *Server) search(phone, email string) []contact {
	out := []contact{}
	for _, c := range s.contacts {
		hasPhone := slices.ContainsFunc(c.Phones, func(p string) bool { return phone != "" && last10(p) == last10(phone) })
		if hasPhone || email != "" && slices.Contains(c.Emails, email) {
			out = append(out, c)
		}
	}
	return out
}

func last10(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
	return digits[max(0, len(digits)-10):]
}

func moment(s string) time.Time {
	at, _ := time.Parse(time.RFC3339, s) // what can't be read is long ago
	return at
}

// place is where a deal stands in a reading: by its moment, and within one by its number.
func place(d *deal, order string) string {
	at := d.Changed
	if order == "created" {
		at = d.Created
	}
	return fmt.Sprintf("%020d-%09d", at.UnixNano(), d.number)
}

// list answers a question for deals. Readings go on behind a place, which stays where it is while deals move.
func (s *Server) list(query url.Values) any {
	var found []*deal
	order, after, since := query.Get("order"), query.Get("after"), moment(query.Get("since"))
	for _, d := range slices.Backward(s.deals) {
		switch {
		case query.Has("ids") && !slices.Contains(strings.Split(query.Get("ids"), ","), d.ID):
		case query.Has("key") && d.Key != query.Get("key"):
		case query.Has("contact") && d.Contact != query.Get("contact"), query.Has("open") && d.Closed != nil:
		case order == "changed" && d.Changed.Before(since), order == "created" && d.Created.Before(since), place(d, order) <= after:
		default:
			found = append(found, d)
		}
	}
	out := object{"items": found}
	if order != "" {
		slices.SortFunc(found, func(a, b *deal) int { return strings.Compare(place(a, order), place(b, order)) })
		if len(found) > pageSize {
			out["items"], out["next"] = found[:pageSize], place(found[pageSize-1], order)
			found = found[:pageSize]
		}
	}
	out["contacts"] = slices.DeleteFunc(slices.Clone(s.contacts), func(c contact) bool {
		return !slices.ContainsFunc(found, func(d *deal) bool { return d.Contact == c.ID })
	})
	return out
}

func (s *Server) counts(from, to time.Time) []object {
	counts := map[[2]string]int{}
	for _, d := range s.deals {
		if !d.Created.Before(from) && d.Created.Before(to) {
			counts[[2]string{d.Funnel, d.Stage}]++
		}
	}
	out := []object{}
	for where, n := range counts {
		out = append(out, object{"funnel": where[0], "stage": where[1], "count": n})
	}
	return out
}

// notesOf answers what is asked of the notes of a deal.
func (s *Server) notesOf(r *http.Request) any {
	id, ok := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/api/deals/"), "/notes")
	if !ok || !slices.ContainsFunc(s.deals, func(d *deal) bool { return d.ID == id }) {
		return nil
	}
	if r.Method == http.MethodPost {
		n := note{ID: s.id("note"), Deal: id}
		_ = json.NewDecoder(r.Body).Decode(&n)
		s.notes = append(s.notes, n)
		return n
	}
	found := []note{}
	for _, n := range s.notes {
		if n.Deal == id && n.Key == r.URL.Query().Get("key") {
			found = append(found, n)
		}
	}
	return object{"items": found}
}
