package store_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

const (
	phoneA = core.Phone("79262444393")
	phoneB = core.Phone("79031112233")
	mailA  = core.Email("anna@example.com")
)

// inWorlds runs fn on both engines, in a world that begins on a fixed day.
func inWorlds(t *testing.T, fn func(t *testing.T, w *storetest.World, clock *testkit.Clock)) {
	t.Helper()
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			clock := testkit.NewClock(time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC))
			fn(t, storetest.NewWorld(t, storetest.Open(t, engine, clock)), clock)
		})
	}
}

func values(list []visits.Contact) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Value)
	}
	return out
}

func kinds(list []comms.Communication) []comms.Kind {
	var out []comms.Kind
	for _, c := range list {
		out = append(out, c.Kind)
	}
	return out
}

func TestTR_3_NameOverwritesPhoneAndEmailAreSets(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		seen := w.See(storetest.Visit{Site: w.Site(w.Account())})
		w.Leave(seen, "Анна", phoneA, "")
		clock.Advance(time.Second)
		w.Leave(seen, "", phoneA, mailA)
		clock.Advance(time.Second)
		got := w.Leave(seen, "Анна Петрова", phoneB, mailA)
		card := w.Card(seen)
		require.Equal(t, "Анна Петрова", card.Name)
		require.Equal(t, []string{string(phoneA), string(mailA), string(phoneB)}, values(card.Contacts))
		require.Equal(t, visits.OriginVisitorInfo, card.Contacts[0].Origin)
		require.True(t, card.Contacts[0].IsJoining)
		require.NotZero(t, got.PersonID)
		require.Equal(t, got.PersonID, card.PersonID)
		require.Equal(t, []core.HitID{seen.HitID}, []core.HitID{got.HitID})
	})
}

func TestTR_3_NothingFilledIsRefused(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, _ *testkit.Clock) {
		seen := w.See(storetest.Visit{Site: w.Site(w.Account())})
		_, err := w.Comms.CaptureContacts(t.Context(), comms.ContactsInput{Origin: seen.Origin(), Source: visits.OriginVisitorInfo})
		require.Equal(t, core.KindInvalid, core.KindOf(err))
		require.Equal(t, "nothing_filled", core.AsError(err).Reason)
	})
}

func TestTR_5_VisitorSessionTimeAndHitMustBelongTogether(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		account := w.Account()
		site := w.Site(account)
		seen, other := w.See(storetest.Visit{Site: site}), w.See(storetest.Visit{Site: site})
		elsewhere := w.See(storetest.Visit{Site: w.Site(account)})
		foreign := w.See(storetest.Visit{Site: w.Site(w.Account())})
		clock.Advance(time.Minute)
		cases := []struct {
			rule   string
			change func(*comms.Origin)
			ok     bool
		}{
			{"the whole triple", func(*comms.Origin) {}, true},
			{"without hit", func(o *comms.Origin) { o.HitID = 0 }, true},
			{"without time", func(o *comms.Origin) { o.SessionStartedAt = time.Time{} }, true},
			{"time within the same second", func(o *comms.Origin) { o.SessionStartedAt = o.SessionStartedAt.Add(900 * time.Millisecond) }, true},
			{"another second", func(o *comms.Origin) { o.SessionStartedAt = o.SessionStartedAt.Add(time.Second) }, false},
			{"another visitor's session", func(o *comms.Origin) { o.SessionID = other.SessionID }, false},
			{"another visitor", func(o *comms.Origin) { o.VisitorID = other.VisitorID }, false},
			{"another session's hit", func(o *comms.Origin) { o.HitID = other.HitID }, false},
			{"no session", func(o *comms.Origin) { o.SessionID, o.HitID = 0, 0 }, false},
			{"no visitor", func(o *comms.Origin) { o.VisitorID = 0 }, false},
			{"a visitor of another site", func(o *comms.Origin) { o.SiteID = elsewhere.Site.ID }, false},
			{"another account's visitor", func(o *comms.Origin) { o.AccountID, o.SiteID = foreign.Site.AccountID, foreign.Site.ID }, false},
			{"an unknown visitor", func(o *comms.Origin) { o.VisitorID++ }, false},
		}
		for _, tc := range cases {
			origin := seen.Origin()
			tc.change(&origin)
			_, err := w.Comms.CaptureContacts(t.Context(), comms.ContactsInput{Origin: origin, Name: "N", Source: visits.OriginVisitorInfo})
			if tc.ok {
				require.NoError(t, err, tc.rule)
				continue
			}
			require.Equal(t, core.KindNotFound, core.KindOf(err), tc.rule)
			require.Equal(t, "bad_triple", core.AsError(err).Reason, tc.rule)
		}
	})
}

func TestTR_7_GoalsBecomeCommunicationsOnceContactsAreKnown(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		site := w.Site(w.Account())
		goal := w.Goal(site, "cart")
		event := goal
		event.ID, event.IsGoal = 0, false
		seen := w.See(storetest.Visit{Site: site})
		w.Reach(seen, goal, clock.Now())
		w.Reach(seen, event, clock.Now())
		require.Empty(t, w.Card(seen).Communications, "nobody knows the visitor yet")
		w.Leave(seen, "Анна", "", "")
		require.Empty(t, w.Card(seen).Communications, "a name alone is no contact")
		clock.Advance(time.Minute)
		w.Leave(seen, "", phoneA, "")
		w.Leave(seen, "", phoneA, "")
		first := w.Card(seen).Communications
		require.Equal(t, []comms.Kind{comms.KindGoal}, kinds(first))
		require.Equal(t, &goals.Ref{ID: goal.ID, Name: goal.Name}, first[0].Goal)
		require.Equal(t, []any{"Анна", phoneA, core.Email("")}, []any{first[0].Name, first[0].Phone, first[0].Email})
		require.Equal(t, "https://"+site.Domain+"/goal", first[0].PageURL)
		clock.Advance(time.Minute)
		w.Reach(seen, goal, clock.Now())
		require.Equal(t, []comms.Kind{comms.KindGoal, comms.KindGoal}, kinds(w.Card(seen).Communications), "later goals become communications at once")
	})
}

func TestTR_7_LeavingContactDataReachesItsSystemGoalIfSwitchedOn(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		site := w.Site(w.Account())
		reached := func(s storetest.Seen) []goals.Reach {
			page, err := w.Comms.VisitorReaches(t.Context(), site.AccountID, s.VisitorID, core.PageRequest{First: 10})
			require.NoError(t, err)
			return page.Nodes
		}
		w.SystemGoals(site, false, true)
		off := w.See(storetest.Visit{Site: site})
		w.Leave(off, "", phoneA, "")
		require.Empty(t, reached(off))
		w.SystemGoals(site, true, true)
		on := w.See(storetest.Visit{Site: site})
		w.Leave(on, "", phoneB, "")
		w.Leave(on, "", phoneB, "")
		got := reached(on)
		require.Len(t, got, 1, "the same data again are the same event")
		require.Equal(t, []any{"Contact data left", true, "", on.SessionID}, []any{got[0].Goal.Name, got[0].IsGoal, got[0].Event(), got[0].SessionID})
		require.Equal(t, []comms.Kind{comms.KindGoal}, kinds(w.Card(on).Communications))
		clock.Advance(time.Second)
		w.Leave(on, "", phoneA, "")
		require.Len(t, reached(on), 2)
	})
}

func TestTR_8_OfflineRequestsAreCommunicationsAndLeaveContacts(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, _ *testkit.Clock) {
		site := w.Site(w.Account())
		seen := w.See(storetest.Visit{Site: site, URL: "https://shop.example/form"})
		in := comms.RequestInput{
			Origin: seen.Origin(), Name: "Анна", Phone: phoneA, Message: "Перезвоните", FormName: "callback", Sale: &core.Money{Minor: 125050, Currency: "RUB"},
			UserFields: []comms.UserField{{Name: "size", Value: "XL"}, {Name: "color", Value: "red"}}, Nonce: "n1",
		}
		first, err := w.Comms.AddOfflineRequest(t.Context(), in)
		require.NoError(t, err)
		require.True(t, first.Created)
		require.Equal(t, seen.VisitorID, first.VisitorID)
		again, err := w.Comms.AddOfflineRequest(t.Context(), in)
		require.NoError(t, err)
		require.Equal(t, []any{first.ID, false}, []any{again.ID, again.Created}, "the same nonce is the same request")

		got, err := w.Comms.Communication(t.Context(), site.AccountID, first.ID)
		require.NoError(t, err)
		require.Equal(t, []any{comms.KindOfflineRequest, "Перезвоните", "callback", in.UserFields, in.Sale, "https://shop.example/form"},
			[]any{got.Kind, got.Message, got.FormName, got.UserFields, got.Sale, got.PageURL})
		require.Equal(t, []any{seen.VisitorID, seen.SessionID, visits.ChannelDirect}, []any{got.VisitorID, got.SessionID, got.Source.Channel})
		card := w.Card(seen)
		require.Equal(t, []any{"Анна", []string{string(phoneA)}, visits.OriginOfflineRequest}, []any{card.Name, values(card.Contacts), card.Contacts[0].Origin})
		require.Equal(t, []comms.Kind{comms.KindOfflineRequest}, kinds(card.Communications), "its system goal is no second communication")
		reaches, err := w.Comms.SessionReaches(t.Context(), site.AccountID, []core.SessionID{seen.SessionID})
		require.NoError(t, err)
		require.Equal(t, "Offline request", reaches[seen.SessionID][0].Goal.Name)
	})
}

func TestTR_8_ARequestIsKeptWithoutVisitorWhenItsSenderCantBeRecognised(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, _ *testkit.Clock) {
		site := w.Site(w.Account())
		seen, other := w.See(storetest.Visit{Site: site}), w.See(storetest.Visit{Site: site})
		stale := seen.Origin()
		stale.SessionID = other.SessionID
		for rule, origin := range map[string]comms.Origin{"no sender at all": {AccountID: site.AccountID, SiteID: site.ID}, "parts of two senders": stale} {
			got, err := w.Comms.AddOfflineRequest(t.Context(), comms.RequestInput{Origin: origin, Email: mailA, Message: rule})
			require.NoError(t, err, rule)
			require.True(t, got.Created, rule)
			require.Zero(t, got.VisitorID, rule)
		}
		require.Empty(t, w.Card(seen).Contacts)
		page, err := w.Comms.Communications(t.Context(), site.AccountID, comms.CommunicationQuery{}, core.PageRequest{First: 10})
		require.NoError(t, err)
		require.Len(t, page.Nodes, 2)
		require.Nil(t, page.Nodes[0].Source)
	})
}

func TestTR_8_ARequestTakesOverWhatIsKnownOfTheVisitor(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, _ *testkit.Clock) {
		seen := w.See(storetest.Visit{Site: w.Site(w.Account())})
		w.Leave(seen, "Анна", phoneA, "")
		origin := seen.Origin()
		origin.SessionID, origin.HitID, origin.SessionStartedAt = 0, 0, time.Time{}
		got, err := w.Comms.AddOfflineRequest(t.Context(), comms.RequestInput{Origin: origin, Email: mailA})
		require.NoError(t, err)
		require.Equal(t, seen.SessionID, got.SessionID, "a visitor without session is given the newest one")
		c, err := w.Comms.Communication(t.Context(), seen.Site.AccountID, got.ID)
		require.NoError(t, err)
		require.Equal(t, []any{"Анна", phoneA, mailA}, []any{c.Name, c.Phone, c.Email})
	})
}

func TestTR_9_AChatIsAddedToByItsExternalID(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		site := w.Site(w.Account())
		seen := w.See(storetest.Visit{Site: site})
		say := func(after time.Duration, sender comms.Sender, text string) comms.ChatMessage {
			return comms.ChatMessage{At: clock.Now().Add(after), Sender: sender, Text: text}
		}
		in := comms.ChatInput{
			Origin: comms.Origin{AccountID: site.AccountID, SiteID: site.ID}, ExternalID: "chat-1", StartedAt: clock.Now(),
			Messages: []comms.ChatMessage{say(0, comms.SenderVisitor, "Есть кто?"), say(time.Second, comms.SenderOperator, "Да")},
		}
		first, created, err := w.Comms.CreateChat(t.Context(), in)
		require.NoError(t, err)
		require.True(t, created)
		require.Equal(t, []any{comms.KindChat, "Есть кто?", 2, core.VisitorID(0)}, []any{first.Kind, first.Message, len(first.Messages), first.VisitorID})

		in.VisitorID, in.Name, in.Phone = seen.VisitorID, "Анна", phoneA
		in.Messages = append(in.Messages, say(2*time.Second, comms.SenderVisitor, "Цена?"))
		second, created, err := w.Comms.CreateChat(t.Context(), in)
		require.NoError(t, err)
		require.False(t, created)
		require.Equal(t, first.ID, second.ID)
		require.Len(t, second.Messages, 3, "messages it has already are not added again")
		require.Equal(t, "Цена?", second.Messages[2].Text)
		require.Equal(t, []any{"Анна", phoneA, seen.VisitorID, seen.SessionID}, []any{second.Name, second.Phone, second.VisitorID, second.SessionID})
		card := w.Card(seen)
		require.Equal(t, []string{string(phoneA)}, values(card.Contacts))
		require.Equal(t, visits.OriginChat, card.Contacts[0].Origin)
		require.Equal(t, []comms.Kind{comms.KindChat}, kinds(card.Communications))
	})
}

func TestOC_1_AChatAnOperatorBeganIsOutgoing(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		site := w.Site(w.Account())
		now := clock.Now()
		for _, tc := range []struct {
			id       string
			messages []comms.ChatMessage
			want     bool
		}{
			{"the visitor began", []comms.ChatMessage{{At: now, Sender: comms.SenderVisitor}, {At: now.Add(time.Second), Sender: comms.SenderOperator}}, false},
			{"the operator began", []comms.ChatMessage{{At: now, Sender: comms.SenderSystem}, {At: now, Sender: comms.SenderOperator}, {At: now.Add(time.Second), Sender: comms.SenderVisitor}}, true},
			{"sent out of order", []comms.ChatMessage{{At: now.Add(time.Second), Sender: comms.SenderOperator}, {At: now, Sender: comms.SenderVisitor}}, false},
			{"the system alone", []comms.ChatMessage{{At: now, Sender: comms.SenderSystem}}, false},
		} {
			for i := range tc.messages {
				tc.messages[i].Text = strconv.Itoa(i)
			}
			chat, _, err := w.Comms.CreateChat(t.Context(), comms.ChatInput{
				Origin: comms.Origin{AccountID: site.AccountID, SiteID: site.ID}, ExternalID: tc.id, StartedAt: now, Messages: tc.messages,
			})
			require.NoError(t, err)
			var got bool
			require.NoError(t, w.DB.Gorm().Raw("SELECT is_outgoing FROM communications WHERE account_id = ? AND id = ?", site.AccountID, chat.ID).Scan(&got).Error)
			require.Equal(t, tc.want, got, tc.id)
		}
	})
}

func TestTR_9_ChatsAreChecked(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		site := w.Site(w.Account())
		good := comms.ChatInput{
			Origin: comms.Origin{AccountID: site.AccountID, SiteID: site.ID}, ExternalID: "x", StartedAt: clock.Now(),
			Messages: []comms.ChatMessage{{At: clock.Now(), Sender: comms.SenderVisitor, Text: "a\x00b"}},
		}
		chat, _, err := w.Comms.CreateChat(t.Context(), good)
		require.NoError(t, err)
		require.Equal(t, "ab", chat.Message)
		cases := map[string]func(*comms.ChatInput){
			"externalId": func(c *comms.ChatInput) { c.ExternalID = "" },
			"startedAt":  func(c *comms.ChatInput) { c.StartedAt = time.Time{} },
			"messages":   func(c *comms.ChatInput) { c.Messages = nil },
		}
		for field, spoil := range cases {
			in := good
			spoil(&in)
			_, _, err := w.Comms.CreateChat(t.Context(), in)
			require.Equal(t, core.KindInvalid, core.KindOf(err), field)
			require.Equal(t, field, core.AsError(err).Field)
		}
		strange := good
		strange.SiteID = w.Site(w.Account()).ID
		_, _, err = w.Comms.CreateChat(t.Context(), strange)
		require.Equal(t, core.KindNotFound, core.KindOf(err), "another account's site")
	})
}
