package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

var allParts = comms.VisitorParts{Contacts: true, Sessions: 3, Communications: 5}

func visitorIDs(list []comms.VisitorCard) []core.VisitorID {
	out := make([]core.VisitorID, len(list))
	for i, c := range list {
		out[i] = c.ID
	}
	return out
}

func TestTR_6_TheCardShowsContactsHistorySourcesAndCommunications(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		site := w.Site(w.Account())
		source := visits.TrafficSource{
			Channel: visits.ChannelPaid, Source: "yandex", Medium: "cpc", Campaign: "spring", Term: "чайник", Engine: "yandex.direct", IsPaid: true,
			Referrer: "https://yandex.ru/search", ReferrerDomain: "yandex.ru",
		}
		first := w.See(storetest.Visit{Site: site, Source: source, URL: "https://shop.example/?utm_source=yandex", Title: "Чайники"})
		clock.Advance(time.Minute)
		second := w.See(storetest.Visit{Site: site, Last: first, URL: "https://shop.example/cart", Title: "Корзина"})
		w.Leave(second, "Анна", phoneA, mailA)
		clock.Advance(26 * time.Hour)
		again := w.See(storetest.Visit{Site: site, Last: second, Source: visits.TrafficSource{Channel: visits.ChannelEmail, Source: "news"}})
		require.NotEqual(t, first.SessionID, again.SessionID)
		_, err := w.Comms.AddOfflineRequest(t.Context(), comms.RequestInput{Origin: again.Origin(), Message: "Привет", Phone: phoneB})
		require.NoError(t, err)

		card := w.Card(again)
		require.Equal(t, []any{2, 3, true}, []any{card.SessionCount, card.HitCount, card.IsOnline})
		require.Equal(t, source, card.FirstSource)
		require.Equal(t, visits.ChannelEmail, card.LastSource.Channel)
		require.Equal(t, "Chrome 143", card.Client.Browser)
		require.Len(t, card.Sessions, 2)
		require.Equal(t, []core.SessionID{again.SessionID, first.SessionID}, []core.SessionID{card.Sessions[0].ID, card.Sessions[1].ID})
		require.Equal(t, []any{2, 2, source, "https://shop.example/?utm_source=yandex", "https://shop.example/cart"},
			[]any{card.Sessions[0].Number, card.Sessions[1].HitCount, card.Sessions[1].Source, card.Sessions[1].EntrancePage, card.Sessions[1].ExitPage})
		require.Equal(t, []comms.Kind{comms.KindOfflineRequest}, kinds(card.Communications))
		require.Equal(t, visits.ChannelEmail, card.Communications[0].Source.Channel)

		hits, err := w.Visits.Hits(t.Context(), site.AccountID, first.SessionID, core.PageRequest{First: 1})
		require.NoError(t, err)
		require.Equal(t, []any{"Чайники", true}, []any{hits.Nodes[0].Title, hits.HasNext})
		hits, err = w.Visits.Hits(t.Context(), site.AccountID, first.SessionID, core.PageRequest{First: 1, After: hits.EndCursor})
		require.NoError(t, err)
		require.Equal(t, []any{"Корзина", false}, []any{hits.Nodes[0].Title, hits.HasNext})
	})
}

func TestVisitors_AreFilteredSearchedAndPaged(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		account := w.Account()
		site, other := w.Site(account), w.Site(account)
		begin := clock.Now()
		a := w.See(storetest.Visit{Site: site, Source: visits.TrafficSource{Channel: visits.ChannelPaid, Source: "yandex"}})
		clock.Advance(time.Hour)
		b := w.See(storetest.Visit{Site: site})
		clock.Advance(time.Hour)
		c := w.See(storetest.Visit{Site: other})
		w.Leave(a, "Анна Ёлкина", phoneA, "")
		w.Leave(b, "50%_off", "", mailA)
		yes, no := true, false
		cases := []struct {
			rule string
			q    comms.VisitorQuery
			want []storetest.Seen
		}{
			{"newest session first", comms.VisitorQuery{}, []storetest.Seen{c, b, a}},
			{"first hit, oldest first", comms.VisitorQuery{Sort: comms.ByFirstSeen, Ascending: true}, []storetest.Seen{a, b, c}},
			{"of a site", comms.VisitorQuery{SiteID: other.ID}, []storetest.Seen{c}},
			{"with contacts", comms.VisitorQuery{HasContacts: &yes}, []storetest.Seen{b, a}},
			{"without contacts", comms.VisitorQuery{HasContacts: &no}, []storetest.Seen{c}},
			{"by channel", comms.VisitorQuery{Channels: []visits.Channel{visits.ChannelPaid, visits.ChannelEmail}}, []storetest.Seen{a}},
			{"by unknown campaign", comms.VisitorQuery{CampaignID: 77}, nil},
			{"seen from", comms.VisitorQuery{Seen: comms.TimeRange{From: begin.Add(time.Hour)}}, []storetest.Seen{c, b}},
			{"seen before", comms.VisitorQuery{Seen: comms.TimeRange{To: begin.Add(time.Hour)}}, []storetest.Seen{a}},
			{"name in another case", comms.VisitorQuery{Search: "ёлкИ"}, []storetest.Seen{a}},
			{"phone with brackets and an eight", comms.VisitorQuery{Search: "8 (926) 244-43-93"}, []storetest.Seen{a}},
			{"part of a phone", comms.VisitorQuery{Search: "244-43"}, []storetest.Seen{a}},
			{"part of an e-mail", comms.VisitorQuery{Search: "ANNA@exa"}, []storetest.Seen{b}},
			{"signs of LIKE are plain text", comms.VisitorQuery{Search: "0%_o"}, []storetest.Seen{b}},
			{"and no wildcards", comms.VisitorQuery{Search: "5%f"}, nil},
			{"the visitor's identifier", comms.VisitorQuery{Search: c.VisitorID.String()}, []storetest.Seen{c}},
		}
		for _, tc := range cases {
			var want, got []core.VisitorID
			for _, s := range tc.want {
				want = append(want, s.VisitorID)
			}
			page := core.PageRequest{First: 1}
			for more := true; more; { // page by page
				p, err := w.Comms.Visitors(t.Context(), account, tc.q, page, comms.VisitorParts{})
				require.NoError(t, err, tc.rule)
				got, page.After, more = append(got, visitorIDs(p.Nodes)...), p.EndCursor, p.HasNext
			}
			require.Equal(t, want, got, tc.rule)
		}
		for rule, bad := range map[string]func() error{
			"too_short": func() error {
				return visitorsError(t.Context(), w, account, comms.VisitorQuery{Search: "ab"}, core.PageRequest{First: 1})
			},
			"bad_first": func() error {
				return visitorsError(t.Context(), w, account, comms.VisitorQuery{}, core.PageRequest{First: 101})
			},
			"bad_cursor": func() error {
				return visitorsError(t.Context(), w, account, comms.VisitorQuery{}, core.PageRequest{First: 1, After: "!"})
			},
		} {
			err := bad()
			require.Equal(t, core.KindInvalid, core.KindOf(err), rule)
			require.Equal(t, rule, core.AsError(err).Reason)
		}
	})
}

func visitorsError(ctx context.Context, w *storetest.World, account core.AccountID, q comms.VisitorQuery, page core.PageRequest) error {
	_, err := w.Comms.Visitors(ctx, account, q, page, comms.VisitorParts{})
	return err
}

func TestVisitors_TakeAsManyStatementsForAHundredAsForOne(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		site := w.Site(w.Account())
		for i := range 100 {
			seen := w.See(storetest.Visit{Site: site, Source: visits.TrafficSource{Channel: visits.ChannelPaid, Source: fmt.Sprint("s", i%7)}})
			if i%10 == 0 {
				w.Leave(seen, "N", core.Phone(fmt.Sprintf("7926%07d", i)), "")
			}
			clock.Advance(time.Second)
		}
		statements := func(first int) int64 {
			ctx, n := store.CountStatements(t.Context())
			page, err := w.Comms.Visitors(ctx, site.AccountID, comms.VisitorQuery{}, core.PageRequest{First: first}, allParts)
			require.NoError(t, err)
			require.Len(t, page.Nodes, first)
			return n.Load()
		}
		statements(100) // the sources are remembered
		require.Equal(t, statements(1), statements(100))
		require.LessOrEqual(t, statements(100), int64(4))
	})
}

func TestTR_3_PersonsAreJoinedAndTakenApartAgain(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, _ *testkit.Clock) {
		account := w.Account()
		site := w.Site(account)
		a, b, c := w.See(storetest.Visit{Site: site}), w.See(storetest.Visit{Site: w.Site(account)}), w.See(storetest.Visit{Site: site})
		w.Leave(a, "", phoneA, "")
		w.Leave(b, "", phoneB, "")
		w.Leave(c, "", phoneA, mailA)
		person := func(s storetest.Seen) core.PersonID { return w.Card(s).PersonID }
		require.Equal(t, person(a), person(c))
		require.NotEqual(t, person(a), person(b))
		w.Leave(c, "", phoneB, "") // brings all three together
		all := person(a)
		require.Equal(t, []core.PersonID{all, all}, []core.PersonID{person(b), person(c)})
		found, err := w.Comms.Persons(t.Context(), account, []core.PersonID{all}, allParts)
		require.NoError(t, err)
		require.Len(t, found[all].Visitors, 3)
		require.ElementsMatch(t, []string{string(phoneA), string(phoneB), string(mailA)}, values(found[all].Contacts))

		value := visits.ContactValue{Kind: visits.ContactPhone, Value: string(phoneB)}
		changed, err := w.Visits.SetContactJoining(t.Context(), account, 1, value, false)
		require.NoError(t, err)
		require.Positive(t, changed)
		require.Equal(t, person(a), person(c))
		require.NotEqual(t, person(a), person(b))
		require.False(t, w.Card(b).Contacts[0].IsJoining)
		again, err := w.Visits.SetContactJoining(t.Context(), account, 1, value, false)
		require.NoError(t, err)
		require.Zero(t, again)
		_, err = w.Visits.SetContactJoining(t.Context(), account, 1, value, true)
		require.NoError(t, err)
		require.Equal(t, []core.PersonID{all, all, all}, []core.PersonID{person(a), person(b), person(c)}, "as if nothing had been")

		require.NoError(t, w.Visits.SetVisitorSeparate(t.Context(), account, c.VisitorID, true))
		require.Len(t, map[core.PersonID]bool{person(a): true, person(b): true, person(c): true}, 3)
		require.NoError(t, w.Visits.SetVisitorSeparate(t.Context(), account, c.VisitorID, false))
		require.Equal(t, []core.PersonID{all, all, all}, []core.PersonID{person(a), person(b), person(c)})
		require.Equal(t, core.KindNotFound, core.KindOf(w.Visits.SetVisitorSeparate(t.Context(), w.Account(), c.VisitorID, true)))
	})
}

// TestPersons_JoinedStepByStepAreThoseOfTheFacts does random things and compares with persons computed at once.
func TestPersons_JoinedStepByStepAreThoseOfTheFacts(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, _ *testkit.Clock) {
		r := rand.New(rand.NewPCG(11, 12))
		site := w.Site(w.Account())
		seen := make([]storetest.Seen, 8)
		members := make([]visits.PersonMember, len(seen))
		for i := range seen {
			seen[i] = w.See(storetest.Visit{Site: site})
			members[i].ID = seen[i].VisitorID
		}
		excluded := map[visits.ContactValue]bool{}
		for range 60 {
			i := r.IntN(len(seen))
			v := visits.ContactValue{Kind: visits.ContactPhone, Value: fmt.Sprintf("7926000000%d", r.IntN(6))}
			switch r.IntN(5) {
			case 0:
				excluded[v] = !excluded[v]
				_, err := w.Visits.SetContactJoining(t.Context(), site.AccountID, 1, v, !excluded[v])
				require.NoError(t, err)
			case 1:
				members[i].IsSeparate = !members[i].IsSeparate
				require.NoError(t, w.Visits.SetVisitorSeparate(t.Context(), site.AccountID, seen[i].VisitorID, members[i].IsSeparate))
			default:
				members[i].Contacts = append(members[i].Contacts, v)
				w.Leave(seen[i], "", core.Phone(v.Value), "")
			}
		}
		next := core.PersonID(0)
		want := visits.JoinPersons(members, excluded, func() core.PersonID { next++; return next })
		got := map[core.VisitorID]core.PersonID{}
		for _, s := range seen {
			if p := w.Card(s).PersonID; p != 0 {
				got[s.VisitorID] = p
			}
		}
		require.Equal(t, partition(want), partition(got))
	})
}

// partition names each visitor's group by its smallest visitor.
func partition(persons map[core.VisitorID]core.PersonID) map[core.VisitorID]core.VisitorID {
	first := map[core.PersonID]core.VisitorID{}
	for v, p := range persons {
		if first[p] == 0 || v < first[p] {
			first[p] = v
		}
	}
	out := map[core.VisitorID]core.VisitorID{}
	for v, p := range persons {
		out[v] = first[p]
	}
	return out
}

func TestReading_AnotherAccountSeesNothing(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		account := w.Account()
		site := w.Site(account)
		seen := w.See(storetest.Visit{Site: site})
		w.Reach(seen, w.Goal(site, "cart"), clock.Now())
		left := w.Leave(seen, "Анна", phoneA, mailA)
		chat, _, err := w.Comms.CreateChat(t.Context(), comms.ChatInput{
			Origin: seen.Origin(), ExternalID: "x", StartedAt: clock.Now(), Messages: []comms.ChatMessage{{At: clock.Now(), Sender: comms.SenderVisitor, Text: "hi"}},
		})
		require.NoError(t, err)
		require.True(t, w.Ingest.Refuse(&visits.Refusal{ID: 1, AccountID: account, SiteID: site.ID, At: clock.Now(), Reason: visits.ReasonBotUA}))
		w.See(storetest.Visit{Site: site, Last: seen}) // the refusal is on disk now, too
		page := core.PageRequest{First: 100}
		reads := map[string]func(core.AccountID) (int, error){
			"visitors": func(a core.AccountID) (int, error) {
				p, err := w.Comms.Visitors(t.Context(), a, comms.VisitorQuery{}, page, allParts)
				return len(p.Nodes), err
			},
			"visitors by search": func(a core.AccountID) (int, error) {
				p, err := w.Comms.Visitors(t.Context(), a, comms.VisitorQuery{Search: string(phoneA)}, page, allParts)
				return len(p.Nodes), err
			},
			"visitor": func(a core.AccountID) (int, error) {
				_, err := w.Comms.Visitor(t.Context(), a, seen.VisitorID, allParts)
				return found(err)
			},
			"persons": func(a core.AccountID) (int, error) {
				p, err := w.Comms.Persons(t.Context(), a, []core.PersonID{left.PersonID}, allParts)
				return len(p), err
			},
			"visitor's goal reaches": func(a core.AccountID) (int, error) {
				p, err := w.Comms.VisitorReaches(t.Context(), a, seen.VisitorID, page)
				return len(p.Nodes), err
			},
			"sessions' goal reaches": func(a core.AccountID) (int, error) {
				p, err := w.Comms.SessionReaches(t.Context(), a, []core.SessionID{seen.SessionID})
				return len(p), err
			},
			"communications": func(a core.AccountID) (int, error) {
				p, err := w.Comms.Communications(t.Context(), a, comms.CommunicationQuery{}, page)
				return len(p.Nodes), err
			},
			"communications of a visitor": func(a core.AccountID) (int, error) {
				p, err := w.Comms.Communications(t.Context(), a, comms.CommunicationQuery{VisitorID: seen.VisitorID, Search: "анна", Kinds: []comms.Kind{comms.KindChat}}, page)
				return len(p.Nodes), err
			},
			"communication": func(a core.AccountID) (int, error) {
				_, err := w.Comms.Communication(t.Context(), a, chat.ID)
				return found(err)
			},
			"messages": func(a core.AccountID) (int, error) {
				m, err := w.Comms.Messages(t.Context(), a, []core.CommunicationID{chat.ID})
				return len(m), err
			},
			"sessions": func(a core.AccountID) (int, error) {
				p, err := w.Visits.Sessions(t.Context(), a, seen.VisitorID, page)
				return len(p.Nodes), err
			},
			"hits": func(a core.AccountID) (int, error) {
				p, err := w.Visits.Hits(t.Context(), a, seen.SessionID, page)
				return len(p.Nodes), err
			},
			"online": func(a core.AccountID) (int, error) {
				list, err := w.Visits.Online(t.Context(), a, site.ID)
				if core.KindOf(err) == core.KindNotFound {
					return 0, nil
				}
				return len(list), err
			},
			"refusals": func(a core.AccountID) (int, error) {
				p, err := w.Visits.Refusals(t.Context(), a, visits.RefusalQuery{SiteID: site.ID, Reason: visits.ReasonBotUA}, page)
				return len(p.Nodes), err
			},
			"refusal counts": func(a core.AccountID) (int, error) {
				list, err := w.Visits.RefusalCounts(t.Context(), a, site.ID)
				return len(list), err
			},
		}
		stranger := w.Account()
		for name, read := range reads {
			own, err := read(account)
			require.NoError(t, err, name)
			require.Positive(t, own, name)
			theirs, err := read(stranger)
			require.NoError(t, err, name)
			require.Zero(t, theirs, name)
		}
	})
}

func found(err error) (int, error) {
	if core.KindOf(err) == core.KindNotFound {
		return 0, nil
	}
	return 1, err
}

func TestLive_SendsTheListAtOnceAndAfterChangesUntilTheEnd(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		site := w.Site(w.Account())
		ctx, stop := context.WithCancel(t.Context())
		lists, err := w.Visits.WatchOnline(ctx, site.AccountID, site.ID)
		require.NoError(t, err)
		require.Empty(t, <-lists)
		seen := w.See(storetest.Visit{Site: site, URL: "https://shop.example/a", Title: "A"})
		now := <-lists
		require.Equal(t, []any{1, seen.VisitorID, "https://shop.example/a", "A", false}, []any{len(now), now[0].VisitorID, now[0].PageURL, now[0].PageTitle, now[0].HasContacts})
		w.Leave(seen, "Анна", phoneA, "")
		now = <-lists
		require.Equal(t, []any{"Анна", true}, []any{now[0].Name, now[0].HasContacts})
		clock.Advance(visits.OnlineWindow + time.Second)
		require.Empty(t, <-lists, "visitors leave without a word")
		stop()
		for range lists { // closed: the goroutine has ended
		}
	})
}
