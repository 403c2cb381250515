package store

import (
	"context"
	"sync"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

// maxCachedTraffic bounds the cache to a few tens of megabytes.
const maxCachedTraffic = 50_000

// trafficCache remembers traffic sources. A row's identifier is a hash of its content, so what was read once holds for ever. The zero value is ready;
// it is safe for concurrent use.
type trafficCache struct {
	mu    sync.RWMutex
	known map[trafficKey]*visits.TrafficSource
}

type trafficKey struct {
	account core.AccountID
	id      core.TrafficID
}

// find puts the sources it knows into out and returns the identifiers it does not know.
func (t *trafficCache) find(account core.AccountID, ids []core.TrafficID, out map[core.TrafficID]*visits.TrafficSource) []core.TrafficID {
	var missing []core.TrafficID
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, id := range ids {
		if _, ok := out[id]; ok || id == 0 {
			continue
		}
		s, ok := t.known[trafficKey{account, id}]
		if !ok {
			missing = append(missing, id)
		}
		out[id] = s
	}
	return missing
}

func (t *trafficCache) put(account core.AccountID, found map[core.TrafficID]*visits.TrafficSource) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil || len(t.known)+len(found) > maxCachedTraffic {
		t.known = make(map[trafficKey]*visits.TrafficSource)
	}
	for id, s := range found {
		t.known[trafficKey{account, id}] = s
	}
}

// noTraffic stands for a source that is not stored.
var noTraffic = visits.TrafficSource{Channel: visits.ChannelDirect}

// sources is what traffic sources were asked for and found.
type sources map[core.TrafficID]*visits.TrafficSource

// of returns a source with the whole referrer, which is not part of it.
func (s sources) of(id core.TrafficID, referrer string) visits.TrafficSource {
	out := noTraffic
	if known := s[id]; known != nil {
		out = *known
	}
	out.Referrer = referrer
	return out
}

// trafficSources returns sources by identifier, with one statement at most.
func (db *DB) trafficSources(ctx context.Context, account core.AccountID, ids []core.TrafficID) (sources, error) {
	out := make(map[core.TrafficID]*visits.TrafficSource, 8)
	missing := db.traffic.find(account, ids, out)
	if len(missing) == 0 {
		return out, nil
	}
	found := make(map[core.TrafficID]*visits.TrafficSource, len(missing))
	q := `SELECT id, channel, source, medium, campaign, term, content, referrer_domain, search_engine, engine, is_paid FROM traffic_sources WHERE account_id = $1 AND id {in $2}`
	err := db.rawReader().query(ctx, q, []any{account, idsArg(db.Engine, missing)}, func(rows scanner) error {
		var id core.TrafficID
		s := new(visits.TrafficSource)
		err := rows.Scan(&id, &s.Channel, &s.Source, &s.Medium, &s.Campaign, &s.Term, &s.Content, &s.ReferrerDomain, &s.SearchEngine, &s.Engine, &s.IsPaid)
		found[id], out[id] = s, s
		return err
	})
	if err != nil {
		return nil, err
	}
	db.traffic.put(account, found)
	return out, nil
}
