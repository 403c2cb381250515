package visits

import (
	"context"

	"github.com/skvoz/skvoz/core"
)

// collisionAttempts is how many derived session ids are looked up at once when one turned out to be taken.
const collisionAttempts = 3

// load gets the states of all visitors of a batch, from memory where that is good enough.
func (p *planner) load(ctx context.Context, tickets []*ticket) error {
	for _, t := range tickets {
		t.key = keyOf(t)
	}
	if err := p.loadVisitors(ctx, tickets); err != nil {
		return err
	}
	if err := p.loadDerived(ctx, tickets); err != nil {
		return err
	}
	if err := p.loadSessions(ctx, tickets); err != nil {
		return err
	}
	return p.findEarlier(ctx, tickets)
}

func keyOf(t *ticket) VisitorKey {
	switch {
	case t.hit != nil && t.hit.VisitorID != 0:
		return VisitorKey{t.hit.AccountID, t.hit.VisitorID}
	case t.hit != nil:
		return VisitorKey{t.hit.AccountID, t.derived}
	case t.heartbeat != nil:
		return VisitorKey{t.heartbeat.AccountID, t.heartbeat.VisitorID}
	case t.event != nil:
		return VisitorKey{t.event.AccountID, t.event.VisitorID}
	default:
		return VisitorKey{}
	}
}

func (p *planner) loadVisitors(ctx context.Context, tickets []*ticket) error {
	var missing []VisitorKey
	for _, t := range tickets {
		if t.refusal != nil {
			continue
		}
		if _, ok := p.stateOf[t.key]; ok {
			continue
		}
		state, remembered := p.recent.get(t.key)
		switch {
		case p.careful:
			missing = append(missing, t.key)
		case remembered && p.isGoodEnough(t, state):
			p.know(state)
		case !remembered && t.hit != nil && t.hit.VisitorID == 0:
			// Nobody told the sender an id yet, so this is a new visitor as good as always. If not, writing says so (ErrStale).
		default:
			missing = append(missing, t.key)
		}
	}
	return p.read(ctx, missing)
}

// isGoodEnough says whether what is remembered of a visitor decides about the request. It does not if a session seems to have ended or the
// sender knows of another one: other replicas may have seen more.
func (p *planner) isGoodEnough(t *ticket, v VisitorState) bool {
	switch {
	case t.hit != nil:
		in := t.hit
		return (in.SessionID == 0 || in.SessionID == v.Last.ID) && !IsLate(v.Last, in.At) && Continues(v.Last, in.At, in.Timeout, in.Class)
	case t.heartbeat != nil:
		return t.heartbeat.SessionID == v.Last.ID
	default:
		return t.event.SessionID == v.Last.ID
	}
}

func (p *planner) read(ctx context.Context, keys []VisitorKey) error {
	if len(keys) == 0 {
		return nil
	}
	states, err := p.cfg.Store.VisitorStates(ctx, keys)
	if err != nil {
		return err
	}
	for _, s := range states {
		p.know(s)
	}
	return nil
}

func (p *planner) know(s VisitorState) {
	key := VisitorKey{s.AccountID, s.ID}
	if _, ok := p.stateOf[key]; ok {
		return
	}
	if s.Last.Source == nil {
		s.Last.Source = &TrafficSource{Channel: ChannelDirect}
	}
	s.Last.Source = p.shared(s.Last.Source)
	p.stateOf[key] = len(p.states)
	p.states = append(p.states, s)
}

// loadDerived handles hits that name a visitor nobody knows here: the visitor is derived from the seed or the nonce then.
func (p *planner) loadDerived(ctx context.Context, tickets []*ticket) error {
	var missing []VisitorKey
	for _, t := range tickets {
		if t.hit == nil || t.hit.VisitorID == 0 {
			continue
		}
		if i, ok := p.stateOf[t.key]; ok && p.states[i].SiteID == t.hit.SiteID {
			continue
		}
		seed := t.hit.Seed
		if seed == "" {
			seed = t.hit.Nonce
		}
		t.key.VisitorID = p.cfg.IDs.Visitor(t.hit.SiteID, seed)
		if _, ok := p.stateOf[t.key]; !ok {
			missing = append(missing, t.key)
		}
	}
	return p.read(ctx, missing)
}

// loadSessions reads the sessions that requests name and that are not the newest ones of their visitors; after a clash also those that new ids
// might clash with.
func (p *planner) loadSessions(ctx context.Context, tickets []*ticket) error {
	var keys []SessionKey
	for _, t := range tickets {
		switch {
		case t.heartbeat != nil && !p.isNewest(t, t.heartbeat.SessionID):
			keys = append(keys, SessionKey{t.key.AccountID, t.heartbeat.SessionID})
		case t.event != nil && !p.isNewest(t, t.event.SessionID):
			keys = append(keys, SessionKey{t.key.AccountID, t.event.SessionID})
		case t.hit != nil && p.careful:
			for attempt := range collisionAttempts {
				keys = append(keys, SessionKey{t.key.AccountID, p.cfg.IDs.Session(t.key.VisitorID, t.hit.Nonce, t.hit.At, attempt)})
			}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	found, err := p.cfg.Store.SessionStates(ctx, keys)
	if err != nil {
		return err
	}
	for _, s := range found {
		p.known[SessionKey{s.AccountID, s.ID}] = s
	}
	return nil
}

func (p *planner) isNewest(t *ticket, session core.SessionID) bool {
	i, ok := p.stateOf[t.key]
	return ok && p.states[i].Last.ID == session
}

// findEarlier looks for hits that seem to open a session although they are repeats, or although they happened before the newest one.
func (p *planner) findEarlier(ctx context.Context, tickets []*ticket) error {
	var probes []HitKey
	var probed []*ticket
	for _, t := range tickets {
		t.repeated, t.late = false, SessionState{}
		i, ok := p.stateOf[t.key]
		if !ok || t.hit == nil {
			continue
		}
		last := p.states[i].Last
		switch {
		case IsLate(last, t.hit.At):
			s, err := p.cfg.Store.SessionBefore(ctx, t.key, t.hit.At)
			if err != nil {
				return err
			}
			t.late = s
		case last.ID != 0 && !Continues(last, t.hit.At, t.hit.Timeout, t.hit.Class):
			probes = append(probes, HitKey{SessionKey{t.key.AccountID, last.ID}, t.hitID})
			probed = append(probed, t)
		}
	}
	if len(probes) == 0 {
		return nil
	}
	stored, err := p.cfg.Store.StoredHits(ctx, probes)
	if err != nil {
		return err
	}
	found := make(map[HitKey]struct{}, len(stored))
	for _, k := range stored {
		found[k] = struct{}{}
	}
	for i, t := range probed {
		_, t.repeated = found[probes[i]]
	}
	return nil
}
