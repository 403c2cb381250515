package connectortest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/skvoz/skvoz/core/integrations"
)

// attempt is how far a delivery has come: what the core has on disk before each request that makes something.
type attempt struct {
	contact, deal        string
	dealBegun, noteBegun bool
}

// deliver makes contact, deal and note as the core does: what an earlier attempt may have made is looked for before it is made again.
func (a *attempt) deliver(ctx context.Context, w *world, d integrations.NewDeal, n integrations.NewNote) error {
	c, err := w.driver.Open(w.session())
	if err != nil {
		return err
	}
	desk := c.(integrations.DealDesk)
	if p, ok := desk.(integrations.Preparer); ok {
		if err := p.Prepare(ctx); err != nil {
			return err
		}
	}
	if a.deal == "" {
		if err := a.makeDeal(ctx, w, desk, d); err != nil {
			return err
		}
	}
	n.DealID = a.deal
	if a.noteBegun {
		if found, err := desk.FindNote(ctx, n); err != nil || found {
			return err
		}
	}
	a.noteBegun = true
	return desk.AddNote(ctx, n)
}

func (a *attempt) makeDeal(ctx context.Context, w *world, desk integrations.DealDesk, d integrations.NewDeal) error {
	if err := a.makeContact(ctx, w, desk, d); err != nil {
		return err
	}
	d.ContactID = a.contact
	if a.dealBegun {
		made, found, err := desk.FindDeal(ctx, d)
		if err != nil {
			return err
		}
		if found {
			a.deal = made.ID
			return nil
		}
	}
	a.dealBegun = true
	made, err := desk.CreateDeal(ctx, d)
	a.deal = made.ID
	return err
}

func (a *attempt) makeContact(ctx context.Context, w *world, desk integrations.DealDesk, d integrations.NewDeal) error {
	if a.contact != "" {
		return nil
	}
	found, err := desk.FindContacts(ctx, d.Person)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(found, func(c integrations.RemoteContact) bool {
		return slices.ContainsFunc(c.Phones, func(phone string) bool {
			return integrations.SamePhone(string(d.Person.Phone), phone, w.driver.Policies.Phones)
		})
	})
	if i >= 0 {
		a.contact = found[i].ID
	}
	if a.contact != "" || desk.UsesInbox() {
		return nil
	}
	made, err := desk.CreateContact(ctx, integrations.NewContact{Person: d.Person, Responsible: d.Responsible, Key: d.Key})
	a.contact = made.ID
	return err
}

// testDeliveries lets each request of a whole delivery meet each fault, and has it repeated until it is done: everything is made once.
func testDeliveries(t *testing.T, way *Way) {
	w := way.start(t, patience)
	w.need(integrations.CanCreateDeals)
	w.restart()
	before := w.vendor.Made()
	w.faults.arm(nil, 0)
	var a attempt
	w.ok(a.deliver(t.Context(), w, w.newDeal("skvoz-5-7", stranger, ""), newNote("skvoz-5-7", "")))
	n, _ := w.faults.disarm()
	alone := w.made(before)
	if len(alone) == 0 {
		t.Fatal("a delivery makes something")
	}
	for at := 1; at <= n; at++ {
		t.Run(fmt.Sprintf("request %d", at), func(t *testing.T) {
			t.Parallel()
			for _, f := range append(slices.Clone(faults), slow) {
				if f.ending == hung && at%2 == 0 {
					continue // each waits for as long as the client does
				}
				if err := redeliver(t, way, &f, at, alone); err != nil {
					t.Errorf("%s: %v", f.name, err)
				}
			}
		})
	}
}

// redeliver delivers until it goes well, as the queue does.
func redeliver(t *testing.T, way *Way, f *fault, at int, alone map[string]int) error {
	t.Helper()
	timeout := patience
	if f.ending == hung {
		timeout = patience / 10
	}
	w := way.start(t, timeout)
	w.restart()
	before := w.vendor.Made()
	d, n := w.newDeal("skvoz-5-7", stranger, ""), newNote("skvoz-5-7", "")
	w.faults.arm(f, at)
	var a attempt
	err := w.heard(a.deliver(t.Context(), w, d, n))
	w.faults.disarm()
	w.timeout = patience
	w.restart()
	for tries := 0; err != nil; tries++ {
		if tries == 3 {
			return fmt.Errorf("it is not done after %d attempts: %w", tries, err)
		}
		err = w.heard(a.deliver(t.Context(), w, d, n))
	}
	if got := w.made(before); !maps.Equal(got, alone) {
		return fmt.Errorf("made %v, and without faults %v", got, alone)
	}
	return nil
}
