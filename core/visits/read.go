package visits

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
)

// RefusalQuery says which refusals; zero fields ask for nothing.
type RefusalQuery struct {
	SiteID core.SiteID
	Reason Reason
}

// RefusalCount says how often a reason occurred.
type RefusalCount struct {
	Reason Reason
	Count  int
}

// MaxLive is how many visitors on a site now are shown.
const MaxLive = 200

// Reader reads visits. Nothing of another account is ever returned.
type Reader interface {
	// Sessions reads one page of a visitor's sessions, newest first.
	Sessions(ctx context.Context, account core.AccountID, visitor core.VisitorID, page core.PageRequest) (core.Page[Session], error)
	// SessionsByID reads those of the sessions the account has, in any order.
	SessionsByID(ctx context.Context, account core.AccountID, ids []core.SessionID) ([]Session, error)
	// Hits reads one page of a session's hits in the order they came.
	Hits(ctx context.Context, account core.AccountID, session core.SessionID, page core.PageRequest) (core.Page[Hit], error)
	// Properties reads visitors' properties, by name.
	Properties(ctx context.Context, account core.AccountID, visitors []core.VisitorID) (map[core.VisitorID][]Property, error)
	// Live reads the visitors active on a site at or after a time, last activity first, at most MaxLive. KindNotFound when the account has no
	// such site.
	Live(ctx context.Context, account core.AccountID, site core.SiteID, since time.Time) ([]Live, error)
	// Refusals reads one page, newest first.
	Refusals(ctx context.Context, account core.AccountID, q RefusalQuery, page core.PageRequest) (core.Page[Refusal], error)
	// RefusalCounts counts the reasons since a time, most frequent first. Site 0 = all.
	RefusalCounts(ctx context.Context, account core.AccountID, site core.SiteID, since time.Time) ([]RefusalCount, error)
}

// JoinStore changes what joins visitors into persons; each change puts the persons it touches together anew, in one transaction.
type JoinStore interface {
	// SetContactJoining lets a value join visitors or not, and returns how many visitors changed person.
	SetContactJoining(ctx context.Context, account core.AccountID, by core.UserID, value ContactValue, isJoining bool) (int, error)
	// SetVisitorSeparate sets a visitor apart or back. KindNotFound when the account has none with this id.
	SetVisitorSeparate(ctx context.Context, account core.AccountID, visitor core.VisitorID, isSeparate bool) error
}

// Reincluder counts refused requests after all.
type Reincluder interface {
	// Reinclude counts them as hits at the time they came and returns how many; those counted before are passed over.
	Reinclude(ctx context.Context, account core.AccountID, refusals []core.RefusalID) (int, error)
}

// ServiceConfig is what a Service is made of.
type ServiceConfig struct {
	Reader     Reader
	Joins      JoinStore
	Reincluder Reincluder
	Clock      core.Clock
	// Signals wakes live lists at once; nil = they are polled.
	Signals *LiveSignals
	// LiveInterval is the shortest time between two live lists; zero = a second.
	LiveInterval time.Duration
}

// Service reads visits and says which contacts join visitors. It is safe for concurrent use.
type Service struct {
	reader     Reader
	joins      JoinStore
	reincluder Reincluder
	clock      core.Clock
	signals    *LiveSignals
	interval   time.Duration
}

// NewService returns a service.
func NewService(cfg ServiceConfig) *Service {
	s := &Service{reader: cfg.Reader, joins: cfg.Joins, reincluder: cfg.Reincluder, clock: cfg.Clock, signals: cfg.Signals, interval: cfg.LiveInterval}
	if s.interval <= 0 {
		s.interval = time.Second
	}
	return s
}

// Sessions returns one page, 1 to 100, of a visitor's sessions, newest first.
func (s *Service) Sessions(ctx context.Context, account core.AccountID, visitor core.VisitorID, page core.PageRequest) (core.Page[Session], error) {
	return s.reader.Sessions(ctx, account, visitor, page)
}

// SessionsByID returns those of the sessions the account has, in any order.
func (s *Service) SessionsByID(ctx context.Context, account core.AccountID, ids []core.SessionID) ([]Session, error) {
	return s.reader.SessionsByID(ctx, account, ids)
}

// Hits returns one page, 1 to 100, of a session's hits in the order they came.
func (s *Service) Hits(ctx context.Context, account core.AccountID, session core.SessionID, page core.PageRequest) (core.Page[Hit], error) {
	return s.reader.Hits(ctx, account, session, page)
}

// Properties returns visitors' properties, by name.
func (s *Service) Properties(ctx context.Context, account core.AccountID, visitors []core.VisitorID) (map[core.VisitorID][]Property, error) {
	return s.reader.Properties(ctx, account, visitors)
}

// Online returns the visitors active on a site within OnlineWindow, last activity first, at most MaxLive. KindNotFound when the account has no such site.
func (s *Service) Online(ctx context.Context, account core.AccountID, site core.SiteID) ([]Live, error) {
	return s.reader.Live(ctx, account, site, s.clock.Now().Add(-OnlineWindow))
}

// Refusals returns one page, 1 to 100, of requests that were not counted, newest first.
func (s *Service) Refusals(ctx context.Context, account core.AccountID, q RefusalQuery, page core.PageRequest) (core.Page[Refusal], error) {
	return s.reader.Refusals(ctx, account, q, page)
}

// RefusalCounts counts the reasons within RefusalRetention, most frequent first. Site 0 = all.
func (s *Service) RefusalCounts(ctx context.Context, account core.AccountID, site core.SiteID) ([]RefusalCount, error) {
	return s.reader.RefusalCounts(ctx, account, site, s.clock.Now().Add(-RefusalRetention))
}

// MaxReinclude is how many refusals may be counted at a time.
const MaxReinclude = 100

// Reinclude counts refused requests after all and returns how many were. KindInvalid unless 1 to MaxReinclude are given.
func (s *Service) Reinclude(ctx context.Context, account core.AccountID, refusals []core.RefusalID) (int, error) {
	if len(refusals) < 1 || len(refusals) > MaxReinclude {
		return 0, core.Invalid("ids", "bad_count", "choose 1 to %d refusals", MaxReinclude)
	}
	return s.reincluder.Reinclude(ctx, account, refusals)
}

// SetContactJoining lets a phone or e-mail join visitors into one person or not (a shared number), and returns how many visitors changed person.
// KindInvalid when the value is empty.
func (s *Service) SetContactJoining(ctx context.Context, account core.AccountID, by core.UserID, value ContactValue, isJoining bool) (int, error) {
	if value.Value == "" {
		return 0, core.Invalid("value", "bad_contact", "this is no phone number or e-mail address")
	}
	return s.joins.SetContactJoining(ctx, account, by, value, isJoining)
}

// SetVisitorSeparate sets a visitor apart from its person or back. KindNotFound when the account has none with this id.
func (s *Service) SetVisitorSeparate(ctx context.Context, account core.AccountID, visitor core.VisitorID, isSeparate bool) error {
	return s.joins.SetVisitorSeparate(ctx, account, visitor, isSeparate)
}
