package amocrm

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/core/integrations"
)

// Bounds of the interface of events, as its clients keep to them: entities in one filter, events on one page.
const (
	eventBatch = 10
	eventPage  = 100
)

// event is a change of a deal.
type event struct {
	ID        string        `json:"id"`
	Type      string        `json:"type"`
	EntityID  int64         `json:"entity_id"`
	CreatedAt int64         `json:"created_at"`
	Before    []statusValue `json:"value_before"`
	After     []statusValue `json:"value_after"`
}

const (
	leadAdded  = "lead_added"
	leadMoved  = "lead_status_changed"
	entityLead = "lead"
)

type statusValue struct {
	Status stage `json:"lead_status"`
}

// UnmarshalJSON takes what is no status, which other events have, for none.
func (v *statusValue) UnmarshalJSON(data []byte) error {
	var raw struct {
		Status stage `json:"lead_status"`
	}
	_ = json.Unmarshal(data, &raw)
	v.Status = raw.Status
	return nil
}

// stage is a status in a funnel.
type stage struct {
	ID         int64 `json:"id"`
	PipelineID int64 `json:"pipeline_id"`
}

func (e *event) before() stage { return first(e.Before) }
func (e *event) after() stage  { return first(e.After) }

func first(values []statusValue) stage {
	if len(values) == 0 {
		return stage{}
	}
	return values[0].Status
}

// histories reads which stages deals have been in; a deal without one, or an account that does not tell, is not in the result.
func (c *connector) histories(ctx context.Context, leads []lead) (map[int64][]integrations.StageEntry, error) {
	out := make(map[int64][]integrations.StageEntry, len(leads))
	var asked []string
	for i := range leads {
		l := &leads[i]
		if l.UpdatedAt == l.CreatedAt { // nothing has happened to it yet
			out[l.ID] = history(l, nil)
			continue
		}
		asked = append(asked, id(l.ID))
	}
	events := map[int64][]event{}
	for batch := range slices.Chunk(asked, eventBatch) {
		got, err := c.events(ctx, batch)
		if f := integrations.AsFailure(err); f != nil && (f.Kind == integrations.FailRight || f.Kind == integrations.FailGone) {
			return out, nil // the account does not tell
		}
		if err != nil {
			return nil, err
		}
		for _, e := range got {
			events[e.EntityID] = append(events[e.EntityID], e)
		}
	}
	for i := range leads {
		l := &leads[i]
		if l.UpdatedAt == l.CreatedAt {
			continue
		}
		if h := history(l, events[l.ID]); h != nil {
			out[l.ID] = h
		}
	}
	return out, nil
}

func (c *connector) events(ctx context.Context, leads []string) ([]event, error) {
	return every[event](ctx, c, get("/api/v4/events", url.Values{
		"filter[entity]": {entityLead}, "filter[entity_id]": {strings.Join(leads, ",")}, "filter[type]": {leadAdded + "," + leadMoved},
	}), "events", eventPage)
}

// history puts the events of a deal in order: the stage it was made in, each it came to, the present one last. It is nil when the events tell nothing of
// a deal that has changed: they may be older than the account keeps them.
func history(l *lead, events []event) []integrations.StageEntry {
	now := stage{l.StatusID, l.PipelineID}
	added := slices.ContainsFunc(events, func(e event) bool { return e.EntityID == l.ID && e.Type == leadAdded })
	moves := movesOf(l, events)
	if len(moves) == 0 {
		if l.UpdatedAt != l.CreatedAt && !added {
			return nil
		}
		return []integrations.StageEntry{entry(now, l.CreatedAt)}
	}
	var out []integrations.StageEntry
	at := moves[0].before()
	if at.ID != 0 {
		out = append(out, entry(at, min(l.CreatedAt, moves[0].CreatedAt)))
	}
	for i := range moves {
		if to := moves[i].after(); to != at {
			at = to
			out = append(out, entry(at, moves[i].CreatedAt))
		}
	}
	if at != now { // the last event lags behind the deal
		last := moves[len(moves)-1].CreatedAt
		out = append(out, entry(now, max(last, cmp.Or(closing(l), l.UpdatedAt))))
	}
	return out
}

func closing(l *lead) int64 {
	if l.isClosed() {
		return l.ClosedAt
	}
	return 0
}

func entry(s stage, at int64) integrations.StageEntry {
	return integrations.StageEntry{FunnelID: id(s.PipelineID), StageID: id(s.ID), At: moment(at)}
}

// movesOf are a deal's changes of stage, oldest first. Several in one second are chained: each goes on from where the one before came to.
func movesOf(l *lead, events []event) []event {
	var moves []event
	seen := map[string]bool{}
	for _, e := range events {
		if e.EntityID == l.ID && e.Type == leadMoved && e.after().ID != 0 && (e.ID == "" || !seen[e.ID]) {
			seen[e.ID] = true
			moves = append(moves, e)
		}
	}
	slices.SortStableFunc(moves, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	var at stage
	for i := range moves {
		if at == (stage{}) {
			at = firstOf(moves)
		}
		for j := i; j < len(moves) && moves[j].CreatedAt == moves[i].CreatedAt; j++ {
			if moves[j].before() == at {
				next := moves[j]
				copy(moves[i+1:j+1], moves[i:j])
				moves[i] = next
				break
			}
		}
		at = moves[i].after()
	}
	return moves
}

// firstOf is where the first second's moves begin: at the stage none of them comes to.
func firstOf(moves []event) stage {
	for i := range moves {
		if moves[i].CreatedAt != moves[0].CreatedAt {
			break
		}
		from := moves[i].before()
		comesThere := func(e event) bool { return e.CreatedAt == moves[0].CreatedAt && e.after() == from }
		if !slices.ContainsFunc(moves, comesThere) {
			return from
		}
	}
	return moves[0].before()
}
