package connectortest

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
)

func testDealsOut(t *testing.T, way *Way) {
	for name, test := range map[string]func(w *world){
		"a goal becomes contact, deal and note": testGoal, "the key finds its own alone": testKey, "a contact with several phones": testPhones,
		"what is closed is not open": testOpen,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := way.start(t, patience)
			w.need(integrations.CanCreateDeals)
			test(w)
		})
	}
}

// delivered makes contact and deal of a stranger.
func (w *world) delivered() (integrations.DealDesk, integrations.NewDeal, integrations.RemoteRef) {
	w.t.Helper()
	const key = "skvoz-1-7"
	desk := w.desk()
	d := w.newDeal(key, stranger, "")
	if !desk.UsesInbox() {
		made, err := desk.CreateContact(w.t.Context(), integrations.NewContact{Person: stranger, Responsible: d.Responsible, Key: key})
		w.ok(err)
		d.ContactID = made.ID
	}
	ref, err := desk.CreateDeal(w.t.Context(), d)
	w.ok(err)
	require.NotEmpty(w.t, ref.ID)
	require.NotEmpty(w.t, ref.Entity)
	require.True(w.t, strings.HasPrefix(ref.URL, w.url), "where people open it: %s", ref.URL)
	return desk, d, ref
}

func testGoal(w *world) {
	found, err := w.desk().FindContacts(w.t.Context(), stranger)
	w.ok(err)
	require.Empty(w.t, found)
	desk, d, ref := w.delivered()
	note := newNote("skvoz-1-7", ref.ID)
	isThere, err := desk.FindNote(w.t.Context(), note)
	w.ok(err)
	require.False(w.t, isThere)
	w.ok(desk.AddNote(w.t.Context(), note))
	isThere, err = desk.FindNote(w.t.Context(), note)
	w.ok(err)
	require.True(w.t, isThere)
	if desk.UsesInbox() {
		return // it is not a deal yet
	}
	found, err = desk.FindContacts(w.t.Context(), stranger)
	w.ok(err)
	require.Len(w.t, found, 1)
	require.Equal(w.t, d.ContactID, found[0].ID)
	require.Equal(w.t, []string{string(stranger.Email)}, found[0].Emails)
	if slices.Contains(w.driver.Capabilities, integrations.CanReadDeals) {
		w.readBack(d, ref)
	}
}

// readBack reads a deal we made: all that was asked for stands in it.
func (w *world) readBack(d integrations.NewDeal, ref integrations.RemoteRef) {
	w.t.Helper()
	page, err := w.source().DealsByID(w.t.Context(), []string{ref.ID})
	w.ok(err)
	require.Len(w.t, page.Deals, 1)
	got := page.Deals[0]
	require.Equal(w.t, d.Name, got.Name)
	require.Equal(w.t, d.FunnelID, got.FunnelID)
	require.Equal(w.t, d.StageID, got.StageID)
	require.Equal(w.t, d.Responsible, got.EmployeeID)
	require.Equal(w.t, []string{d.ContactID}, got.ContactIDs)
	require.NotNil(w.t, got.RevenueMinor)
	require.Equal(w.t, *d.RevenueMinor, *got.RevenueMinor)
	require.Equal(w.t, d.Currency, got.Currency)
	require.Equal(w.t, ref.URL, got.URL)
}

// testKey: each delivery finds what it made, and no other takes it for its own.
func testKey(w *world) {
	fresh := w.newDeal("skvoz-1-7", stranger, "")
	if !w.desk().UsesInbox() {
		fresh.ContactID = w.vendor.AddContact(w.t, "Пустой", "+79160000000")
	}
	_, found, err := w.desk().FindDeal(w.t.Context(), fresh)
	w.ok(err)
	require.False(w.t, found, "nothing was made yet")
	_, d, ref := w.delivered()
	again, found, err := w.desk().FindDeal(w.t.Context(), d)
	w.ok(err)
	require.True(w.t, found)
	require.Equal(w.t, ref.ID, again.ID)
	other := d
	other.Key, other.Since = "skvoz-1-77", d.Since.Add(10*time.Minute)
	_, found, err = w.desk().FindDeal(w.t.Context(), other)
	w.ok(err)
	require.False(w.t, found, "a later delivery does not take it for its own")
	w.ok(w.desk().AddNote(w.t.Context(), newNote("skvoz-1-7", ref.ID)))
	for _, key := range []string{"skvoz-1-77", "skvoz-1", "voz-1-7"} {
		found, err = w.desk().FindNote(w.t.Context(), newNote(key, ref.ID))
		w.ok(err)
		require.False(w.t, found, "the note of skvoz-1-7 is not that of %s", key)
	}
}

// testPhones: a contact is found by each of its phones, however they are written there.
func testPhones(w *world) {
	id := w.vendor.AddContact(w.t, known.Name, "+79167770001", "+79167770009")
	for _, phone := range []core.Phone{"79167770001", "79167770009"} {
		found, err := w.desk().FindContacts(w.t.Context(), integrations.Person{Phone: phone})
		w.ok(err)
		require.Len(w.t, found, 1, "by %s", phone)
		require.Equal(w.t, id, found[0].ID)
		require.Len(w.t, found[0].Phones, 2)
		require.False(w.t, found[0].CreatedAt.IsZero())
	}
	nobody, err := w.desk().FindContacts(w.t.Context(), integrations.Person{Phone: "79167770008", Email: "nobody@example.ru"})
	w.ok(err)
	require.Empty(w.t, nobody)
	none, err := w.desk().FindContacts(w.t.Context(), integrations.Person{Name: known.Name})
	w.ok(err)
	require.Empty(w.t, none, "nobody is found by name")
}

func testOpen(w *world) {
	desk, d, first := w.delivered()
	if desk.UsesInbox() {
		w.t.Skip("what waits in the inbox is no deal yet")
	}
	w.kit.Clock.Advance(time.Minute)
	d.Key, d.Name, d.Since = "skvoz-2-8", "Вторая", w.kit.Clock.Now()
	second, err := desk.CreateDeal(w.t.Context(), d)
	w.ok(err)
	open := func() []string {
		list, err := w.desk().OpenDeals(w.t.Context(), d.ContactID)
		w.ok(err)
		out := []string{}
		for _, one := range list {
			out = append(out, one.ID)
			require.NotEmpty(w.t, one.URL)
		}
		return out
	}
	require.Equal(w.t, []string{second.ID, first.ID}, open(), "newest first")
	w.vendor.Move(w.t, second.ID, deals.StageSuccess)
	require.Equal(w.t, []string{first.ID}, open())
	w.vendor.Move(w.t, first.ID, deals.StageFailed)
	require.Empty(w.t, open())
}

// testPreview compares what a preview shows with what is sent then.
func testPreview(t *testing.T, way *Way) {
	w := way.start(t, patience)
	w.need(integrations.CanCreateDeals)
	desk := w.desk()
	d, note := w.newDeal("skvoz-1-7", stranger, ""), newNote("skvoz-1-7", "")
	before := len(w.kit.Journal.Find("", ""))
	early, err := desk.Preview(d, note)
	w.ok(err)
	require.Len(t, early, 2, "deal and note can be shown before anything is there")
	note.Text = ""
	early, err = desk.Preview(d, note)
	w.ok(err)
	require.Len(t, early, 1, "no note, nothing to show of it")
	require.Len(t, w.kit.Journal.Find("", ""), before, "a preview sends nothing")

	_, d, ref := w.delivered()
	note = newNote("skvoz-1-7", ref.ID)
	w.ok(desk.AddNote(t.Context(), note))
	shown, err := desk.Preview(d, note)
	w.ok(err)
	require.Len(t, shown, 2)
	if contacts, ok := desk.(integrations.ContactPreviewer); ok && !desk.UsesInbox() {
		first, err := contacts.PreviewContact(integrations.NewContact{Person: stranger, Responsible: d.Responsible, Key: d.Key})
		w.ok(err)
		shown = append(shown, first)
	}
	for _, e := range shown {
		w.journal.Record(e) // its secrets are looked for, too
		checkShown(w, &e)
	}
}

// checkShown looks for the request a preview shows: of all that was sent to its address there is one with the same contents.
func checkShown(w *world, shown *integrations.Exchange) {
	w.t.Helper()
	var want any
	require.NoError(w.t, json.Unmarshal([]byte(shown.Request), &want), "previews are read by people: %s", shown.Request)
	var differ []string
	for _, sent := range w.kit.Journal.Find(shown.Method, "") {
		if path.Base(sent.Path) != path.Base(shown.Address) || !strings.HasPrefix(shown.Address, w.url) {
			continue
		}
		var got any
		require.NoError(w.t, json.Unmarshal([]byte(sent.Request), &got))
		difference := differs("", want, got)
		if difference == "" {
			return
		}
		differ = append(differ, difference)
	}
	require.Fail(w.t, "nothing like the preview was sent", "%s %s: %v", shown.Method, shown.Address, differ)
}

// differs says where what was sent differs from what was shown; beside it, at the top, there may be the key.
func differs(at string, want, got any) string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) < len(w) || at != "" && len(g) != len(w) {
			return fmt.Sprintf("%s: %v, sent %v", at, want, got)
		}
		for name, value := range w {
			if d := differs(at+"."+name, value, g[name]); d != "" {
				return d
			}
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return fmt.Sprintf("%s: %v, sent %v", at, want, got)
		}
		for i, value := range w {
			if d := differs(fmt.Sprintf("%s[%d]", at, i), value, g[i]); d != "" {
				return d
			}
		}
	default:
		if want != got {
			return fmt.Sprintf("%s: %v, sent %v", at, want, got)
		}
	}
	return ""
}
