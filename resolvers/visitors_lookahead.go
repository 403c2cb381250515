package resolvers

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/graph/model"
)

// visitorNeeds is what a request asks for below visitors, so that it is read for all of them at once.
type visitorNeeds struct {
	comms.VisitorParts
	// goalReaches of the last sessions, messages of the recent communications.
	goalReaches bool
	messages    bool
}

// visitorNeedsAt reads the needs below the field being resolved, at the visitors reached by a path of fields; no path: the field is a visitor.
func visitorNeedsAt(ctx context.Context, path ...string) visitorNeeds {
	op := graphql.GetOperationContext(ctx)
	fields := graphql.CollectFieldsCtx(ctx, nil)
	for _, name := range path {
		fields = below(op, fields, name)
	}
	return visitorNeedsOf(op, fields)
}

// visitorNeedsOf reads the needs from the fields asked for of visitors.
func visitorNeedsOf(op *graphql.OperationContext, fields []graphql.CollectedField) visitorNeeds {
	n := visitorNeeds{VisitorParts: comms.VisitorParts{Without: comms.Details{
		VisitorClients: !asked(op, fields, "client"), VisitorReferrers: !asked(op, fields, "firstSource", "referrer") && !asked(op, fields, "lastSource", "referrer"),
	}}}
	for _, f := range fields {
		switch f.Name {
		case "contacts":
			n.Contacts = true
		case "lastSessions":
			n.Sessions = more(n.Sessions, firstOf(op, f))
		case "recentCommunications":
			n.Communications = more(n.Communications, firstOf(op, f))
		}
	}
	sessions, communications := below(op, fields, "lastSessions"), below(op, fields, "recentCommunications")
	n.goalReaches, n.messages = asked(op, sessions, "goalReaches"), asked(op, communications, "messages")
	w := &n.Without
	w.SessionClients, w.SessionReferrers = !asked(op, sessions, "client"), !asked(op, sessions, "source", "referrer")
	w.SessionPages = !asked(op, sessions, "entrancePage") && !asked(op, sessions, "exitPage")
	w.CommunicationSources = !asked(op, communications, "source") && !asked(op, communications, "campaign")
	w.CommunicationTexts = true
	for _, name := range []string{"message", "formName", "userFields", "pageUrl"} {
		w.CommunicationTexts = w.CommunicationTexts && !asked(op, communications, name)
	}
	return n
}

// asked reports whether a path of fields is among those asked for.
func asked(op *graphql.OperationContext, fields []graphql.CollectedField, path ...string) bool {
	for _, name := range path {
		if !slices.ContainsFunc(fields, func(f graphql.CollectedField) bool { return f.Name == name }) {
			return false
		}
		fields = below(op, fields, name)
	}
	return true
}

// below returns the fields inside those with a name.
func below(op *graphql.OperationContext, fields []graphql.CollectedField, name string) []graphql.CollectedField {
	var inside []graphql.CollectedField
	for _, f := range fields {
		if f.Name == name {
			inside = append(inside, graphql.CollectFields(op, f.Selections, nil)...)
		}
	}
	return inside
}

// firstOf returns the argument first.
func firstOf(op *graphql.OperationContext, f graphql.CollectedField) int {
	n, err := graphql.UnmarshalInt(f.ArgumentMap(op.Variables)["first"])
	if err != nil {
		return -1
	}
	return n
}

// more keeps a wrong number: the service refuses it.
func more(a, b int) int {
	if a < 0 || b < 0 {
		return -1
	}
	return max(a, b)
}

// nestedMemo holds what was read ahead for lists inside of lists. Without one (outside an operation) each list is read by itself.
type nestedMemo struct {
	mu       sync.Mutex
	reaches  map[core.SessionID][]goals.Reach
	messages map[core.CommunicationID][]comms.ChatMessage
}

type nestedMemoKey struct{}

func memoFrom(ctx context.Context) *nestedMemo {
	if m, ok := ctx.Value(nestedMemoKey{}).(*nestedMemo); ok {
		return m
	}
	return &nestedMemo{}
}

// readAhead reads what the needs name below the cards.
func (r *Resolver) readAhead(ctx context.Context, account core.AccountID, n visitorNeeds, cards []comms.VisitorCard) error {
	if n.goalReaches {
		var sessions []core.SessionID
		for i := range cards {
			for _, s := range cards[i].Sessions {
				sessions = append(sessions, s.ID)
			}
		}
		if _, err := r.sessionReaches(ctx, account, sessions); err != nil {
			return err
		}
	}
	if n.messages {
		var chats []core.CommunicationID
		for i := range cards {
			chats = append(chats, chatsOf(cards[i].Communications)...)
		}
		if _, err := r.chatMessages(ctx, account, chats); err != nil {
			return err
		}
	}
	return nil
}

func chatsOf(list []comms.Communication) []core.CommunicationID {
	var out []core.CommunicationID
	for _, c := range list {
		if c.Kind == comms.KindChat {
			out = append(out, c.ID)
		}
	}
	return out
}

// sessionReaches returns the reached goals of sessions in their order, with one statement at most.
func (r *Resolver) sessionReaches(ctx context.Context, account core.AccountID, sessions []core.SessionID) ([][]goals.Reach, error) {
	m := memoFrom(ctx)
	return remembered(&m.mu, &m.reaches, sessions, func(missing []core.SessionID) (map[core.SessionID][]goals.Reach, error) {
		return r.Comms.SessionReaches(ctx, account, missing)
	})
}

// chatMessages returns the messages of chats in their order, with one statement at most.
func (r *Resolver) chatMessages(ctx context.Context, account core.AccountID, chats []core.CommunicationID) ([][]comms.ChatMessage, error) {
	m := memoFrom(ctx)
	return remembered(&m.mu, &m.messages, chats, func(missing []core.CommunicationID) (map[core.CommunicationID][]comms.ChatMessage, error) {
		return r.Comms.Messages(ctx, account, missing)
	})
}

// remembered looks keys up in known, after reading those that are missing there.
func remembered[K comparable, V any](mu *sync.Mutex, known *map[K][]V, keys []K, read func([]K) (map[K][]V, error)) ([][]V, error) {
	mu.Lock()
	defer mu.Unlock()
	if *known == nil {
		*known = make(map[K][]V)
	}
	var missing []K
	for _, k := range keys {
		if _, ok := (*known)[k]; !ok {
			missing = append(missing, k)
			(*known)[k] = nil
		}
	}
	if len(missing) > 0 {
		found, err := read(missing)
		if err != nil {
			for _, k := range missing {
				delete(*known, k)
			}
			return nil, err
		}
		maps.Copy(*known, found)
	}
	out := make([][]V, len(keys))
	for i, k := range keys {
		out[i] = (*known)[k]
	}
	return out, nil
}

// visitorCard reads one visitor with all that is needed below it.
func (r *Resolver) visitorCard(ctx context.Context, account core.AccountID, id core.VisitorID, n visitorNeeds) (*comms.VisitorCard, error) {
	card, err := r.Comms.Visitor(ctx, account, id, n.VisitorParts)
	if err != nil {
		return nil, err
	}
	return &card, r.readAhead(ctx, account, n, []comms.VisitorCard{card})
}

// personsOf answers Visitor.person for siblings: nil for visitors of whom no contacts are known.
func (r *Resolver) personsOf(ctx context.Context, cards []*comms.VisitorCard, n visitorNeeds) ([]*model.Person, error) {
	seen := make(map[core.PersonID]bool)
	var ids []core.PersonID
	for _, c := range cards {
		if c.PersonID != 0 && !seen[c.PersonID] {
			seen[c.PersonID] = true
			ids = append(ids, c.PersonID)
		}
	}
	out := make([]*model.Person, len(cards))
	if len(ids) == 0 {
		return out, nil
	}
	found, err := r.Comms.Persons(ctx, cards[0].AccountID, ids, n.VisitorParts)
	if err != nil {
		return nil, err
	}
	var all []comms.VisitorCard
	for _, p := range found {
		all = append(all, p.Visitors...)
	}
	for i, c := range cards {
		out[i] = person(found[c.PersonID])
	}
	return out, r.readAhead(ctx, cards[0].AccountID, n, all)
}

// properties answers Visitor.properties for siblings.
func (r *Resolver) properties(ctx context.Context, cards []*comms.VisitorCard) ([][]visits.Property, error) {
	ids := make([]core.VisitorID, len(cards))
	for i, c := range cards {
		ids[i] = c.ID
	}
	found, err := r.Visits.Properties(ctx, cards[0].AccountID, ids)
	out := make([][]visits.Property, len(cards))
	for i, id := range ids {
		out[i] = found[id]
	}
	return out, err
}

// messagesOf answers Communication.messages for siblings; only chats have any.
func (r *Resolver) messagesOf(ctx context.Context, list []*comms.Communication) ([][]comms.ChatMessage, error) {
	var chats []core.CommunicationID
	var places []int
	for i, c := range list {
		if c.Kind == comms.KindChat {
			chats, places = append(chats, c.ID), append(places, i)
		}
	}
	out := make([][]comms.ChatMessage, len(list))
	if len(chats) == 0 {
		return out, nil
	}
	found, err := r.chatMessages(ctx, list[0].AccountID, chats)
	for i := range found {
		out[places[i]] = found[i]
	}
	return out, err
}

func sessionIDs(list []*visits.Session) []core.SessionID {
	out := make([]core.SessionID, len(list))
	for i, s := range list {
		out[i] = s.ID
	}
	return out
}
