package resolvers

import (
	"context"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
)

// siblings reads values of things that lie two lists deep for all of them at once. gqlgen batches the elements of one list; here the lists of
// several parents are announced first, and whoever asks for a value first reads those of all.
type siblings[K comparable, V any] struct {
	mu       sync.Mutex
	expected []K
	known    map[K]V
}

// expect announces things whose values may be asked for.
func (s *siblings[K, V]) expect(id K) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expected = append(s.expected, id)
}

// get returns the values of ids in their order.
func (s *siblings[K, V]) get(ids []K, read func([]K) ([]V, error)) ([]V, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(ids, func(id K) bool { _, ok := s.known[id]; return !ok }) {
		wanted := s.wanted(ids)
		values, err := read(wanted)
		if err != nil {
			return nil, err
		}
		for i, id := range wanted {
			s.known[id] = values[i]
		}
		s.expected = nil
	}
	out := make([]V, len(ids))
	for i, id := range ids {
		out[i] = s.known[id]
	}
	return out, nil
}

// wanted returns what is to be read, each once.
func (s *siblings[K, V]) wanted(ids []K) []K {
	if s.known == nil {
		s.known = map[K]V{}
	}
	seen := make(map[K]bool, len(ids)+len(s.expected))
	var out []K
	for _, id := range slices.Concat(ids, s.expected) {
		if _, ok := s.known[id]; !ok && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// queryMemo is what one query has read already.
type queryMemo struct {
	reaches siblings[core.GoalID, int]
	costs   siblings[core.CampaignID, []sites.Cost]
	funnels funnelBook
	// calls are the communications of calls; nil where a call has none.
	calls siblings[core.CallID, *comms.Communication]
}

type memoKey struct{}

// withMemo makes room for what a query reads.
func withMemo(ctx context.Context) context.Context {
	return context.WithValue(ctx, memoKey{}, &queryMemo{})
}

// memoOf returns the query's memory. A mutation has one for each call, since its fields change what others have read.
func memoOf(ctx context.Context) *queryMemo {
	memo, ok := ctx.Value(memoKey{}).(*queryMemo)
	if !ok || graphql.GetOperationContext(ctx).Operation.Operation != ast.Query {
		return &queryMemo{}
	}
	return memo
}

// expectReaches announces the goals of several sites.
func expectReaches(ctx context.Context) func([][]goals.Goal, error) ([][]goals.Goal, error) {
	return func(lists [][]goals.Goal, err error) ([][]goals.Goal, error) {
		memo := memoOf(ctx)
		for _, list := range lists {
			for _, g := range list {
				memo.reaches.expect(g.ID)
			}
		}
		return lists, err
	}
}

// expectCosts announces the campaigns of several sites.
func expectCosts(ctx context.Context) func([][]sites.Campaign, error) ([][]sites.Campaign, error) {
	return func(lists [][]sites.Campaign, err error) ([][]sites.Campaign, error) {
		memo := memoOf(ctx)
		for _, list := range lists {
			for _, c := range list {
				memo.costs.expect(c.ID)
			}
		}
		return lists, err
	}
}
