package deals

import (
	"reflect"
	"slices"
)

// comeTo adds the present stage to the history of a deal whose CRM tells no history, unless it is in it already.
func (d *Loaded) comeTo(r *SyncedDeal, f Funnel, stage Stage) {
	d.History = slices.Clone(d.History)
	n := len(d.History)
	at := r.StageAt
	if n > 0 && d.History[n-1].StageID == stage.ID {
		last := &d.History[n-1]
		if !at.IsZero() {
			last.At = at
		}
		if n > 1 {
			last.At = later(last.At, d.History[n-2].At)
		}
		last.ModifiedAt = r.ModifiedAt
		return
	}
	if at.IsZero() {
		at = r.ModifiedAt
	}
	at = later(at, r.CreatedAt)
	if n > 0 {
		at = later(at, d.History[n-1].At)
	}
	d.pass(f, stage, at, r.ModifiedAt, Content{})
}

// retell replaces the history of a deal by the one its CRM tells.
func (y *syncing) retell(d *Loaded, r *SyncedDeal, f Funnel, stage Stage) {
	told := Loaded{Deal: d.Deal}
	told.LastOpenStageID = 0
	for _, e := range r.History {
		if funnel, st, ok := y.place(e.FunnelExternalID, e.StageExternalID); ok && told.last().StageID != st.ID {
			told.pass(funnel, st, e.At, e.At, Content{})
		}
	}
	if last := told.last(); last.StageID != stage.ID {
		at := r.StageAt
		if at.IsZero() {
			at = r.ModifiedAt
		}
		told.pass(f, stage, later(later(at, r.CreatedAt), last.At), r.ModifiedAt, Content{})
	}
	for i := range told.History {
		told.History[i].ModifiedAt = told.History[i].At
	}
	told.History[len(told.History)-1].ModifiedAt = r.ModifiedAt
	d.History, d.LastOpenStageID = told.History, told.LastOpenStageID
}

// close says when the deal came to its stage and was closed.
func (d *Loaded) close(r *SyncedDeal, stage Stage, c *Content) {
	d.StageAt = d.last().At
	d.ClosedAt, c.ClosedAt = nil, 0
	if stage.Status == StageInProcess {
		return
	}
	at := d.StageAt
	if r.ClosedAt != nil {
		at = *r.ClosedAt
	}
	d.ClosedAt, c.ClosedAt = &at, at.UnixMilli()
}

// settle fills the states with what the deal is like now and finds from where on they differ from those it had: all when its history is retold, for
// nobody tells what it was like then; else the last and new ones.
func (d *Loaded) settle(isRetold bool, had []LoadedState, c Content) {
	n := len(d.History)
	first := 0
	if !isRetold {
		first = min(max(len(had), 1), n) - 1
		if n > len(had) {
			first = len(had)
		}
	}
	past := c
	past.ClosedAt = 0
	for i := first; i < n; i++ {
		d.History[i].Content, d.History[i].Revenue = past, d.Revenue
	}
	d.History[n-1].Content = c
	d.KeptStates = min(d.KeptStates, keptStates(had, d.History, first))
}

// keptStates is how many of the states a deal had are as they were. Of those from first on only the last has its content; the others had the same.
func keptStates(had, now []LoadedState, first int) int {
	kept := 0
	for kept < min(len(had), len(now)) && isSameState(had[kept].State, now[kept].State) {
		kept++
	}
	if len(had) == 0 {
		return 0
	}
	before, after := had[len(had)-1].Content, now[len(now)-1].Content
	if kept == len(had) && kept == len(now) && reflect.DeepEqual(before, after) {
		return kept
	}
	before.ClosedAt, after.ClosedAt = 0, 0
	if first < kept && !reflect.DeepEqual(before, after) {
		return first
	}
	if first == len(had) {
		return kept
	}
	return min(kept, len(had)-1, len(now)-1)
}

func isSameState(a, b State) bool {
	a.At, a.ModifiedAt = moment(a.At), moment(a.ModifiedAt)
	b.At, b.ModifiedAt = moment(b.At), moment(b.ModifiedAt)
	return a == b
}

// inForm is a deal as it can be compared with another.
func inForm(d Deal) Deal {
	d.CreatedAt, d.ModifiedAt, d.StageAt = moment(d.CreatedAt), moment(d.ModifiedAt), moment(d.StageAt)
	if d.ClosedAt != nil {
		at := moment(*d.ClosedAt)
		d.ClosedAt = &at
	}
	d.ContactIDs, d.Fields, d.Tags = given(d.ContactIDs), given(d.Fields), given(d.Tags)
	return d
}

// onlyTouched reports whether a deal differs from what it was in nothing but its time of modification.
func onlyTouched(old, d Deal, had, now []LoadedState) bool {
	old.ModifiedAt = d.ModifiedAt
	if len(had) != len(now) || !reflect.DeepEqual(inForm(old), inForm(d)) {
		return false
	}
	for i := range had {
		a, b := had[i].State, now[i].State
		a.ModifiedAt = b.ModifiedAt
		if !isSameState(a, b) {
			return false
		}
	}
	return true
}
