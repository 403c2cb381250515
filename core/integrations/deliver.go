package integrations

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/goals"
)

// delivered is how far a delivery has come. It is on disk before each request that makes something, so that after a crash or a lost answer the next
// attempt looks for what may be there already instead of making it twice.
type delivered struct {
	// Since is when the first attempt began.
	Since time.Time `json:"since"`
	// Contact is the contact's id at the vendor.
	Contact string `json:"contact,omitempty"`
	// DealBegun: CreateDeal may have been sent. Deal is what it made, or the open deal a repeated goal is noted in (Repeated).
	DealBegun bool      `json:"deal_begun,omitempty"`
	Deal      RemoteRef `json:"deal"`
	Repeated  bool      `json:"repeated,omitempty"`
	// NoteBegun: AddNote may have been sent.
	NoteBegun bool `json:"note_begun,omitempty"`
}

// delivery is a reached goal on its way into a CRM (GD-2).
type delivery struct {
	*opened
	desk     DealDesk
	work     Work
	subject  Subject
	person   Person
	progress delivered
}

// deliver makes contact, deal and note of a reached goal, each once.
func (s *Service) deliver(ctx context.Context, o *opened, w Work) (RemoteRef, error) {
	desk, ok := o.connector.(DealDesk)
	if !ok {
		return RemoteRef{}, Fail(FailSettings, "this system takes no deals")
	}
	var p DeliverPayload
	if err := json.Unmarshal(w.Payload, &p); err != nil {
		return RemoteRef{}, err
	}
	subject, err := s.subject(ctx, o.AccountID, p.CommunicationID, p.GoalID)
	if err != nil {
		return RemoteRef{}, err
	}
	d := &delivery{opened: o, desk: desk, work: w, subject: subject, person: personOf(&subject, o.Settings)}
	if err := d.begin(s.cfg.Clock.Now()); err != nil {
		return RemoteRef{}, err
	}
	if err := d.run(ctx); err != nil {
		return d.progress.Deal, err
	}
	d.readBack()
	return d.progress.Deal, nil
}

func (d *delivery) begin(now time.Time) error {
	d.progress.Since = now.Truncate(time.Second)
	if len(d.work.Progress) == 0 {
		return nil
	}
	return json.Unmarshal(d.work.Progress, &d.progress)
}

func (d *delivery) run(ctx context.Context) error {
	if p, ok := d.desk.(Preparer); ok {
		if err := p.Prepare(ctx); err != nil {
			return err
		}
	}
	if d.progress.Deal.ID == "" {
		if err := d.findPlace(ctx); err != nil {
			return err
		}
	}
	if d.progress.Deal.ID == "" {
		if err := d.makeDeal(ctx); err != nil {
			return err
		}
	}
	return d.addNote(ctx)
}

// findPlace finds the contact, or makes it, and the open deal that a repeated goal is to be noted in.
func (d *delivery) findPlace(ctx context.Context) error {
	if d.progress.Contact == "" {
		found, err := d.desk.FindContacts(ctx, d.person)
		if err != nil {
			return err
		}
		d.progress.Contact = oldestSame(found, d.person, d.driver.Policies.Phones)
	}
	if d.progress.DealBegun || d.progress.Contact == "" || d.Settings.Text(KeyOnRepeat) == RepeatDeal {
		return nil
	}
	open, err := d.desk.OpenDeals(ctx, d.progress.Contact)
	if err != nil || len(open) == 0 {
		return err
	}
	d.progress.Deal, d.progress.Repeated = RemoteRef{ID: open[0].ID, Entity: entityDeal, URL: open[0].URL}, true
	return nil
}

// entityDeal is a deal in the words of this package; connectors use the vendor's.
const entityDeal = "deal"

func (d *delivery) makeDeal(ctx context.Context) error {
	if err := d.makeContact(ctx); err != nil {
		return err
	}
	deal := d.newDeal()
	if d.progress.DealBegun {
		made, found, err := d.desk.FindDeal(ctx, deal)
		if err != nil {
			return err
		}
		if found {
			d.progress.Deal = made
			return nil
		}
	}
	d.progress.DealBegun = true
	if err := d.save(ctx); err != nil {
		return err
	}
	made, err := d.desk.CreateDeal(ctx, deal)
	d.progress.Deal = made
	return err
}

// makeContact makes the contact unless it was found or comes into being with the deal. That it is looked for before each attempt keeps it from being made
// twice.
func (d *delivery) makeContact(ctx context.Context) error {
	if d.progress.Contact != "" || d.desk.UsesInbox() {
		return nil
	}
	made, err := d.desk.CreateContact(ctx, NewContact{Person: d.person, Responsible: d.Settings.Text(KeyResponsible), Key: d.key()})
	d.progress.Contact = made.ID
	return err
}

func (d *delivery) addNote(ctx context.Context) error {
	note := d.note()
	if note.Text == "" {
		return nil
	}
	if d.progress.NoteBegun {
		if found, err := d.desk.FindNote(ctx, note); err != nil || found {
			return err
		}
	}
	d.progress.NoteBegun = true
	if err := d.save(ctx); err != nil {
		return err
	}
	return d.desk.AddNote(ctx, note)
}

func (d *delivery) save(ctx context.Context) error {
	text, err := json.Marshal(d.progress)
	if err != nil {
		return err
	}
	return d.work.Save(ctx, text)
}

// key is the same for all attempts of a delivery.
func (d *delivery) key() string { return fmt.Sprintf("skvoz-%d-%d", d.ID, d.subject.Communication.ID) }

func (d *delivery) newDeal() NewDeal {
	return newDeal(d.Settings, d.subject, d.person, d.key(), d.progress.Contact, d.progress.Since)
}

func (d *delivery) note() NewNote {
	return newNote(d.Settings, d.subject, d.key(), d.progress.Deal.ID, d.progress.Repeated)
}

// newDeal fills in the texts of a deal.
func newDeal(v Values, s Subject, p Person, key, contact string, since time.Time) NewDeal {
	n := NewDeal{
		Key: key, Since: since, Name: cutRunes(Fill(v.Text(KeyDealName), s), maxDealName), ContactID: contact, Person: p,
		FunnelID: v.Text(KeyFunnel), StageID: v.Text(KeyStage), Responsible: v.Text(KeyResponsible), Source: labels(s), Subject: s,
	}
	if n.Name == "" {
		n.Name = contactOf(s)
	}
	if sale := s.Communication.Sale; sale != nil {
		n.RevenueMinor, n.Currency = &sale.Minor, sale.Currency
	}
	for tag := range strings.SplitSeq(Fill(v.Text(KeyTags), s), ",") {
		if tag = strings.TrimSpace(tag); tag != "" && !slices.Contains(n.Tags, tag) {
			n.Tags = append(n.Tags, tag)
		}
	}
	for _, pair := range v.Pairs(KeyMapping) {
		if value := Fill(pair.Template, s); value != "" {
			n.Fields = append(n.Fields, FieldValue{pair.Field, value})
		}
	}
	return n
}

// maxDealName is how long names of deals get, in characters.
const maxDealName = 250

// newNote fills in the text of a note; that of a repeated goal says so.
func newNote(v Values, s Subject, key, deal string, repeated bool) NewNote {
	text := Fill(v.Text(KeyNote), s)
	if repeated {
		text = strings.TrimSpace("Повторное обращение: " + s.Goal.Name + "\n" + text)
	}
	return NewNote{Key: key, DealID: deal, Text: text}
}

func personOf(s *Subject, v Values) Person {
	p := Person{Name: cutRunes(Fill(v.Text(KeyContactName), *s), maxDealName), Phone: s.Communication.Phone, Email: s.Communication.Email}
	if p.Name == "" {
		p.Name = contactOf(*s)
	}
	return p
}

func cutRunes(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// oldestSame returns the oldest of the contacts that are the person by phone or e-mail; empty when none is. A phone found wins over an e-mail: e-mails of
// families and offices are shared more often.
func oldestSame(found []RemoteContact, p Person, match PhoneMatch) string {
	slices.SortStableFunc(found, func(a, b RemoteContact) int { return a.CreatedAt.Compare(b.CreatedAt) })
	for _, test := range []func(RemoteContact) bool{
		func(c RemoteContact) bool {
			return slices.ContainsFunc(c.Phones, func(phone string) bool { return SamePhone(string(p.Phone), phone, match) })
		},
		func(c RemoteContact) bool {
			return slices.ContainsFunc(c.Emails, func(email string) bool {
				return p.Email != "" && strings.EqualFold(strings.TrimSpace(email), string(p.Email))
			})
		},
	} {
		if i := slices.IndexFunc(found, test); i >= 0 {
			return found[i].ID
		}
	}
	return ""
}

// SamePhone reports whether two phones in any writing are the same.
func SamePhone(a, b string, match PhoneMatch) bool {
	a, b = digits(a), digits(b)
	if match == PhoneLast10 && len(a) >= 10 && len(b) >= 10 {
		return a[len(a)-10:] == b[len(b)-10:]
	}
	return a != "" && a == b
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// readBack has the deal read into reports at once, without waiting for the vendor's webhook; when the delivery is done, so that it is known whose deal it is.
func (d *delivery) readBack() {
	if d.Settings.On(KeyDealsIn) && d.CRMID != 0 && d.progress.Deal.ID != "" && !d.desk.UsesInbox() {
		d.then = append(d.then, pullJob(&d.Integration, fmt.Sprintf("own:%s:%d", d.progress.Deal.ID, d.work.ID), d.progress.Deal.ID))
	}
}

// subject gathers what a CRM may want to know of a reached goal.
func (s *Service) subject(ctx context.Context, account core.AccountID, id core.CommunicationID, goal core.GoalID) (Subject, error) {
	c, err := s.cfg.Comms.Communication(ctx, account, id)
	if err != nil {
		return Subject{}, err
	}
	out := Subject{Communication: c, Goal: goals.Ref{ID: goal}}
	all, err := s.cfg.Sites.List(ctx, account)
	if err != nil {
		return out, err
	}
	for i := range all {
		if all[i].ID == c.SiteID {
			out.Site = all[i].Domain
		}
	}
	if c.Goal != nil && (goal == 0 || c.Goal.ID == goal) {
		out.Goal = *c.Goal
	} else if out.Goal, err = s.goalRef(ctx, account, c.SiteID, goal); err != nil {
		return out, err
	}
	if c.VisitorID != 0 {
		out.CardURL = s.cfg.PublicURL + "/visitors/" + c.VisitorID.String()
	}
	return out, nil
}

func (s *Service) goalRef(ctx context.Context, account core.AccountID, site core.SiteID, goal core.GoalID) (goals.Ref, error) {
	lists, err := s.cfg.Goals.List(ctx, account, []core.SiteID{site})
	for _, list := range lists {
		for _, g := range list {
			if g.ID == goal {
				return goals.Ref{ID: g.ID, Name: g.Name}, err
			}
		}
	}
	return goals.Ref{ID: goal}, err
}

func pullJob(i *Integration, key string, ids ...string) NewJob {
	payload, _ := json.Marshal(PullPayload{Deals: ids}) // strings can always be written
	return NewJob{AccountID: i.AccountID, IntegrationID: i.ID, Kind: JobPull, Key: cmp.Or(key, "pull"), Payload: payload}
}
