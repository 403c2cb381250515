package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// BenchmarkLinking links deals of persons with two visitors, ten sessions and two communications each: anew, and again when nothing has changed.
func BenchmarkLinking(b *testing.B) {
	const size = 5000
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		b.Run(string(engine), func(b *testing.B) {
			clock := testkit.NewClock(time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC))
			l := newLinking(b, storetest.NewWorld(b, storetest.Open(b, engine, clock)), clock)
			loadPersons(b, l, size)
			b.Run("anew", func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					require.NoError(b, l.DB.Gorm().Exec("DELETE FROM deal_links").Error)
					require.NoError(b, l.DB.Gorm().Exec("DELETE FROM deal_steps").Error)
					b.StartTimer()
					require.NoError(b, l.linker.Rebuild(b.Context(), l.account))
				}
				b.ReportMetric(size*float64(b.N)/b.Elapsed().Seconds(), "deals/s")
			})
			b.Run("unchanged", func(b *testing.B) {
				for b.Loop() {
					require.NoError(b, l.linker.Rebuild(b.Context(), l.account))
				}
				b.ReportMetric(size*float64(b.N)/b.Elapsed().Seconds(), "deals/s")
			})
		})
	}
}

// loadPersons loads persons with their history and a deal each.
func loadPersons(b *testing.B, l *linking, size int) {
	b.Helper()
	h, contacts, records := &comms.History{}, []deals.NewContact(nil), []deals.DealRecord(nil)
	for i := range size {
		phone := fmt.Sprintf("7926%07d", i)
		addPerson(l, h, i, phone)
		name := fmt.Sprint("c", i)
		contacts = append(contacts, deals.NewContact{ExternalID: name, Name: name, CreatedAt: l.ago(float64(i % 500)), Phones: []string{phone}})
		records = append(records, l.record(fmt.Sprint("d", i), float64(i%500), name))
	}
	require.NoError(b, l.DB.LoadHistory(b.Context(), l.account, h))
	for from := 0; from < size; from += 1000 {
		require.NoError(b, l.deals.CreateContacts(b.Context(), l.account, l.crm, contacts[from:from+1000]))
		l.upload(records[from : from+1000]...)
	}
}

func addPerson(l *linking, h *comms.History, i int, phone string) {
	for v := range 2 {
		visitor := visits.Visitor{ID: core.VisitorID(1 + 2*i + v), SiteID: l.site.ID, FirstSeenAt: l.ago(2000), SessionCount: 5, PersonID: core.PersonID(1 + i)}
		h.Visitors = append(h.Visitors, visitor)
		h.Contacts = append(h.Contacts, visits.Contact{VisitorID: visitor.ID, Kind: visits.ContactPhone, Value: phone, FirstAt: l.ago(1000), Origin: visits.OriginVisitorInfo})
		for n := range 5 {
			at := l.ago(float64(510 + 250*v + 40*n))
			session := visits.Session{ID: visits.FirstSession(at) + core.SessionID(10*i+5*v+n+1), SiteID: l.site.ID, VisitorID: visitor.ID, Number: n + 1, StartedAt: at, LastActivityAt: at}
			h.Sessions = append(h.Sessions, session)
			if n == 0 {
				h.Communications = append(h.Communications, comms.Communication{
					ID: core.CommunicationID(1 + 2*i + v), Kind: comms.KindChat, SiteID: l.site.ID, At: at.Add(time.Minute), Phone: core.Phone(phone), VisitorID: visitor.ID, SessionID: session.ID,
				})
			}
		}
	}
}
