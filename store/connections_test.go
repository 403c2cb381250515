package store_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func TestCA3_connectionsKeepTheirSecretsSealed(t *testing.T) {
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			clock := testkit.NewClock(noon)
			w := newCallWorld(t, storetest.Open(t, engine, clock))
			service := telephony.NewConnections(telephony.ConnectionsConfig{Store: w.calls, Clock: clock})
			made, err := service.Create(t.Context(), w.account, telephony.ConnectionInput{
				Kind: telephony.KindCTPBX, Name: " Office ", Settings: telephony.ConnectionSettings{Address: "https://pbx.example/", AllowedIPs: []string{"192.0.2.7/24", "::1"}},
				Secrets: telephony.Secrets{telephony.SecretToken: "token"},
			})
			require.NoError(t, err)
			require.Equal(t, "Office", made.Name)
			require.Equal(t, []string{"192.0.2.0/24", "::1"}, made.Settings.AllowedIPs)
			require.Contains(t, made.Secrets[telephony.SecretSigning], "whsec_")
			found, err := service.ByID(t.Context(), made.ID)
			require.NoError(t, err)
			require.Equal(t, made.Secrets, found.Secrets)
			require.Equal(t, "https://pbx.example", found.Settings.Address)
			var sealed string
			require.NoError(t, w.DB.Gorm().Raw(`SELECT secrets FROM pbx_connections WHERE id = ?`, made.ID).Scan(&sealed).Error)
			require.NotContains(t, sealed, "token")

			first := made.Secrets[telephony.SecretSigning]
			turned, err := service.Rotate(t.Context(), w.account, made.ID)
			require.NoError(t, err)
			require.Equal(t, first, turned.Secrets[telephony.SecretSigningOld], "both count for a while")
			require.NotEqual(t, first, turned.Secrets[telephony.SecretSigning])
			clock.Advance(telephony.OldSigningFor)
			found, err = service.ByID(t.Context(), made.ID)
			require.NoError(t, err)
			require.Empty(t, found.Secrets[telephony.SecretSigningOld])

			uis, err := service.Create(t.Context(), w.account, telephony.ConnectionInput{Kind: telephony.KindUIS, Name: "UIS"})
			require.NoError(t, err)
			path := uis.Secrets[telephony.SecretPath]
			found, err = service.ByPath(t.Context(), path)
			require.NoError(t, err)
			require.Equal(t, uis.ID, found.ID)
			require.False(t, found.IsSigned)
			turned, err = service.Rotate(t.Context(), w.account, uis.ID)
			require.NoError(t, err)
			_, err = service.ByPath(t.Context(), path)
			require.Equal(t, core.KindNotFound, core.KindOf(err))
			_, err = service.ByPath(t.Context(), turned.Secrets[telephony.SecretPath])
			require.NoError(t, err)

			updated, err := service.Update(t.Context(), w.account, made.ID, telephony.ConnectionUpdate{
				Name: core.Some("New"), IsEnabled: core.Some(false), Secrets: telephony.Secrets{telephony.SecretToken: ""},
			})
			require.NoError(t, err)
			require.Equal(t, "New", updated.Name)
			found, err = service.ByID(t.Context(), made.ID)
			require.NoError(t, err)
			require.False(t, found.IsEnabled)
			require.Empty(t, found.Secrets[telephony.SecretToken])
			n, err := w.calls.ResealConnections(t.Context())
			require.NoError(t, err)
			require.Equal(t, 3, n)

			stranger := w.Account()
			for _, err := range []error{
				second(service.Update(t.Context(), stranger, made.ID, telephony.ConnectionUpdate{})), second(service.Rotate(t.Context(), stranger, made.ID)),
				service.Delete(t.Context(), stranger, made.ID), second(service.Endpoint(t.Context(), stranger, made.ID)),
			} {
				require.Equal(t, core.KindNotFound, core.KindOf(err))
			}
			require.NoError(t, service.Delete(t.Context(), w.account, made.ID))
			_, err = service.ByID(t.Context(), made.ID)
			require.Equal(t, core.KindNotFound, core.KindOf(err))
			list, err := service.List(t.Context(), w.account)
			require.NoError(t, err)
			require.Len(t, list, 2)
			gone, err := service.ListByID(t.Context(), w.account, []core.ConnectionID{made.ID})
			require.NoError(t, err)
			require.Len(t, gone, 1, "calls still show their connection's name")
		})
	}
}

func second[T any](_ T, err error) error { return err }

func TestCA3_connectionsAreChecked(t *testing.T) {
	t.Parallel()
	w := newCallWorld(t, storetest.Open(t, store.SQLite, nil))
	service := telephony.NewConnections(telephony.ConnectionsConfig{Store: w.calls})
	for name, c := range map[string]struct {
		in    telephony.ConnectionInput
		field string
	}{
		"kind":        {telephony.ConnectionInput{Kind: "sip", Name: "x"}, "kind"},
		"name":        {telephony.ConnectionInput{Kind: telephony.KindUIS}, "name"},
		"address":     {telephony.ConnectionInput{Kind: telephony.KindUIS, Name: "x", Settings: telephony.ConnectionSettings{Address: "ftp://x"}}, "settings.address"},
		"address ip":  {telephony.ConnectionInput{Kind: telephony.KindUIS, Name: "x", Settings: telephony.ConnectionSettings{AllowedIPs: []string{"x"}}}, "settings.allowedIps"},
		"minutes":     {telephony.ConnectionInput{Kind: telephony.KindUIS, Name: "x", Settings: telephony.ConnectionSettings{MaxCallMinutes: -1}}, "settings.maxCallMinutes"},
		"zone":        {telephony.ConnectionInput{Kind: telephony.KindUIS, Name: "x", Settings: telephony.ConnectionSettings{Timezone: "Nowhere"}}, "settings.timezone"},
		"destination": {telephony.ConnectionInput{Kind: telephony.KindUIS, Name: "x", Settings: telephony.ConnectionSettings{AllowedDestinations: []string{"7a"}}}, "settings.allowedDestinations"},
		"secret":      {telephony.ConnectionInput{Kind: telephony.KindUIS, Name: "x", Secrets: telephony.Secrets{telephony.SecretSigning: "x"}}, "secrets"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := service.Create(t.Context(), w.account, c.in)
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			require.Equal(t, c.field, core.AsError(err).Field)
		})
	}
}

func TestCA3_callsAreListedByEveryCondition(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		w := newCallWorld(t, db)
		now := db.Clock.Now()
		service := telephony.NewCalls(telephony.CallsConfig{Store: w.calls, Events: w.folder, Clock: db.Clock})
		number := w.pooledNumber("74950000003")
		seen := w.See(storetest.Visit{Site: w.site, At: now.Add(-time.Hour), Source: visits.TrafficSource{Channel: visits.ChannelEmail, Source: "news"}})
		w.Leave(seen, "Ann Smith", "", "ann@example.com")
		w.lend(number, seen, now.Add(-time.Hour), now, false)
		w.send(answered("visit", now.Add(-30*time.Minute), string(number.Number), "+79160000005")...)
		w.send(answered("plain", now.Add(-20*time.Minute), did, caller)...)
		w.send(unanswered("lost", now.Add(-10*time.Minute), did, "+79160000007")...)
		w.send(newScript("runs", now.Add(-time.Minute)).start(did, caller).ring("b", "102").list...)
		w.send(newScript("out", now.Add(-2*time.Minute)).add(telephony.CallStarted, telephony.Data{Direction: telephony.Outbound, DID: did, Callee: "+79160000008"}).list...)
		w.fold()
		tag, err := service.CreateTag(t.Context(), w.account, "Tag")
		require.NoError(t, err)
		visit := w.call("visit")
		_, err = service.Tag(t.Context(), w.account, visit.ID, 0, []core.CallTagID{tag.ID}, nil)
		require.NoError(t, err)
		require.NoError(t, db.Gorm().Exec(`INSERT INTO recordings (account_id, id, call_id, connection_id, talk_id, remote_id, state, source_url, expires_at, tries, next_try_at, locked_until,
  failure, format, channels, duration_ms, bytes, sha256, path, peaks, started_at) VALUES (?, 1, ?, 1, '', 'r', 'stored', '', 0, 0, 0, 0, '', '', 0, 0, 0, '', '', '', 0)`, w.account, visit.ID).Error)
		yes, no := true, false
		for name, c := range map[string]struct {
			q    telephony.CallQuery
			want []string
		}{
			"all":          {telephony.CallQuery{}, []string{"runs", "out", "lost", "plain", "visit"}},
			"ascending":    {telephony.CallQuery{Ascending: true}, []string{"visit", "plain", "lost", "out", "runs"}},
			"period":       {telephony.CallQuery{Began: comms.TimeRange{From: now.Add(-25 * time.Minute), To: now.Add(-5 * time.Minute)}}, []string{"lost", "plain"}},
			"direction":    {telephony.CallQuery{Directions: []telephony.Direction{telephony.Outbound}}, []string{"out"}},
			"state":        {telephony.CallQuery{States: []telephony.CallState{telephony.StateRinging}}, []string{"runs"}},
			"lost":         {telephony.CallQuery{IsLost: &yes}, []string{"lost"}},
			"lost reason":  {telephony.CallQuery{LostReasons: []telephony.LostReason{telephony.LostNoAnswer}}, []string{"lost"}},
			"not back":     {telephony.CallQuery{IsLost: &yes, IsCalledBack: &yes}, nil},
			"repeated":     {telephony.CallQuery{IsFirst: &no}, []string{"runs"}},
			"site":         {telephony.CallQuery{SiteID: w.site.ID + 1}, nil},
			"number":       {telephony.CallQuery{NumberID: number.ID}, []string{"visit"}},
			"connection":   {telephony.CallQuery{ConnectionID: w.connection.ID + 1}, nil},
			"visitor":      {telephony.CallQuery{VisitorID: seen.VisitorID}, []string{"visit"}},
			"employee":     {telephony.CallQuery{EmployeeID: 2}, []string{"runs"}},
			"group":        {telephony.CallQuery{GroupID: 5}, nil},
			"tag":          {telephony.CallQuery{TagID: tag.ID}, []string{"visit"}},
			"channel":      {telephony.CallQuery{Channels: []visits.Channel{visits.ChannelEmail}}, []string{"visit"}},
			"method":       {telephony.CallQuery{Methods: []calltracking.Method{calltracking.MethodExclusive, calltracking.MethodUnknown}}, []string{"out", "visit"}},
			"campaign":     {telephony.CallQuery{CampaignID: 5}, nil},
			"talk":         {telephony.CallQuery{MinTalk: time.Second}, []string{"plain", "visit"}},
			"long talk":    {telephony.CallQuery{MinTalk: time.Minute}, nil},
			"recording":    {telephony.CallQuery{HasRecording: &yes}, []string{"visit"}},
			"no recording": {telephony.CallQuery{HasRecording: &no, IsLost: &yes}, []string{"lost"}},
			"phone":        {telephony.CallQuery{Phone: "79160000001"}, []string{"runs", "plain"}},
			"digits":       {telephony.CallQuery{Search: "0000007"}, []string{"lost"}},
			"whole number": {telephony.CallQuery{Search: "8 (916) 000-00-07"}, []string{"lost"}},
			"name":         {telephony.CallQuery{Search: "smith"}, []string{"visit"}},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var got []string
				page := core.PageRequest{First: 2}
				for {
					list, err := service.List(t.Context(), w.account, c.q, page)
					require.NoError(t, err)
					for _, call := range list.Nodes {
						got = append(got, call.PBXCallID)
					}
					if !list.HasNext {
						break
					}
					page.After = list.EndCursor
				}
				require.Equal(t, c.want, got)
				others, err := service.List(t.Context(), w.account+1000, c.q, core.PageRequest{First: 2})
				require.NoError(t, err)
				require.Empty(t, others.Nodes)
			})
		}
		active, err := service.ActiveCalls(t.Context(), w.account)
		require.NoError(t, err)
		require.Equal(t, []string{"out", "runs"}, []string{active[0].PBXCallID, active[1].PBXCallID})
		history, err := service.History(t.Context(), w.account, "79160000001", 10)
		require.NoError(t, err)
		require.Len(t, history, 2)
		byCommunication, err := service.ByCommunication(t.Context(), w.account, []core.CommunicationID{core.CommunicationID(visit.ID), 5})
		require.NoError(t, err)
		require.Equal(t, []core.CommunicationID{core.CommunicationID(visit.ID)}, slices.Collect(maps.Keys(byCommunication)))
		_, err = service.List(t.Context(), w.account, telephony.CallQuery{Search: "x"}, core.PageRequest{First: 2})
		require.Equal(t, core.KindInvalid, core.KindOf(err))
		_, err = service.List(t.Context(), w.account, telephony.CallQuery{}, core.PageRequest{First: 2, After: "!"})
		require.Equal(t, "bad_cursor", core.AsError(err).Reason)
	})
}
