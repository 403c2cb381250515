package visits

import (
	"context"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
)

// errBadTriple answers those whose ids do not belong together.
func errBadTriple() error {
	return core.Invalid("", string(ReasonBadTriple), "visitor and session do not belong together")
}

// planner decides what a batch of requests becomes. It remembers the visitors that were active lately; what it remembers may be behind other
// replicas, so it reads anew before it decides that a session has ended.
type planner struct {
	cfg     IngestConfig
	recent  *recent[VisitorKey, VisitorState]
	sources *recent[core.TrafficID, *TrafficSource]

	// Of the batch in work:
	batch    Batch
	states   []VisitorState
	stateOf  map[VisitorKey]int
	sessions map[SessionKey]int
	known    map[SessionKey]SessionState
	opened   map[VisitorKey]struct{}
	careful  bool
}

func newPlanner(cfg IngestConfig) *planner {
	return &planner{
		cfg: cfg, recent: newRecent[VisitorKey, VisitorState](cfg.Visitors), sources: newRecent[core.TrafficID, *TrafficSource](4096),
		stateOf: make(map[VisitorKey]int), sessions: make(map[SessionKey]int), known: make(map[SessionKey]SessionState), opened: make(map[VisitorKey]struct{}),
	}
}

func (p *planner) reset(careful bool) {
	b := &p.batch
	*b = Batch{
		Now: p.cfg.Clock.Now(), Dimensions: b.Dimensions[:0], Traffic: b.Traffic[:0], Visitors: b.Visitors[:0], Returns: b.Returns[:0],
		Sessions: b.Sessions[:0], Hits: b.Hits[:0], Heartbeats: b.Heartbeats[:0], Reaches: b.Reaches[:0], Refusals: b.Refusals[:0],
	}
	p.states = p.states[:0]
	clear(p.stateOf)
	clear(p.sessions)
	clear(p.known)
	clear(p.opened)
	p.careful = careful
}

// plan decides about the first n tickets: all of them, unless one would open a second session of a visitor in the same transaction.
func (p *planner) plan(ctx context.Context, tickets []*ticket, careful bool) (b *Batch, n int, err error) {
	p.reset(careful)
	if err := p.load(ctx, tickets); err != nil {
		return nil, 0, err
	}
	for i, t := range tickets {
		if !p.add(t) {
			return &p.batch, i, nil
		}
	}
	return &p.batch, len(tickets), nil
}

// keep remembers what the batch has made of its visitors, once it is written.
func (p *planner) keep() {
	for _, s := range p.states {
		p.recent.put(VisitorKey{s.AccountID, s.ID}, s)
	}
}

// forget drops what is remembered of the visitors of a batch that was not written.
func (p *planner) forget(tickets []*ticket) {
	for _, t := range tickets {
		p.recent.drop(t.key)
	}
}

// add decides about one request; false = not in this transaction any more.
func (p *planner) add(t *ticket) bool {
	t.err = nil
	switch {
	case t.hit != nil:
		return p.addHit(t)
	case t.heartbeat != nil:
		p.addHeartbeat(t)
	case t.event != nil:
		p.addEvent(t)
	case t.refusal != nil:
		p.batch.Refusals = append(p.batch.Refusals, *t.refusal)
	}
	return true
}

func (p *planner) addHit(t *ticket) bool {
	in := t.hit
	i, isKnown := p.stateOf[t.key]
	switch {
	case isKnown && t.repeated:
		s := p.states[i].Last
		t.result = HitResult{t.key.VisitorID, s.ID, s.StartedAt, t.hitID}
		return true
	case isKnown && t.late.ID != 0:
		p.extend(t, t.late.RunningSession, true)
		return true
	case isKnown && (IsLate(p.states[i].Last, in.At) || Continues(p.states[i].Last, in.At, in.Timeout, in.Class)):
		s := &p.states[i].Last
		p.extend(t, *s, false)
		s.LastActivityAt = later(s.LastActivityAt, in.At)
		return true
	}
	if _, again := p.opened[t.key]; again {
		return false
	}
	p.open(t, i, isKnown)
	return true
}

// extend adds a hit to a session that exists.
func (p *planner) extend(t *ticket, s RunningSession, isEarlier bool) {
	w := p.session(SessionKey{t.hit.AccountID, s.ID}, t.key.VisitorID)
	w.IsEarlier = isEarlier
	p.write(t, s.ID, s.StartedAt)
}

// write adds the hit itself to its session, which is part of the batch already.
func (p *planner) write(t *ticket, session core.SessionID, started time.Time) {
	i := p.sessions[SessionKey{t.hit.AccountID, session}]
	w := &p.batch.Sessions[i]
	if !t.hit.At.Before(w.LastActivityAt) {
		w.ExitPageID, w.ExitTitleID = t.page.ID, t.title.ID
	}
	w.LastActivityAt = later(w.LastActivityAt, t.hit.At)
	p.intern(t.page, t.title)
	p.batch.Hits = append(p.batch.Hits, HitWrite{Session: i, ID: t.hitID, At: t.hit.At, PageID: t.page.ID, TitleID: t.title.ID})
	t.result = HitResult{t.key.VisitorID, session, started, t.hitID}
}

// open begins a session with a hit, of a new visitor or of the one whose state is at place i.
func (p *planner) open(t *ticket, i int, isKnown bool) {
	in := t.hit
	id, existing := p.sessionID(t)
	if existing != nil {
		p.extend(t, existing.RunningSession, true)
		return
	}
	o := in.Opener.Opening(in)
	source := p.shared(&o.Class.Source)
	traffic, referrer := source.TrafficID(), NewDimension(in.AccountID, DimensionReferrer, o.Class.Source.Referrer)
	if !isKnown {
		i = len(p.states)
		p.states = append(p.states, VisitorState{AccountID: in.AccountID, ID: t.key.VisitorID, SiteID: in.SiteID})
		p.stateOf[t.key] = i
	}
	v := &p.states[i]
	campaign, campaignAt := CampaignOf(*v, o.CampaignID, o.Class.IsArrival, in.At, in.CampaignLifetime)
	previous := v.Last.ID
	v.Last = RunningSession{ID: id, StartedAt: in.At, LastActivityAt: in.At, Source: source}
	v.Sessions++
	if campaign != 0 {
		v.CampaignID, v.CampaignAt = campaign, campaignAt
	}
	if isKnown {
		p.batch.Returns = append(p.batch.Returns, Return{
			AccountID: in.AccountID, ID: v.ID, Previous: previous, SessionID: id, At: in.At, TrafficID: traffic, CampaignID: v.CampaignID,
			CampaignAt: v.CampaignAt, GAClientID: in.GAClientID, YMClientID: in.YMClientID,
		})
	} else {
		p.batch.Visitors = append(p.batch.Visitors, NewVisitor{
			AccountID: in.AccountID, ID: v.ID, SiteID: in.SiteID, At: in.At, SessionID: id, TrafficID: traffic, ReferrerID: referrer.ID,
			CampaignID: v.CampaignID, CampaignAt: v.CampaignAt, GAClientID: in.GAClientID, YMClientID: in.YMClientID,
		})
	}
	p.opened[t.key] = struct{}{}
	p.batch.Traffic = append(p.batch.Traffic, TrafficRow{in.AccountID, traffic, source})
	p.intern(referrer)
	p.session(SessionKey{in.AccountID, id}, v.ID).Opened = &OpenedSession{
		SiteID: in.SiteID, Number: v.Sessions, StartedAt: in.At, EntrancePageID: t.page.ID, ReferrerID: referrer.ID, TrafficID: traffic,
		CampaignID: campaign, Client: o.Client, ClickIDs: o.Class.ClickIDs,
	}
	p.write(t, id, in.At)
}

func (p *planner) addHeartbeat(t *ticket) {
	in := t.heartbeat
	if !p.touch(t, in.Triple, in.At) {
		t.err = errBadTriple()
		return
	}
	p.batch.Heartbeats = append(p.batch.Heartbeats, *in)
}

func (p *planner) addEvent(t *ticket) {
	in := t.event
	if !p.touch(t, in.Triple, in.At) {
		t.err = errBadTriple()
		return
	}
	p.intern(t.page)
	for _, r := range in.Reaches {
		p.batch.Reaches = append(p.batch.Reaches, ReachWrite{
			Triple: in.Triple, ID: p.cfg.IDs.Reach(in.SiteID, r.GoalID, in.Nonce), GoalID: r.GoalID, IsGoal: r.IsGoal, At: in.At, PageID: t.page.ID,
			Category: in.Category, Action: in.Action, Label: in.Label, Value: in.Value,
		})
	}
}

// touch notes activity in a session that exists; false when it is not the visitor's or not the site's.
func (p *planner) touch(t *ticket, who Triple, at time.Time) bool {
	key := SessionKey{who.AccountID, who.SessionID}
	if i, ok := p.stateOf[t.key]; ok && p.states[i].SiteID == who.SiteID && p.states[i].Last.ID == who.SessionID {
		s := &p.states[i].Last
		s.LastActivityAt = later(s.LastActivityAt, at)
	} else if s, ok := p.known[key]; !ok || s.VisitorID != who.VisitorID || s.SiteID != who.SiteID {
		return false
	}
	w := p.session(key, who.VisitorID)
	w.LastActivityAt = later(w.LastActivityAt, at)
	return true
}

// session returns the batch's entry of a session. It is valid until the next call.
func (p *planner) session(key SessionKey, visitor core.VisitorID) *SessionWrite {
	i, ok := p.sessions[key]
	if !ok {
		i = len(p.batch.Sessions)
		p.sessions[key] = i
		p.batch.Sessions = append(p.batch.Sessions, SessionWrite{AccountID: key.AccountID, ID: key.SessionID, VisitorID: visitor})
	}
	return &p.batch.Sessions[i]
}

// sessionID derives the id of the session that a hit opens. If the id belongs to this visitor already, the session is there and is returned;
// ids of others' sessions are passed over.
func (p *planner) sessionID(t *ticket) (core.SessionID, *SessionState) {
	for attempt := 0; ; attempt++ {
		id := p.cfg.IDs.Session(t.key.VisitorID, t.hit.Nonce, t.hit.At, attempt)
		if _, taken := p.sessions[SessionKey{t.hit.AccountID, id}]; taken {
			continue
		}
		s, exists := p.known[SessionKey{t.hit.AccountID, id}]
		if !exists {
			return id, nil
		}
		if s.VisitorID == t.key.VisitorID {
			return id, &s
		}
	}
}

// intern adds texts to the batch.
func (p *planner) intern(texts ...Dimension) {
	for _, d := range texts {
		if d.ID != 0 {
			p.batch.Dimensions = append(p.batch.Dimensions, d)
		}
	}
}

// shared returns one common copy of a source, without the whole referrer, since thousands of visitors have the same one.
func (p *planner) shared(s *TrafficSource) *TrafficSource {
	id := s.TrafficID()
	if known, ok := p.sources.get(id); ok {
		return known
	}
	own := &TrafficSource{ // cloned: parts of a request must not keep the whole of it in memory
		Channel: Channel(strings.Clone(string(s.Channel))), Source: strings.Clone(s.Source), Medium: strings.Clone(s.Medium),
		Campaign: strings.Clone(s.Campaign), Term: strings.Clone(s.Term), Content: strings.Clone(s.Content),
		ReferrerDomain: strings.Clone(s.ReferrerDomain), SearchEngine: strings.Clone(s.SearchEngine), Engine: strings.Clone(s.Engine), IsPaid: s.IsPaid,
	}
	p.sources.put(id, own)
	return own
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
