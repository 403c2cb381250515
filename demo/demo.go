// Package demo makes up the history of a company's sites: a seeded generator of visitors, sessions, hits, contacts, goals and communications
// that looks like the real thing and scales to millions of hits, and the pages of a small site to try the script on.
//
// The same seed, size and last day give the same history, whatever the machine.
package demo

import (
	"context"
	"math"
	"math/rand/v2"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/core/visits"
)

// Plan says what history to make.
type Plan struct {
	// AccountID owns everything; Currency is its currency.
	AccountID core.AccountID
	Currency  string
	// Sites are the sites to fill, with their goals and campaigns.
	Sites []Site
	// Hits is how many hits to make in all, about; Days how many days they spread over, the last one ending at Until.
	Hits  int
	Days  int
	Until time.Time
	// Seed chooses one of all possible histories.
	Seed uint64
	// Calls says who takes calls; nil = nobody calls.
	Calls *CallPlan
}

// Site is a site with what its visitors can reach.
type Site struct {
	sites.Site
	Profile   Profile
	Goals     []goals.Goal
	Campaigns []sites.Campaign
	// Numbers are needed where there is a CallPlan.
	Numbers SiteNumbers
}

// Loader writes history in bulk. It is called from one goroutine.
type Loader interface {
	// LoadHistory writes a batch in one transaction.
	LoadHistory(ctx context.Context, account core.AccountID, batch *comms.History) error
}

// Target is where history goes.
type Target struct {
	History Loader
	// Deals gets the deals after the history they come from.
	Deals DealLoader
	// Calls and Files get calls and their recordings; nil where nobody calls. Without Files nothing is recorded.
	Calls CallLoader
	Files telephony.Files
}

// Counts says how much history was made.
type Counts struct {
	Visitors       int `json:"visitors"`
	Sessions       int `json:"sessions"`
	Hits           int `json:"hits"`
	Communications int `json:"communications"`
	Calls          int `json:"calls"`
	Recordings     int `json:"recordings"`
	Contacts       int `json:"contacts"`
	Deals          int `json:"deals"`
	Won            int `json:"won"`
}

// batchHits is how many hits make a batch: large enough for bulk loading, small enough for a laptop's memory.
const batchHits = 40000

// Generate makes the history day by day and hands it over batch by batch. It stops at the first error and when ctx ends. Links and paths of the
// deals are for the caller to compute afterwards.
func Generate(ctx context.Context, plan Plan, to Target, progress func(Counts)) (Counts, error) {
	g := &generator{plan: plan, rng: rand.New(rand.NewPCG(plan.Seed, 0x5c70a)), batch: &comms.History{}, deals: &DealBatch{}}
	g.luck, g.callNames = rand.New(rand.NewPCG(plan.Seed, 0xca115)), map[core.CallID]string{}
	g.start = plan.Until.Add(-time.Duration(plan.Days) * 24 * time.Hour)
	share := g.shares()
	due := 0.0
	for day := range plan.Days {
		due += share[day] * float64(plan.Hits)
		for float64(g.total.Hits+len(g.batch.Hits)) < due {
			g.visitor(g.site(), day)
			if len(g.batch.Hits) < batchHits {
				continue
			}
			if err := g.flush(ctx, to); err != nil {
				return g.total, err
			}
			if progress != nil {
				progress(g.total)
			}
		}
	}
	return g.total, g.flush(ctx, to)
}

// shares are the days' parts of all hits: fewer at weekends, slowly growing.
func (g *generator) shares() []float64 {
	out := make([]float64, g.plan.Days)
	sum := 0.0
	for day := range out {
		out[day] = 0.85 + 0.3*float64(day)/float64(len(out))
		if d := g.start.AddDate(0, 0, day).Weekday(); d == time.Saturday || d == time.Sunday {
			out[day] *= 0.72
		}
		sum += out[day]
	}
	for day := range out {
		out[day] /= sum
	}
	out[len(out)-1] += 1e-9 // rounding must not leave the last hit out
	return out
}

type generator struct {
	plan  Plan
	rng   *rand.Rand
	start time.Time
	batch *comms.History
	deals *DealBatch
	total Counts

	people int
	known  []person
	// dealCount and contactCount number what the CRM knows.
	dealCount, contactCount int

	// luck is of calls alone, so that all else stays as it is without them.
	luck      *rand.Rand
	made      []*telephony.Call
	callNames map[core.CallID]string
	taggings  []telephony.Tagging
}

func (g *generator) flush(ctx context.Context, to Target) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(g.batch.Visitors) == 0 {
		return nil
	}
	if err := to.History.LoadHistory(ctx, g.plan.AccountID, g.batch); err != nil {
		return err
	}
	if err := g.flushCalls(ctx, to); err != nil {
		return err
	}
	if err := to.Deals.LoadDeals(ctx, g.plan.AccountID, g.deals); err != nil {
		return err
	}
	g.total.Visitors += len(g.batch.Visitors)
	g.total.Sessions += len(g.batch.Sessions)
	g.total.Hits += len(g.batch.Hits)
	g.total.Communications += len(g.batch.Communications)
	g.total.Contacts += len(g.deals.Contacts)
	g.batch, g.deals = &comms.History{}, &DealBatch{}
	return nil
}

// site picks a site by the weight of its profile.
func (g *generator) site() *Site {
	sum := 0.0
	for i := range g.plan.Sites {
		sum += g.plan.Sites[i].Profile.Weight
	}
	x := g.rng.Float64() * sum
	for i := range g.plan.Sites {
		if x -= g.plan.Sites[i].Profile.Weight; x < 0 {
			return &g.plan.Sites[i]
		}
	}
	return &g.plan.Sites[0]
}

// visitor makes one visitor with all their sessions.
func (g *generator) visitor(s *Site, day int) {
	first := g.moment(day)
	arrival := pick(g.rng, s.Profile.Arrivals, func(a Arrival) float64 { return a.Weight * trend(a, first, g.start, g.plan.Days) })
	v := visits.Visitor{
		ID:          core.VisitorID(g.id()),
		AccountID:   g.plan.AccountID,
		SiteID:      s.ID,
		FirstSeenAt: first,
	}
	client := g.client()
	at, person, known := first, g.person(), false
	walked := &journey{first: arrival}
	for n := 1; ; n++ {
		session := g.session(s, &v, n, at, arrival, client)
		walked.visits = n
		g.conversions(s, &v, &session, arrival, person, &known, walked)
		at = session.LastActivityAt.Add(g.pause())
		if at.After(g.plan.Until) || g.rng.Float64() > s.Profile.returnRate(known) {
			break
		}
		arrival = g.nextArrival(s, walked.first)
	}
	g.batch.Visitors = append(g.batch.Visitors, v)
	if known {
		g.deal(s, person, walked)
	}
}

// moment draws a moment of a day: few at night, most in the afternoon of Moscow.
func (g *generator) moment(day int) time.Time {
	for {
		at := g.start.Add(time.Duration((float64(day) + g.rng.Float64()) * 24 * float64(time.Hour)))
		hour := float64((at.Hour()+3)%24) + float64(at.Minute())/60
		w := 0.12 + 0.88*math.Pow(math.Max(0, math.Sin((hour-6)/18*math.Pi)), 1.3)
		if g.rng.Float64() < w {
			return at.Truncate(time.Millisecond)
		}
	}
}

func (g *generator) pause() time.Duration {
	return 31*time.Minute + time.Duration(g.rng.ExpFloat64()*5*24*float64(time.Hour))
}

// nextArrival draws how somebody comes back: straight to the address that is known by now, the first way again, by what reminds them of the company,
// or in any way.
func (g *generator) nextArrival(s *Site, first Arrival) Arrival {
	switch x := g.rng.Float64(); {
	case x < .36:
		return Arrival{Source: visits.TrafficSource{Channel: visits.ChannelDirect}, Campaign: first.Campaign, Quality: 1.9}
	case x < .5:
		return first
	case x < .82:
		return pick(g.rng, s.Profile.Arrivals, func(a Arrival) float64 { return a.Weight * a.Reminds })
	default:
		return pick(g.rng, s.Profile.Arrivals, func(a Arrival) float64 { return a.Weight })
	}
}

// session makes one session with its hits and appends both.
func (g *generator) session(s *Site, v *visits.Visitor, number int, at time.Time, a Arrival, client visits.Client) visits.Session {
	out := visits.Session{
		ID:        g.sessionID(at),
		AccountID: g.plan.AccountID, VisitorID: v.ID, SiteID: s.ID,
		Number: number, StartedAt: at, Source: a.Source, Campaign: s.campaign(a.Campaign), Client: client,
	}
	hits := 1
	for hits < 25 && g.rng.Float64() > s.Profile.BounceRate {
		hits++
	}
	page := pick(g.rng, s.Profile.Pages, func(p Page) float64 { return p.Entrance })
	now := at
	for i := range hits {
		stay := time.Duration((8 + g.rng.ExpFloat64()*40) * float64(time.Second)).Truncate(time.Millisecond)
		url := "https://" + s.Domain + page.Path
		if i == 0 {
			url += a.Query
			out.EntrancePage = url
		}
		out.ExitPage = url
		g.batch.Hits = append(g.batch.Hits, visits.Hit{
			ID: core.HitID(g.id()), SessionID: out.ID, At: now, URL: url, Title: page.Title, Duration: stay,
		})
		out.Duration += stay
		now = now.Add(stay)
		page = pick(g.rng, s.Profile.Pages, func(p Page) float64 { return p.Inner })
	}
	out.HitCount, out.LastActivityAt = hits, now
	if number == 1 {
		v.FirstSource = out.Source
	}
	v.LastSource, v.LastSeenAt, v.Client = out.Source, now, client
	v.SessionCount, v.HitCount = number, v.HitCount+hits
	g.batch.Sessions = append(g.batch.Sessions, out)
	return out
}

// conversions lets the visitor reach goals, leave contacts, send requests and chat; the more often they came, the sooner.
func (g *generator) conversions(s *Site, v *visits.Visitor, session *visits.Session, a Arrival, p person, known *bool, walked *journey) {
	rate := s.Profile.Conversion * a.Quality
	if rate == 0 {
		rate = s.Profile.Conversion
	}
	rate *= .55 + .45*float64(min(session.Number, 5))
	if session.HitCount > 3 {
		rate *= 1.6
	}
	for i := range s.Goals {
		goal := &s.Goals[i]
		if goal.Type == goals.TypeSystem || g.rng.Float64() > rate*1.1 {
			continue
		}
		reach := g.reach(v, session, goal)
		if *known && goal.IsGoal {
			c := g.communication(comms.KindGoal, v, session, p, reach.At)
			c.ID, c.Goal = core.CommunicationID(reach.ID), reach.Goal
			g.batch.Communications = append(g.batch.Communications, c)
		}
	}
	if g.rng.Float64() < rate {
		r := g.request(s, v, session, p, known)
		walked.contacted = append(walked.contacted, r)
		g.followUp(s, r, p)
	}
	if g.rng.Float64() < rate*0.6 {
		if c := g.chat(s, v, session, p, known); *known {
			walked.contacted = append(walked.contacted, c)
		}
	}
	if c := g.calls(s, v, session, p, known, rate); c != nil {
		walked.contacted = append(walked.contacted, *c)
	}
}

func (g *generator) reach(v *visits.Visitor, session *visits.Session, goal *goals.Goal) goals.Reach {
	r := goals.Reach{
		ID: core.GoalReachID(g.id()), Goal: &goals.Ref{ID: goal.ID, Name: goal.Name}, At: g.during(session), SiteID: session.SiteID,
		VisitorID: v.ID, SessionID: session.ID, PageURL: session.ExitPage, IsGoal: goal.IsGoal,
	}
	if c := goal.Conditions; c.Category != nil {
		r.Category = *c.Category
		if c.Action != nil {
			r.Action = *c.Action
		}
	}
	g.batch.Reaches = append(g.batch.Reaches, r)
	return r
}

func (g *generator) request(s *Site, v *visits.Visitor, session *visits.Session, p person, known *bool) comms.Communication {
	at := g.during(session)
	g.capture(s, v, session, p, at, visits.OriginOfflineRequest, known)
	c := g.communication(comms.KindOfflineRequest, v, session, p, at)
	c.Message = pick(g.rng, s.Profile.Requests, even)
	c.FormName = pick(g.rng, s.Profile.Forms, even)
	g.batch.Communications = append(g.batch.Communications, c)
	if goal := s.system(goals.SystemOfflineRequest); goal != nil {
		g.reach(v, session, goal)
	}
	return c
}

func (g *generator) chat(s *Site, v *visits.Visitor, session *visits.Session, p person, known *bool) comms.Communication {
	at := g.during(session)
	if g.rng.Float64() < 0.7 {
		g.capture(s, v, session, p, at, visits.OriginChat, known)
	}
	c := g.communication(comms.KindChat, v, session, p, at)
	if !*known {
		c.Name, c.Phone, c.Email = "", "", ""
	}
	script := pick(g.rng, s.Profile.Chats, func([]string) float64 { return 1 })
	for i, text := range script {
		sender := comms.SenderVisitor
		if i%2 == 1 {
			sender = comms.SenderOperator
		}
		c.Messages = append(c.Messages, comms.ChatMessage{At: at.Add(time.Duration(i) * 40 * time.Second), Sender: sender, Text: text})
	}
	if goal := s.system(goals.SystemChat); goal != nil {
		g.reach(v, session, goal)
	}
	c.Message = script[0]
	c.ExternalID = "demo-" + c.ID.String()
	g.batch.Communications = append(g.batch.Communications, c)
	return c
}

func (g *generator) communication(kind comms.Kind, v *visits.Visitor, session *visits.Session, p person, at time.Time) comms.Communication {
	p.talks.hasTalked = p.talks.hasTalked || p.phone != ""
	return comms.Communication{
		ID: core.CommunicationID(g.id()), AccountID: g.plan.AccountID, Kind: kind, SiteID: session.SiteID, At: at,
		Name: p.name, Phone: p.phone, Email: p.email, VisitorID: v.ID, SessionID: session.ID, PageURL: session.ExitPage,
	}
}

// capture gives the visitor the person's contacts, once.
func (g *generator) capture(s *Site, v *visits.Visitor, session *visits.Session, p person, at time.Time, origin visits.ContactOrigin, known *bool) {
	if *known {
		return
	}
	*known = true
	if goal := s.system(goals.SystemVisitorInfo); goal != nil {
		g.reach(v, session, goal)
	}
	v.Name, v.PersonID = p.name, p.id
	g.remember(p)
	if p.phone != "" {
		g.batch.Contacts = append(g.batch.Contacts, visits.Contact{VisitorID: v.ID, Kind: visits.ContactPhone, Value: string(p.phone), FirstAt: at, Origin: origin, IsJoining: true})
	}
	if p.email != "" {
		g.batch.Contacts = append(g.batch.Contacts, visits.Contact{VisitorID: v.ID, Kind: visits.ContactEmail, Value: string(p.email), FirstAt: at, Origin: origin, IsJoining: true})
	}
}

// during draws a moment of the session.
func (g *generator) during(s *visits.Session) time.Time {
	return s.StartedAt.Add(time.Duration(g.rng.Float64() * float64(s.Duration))).Truncate(time.Millisecond)
}

// id returns a fresh identifier below 2^53. Unlike real ones it can be guessed from the seed.
func (g *generator) id() int64 {
	return g.rng.Int64N(1<<52) + 1
}

// sessionID returns a fresh identifier with the day of a moment in its upper bits, as sessions have.
func (g *generator) sessionID(at time.Time) core.SessionID {
	return visits.FirstSession(at) + core.SessionID(g.rng.Int64N(1<<38)+1)
}

func (s *Site) campaign(name string) *sites.Ref {
	for i := range s.Campaigns {
		if s.Campaigns[i].Name == name {
			return &sites.Ref{ID: s.Campaigns[i].ID, Name: name}
		}
	}
	return nil
}

func (s *Site) system(event goals.SystemEvent) *goals.Goal {
	for i := range s.Goals {
		if s.Goals[i].Conditions.SystemEvent == event {
			return &s.Goals[i]
		}
	}
	return nil
}

// trend lets a source's share change over the period, so that charts have something to show.
func trend(a Arrival, at, start time.Time, days int) float64 {
	x := at.Sub(start).Hours() / 24 / float64(max(days, 1))
	return math.Max(0.1, 1+a.Trend*(x-0.5)*2)
}

func even(string) float64 { return 1 }

func pick[T any](rng *rand.Rand, from []T, weight func(T) float64) T {
	sum := 0.0
	for i := range from {
		sum += weight(from[i])
	}
	x := rng.Float64() * sum
	for i := range from {
		if x -= weight(from[i]); x < 0 {
			return from[i]
		}
	}
	return from[len(from)-1]
}
