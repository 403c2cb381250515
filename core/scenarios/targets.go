package scenarios

import (
	"cmp"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/telephony"
)

// strategyOf is what the PBX is told: orders we know more about than it does are worked out here.
func strategyOf(o *Operation) string {
	if s := o.Settings.First("strategy"); s != "" && s != "parallel" {
		return "sequence"
	}
	if o.Settings.First("to") == "employee" || o.Settings.First("to") == "" {
		return "sequence" // an employee's phones are rung in their order
	}
	return "parallel"
}

// targets are the phones a forwarding rings, in order; none, and why, when nobody can take the call.
func (w *walk) targets(o *Operation, ring int) (list []telephony.Target, why string, err error) {
	if o.Settings.First("to") == "numbers" {
		for _, n := range o.Settings["numbers"] {
			list = append(list, telephony.Target{Kind: "number", Value: n, TimeoutMS: ring * 1000})
		}
		return w.ordered(o, list), "", nil
	}
	people, err := w.people(o)
	if err != nil {
		return nil, "", err
	}
	busy, err := w.engine.cfg.Presence.Occupation(w.ctx, w.account)
	if err != nil {
		return nil, "", err
	}
	if err := w.order(o, people); err != nil {
		return nil, "", err
	}
	why = ExitUnavail
	for _, e := range people {
		own, reason := phonesOf(e, busy, o.Settings.First("respect_status") != "false")
		if len(own) == 0 && reason == ExitBusy {
			why = ExitBusy
		}
		list = append(list, timed(own, strategyOf(o), ring)...)
	}
	return list, why, nil
}

// ordered puts plain numbers in the order of the strategy.
func (w *walk) ordered(o *Operation, list []telephony.Target) []telephony.Target {
	if o.Settings.First("strategy") == "random" {
		shuffle(list, w.engine.cfg.Random)
	}
	return list
}

func (w *walk) people(o *Operation) ([]employees.Employee, error) {
	if o.Settings.First("to") == "group" {
		return w.engine.cfg.People.Members(w.ctx, w.account, idOf[core.EmployeeGroupID](o.Settings, "group"))
	}
	id := idOf[core.EmployeeID](o.Settings, "employee")
	found, err := w.engine.cfg.People.ByID(w.ctx, w.account, []core.EmployeeID{id})
	if e, ok := found[id]; ok && err == nil {
		return []employees.Employee{e}, nil
	}
	return nil, err
}

// order puts employees in the order of the strategy.
func (w *walk) order(o *Operation, people []employees.Employee) error {
	switch o.Settings.First("strategy") {
	case "random":
		shuffle(people, w.engine.cfg.Random)
	case "least_recent":
		ids := make([]core.EmployeeID, len(people))
		for i, e := range people {
			ids[i] = e.ID
		}
		talked, err := w.engine.cfg.Presence.Talked(w.ctx, w.account, ids)
		if err != nil {
			return err
		}
		slices.SortStableFunc(people, func(a, b employees.Employee) int {
			return cmp.Or(talked[a.ID].Compare(talked[b.ID]), cmp.Compare(a.ID, b.ID))
		})
	}
	return nil
}

func shuffle[T any](list []T, random Random) {
	for i := len(list) - 1; i > 0; i-- {
		j := random(i + 1)
		list[i], list[j] = list[j], list[i]
	}
}

// ring is a phone with how long it may ring.
type ring struct {
	target telephony.Target
	takes  time.Duration
}

// phonesOf are the phones of an employee that can be rung now; none, and why, when the employee takes no calls.
func phonesOf(e employees.Employee, busy Occupation, minds bool) (list []ring, why string) {
	if minds && !e.TakesCalls() {
		return nil, ExitBusy
	}
	why = ExitUnavail
	for _, p := range e.ActivePhones() {
		switch {
		case busy.Legs[p.Number] >= max(1, p.Channels), busy.Lines[p.Number] == telephony.LineBusy && p.Channels <= 1:
			why = ExitBusy
			continue
		case busy.Lines[p.Number] == telephony.LineUnavailable:
			continue
		}
		list = append(list, ring{telephony.Target{Kind: string(p.Kind), Value: p.Number, EmployeeID: e.ID.String()}, time.Duration(p.DialSeconds) * time.Second})
	}
	return list, why
}

// timed gives the phones of one employee their turns: in a sequence each rings for its own time, otherwise each begins when the one before has had its time.
func timed(own []ring, strategy string, ringSeconds int) []telephony.Target {
	out := make([]telephony.Target, 0, len(own))
	var begins time.Duration
	for _, r := range own {
		t := r.target
		if strategy == "sequence" {
			t.TimeoutMS = int(min(r.takes, time.Duration(ringSeconds)*time.Second).Milliseconds())
		} else {
			t.DelayMS = int(begins.Milliseconds())
		}
		if begins < time.Duration(ringSeconds)*time.Second {
			out = append(out, t)
		}
		begins += r.takes
	}
	return out
}
