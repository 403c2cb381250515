package deals

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
)

// cleaned returns a batch whose texts and moments every database can hold. Records without an identifier are left out. Deals are in the order of
// their changes, so that a deal that is there twice ends in its later state.
func (s *Service) cleaned(b SyncBatch) SyncBatch {
	now := s.now()
	out := SyncBatch{AddEmployees: b.AddEmployees, Gone: identifiers(b.Gone, len(b.Gone))}
	for _, r := range b.Contacts {
		if r.ExternalID = cut(r.ExternalID, maxExternalID); r.ExternalID != "" {
			r.Name = orIdentifier(cut(r.Name, maxName), r.ExternalID)
			out.Contacts = append(out.Contacts, r)
		}
	}
	for i := range b.Deals {
		if d := b.Deals[i].cleaned(now); d.ExternalID != "" {
			out.Deals = append(out.Deals, d)
		}
	}
	slices.SortStableFunc(out.Deals, func(a, b SyncedDeal) int { return a.ModifiedAt.Compare(b.ModifiedAt) })
	return out
}

func (d SyncedDeal) cleaned(now time.Time) SyncedDeal {
	d.ExternalID = cut(d.ExternalID, maxExternalID)
	d.Name = orIdentifier(cut(d.Name, maxName), d.ExternalID)
	d.FunnelExternalID, d.StageExternalID = cut(d.FunnelExternalID, maxExternalID), cut(d.StageExternalID, maxExternalID)
	d.MainContactExternalID, d.EmployeeExternalID = cut(d.MainContactExternalID, maxExternalID), cut(d.EmployeeExternalID, maxExternalID)
	d.LeadExternalID, d.Source, d.URL = cut(d.LeadExternalID, maxExternalID), cut(d.Source, maxName), cut(d.URL, maxText)
	d.ContactExternalIDs = identifiers(d.ContactExternalIDs, maxList)
	d.Tags = cleanTags(d.Tags)
	d.cleanTimes(now)
	if d.RevenueMinor != nil {
		amount := min(max(*d.RevenueMinor, -maxRevenue), maxRevenue)
		d.RevenueMinor = &amount
	}
	return d
}

// cleanTimes puts moments in their order: nothing happens to a deal before it is created.
func (d *SyncedDeal) cleanTimes(now time.Time) {
	d.History = slices.Clone(d.History)
	for i := range d.History {
		d.History[i].FunnelExternalID, d.History[i].StageExternalID = cut(d.History[i].FunnelExternalID, maxExternalID), cut(d.History[i].StageExternalID, maxExternalID)
		d.History[i].At = sane(d.History[i].At)
	}
	slices.SortStableFunc(d.History, func(a, b StageEntry) int { return a.At.Compare(b.At) })
	if d.ModifiedAt = sane(d.ModifiedAt); d.ModifiedAt.IsZero() {
		d.ModifiedAt = now
	}
	d.StageAt = sane(d.StageAt)
	if d.CreatedAt = sane(d.CreatedAt); d.CreatedAt.IsZero() {
		d.CreatedAt = d.firstMoment()
	}
	if !d.StageAt.IsZero() {
		d.StageAt = later(d.StageAt, d.CreatedAt)
	}
	for i := range d.History {
		d.History[i].At = later(d.History[i].At, d.CreatedAt)
	}
	if d.ClosedAt != nil {
		at := later(sane(*d.ClosedAt), d.CreatedAt)
		d.ClosedAt = &at
	}
}

func (d *SyncedDeal) firstMoment() time.Time {
	first := d.ModifiedAt
	for _, e := range d.History {
		if !e.At.IsZero() && e.At.Before(first) {
			first = e.At
		}
	}
	if !d.StageAt.IsZero() && d.StageAt.Before(first) {
		first = d.StageAt
	}
	return first
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// sane cuts a moment to what is stored and moves it into the range of moments; zero stays zero.
func sane(t time.Time) time.Time {
	switch {
	case t.IsZero():
		return t
	case t.Before(earliest):
		return earliest
	case t.After(latest):
		return latest
	}
	return stored(t)
}

// cut makes a text one that databases can hold, of at most limit characters.
func cut(text string, limit int) string {
	text = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", ""))
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit])
}

func orIdentifier(name, externalID string) string { return cmp.Or(name, externalID) }

// identifiers are up to limit external identifiers in their order, each once.
func identifiers(list []string, limit int) []string {
	var out []string
	seen := map[string]bool{}
	for _, id := range list {
		if id = cut(id, maxExternalID); id != "" && !seen[id] && len(out) < limit {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

func cleanTags(list []Tag) []Tag {
	var out []Tag
	for _, t := range list {
		t.ExternalID, t.Name = cut(t.ExternalID, maxExternalID), cut(t.Name, maxName)
		if t.Name = cmp.Or(t.Name, t.ExternalID); t.Name == "" || len(out) == maxList {
			continue
		}
		t.ExternalID = cmp.Or(t.ExternalID, cut(t.Name, maxExternalID))
		out = append(out, t)
	}
	return out
}

// readable are the phones or e-mails among texts, in order, each once.
func readable[T ~string](raw []string, read func(string) (string, bool)) []T {
	var out []T
	for _, text := range raw {
		if value, ok := read(strings.TrimSpace(text)); ok && len(out) < maxList {
			out = append(out, T(value))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// contact is a contact as a record has it; old is the zero value when there was none.
func (s *Service) contact(old Contact, r ContactRecord, now time.Time) Contact {
	x := old
	x.ExternalID, x.Name = r.ExternalID, r.Name
	if x.CreatedAt = sane(r.CreatedAt.Or(x.CreatedAt)); x.CreatedAt.IsZero() {
		x.CreatedAt = now
	}
	if r.Phones.Set {
		x.Phones = readable[core.Phone](r.Phones.Value, s.cfg.ReadPhone)
	}
	if r.Emails.Set {
		x.Emails = readable[core.Email](r.Emails.Value, s.cfg.ReadEmail)
	}
	return x
}
