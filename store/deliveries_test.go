package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// sendGoals switches an integration on for some goals.
func sendGoals(t *testing.T, s *store.IntegrationStore, account core.AccountID, list ...core.GoalID) integrations.Integration {
	t.Helper()
	i := addIntegration(t, s, account, integrations.StateActive)
	i, err := s.ChangeIntegration(t.Context(), account, i.ID, func(i *integrations.Integration) ([]integrations.NewJob, error) {
		var ids []string
		for _, id := range list {
			ids = append(ids, id.String())
		}
		i.Settings.Set(integrations.KeyGoals, ids...)
		return nil, nil
	})
	require.NoError(t, err)
	return i
}

func allJobs(t *testing.T, s *store.IntegrationStore, account core.AccountID) []integrations.Job {
	t.Helper()
	page, err := s.Jobs(t.Context(), account, integrations.JobFilter{}, core.PageRequest{First: 100})
	require.NoError(t, err)
	return page.Nodes
}

func systemGoal(t *testing.T, w *storetest.World, site sites.Site, event goals.SystemEvent) goals.Goal {
	t.Helper()
	w.SystemGoals(site, true, true)
	list, err := w.DB.Goals(t.Context(), site.AccountID, []core.SiteID{site.ID})
	require.NoError(t, err)
	for _, g := range list {
		if g.Conditions.SystemEvent == event {
			return g
		}
	}
	t.Fatalf("no goal for %s", event)
	return goals.Goal{}
}

func TestGD1_AReachedGoalIsDeliveredWhenContactsAreKnown(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		account := w.Account()
		site := w.Site(account)
		chosen, other := w.Goal(site, "cart"), w.Goal(site, "menu")
		first, second := sendGoals(t, s, account, chosen.ID), sendGoals(t, s, account, chosen.ID, other.ID)

		before := w.See(storetest.Visit{Site: site})
		w.Reach(before, chosen, clock.Now())
		require.Empty(t, allJobs(t, s, account), "nobody to make a deal with yet")
		w.Leave(before, "Anna", phoneA, mailA)
		jobs := allJobs(t, s, account)
		require.Len(t, jobs, 2)
		for _, j := range jobs {
			require.Equal(t, integrations.JobDeliver, j.Kind)
			require.Equal(t, "goal:"+j.CommunicationID.String(), j.Key)
			require.Equal(t, "p:"+string(phoneA), j.Lane)
			require.Equal(t, clock.Now(), j.RunAt)
			var payload integrations.DeliverPayload
			require.NoError(t, json.Unmarshal(j.Payload, &payload))
			require.Equal(t, integrations.DeliverPayload{CommunicationID: j.CommunicationID, GoalID: chosen.ID}, payload)
			require.Contains(t, []core.IntegrationID{first.ID, second.ID}, j.IntegrationID)
		}
		w.Leave(before, "Anna", phoneA, mailA)
		require.Len(t, allJobs(t, s, account), 2, "the same again delivers nothing again")

		w.Reach(before, other, clock.Now())
		jobs = allJobs(t, s, account)
		require.Len(t, jobs, 3, "at once when contacts are known, and to those alone that have chosen the goal")
		require.Equal(t, second.ID, jobs[0].IntegrationID)

		mailOnly := w.See(storetest.Visit{Site: site})
		w.Leave(mailOnly, "", "", mailA)
		w.Reach(mailOnly, other, clock.Now())
		require.Equal(t, "p:"+string(mailA), allJobs(t, s, account)[0].Lane)
	})
}

func TestGD1_WhatIsOffOrOldIsNotDelivered(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		account := w.Account()
		site := w.Site(account)
		goal := w.Goal(site, "cart")
		i := sendGoals(t, s, account, goal.ID)
		reach := func(ago time.Duration) int {
			seen := w.See(storetest.Visit{Site: site, At: clock.Now().Add(-ago)})
			w.Leave(seen, "", core.Phone("7926"+strconv.Itoa(1_000_000+len(allJobs(t, s, account)))), "")
			w.Reach(seen, goal, clock.Now().Add(-ago))
			return len(allJobs(t, s, account))
		}
		require.Equal(t, 1, reach(0))
		setState(t, s, i, integrations.StatePaused)
		require.Equal(t, 2, reach(0), "what is reached while it is paused is delivered later")
		setState(t, s, i, integrations.StateBroken)
		require.Equal(t, 3, reach(0), "what is reached while the key is refused is delivered later")
		setState(t, s, i, integrations.StateActive)
		require.Equal(t, 4, reach(0))
		require.Equal(t, 4, reach(4*24*time.Hour), "nobody calls back after days")
		_, err := s.ChangeIntegration(t.Context(), account, i.ID, func(i *integrations.Integration) ([]integrations.NewJob, error) {
			i.Settings.Set(integrations.KeyDealsOut, "false")
			return nil, nil
		})
		require.NoError(t, err)
		require.Equal(t, 4, reach(0))
	})
}

func TestGD1_ARequestIsDeliveredByItsOwnGoal(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, _ *testkit.Clock) {
		account := w.Account()
		site := w.Site(account)
		goal := systemGoal(t, w, site, goals.SystemOfflineRequest)
		sendGoals(t, s, account, goal.ID)
		in := comms.RequestInput{Origin: comms.Origin{AccountID: account, SiteID: site.ID}, Name: "Anna", Phone: phoneA, Nonce: "nonce-1"}
		got, err := w.Comms.AddOfflineRequest(t.Context(), in)
		require.NoError(t, err)
		_, err = w.Comms.AddOfflineRequest(t.Context(), in)
		require.NoError(t, err)
		jobs := allJobs(t, s, account)
		require.Len(t, jobs, 1)
		require.Equal(t, got.ID, jobs[0].CommunicationID)
		in.Nonce, in.Phone = "nonce-2", ""
		_, err = w.Comms.AddOfflineRequest(t.Context(), in)
		require.NoError(t, err)
		require.Len(t, allJobs(t, s, account), 1, "a name alone makes no deal")
	})
}

func TestGD1_AChatIsDeliveredOnceItsContactsAreKnown(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		account := w.Account()
		site := w.Site(account)
		goal := systemGoal(t, w, site, goals.SystemChat)
		sendGoals(t, s, account, goal.ID)
		in := comms.ChatInput{
			Origin: comms.Origin{AccountID: account, SiteID: site.ID}, ExternalID: "chat-1", StartedAt: clock.Now(),
			Messages: []comms.ChatMessage{{At: clock.Now(), Sender: comms.SenderVisitor, Text: "Hello"}},
		}
		chat, _, err := w.Comms.CreateChat(t.Context(), in)
		require.NoError(t, err)
		require.Empty(t, allJobs(t, s, account))
		in.Email = mailA
		_, _, err = w.Comms.CreateChat(t.Context(), in)
		require.NoError(t, err)
		_, _, err = w.Comms.CreateChat(t.Context(), in)
		require.NoError(t, err)
		jobs := allJobs(t, s, account)
		require.Len(t, jobs, 1)
		require.Equal(t, chat.ID, jobs[0].CommunicationID)
	})
}

func TestGD1_NoFactNoDelivery(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		account := w.Account()
		site := w.Site(account)
		goal := w.Goal(site, "cart")
		sendGoals(t, s, account, goal.ID)
		seen := w.See(storetest.Visit{Site: site})
		w.Leave(seen, "", phoneA, "")
		w.Reach(seen, goal, clock.Now())
		require.Len(t, allJobs(t, s, account), 1)
		require.NoError(t, w.DB.Gorm().Exec("DELETE FROM jobs").Error)
		require.NoError(t, w.DB.Gorm().Exec("DELETE FROM communications").Error)

		broken := errors.New("the disk is full")
		err := w.DB.Write(t.Context(), account, func(tx comms.Tx) error {
			if err := tx.GoalCommunications(t.Context(), account, []core.SessionID{seen.SessionID}); err != nil {
				return err
			}
			return broken
		})
		require.ErrorIs(t, err, broken)
		require.Empty(t, allJobs(t, s, account))
		require.NoError(t, w.DB.Write(t.Context(), account, func(tx comms.Tx) error {
			return tx.GoalCommunications(t.Context(), account, []core.SessionID{seen.SessionID})
		}))
		require.Len(t, allJobs(t, s, account), 1)
	})
}

// The path of every reached goal costs nothing more while no integration has chosen goals, and one statement when one has.
func TestGD1_DeliveriesCostOneStatement(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		account := w.Account()
		site := w.Site(account)
		goal := w.Goal(site, "cart")
		seen := w.See(storetest.Visit{Site: site})
		w.Leave(seen, "", phoneA, "")
		w.Reach(seen, goal, clock.Now())
		cost := func() int64 {
			require.NoError(t, w.DB.Gorm().Exec("DELETE FROM communications").Error)
			ctx, n := store.CountStatements(t.Context())
			require.NoError(t, w.DB.Write(ctx, account, func(tx comms.Tx) error { return tx.GoalCommunications(ctx, account, []core.SessionID{seen.SessionID}) }))
			return n.Load()
		}
		without := cost()
		sendGoals(t, s, account, goal.ID)
		require.Equal(t, without+1, cost())
		ctx, n := store.CountStatements(t.Context())
		require.NoError(t, w.DB.Write(ctx, account, func(tx comms.Tx) error { return tx.GoalCommunications(ctx, account, []core.SessionID{seen.SessionID}) }))
		require.Less(t, n.Load(), without, "nothing new")
	})
}

func TestEnqueue_leavesOutTheJobsOfADisconnectedIntegration(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, _ *testkit.Clock) {
		i := addIntegration(t, s, w.Account(), integrations.StateActive)
		gone := i
		gone.ID++
		require.Equal(t, 1, enqueue(t, s, jobOf(gone, "a"), jobOf(i, "a")))
		_, err := s.Enqueue(context.WithoutCancel(t.Context()))
		require.NoError(t, err)
	})
}
