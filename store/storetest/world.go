package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/store"
)

// World is a database with the services through which visitors come into it. Its data are made as in life: by hits, events and contact data.
type World struct {
	DB     *store.DB
	IDs    *visits.IDs
	Ingest *visits.Ingester
	Comms  *comms.Service
	Visits *visits.Service
	// Written is what Ingest writes with.
	Written *store.Ingest
	// Live wakes live lists.
	Live *visits.LiveSignals

	t    testing.TB
	next atomic.Int64
}

// NewWorld starts the services of a database; they end with the test.
func NewWorld(t testing.TB, db *store.DB) *World {
	t.Helper()
	secret, err := db.Secret(t.Context(), "ids")
	if err != nil {
		t.Fatalf("reading the secret: %v", err)
	}
	w := &World{DB: db, IDs: visits.NewIDs(secret), Written: db.Ingest(), Live: new(visits.LiveSignals), t: t}
	w.Ingest = visits.NewIngester(visits.IngestConfig{Store: w.Written, IDs: w.IDs, Clock: db.Clock, Wake: w.Live.Wake})
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.Ingest.Run(t.Context())
	}()
	t.Cleanup(func() { w.Ingest.Close(); <-done })
	w.Comms = comms.NewService(comms.Config{Writer: db, Cards: db, Comms: db, IDs: w.IDs, Clock: db.Clock, Waker: w.Live})
	w.Visits = visits.NewService(visits.ServiceConfig{Reader: db, Joins: db, Clock: db.Clock, Signals: w.Live, LiveInterval: 5 * time.Millisecond})
	return w
}

// number returns 1, 2, 3, …
func (w *World) number() int64 { return w.next.Add(1) }

// Account makes an account with an owner.
func (w *World) Account() core.AccountID {
	w.t.Helper()
	n := w.number()
	account := accounts.Account{ID: core.AccountID(n), Name: "Account", Timezone: "Europe/Moscow", Currency: "RUB", AppKey: core.NewKey(), CreatedAt: w.DB.Clock.Now()}
	owner := accounts.User{
		ID: core.UserID(n), AccountID: account.ID, Email: core.Email(fmt.Sprintf("owner%d@example.com", n)), Name: "Owner",
		Role: accounts.RoleOwner, Status: accounts.StatusActive, Language: accounts.LanguageRU, CreatedAt: w.DB.Clock.Now(),
	}
	w.check(w.DB.Accounts().CreateAccount(w.t.Context(), account, owner, "", ""))
	return account.ID
}

// Site makes a site with the goals every site has.
func (w *World) Site(account core.AccountID) sites.Site {
	w.t.Helper()
	s, err := w.DB.CreateSite(w.t.Context(), sites.Site{
		AccountID: account, Domain: fmt.Sprintf("site%d.example", w.number()), Name: "Site", SiteKey: core.NewKey(), Key: core.NewKey(), Settings: sites.DefaultSettings(),
	}, 1000)
	w.check(err)
	return s
}

// Goal makes a goal reached by an event of this category.
func (w *World) Goal(s sites.Site, category string) goals.Goal {
	w.t.Helper()
	g, err := w.DB.CreateGoal(w.t.Context(), goals.Goal{
		AccountID: s.AccountID, SiteID: s.ID, Name: "Goal " + category, Type: goals.TypeTrackEvent, IsGoal: true, IsEnabled: true,
		Conditions: goals.Conditions{Category: &category},
	}, 1000)
	w.check(err)
	return g
}

// SystemGoals switches all system goals of a site on or off and makes them count or not.
func (w *World) SystemGoals(s sites.Site, isEnabled, isGoal bool) {
	w.t.Helper()
	list, err := w.DB.Goals(w.t.Context(), s.AccountID, []core.SiteID{s.ID})
	w.check(err)
	for _, g := range list {
		if g.Type != goals.TypeSystem {
			continue
		}
		_, err := w.DB.UpdateGoal(w.t.Context(), s.AccountID, g.ID, func(g *goals.Goal) error {
			g.IsEnabled, g.IsGoal = isEnabled, isGoal
			return nil
		})
		w.check(err)
	}
}

// Visit is a page seen.
type Visit struct {
	Site sites.Site
	// Last is the visitor's page before; zero = a new visitor.
	Last Seen
	// At is when; zero = now.
	At time.Time
	// URL and Title are the page's; an empty URL is the site's first page.
	URL, Title string
	// Source is where an arrival came from; zero = direct.
	Source visits.TrafficSource
	// Campaign is what an arrival is counted to.
	Campaign core.CampaignID
}

// Seen is a page that was seen.
type Seen struct {
	visits.HitResult
	Site sites.Site
}

// Opening implements visits.Opener.
func (v *Visit) Opening(*visits.HitInput) visits.Opening {
	return visits.Opening{
		Class: v.class(), CampaignID: v.Campaign,
		Client: visits.Client{DeviceType: visits.DeviceDesktop, Browser: "Chrome 143", OS: "Windows 10", Language: "ru-RU", Screen: "1920x1080", IP: "192.0.2.1", Country: "RU", City: "Москва"},
	}
}

func (v *Visit) class() visits.Classification {
	source := v.Source
	if source.Channel == "" {
		source.Channel = visits.ChannelDirect
	}
	return visits.Classification{Source: source, IsArrival: source.Channel != visits.ChannelDirect}
}

// See lets a page be seen.
func (w *World) See(v Visit) Seen {
	w.t.Helper()
	if v.URL == "" {
		v.URL = "https://" + v.Site.Domain + "/"
	}
	if v.At.IsZero() {
		v.At = w.DB.Clock.Now()
	}
	class := v.class()
	in := &visits.HitInput{
		AccountID: v.Site.AccountID, SiteID: v.Site.ID, Nonce: fmt.Sprintf("nonce%012d", w.number()), VisitorID: v.Last.VisitorID, SessionID: v.Last.SessionID,
		At: v.At, URL: v.URL, Title: v.Title, Timeout: 30 * time.Minute, CampaignLifetime: 90 * 24 * time.Hour, Class: &class, Opener: &v,
	}
	got, err := w.Ingest.Hit(in)
	w.check(err)
	return Seen{got, v.Site}
}

// Reach lets a goal be reached on a page that was seen.
func (w *World) Reach(s Seen, g goals.Goal, at time.Time) {
	w.t.Helper()
	w.check(w.Ingest.Event(&visits.EventInput{
		Triple: visits.Triple{AccountID: s.Site.AccountID, SiteID: s.Site.ID, VisitorID: s.VisitorID, SessionID: s.SessionID, HitID: s.HitID},
		Nonce:  fmt.Sprintf("event%012d", w.number()), At: at, URL: "https://" + s.Site.Domain + "/goal", Category: deref(g.Conditions.Category), Action: "click",
		Reaches: []visits.ReachInput{{GoalID: g.ID, IsGoal: g.IsGoal}},
	}))
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Origin names the sender of contact data as getCredentials() does.
func (s Seen) Origin() comms.Origin {
	return comms.Origin{
		AccountID: s.Site.AccountID, SiteID: s.Site.ID, VisitorID: s.VisitorID, SessionID: s.SessionID, SessionStartedAt: s.StartedAt.Truncate(time.Second), HitID: s.HitID,
	}
}

// Leave lets a visitor leave contact data.
func (w *World) Leave(s Seen, name string, phone core.Phone, email core.Email) comms.ContactsResult {
	w.t.Helper()
	got, err := w.Comms.CaptureContacts(w.t.Context(), comms.ContactsInput{Origin: s.Origin(), Name: name, Phone: phone, Email: email, Source: visits.OriginVisitorInfo})
	w.check(err)
	return got
}

// Card reads a visitor with everything.
func (w *World) Card(s Seen) comms.VisitorCard {
	w.t.Helper()
	card, err := w.Comms.Visitor(w.t.Context(), s.Site.AccountID, s.VisitorID, comms.VisitorParts{Contacts: true, Sessions: comms.MaxParts, Communications: comms.MaxParts})
	w.check(err)
	return card
}

func (w *World) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}
