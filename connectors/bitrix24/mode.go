package bitrix24

import (
	"context"
	"sync"
	"time"
)

// crmMode says whether a portal works with leads: the values of crm.settings.mode.get.
type crmMode int

const (
	modeUnknown crmMode = 0
	modeClassic crmMode = 1
	modeSimple  crmMode = 2
)

// modeLifetime is how long a portal's mode is believed: asking before each deal would cost a fifth of what the portal lets us ask.
const modeLifetime = 10 * time.Minute

// modes remembers the modes of portals. It is safe for concurrent use.
type modes struct {
	mu    sync.Mutex
	known map[string]knownMode
}

type knownMode struct {
	mode  crmMode
	until time.Time
}

func (m *modes) get(host string, now time.Time) crmMode {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k := m.known[host]; now.Before(k.until) {
		return k.mode
	}
	return modeUnknown
}

func (m *modes) put(host string, mode crmMode, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known[host] = knownMode{mode, until}
}

// Prepare implements integrations.Preparer: it asks for the portal's mode where the settings leave the choice to it.
func (c *connector) Prepare(ctx context.Context) error {
	if err := c.load(ctx); err != nil {
		return err
	}
	if c.session.Settings.Text(keyEntity) != entityAuto || c.mode != modeUnknown {
		return nil
	}
	now := c.deps.Clock.Now()
	if c.mode = c.deps.modes.get(c.site.host, now); c.mode != modeUnknown {
		return nil
	}
	var told loose
	if _, err := c.one(ctx, "crm.settings.mode.get", nil, &told); err != nil {
		return err
	}
	mode := modeSimple
	if crmMode(told.number()) == modeClassic {
		mode = modeClassic
	}
	c.mode = mode
	c.deps.modes.put(c.site.host, mode, now.Add(modeLifetime))
	return nil
}
