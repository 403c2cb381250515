package tracker

import (
	"context"
	"net/netip"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

// maxKept bounds the parameters kept of a refused hit, in bytes; a longer one is kept without, and can't be counted later.
const maxKept = 16 << 10

// keepRefusal keeps a hit that is not counted, as long as there are not too many of them.
func (s *Server) keepRefusal(q *request, v *view, reason visits.Reason) {
	if _, ok := s.refusals.take(q.site.ID); !ok {
		return
	}
	r := &visits.Refusal{
		AccountID: q.site.AccountID, SiteID: q.site.ID, ID: core.RefusalID(s.cfg.IDs.Hit(q.site.ID, v.input.Nonce)), At: v.input.At, Reason: reason,
		UserAgent: clean(q.UserAgent(), 600), URL: v.input.URL, Referrer: v.referrer, Params: clean(q.text, maxKept),
	}
	if len(q.text) > maxKept {
		r.Params = ""
	}
	if q.ip.IsValid() {
		r.IP = q.ip.String()
	}
	s.cfg.Hits.Refuse(r)
}

// Reinclude counts refused hits after all, at the time they came, and returns how many those were. Those already counted, and those kept without
// their parameters, are passed over. KindUnavailable when the database can't write now; it may be repeated then.
func (s *Server) Reinclude(ctx context.Context, account core.AccountID, ids []core.RefusalID) (int, error) {
	refused, err := s.cfg.Refusals.Refused(ctx, account, ids)
	if err != nil {
		return 0, err
	}
	var done []core.RefusalID
	var failed error
	for _, r := range refused {
		counted, err := s.replay(r)
		if err != nil {
			failed = err
			break
		}
		if counted {
			done = append(done, r.ID)
		}
	}
	if len(done) > 0 {
		if err := s.cfg.Refusals.MarkReincluded(ctx, account, done); err != nil {
			return 0, err
		}
	}
	return len(done), failed
}

// replay stores a refused hit as it would have been stored.
func (s *Server) replay(r visits.Refusal) (bool, error) {
	site, ok := s.cfg.Sites.ByID(r.AccountID, r.SiteID)
	if !ok || r.Params == "" {
		return false, nil
	}
	var p params
	p.parse(r.Params)
	ip, _ := netip.ParseAddr(r.IP)
	v, bad := s.readView(&p, site, ip, r.UserAgent)
	if bad != nil {
		return false, nil
	}
	v.input.At = r.At.In(time.UTC)
	if _, err := s.cfg.Hits.Hit(&v.input); err != nil {
		return false, err
	}
	return true, nil
}
