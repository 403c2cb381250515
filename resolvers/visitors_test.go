package resolvers_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/graph/graphtest"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

const visitorsQuery = `query($first: Int!, $sessions: Int! = 3) {
  visitors(first: $first) {
    nodes {
      id name isOnline contacts { kind value isJoining origin }
      ...history
      recentCommunications { kind phone message campaign { name } messages { text } source { channel referrer } }
      properties { name value }
      person { id visitors { id contacts { value } lastSessions(first: 1) { id goalReaches { goal { name } } } } contacts { value } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
fragment history on Visitor { newest: lastSessions(first: $sessions) { id number source { channel source referrer } client { browser } goalReaches { goal { name } event isGoal pageUrl } } }`

type visitorsAnswer struct {
	Visitors struct {
		Nodes []struct {
			ID, Name string
			IsOnline bool
			Contacts []struct {
				Kind, Value, Origin string
				IsJoining           bool
			}
			Newest []struct {
				ID          string
				Number      int
				Source      struct{ Channel, Source, Referrer string }
				Client      struct{ Browser string }
				GoalReaches []struct {
					Goal    *struct{ Name string }
					Event   string
					IsGoal  bool
					PageURL string
				}
			}
			RecentCommunications []struct {
				Kind, Phone, Message string
				Messages             []struct{ Text string }
				Source               *struct{ Channel string }
			}
			Properties []struct{ Name string }
			Person     *struct {
				ID       string
				Visitors []struct{ ID string }
				Contacts []struct{ Value string }
			}
		}
		PageInfo struct {
			HasNextPage bool
			EndCursor   *string
		}
	}
}

// people runs fn on both engines, with an API, an owner who is signed in, and a world of visitors.
func people(t *testing.T, fn func(t *testing.T, s *graphtest.Server, owner *graphtest.Client, w *storetest.World, clock *testkit.Clock)) {
	t.Helper()
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			clock := testkit.NewClock(time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC))
			db := storetest.Open(t, engine, clock)
			s := graphtest.New(t, db)
			fn(t, s, s.Owner(t), storetest.NewWorld(t, db), clock)
		})
	}
}

func TestTR_6_VisitorsAreListedWithEverythingBelowThem(t *testing.T) {
	people(t, func(t *testing.T, _ *graphtest.Server, owner *graphtest.Client, w *storetest.World, clock *testkit.Clock) {
		site := w.Site(owner.Account.ID)
		goal := w.Goal(site, "cart")
		for range 20 {
			clock.Advance(time.Second)
			other := w.See(storetest.Visit{Site: site})
			w.Reach(other, goal, clock.Now())
			w.Leave(other, "", core.Phone("7926000"+other.VisitorID.String()[:4]), "")
		}
		source := visits.TrafficSource{Channel: visits.ChannelPaid, Source: "yandex", Referrer: "https://ya.ru/?q=1"}
		clock.Advance(time.Second)
		seen := w.See(storetest.Visit{Site: site, Source: source})
		w.Reach(seen, goal, clock.Now())
		clock.Advance(time.Second)
		w.Leave(seen, "Анна", "79262444393", "")
		clock.Advance(time.Minute)
		_, _, err := w.Comms.CreateChat(t.Context(), comms.ChatInput{
			Origin: seen.Origin(), ExternalID: "1", StartedAt: clock.Now(), Messages: []comms.ChatMessage{{At: clock.Now(), Sender: comms.SenderVisitor, Text: "hi"}},
		})
		require.NoError(t, err)
		owner.Do(visitorsQuery, map[string]any{"first": 50}).OK() // sources are remembered
		all, one := owner.Count(visitorsQuery, map[string]any{"first": 50}), owner.Count(visitorsQuery, map[string]any{"first": 1})
		require.Equal(t, one.Statements, all.Statements)

		var got visitorsAnswer
		all.Into(&got)
		require.Len(t, got.Visitors.Nodes, 21)
		v := got.Visitors.Nodes[0]
		require.Equal(t, []any{seen.VisitorID.String(), "Анна", true}, []any{v.ID, v.Name, v.IsOnline})
		require.Equal(t, []any{"PHONE", "79262444393", "VISITOR_INFO", true}, []any{v.Contacts[0].Kind, v.Contacts[0].Value, v.Contacts[0].Origin, v.Contacts[0].IsJoining})
		s := v.Newest[0]
		require.Equal(t, []any{seen.SessionID.String(), 1, "PAID", "https://ya.ru/?q=1", "Chrome 143"}, []any{s.ID, s.Number, s.Source.Channel, s.Source.Referrer, s.Client.Browser})
		require.Equal(t, "Goal cart", s.GoalReaches[0].Goal.Name)
		require.Len(t, v.RecentCommunications, 2)
		require.Equal(t, []any{"CHAT", "hi", "hi", "PAID"},
			[]any{v.RecentCommunications[0].Kind, v.RecentCommunications[0].Message, v.RecentCommunications[0].Messages[0].Text, v.RecentCommunications[0].Source.Channel})
		require.Equal(t, []any{"GOAL", 0}, []any{v.RecentCommunications[1].Kind, len(v.RecentCommunications[1].Messages)})
		require.Equal(t, seen.VisitorID.String(), v.Person.Visitors[0].ID)
		require.Empty(t, v.Properties)

		owner.Do(visitorsQuery, map[string]any{"first": 0}).Fails("BAD_USER_INPUT bad_first")
		owner.Do(visitorsQuery, map[string]any{"first": 5, "sessions": 11}).Fails("BAD_USER_INPUT bad_first")
	})
}

func TestTR_6_OneVisitorIsReadWithItsLists(t *testing.T) {
	people(t, func(t *testing.T, s *graphtest.Server, owner *graphtest.Client, w *storetest.World, clock *testkit.Clock) {
		site := w.Site(owner.Account.ID)
		seen := w.See(storetest.Visit{Site: site, URL: "https://shop.example/a"})
		w.Reach(seen, w.Goal(site, "cart"), clock.Now())
		clock.Advance(time.Second)
		w.Leave(seen, "Анна", "79262444393", "")
		const query = `query($id: ID!) { visitor(id: $id) {
		  id firstSource { channel } lastSessions { entrancePage }
		  sessions(first: 1) { nodes { id hits(first: 1) { nodes { url } pageInfo { hasNextPage } } goalReaches { isGoal } } pageInfo { endCursor } }
		  communications { nodes { id kind visitorId sessionId goal { name } } }
		  goalReaches { nodes { event sessionId goal { name } } }
		} }`
		var got struct {
			Visitor struct {
				LastSessions []struct{ EntrancePage string }
				Sessions     struct {
					Nodes []struct {
						ID          string
						Hits        struct{ Nodes []struct{ URL string } }
						GoalReaches []struct{ IsGoal bool }
					}
				}
				Communications struct {
					Nodes []struct{ Kind, VisitorID, SessionID string }
				}
				GoalReaches struct{ Nodes []struct{ SessionID string } }
			}
		}
		owner.Do(query, map[string]any{"id": seen.VisitorID.String()}).Into(&got)
		v := got.Visitor
		require.Equal(t, "https://shop.example/a", v.LastSessions[0].EntrancePage)
		require.Equal(t, []any{seen.SessionID.String(), "https://shop.example/a", true}, []any{v.Sessions.Nodes[0].ID, v.Sessions.Nodes[0].Hits.Nodes[0].URL, v.Sessions.Nodes[0].GoalReaches[0].IsGoal})
		require.Equal(t, []any{"GOAL", seen.VisitorID.String(), seen.SessionID.String()},
			[]any{v.Communications.Nodes[0].Kind, v.Communications.Nodes[0].VisitorID, v.Communications.Nodes[0].SessionID})
		require.Equal(t, seen.SessionID.String(), v.GoalReaches.Nodes[0].SessionID)
		s.Owner(t).Do(query, map[string]any{"id": seen.VisitorID.String()}).Fails("NOT_FOUND not_found")
		owner.Do(query, map[string]any{"id": "x"}).Fails("BAD_USER_INPUT bad_id")
	})
}

func TestTR_9_ChatsArePassedInByPrograms(t *testing.T) {
	people(t, func(t *testing.T, s *graphtest.Server, owner *graphtest.Client, w *storetest.World, _ *testkit.Clock) {
		site := w.Site(owner.Account.ID)
		program := s.Program(t, owner, accounts.ScopeChats)
		const create = `mutation($in: CreateChatInput!) { createChat(input: $in) { created communication { id name phone email message messages { sender text at } } } }`
		in := map[string]any{
			"siteId": site.ID.String(), "externalId": "c1", "startedAt": "2026-03-02T09:00:00Z", "name": "Анна", "phone": "8 926 244-43-93", "email": "Anna@Example.com",
			"messages": []any{map[string]any{"at": "2026-03-02T09:00:00Z", "sender": "VISITOR", "text": "Есть кто?"}},
		}
		var got struct {
			CreateChat struct {
				Created       bool
				Communication struct {
					ID, Name, Phone, Email, Message string
					Messages                        []struct{ Sender, Text, At string }
				}
			}
		}
		program.Do(create, map[string]any{"in": in}).Into(&got)
		c := got.CreateChat.Communication
		require.Equal(t, []any{true, "Анна", "79262444393", "anna@example.com", "Есть кто?"}, []any{got.CreateChat.Created, c.Name, c.Phone, c.Email, c.Message})
		require.Equal(t, []any{"VISITOR", "2026-03-02T09:00:00.000Z"}, []any{c.Messages[0].Sender, c.Messages[0].At})
		in["phone"] = "12"
		program.Do(create, map[string]any{"in": in}).Fails("BAD_USER_INPUT bad_phone")

		const list = `query($f: CommunicationFilter) { communications(filter: $f) { nodes { id kind } } }`
		var found struct {
			Communications struct{ Nodes []struct{ ID string } }
		}
		owner.Do(list, map[string]any{"f": map[string]any{"kinds": []any{"CHAT"}, "search": "(926) 244"}}).Into(&found)
		require.Equal(t, c.ID, found.Communications.Nodes[0].ID)
		owner.Do(`query($id: ID!) { communication(id: $id) { messages { text } } }`, map[string]any{"id": c.ID}).OK()
	})
}

func TestPersons_AreTakenApartAndJoinedOverTheAPI(t *testing.T) {
	people(t, func(t *testing.T, _ *graphtest.Server, owner *graphtest.Client, w *storetest.World, _ *testkit.Clock) {
		site := w.Site(owner.Account.ID)
		a, b := w.See(storetest.Visit{Site: site}), w.See(storetest.Visit{Site: site})
		w.Leave(a, "", "79262444393", "")
		w.Leave(b, "", "79262444393", "")
		var joining struct {
			SetContactJoining struct{ ChangedVisitors int }
		}
		const set = `mutation($on: Boolean!) { setContactJoining(input: {kind: PHONE, value: "8 926 244 43 93", isJoining: $on}) { changedVisitors } }`
		owner.Do(set, map[string]any{"on": false}).Into(&joining)
		require.Equal(t, 1, joining.SetContactJoining.ChangedVisitors)
		owner.Do(set, map[string]any{"on": true}).OK()
		var apart struct {
			SetVisitorSeparate struct {
				Visitor struct {
					Person struct{ Visitors []struct{ ID string } }
				}
			}
		}
		const separate = `mutation($id: ID!, $s: Boolean!) { setVisitorSeparate(input: {visitorId: $id, isSeparate: $s}) { visitor { person { visitors { id } } } } }`
		owner.Do(separate, map[string]any{"id": a.VisitorID.String(), "s": true}).Into(&apart)
		require.Len(t, apart.SetVisitorSeparate.Visitor.Person.Visitors, 1)
		owner.Do(separate, map[string]any{"id": a.VisitorID.String(), "s": false}).Into(&apart)
		require.Len(t, apart.SetVisitorSeparate.Visitor.Person.Visitors, 2)
	})
}

func TestRefusals_AreListedAndCounted(t *testing.T) {
	people(t, func(t *testing.T, _ *graphtest.Server, owner *graphtest.Client, w *storetest.World, clock *testkit.Clock) {
		site := w.Site(owner.Account.ID)
		for i := range 3 {
			reason := visits.ReasonBotUA
			if i == 2 {
				reason = visits.ReasonIPIgnored
			}
			clock.Advance(time.Second)
			require.True(t, w.Ingest.Refuse(&visits.Refusal{ID: core.RefusalID(i + 1), AccountID: site.AccountID, SiteID: site.ID, At: clock.Now(), Reason: reason, UserAgent: "Bot/1"}))
		}
		w.See(storetest.Visit{Site: site}) // they are on disk now, too
		var got struct {
			Refusals struct {
				Nodes []struct{ Reason, UserAgent string }
			}
			RefusalCounts []struct {
				Reason string
				Count  int
			}
		}
		owner.Do(`query($s: ID) { refusals(filter: {siteId: $s, reason: "bot_ua"}) { nodes { reason userAgent reincludedAt } } refusalCounts(siteId: $s) { reason count } }`,
			map[string]any{"s": site.ID.String()}).Into(&got)
		require.Len(t, got.Refusals.Nodes, 2)
		require.Equal(t, "Bot/1", got.Refusals.Nodes[0].UserAgent)
		require.Equal(t, []any{"bot_ua", 2, "ip_ignored", 1}, []any{got.RefusalCounts[0].Reason, got.RefusalCounts[0].Count, got.RefusalCounts[1].Reason, got.RefusalCounts[1].Count})
		owner.Do(`mutation { reincludeRefusals(input: {ids: []}) { reincluded } }`, nil).Fails("BAD_USER_INPUT bad_count")
	})
}

func TestLiveVisitors_AreStreamed(t *testing.T) {
	people(t, func(t *testing.T, s *graphtest.Server, owner *graphtest.Client, w *storetest.World, _ *testkit.Clock) {
		site := w.Site(owner.Account.ID)
		program := s.Program(t, owner, accounts.ScopeRead)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		body, err := json.Marshal(map[string]any{"query": `subscription($s: ID!) { liveVisitors(siteId: $s) { visitorId pageUrl } }`, "variables": map[string]any{"s": site.ID.String()}})
		require.NoError(t, err)
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, strings.NewReader(string(body)))
		require.NoError(t, err)
		req.Header = program.Header.Clone()
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "text/event-stream")
		resp, err := program.HTTP.Do(req)
		require.NoError(t, err)
		defer func() { _ = resp.Body.Close() }()
		lines := bufio.NewScanner(resp.Body)
		next := func() string {
			for lines.Scan() {
				if data, ok := strings.CutPrefix(lines.Text(), "data:"); ok && strings.TrimSpace(data) != "" {
					return data
				}
			}
			return ""
		}
		require.Contains(t, next(), `"liveVisitors":[]`)
		seen := w.See(storetest.Visit{Site: site})
		require.Contains(t, next(), seen.VisitorID.String())
	})
}
