package demo

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
)

// DealBatch is a piece of a CRM's history, as the CRM would send it: first the contacts, then the leads, then the deals, each of which has all its
// records in this batch.
type DealBatch struct {
	Contacts []deals.ContactRecord
	Leads    []deals.LeadRecord
	Records  []deals.DealRecord
}

// DealLoader takes in what a CRM knows. It is called from one goroutine.
type DealLoader interface {
	LoadDeals(ctx context.Context, account core.AccountID, batch *DealBatch) error
}

// DealPlan says what is sold on a site.
type DealPlan struct {
	// Names are what is sold; Bill is what it costs in the middle, in minor units.
	Names []string
	Bill  float64
}

// How the made-up CRM gets its deals.
const (
	// dealRate is how often somebody who left contacts makes a deal, outsideRate how many deals without any visit come to one from a visit.
	dealRate    = .8
	outsideRate = .14
	// sharedRate is how often a deal has a second contact, sharedPhoneRate how often a contact has somebody else's phone as well.
	sharedRate      = .07
	sharedPhoneRate = .04
	// leadRate is how often a deal was a lead first, oldContactRate how often its contact was in the CRM long before.
	leadRate       = .35
	oldContactRate = .06
	// namedRate is how often the CRM names the request a deal came from.
	namedRate = .08
	// skipRate is how often a stage is passed over, reopenRate how often a lost deal is taken up again.
	skipRate   = .08
	reopenRate = .04
)

// customer is what the CRM knows of a person; persons on several devices share it.
type customer struct {
	contact   string
	createdAt time.Time
	// boughtAt is when the last deal was won; zero = none was.
	boughtAt time.Time
	// busyUntil is when the last deal was closed or will be.
	busyUntil time.Time
}

// journey is what happened on a visitor's sessions as far as it matters for deals.
type journey struct {
	first  Arrival
	visits int
	// contacted are requests and chats.
	contacted []comms.Communication
}

// deal lets a person with a journey behind become a deal, now and then.
func (g *generator) deal(s *Site, p person, j *journey) {
	if len(j.contacted) == 0 || g.rng.Float64() > dealRate {
		return
	}
	request := j.contacted[len(j.contacted)-1]
	if g.rng.Float64() < .25 {
		request = j.contacted[0]
	}
	asked := request.At
	if p.crm.busyUntil.After(asked) {
		return
	}
	funnel := &firstSales
	if !p.crm.boughtAt.IsZero() {
		funnel = &laterSales
	}
	createdAt := asked.Add(g.handling()).Truncate(time.Second)
	if createdAt.After(g.plan.Until) {
		return
	}
	d := g.newDeal(s, funnel, createdAt, value(j))
	g.contact(&p, &d, j.contacted[0].At)
	if g.rng.Float64() < namedRate {
		d.record.Communication = deals.CommunicationRef{ID: request.ID, Kind: request.Kind}
	}
	if funnel == &firstSales && g.rng.Float64() < leadRate {
		g.lead(p, &d, asked)
	}
	g.walk(&d, p.crm)
	g.again(s, p)
	if g.rng.Float64() < outsideRate {
		g.outside(s, createdAt)
	}
}

// handling is how long after a request a deal is made: mostly at once, sometimes after days of talking, and of further visits.
func (g *generator) handling() time.Duration {
	switch x := g.rng.Float64(); {
	case x < .6:
		return time.Duration((3 + g.rng.Float64()*110) * float64(time.Minute))
	case x < .85:
		return time.Duration((4 + g.rng.Float64()*60) * float64(time.Hour))
	default:
		return time.Duration((3 + g.rng.Float64()*20) * 24 * float64(time.Hour))
	}
}

// value multiplies the bill of those who came first by some way: searchers with a purpose buy more.
func value(j *journey) float64 {
	a := j.first
	v := 1.0
	switch {
	case a.Value > 0:
		v = a.Value
	case a.Source.IsPaid:
		v = 1.15
	}
	return v * (1 + .06*float64(min(j.visits, 8)-1))
}

// again lets a customer buy once more, without a visit that is known.
func (g *generator) again(s *Site, p person) {
	if p.crm.boughtAt.IsZero() || g.rng.Float64() > .12 {
		return
	}
	at := p.crm.boughtAt.Add(time.Duration((20 + g.rng.Float64()*50) * 24 * float64(time.Hour))).Truncate(time.Second)
	if at.After(g.plan.Until) {
		return
	}
	d := g.newDeal(s, &laterSales, at, .8)
	g.contact(&p, &d, at)
	g.walk(&d, p.crm)
}

// outside makes a deal of somebody who never came to a site.
func (g *generator) outside(s *Site, near time.Time) {
	at := near.Add(time.Duration(g.rng.Float64() * 20 * float64(time.Hour))).Truncate(time.Second)
	if at.After(g.plan.Until) {
		return
	}
	p := g.newPerson()
	d := g.newDeal(s, &firstSales, at, .9)
	d.record.Source = pick(g.rng, []string{"Рекомендация", "Выставка", "Звонок с вывески", ""}, even)
	g.contact(&p, &d, at)
	g.walk(&d, p.crm)
}

// plannedDeal is a deal being made.
type plannedDeal struct {
	funnel   *funnelPlan
	employee *employeePlan
	// record is what all records of the deal have in common, bill what it is worth in minor units.
	record deals.DealRecord
	bill   float64
}

func (g *generator) newDeal(s *Site, f *funnelPlan, at time.Time, value float64) plannedDeal {
	g.dealCount++
	d := plannedDeal{funnel: f, employee: g.employee(), bill: s.Profile.Sales.Bill * value * math.Exp(g.rng.NormFloat64()*.45)}
	d.record = deals.DealRecord{
		ExternalID: "D" + strconv.Itoa(100000+g.dealCount), Name: pick(g.rng, s.Profile.Sales.Names, even), CreatedAt: at,
		EmployeeExternalID: d.employee.id, FunnelExternalID: f.id, Source: "Сайт " + s.Domain,
	}
	return d
}

func (g *generator) employee() *employeePlan {
	e := pick(g.rng, crmEmployees, func(e employeePlan) float64 { return e.weight })
	return &e
}

// contact gives the deal its contacts, and the CRM those it does not have yet.
func (g *generator) contact(p *person, d *plannedDeal, asked time.Time) {
	if p.crm.contact == "" {
		g.newContact(p, d.record.CreatedAt, asked)
	}
	d.record.ContactExternalIDs, d.record.MainContactExternalID = []string{p.crm.contact}, p.crm.contact
	if len(g.known) == 0 || g.rng.Float64() > sharedRate {
		return
	}
	other := g.known[g.rng.IntN(len(g.known))].crm
	if other.contact != "" && other.contact != p.crm.contact {
		d.record.ContactExternalIDs = append(d.record.ContactExternalIDs, other.contact)
	}
}

// newContact makes the person's contact: with the first request, with the deal, or long before.
func (g *generator) newContact(p *person, dealAt, asked time.Time) {
	g.contactCount++
	at := dealAt
	switch x := g.rng.Float64(); {
	case x < oldContactRate:
		at = asked.AddDate(0, 0, -40-g.rng.IntN(200))
	case x < .7:
		at = asked.Add(time.Duration(1+g.rng.IntN(15)) * time.Minute)
	}
	if at.After(dealAt) {
		at = dealAt
	}
	p.crm.contact, p.crm.createdAt = "K"+strconv.Itoa(g.contactCount), at.Truncate(time.Second)
	c := deals.ContactRecord{ExternalID: p.crm.contact, Name: p.name, CreatedAt: core.Some(p.crm.createdAt)}
	var phones, emails []string
	if p.phone != "" {
		phones = append(phones, string(p.phone))
	}
	if p.email != "" {
		emails = append(emails, string(p.email))
	}
	if len(g.known) > 0 && g.rng.Float64() < sharedPhoneRate {
		if other := g.known[g.rng.IntN(len(g.known))].phone; other != "" && other != p.phone {
			phones = append(phones, string(other))
		}
	}
	c.Phones, c.Emails = core.Some(phones), core.Some(emails)
	g.deals.Contacts = append(g.deals.Contacts, c)
}

// lead lets the deal have been a lead, made with the request or with the contact.
func (g *generator) lead(p person, d *plannedDeal, asked time.Time) {
	at := asked.Add(-time.Duration(g.rng.IntN(3*24*60)) * time.Minute)
	if g.rng.Float64() < .5 {
		at = asked.Add(time.Minute)
	}
	at = at.Truncate(time.Second)
	if at.After(d.record.CreatedAt) {
		at = d.record.CreatedAt
	}
	id := "L" + d.record.ExternalID[1:]
	open := deals.LeadRecord{ExternalID: id, Name: d.record.Name, CreatedAt: at, ModifiedAt: at, StageAt: at, StageExternalID: leadOpen, ContactExternalID: p.crm.contact, Source: d.record.Source}
	done := open
	done.ModifiedAt, done.StageAt, done.StageExternalID, done.ClosedAt = d.record.CreatedAt, d.record.CreatedAt, leadDone, &d.record.CreatedAt
	g.deals.Leads = append(g.deals.Leads, open, done)
	d.record.LeadExternalID = id
}

// walk takes the deal through its funnel up to the end of the plan, and gives the batch its records.
func (g *generator) walk(d *plannedDeal, who *customer) {
	at, reopened := d.record.CreatedAt, false
	for i := range d.funnel.stages {
		st := &d.funnel.stages[i]
		if i == 0 || g.rng.Float64() > skipRate {
			if !g.enter(d, st.id, at, "") {
				who.busyUntil = g.plan.Until
				return
			}
		}
		at = at.Add(g.stay(st.days * d.employee.pace))
		if g.rng.Float64() > st.lost*d.employee.losses {
			continue
		}
		who.busyUntil = at
		if !g.enter(d, stageLost, at, pick(g.rng, st.reasons, even)) || reopened || g.rng.Float64() > reopenRate {
			return
		}
		reopened = true
		at = at.Add(g.stay(3))
	}
	who.busyUntil = at
	if g.enter(d, stageWon, at, "") {
		who.boughtAt = at
		g.total.Won++
	}
}

// stay draws how long a deal stays in a stage: mostly shorter than on average, some much longer.
func (g *generator) stay(days float64) time.Duration {
	hours := 24 * days * math.Exp(g.rng.NormFloat64()*.7-.245)
	return max(time.Duration(hours*float64(time.Hour)), 5*time.Minute).Truncate(time.Second)
}

// enter adds a record of the deal in a stage. It reports whether that lies before the end of the plan.
func (g *generator) enter(d *plannedDeal, stage string, at time.Time, lost string) bool {
	if at.After(g.plan.Until) {
		return false
	}
	r := d.record
	r.StageExternalID, r.StageAt, r.ModifiedAt = stage, at, at
	revenue := int64(math.Round(d.bill/10000) * 10000) // of whole hundreds
	if stage != d.funnel.stages[0].id {
		r.RevenueMinor = &revenue
	}
	switch stage {
	case stageLost:
		r.ClosedAt, r.Comments = &at, lost
		r.Fields = []deals.FieldValue{{ExternalID: fieldLostReason, Value: lost}}
	case stageWon:
		r.ClosedAt = &at
	}
	if at.Equal(r.CreatedAt) {
		g.total.Deals++
	}
	g.deals.Records = append(g.deals.Records, r)
	return true
}

// ServiceLoader loads a CRM's history through the service that takes it in from CRMs. It implements DealLoader.
type ServiceLoader struct {
	Deals *deals.Service
	CRM   core.CRMID
}

// LoadDeals implements DealLoader.
func (l ServiceLoader) LoadDeals(ctx context.Context, account core.AccountID, b *DealBatch) error {
	if err := inParts(b.Contacts, func(part []deals.ContactRecord) error { return l.Deals.PutContacts(ctx, account, l.CRM, part) }); err != nil {
		return fmt.Errorf("loading contacts: %w", err)
	}
	if err := inParts(b.Leads, func(part []deals.LeadRecord) error { return l.Deals.UploadLeads(ctx, account, l.CRM, part) }); err != nil {
		return fmt.Errorf("loading leads: %w", err)
	}
	if err := inParts(b.Records, func(part []deals.DealRecord) error { return l.Deals.UploadDeals(ctx, account, l.CRM, part) }); err != nil {
		return fmt.Errorf("loading deals: %w", err)
	}
	return nil
}

// inParts hands a list over in parts as large as one upload may be.
func inParts[T any](list []T, load func([]T) error) error {
	for len(list) > 0 {
		n := min(len(list), deals.MaxAtOnce)
		if err := load(list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}
