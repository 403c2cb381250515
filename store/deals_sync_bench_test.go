package store_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/internal/phonenum"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// BenchmarkSyncDeals takes in full batches of new deals, and the same again.
func BenchmarkSyncDeals(b *testing.B) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		for name, isSame := range map[string]bool{"new": false, "same": true} {
			b.Run(string(engine)+"/"+name, func(b *testing.B) {
				s := newSyncBench(b, engine)
				for n := preloaded; b.Loop(); n++ {
					if isSame {
						n = 0
					}
					s.load(b, n)
				}
				b.ReportMetric(float64(b.N*deals.MaxSynced)/b.Elapsed().Seconds(), "deals/s")
			})
		}
	}
}

// preloaded is how many batches are there before.
const preloaded = 10

type syncBench struct {
	*deals.Service
	crm core.CRMID
}

func newSyncBench(b *testing.B, engine store.Engine) *syncBench {
	b.Helper()
	db := storetest.Open(b, engine, nil)
	account := storetest.NewWorld(b, db).Account()
	s := &syncBench{Service: deals.NewService(deals.Config{
		Store: db.DealStore(), Clock: db.Clock, ReadEmail: phonenum.NormalizeEmail,
		ReadPhone: func(raw string) (string, bool) { return phonenum.Normalize(raw, "RU") },
		Currency:  func(context.Context, core.AccountID) (string, error) { return "RUB", nil },
	})}
	made, err := s.CreateCRM(b.Context(), account, deals.NewCRM{Kind: deals.KindAmoCRM, Name: "amo"})
	require.NoError(b, err)
	s.crm = made.ID
	require.NoError(b, s.SyncCatalogue(b.Context(), account, s.crm, catalogue("new talk offer +won -lost -spam")))
	for n := range preloaded {
		s.load(b, n)
	}
	require.NoError(b, db.Gorm().Exec("ANALYZE").Error) // until a growing table has statistics, PostgreSQL checks its foreign keys row by row
	return s
}

// load takes in the n-th batch.
func (s *syncBench) load(b *testing.B, n int) {
	b.Helper()
	var batch deals.SyncBatch
	for i := range deals.MaxSynced {
		id := fmt.Sprint(n, "-", i)
		d := synced(id, "new@-40 talk@-30 offer@-20 won@-10", -10)
		d.ContactExternalIDs = []string{id}
		batch.Deals = append(batch.Deals, d)
		phone := fmt.Sprintf("+7926%07d", n*deals.MaxSynced+i)
		batch.Contacts = append(batch.Contacts, deals.ContactRecord{ExternalID: id, Name: "Contact", CreatedAt: core.Some(at(-50)), Phones: phones(phone), Emails: phones()})
	}
	_, err := s.SyncDeals(b.Context(), 1, s.crm, batch)
	require.NoError(b, err)
}
