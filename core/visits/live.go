package visits

import (
	"context"
	"reflect"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
)

// livePatience is how many intervals a live list waits for a signal before it looks by itself: visitors leave, and other replicas write, without one.
const livePatience = 5

// LiveSignals passes the word that a site's visitors changed to those who watch. It never blocks and forgets sites nobody watches. The zero value is
// ready; it is safe for concurrent use.
type LiveSignals struct {
	mu    sync.Mutex
	sites map[liveSite]map[chan struct{}]struct{}
}

type liveSite struct {
	account core.AccountID
	site    core.SiteID
}

// Wake tells all who watch a site that its visitors changed. Call it after the change is on disk.
func (l *LiveSignals) Wake(account core.AccountID, site core.SiteID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for ch := range l.sites[liveSite{account, site}] {
		select {
		case ch <- struct{}{}:
		default: // a word is waiting already
		}
	}
}

// Watch returns a channel that gets a word after each change, several changes making one, and what ends it.
func (l *LiveSignals) Watch(account core.AccountID, site core.SiteID) (changed <-chan struct{}, stop func()) {
	key, ch := liveSite{account, site}, make(chan struct{}, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sites == nil {
		l.sites = make(map[liveSite]map[chan struct{}]struct{})
	}
	if l.sites[key] == nil {
		l.sites[key] = make(map[chan struct{}]struct{})
	}
	l.sites[key][ch] = struct{}{}
	return ch, func() { l.forget(key, ch) }
}

func (l *LiveSignals) forget(key liveSite, ch chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.sites[key], ch)
	if len(l.sites[key]) == 0 {
		delete(l.sites, key)
	}
}

// WatchOnline sends what Online returns at once and then whenever it changed, at most once an interval (a second), until ctx ends; the channel is then
// closed. A reading that fails is passed over; only the first one's error is returned.
func (s *Service) WatchOnline(ctx context.Context, account core.AccountID, site core.SiteID) (<-chan []Live, error) {
	changed, stop := s.watchSite(account, site)
	first, err := s.Online(ctx, account, site)
	if err != nil {
		stop()
		return nil, err
	}
	out := make(chan []Live)
	go func() {
		defer close(out)
		defer stop()
		s.sendOnline(ctx, account, site, changed, first, out)
	}()
	return out, nil
}

// watchSite returns a nil channel when there are no signals.
func (s *Service) watchSite(account core.AccountID, site core.SiteID) (<-chan struct{}, func()) {
	if s.signals == nil {
		return nil, func() {}
	}
	return s.signals.Watch(account, site)
}

func (s *Service) sendOnline(ctx context.Context, account core.AccountID, site core.SiteID, changed <-chan struct{}, now []Live, out chan<- []Live) {
	var last []Live
	for first := true; ; first = false {
		if first || !reflect.DeepEqual(last, now) {
			select {
			case out <- now:
				last = now
			case <-ctx.Done():
				return
			}
		}
		if !s.waitOnline(ctx, changed) {
			return
		}
		if next, err := s.Online(ctx, account, site); err == nil {
			now = next
		}
	}
}

// waitOnline waits one interval and then for a change, or without signals not at all; false when ctx has ended.
func (s *Service) waitOnline(ctx context.Context, changed <-chan struct{}) bool {
	if !sleep(ctx, s.interval, nil) {
		return false
	}
	return changed == nil || sleep(ctx, (livePatience-1)*s.interval, changed)
}

// sleep waits until a time has passed or a word comes; false when ctx has ended.
func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-wake:
		return true
	case <-ctx.Done():
		return false
	}
}
