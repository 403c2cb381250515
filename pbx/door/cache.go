package door

import (
	"context"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

// How long connections are remembered, and how many.
const (
	cacheLife = 3 * time.Second
	cacheSize = 4096
)

// Cache remembers connections for a few seconds, those that are missing, too: a PBX knocks many times a second. It is safe for concurrent use.
type Cache struct {
	source Connections
	clock  core.Clock
	mu     sync.Mutex
	// began counts Forget: what was asked before it is not remembered.
	began  int
	byID   map[core.ConnectionID]known
	byPath map[string]known
}

type known struct {
	endpoint telephony.Endpoint
	err      error
	until    time.Time
}

var _ Connections = (*Cache)(nil)

// NewCache remembers what a source answers.
func NewCache(source Connections, clock core.Clock) *Cache {
	c := &Cache{source: source, clock: clock}
	c.Forget()
	return c
}

// Forget forgets all; it is called whenever a connection is changed.
func (c *Cache) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.began++
	c.byID, c.byPath = map[core.ConnectionID]known{}, map[string]known{}
}

// ByID finds a connection by its id.
func (c *Cache) ByID(ctx context.Context, id core.ConnectionID) (telephony.Endpoint, error) {
	return remembered(c, func() map[core.ConnectionID]known { return c.byID }, id, func() (telephony.Endpoint, error) { return c.source.ByID(ctx, id) })
}

// ByPath finds a connection by the secret in its address.
func (c *Cache) ByPath(ctx context.Context, secret string) (telephony.Endpoint, error) {
	return remembered(c, func() map[string]known { return c.byPath }, secret, func() (telephony.Endpoint, error) { return c.source.ByPath(ctx, secret) })
}

func remembered[K comparable](c *Cache, in func() map[K]known, key K, ask func() (telephony.Endpoint, error)) (telephony.Endpoint, error) {
	now := c.clock.Now()
	c.mu.Lock()
	k, found := in()[key]
	began := c.began
	c.mu.Unlock()
	if found && now.Before(k.until) {
		return k.endpoint, k.err
	}
	e, err := ask()
	if err != nil && core.KindOf(err) != core.KindNotFound {
		return e, err // it may be there in a moment
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.began != began {
		return e, err
	}
	if len(in()) >= cacheSize {
		clear(in())
	}
	in()[key] = known{e, err, now.Add(cacheLife)}
	return e, err
}
