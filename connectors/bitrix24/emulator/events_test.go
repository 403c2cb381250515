package emulator_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/bitrix24/emulator"
)

func TestInstall_TheCallbackGetsTokensAndTheApplicationToken(t *testing.T) {
	t.Parallel()
	p, l, token := installed(t)
	post := l.heard("ONAPPINSTALL")[0]
	require.Equal(t, "Y", post.Get("data[INSTALLED]"))
	require.Equal(t, "Y", post.Get("data[ACTIVE]"))
	require.Equal(t, "ru", post.Get("data[LANGUAGE_ID]"))
	require.Equal(t, p.base+"/rest/", post.Get("auth[client_endpoint]"))
	require.Equal(t, "3600", post.Get("auth[expires_in]"))
	require.NotEmpty(t, post.Get("auth[refresh_token]"))
	require.NotEmpty(t, post.Get("auth[member_id]"))
	applicationToken, ok := p.Installed()
	require.True(t, ok)
	require.Equal(t, applicationToken, post.Get("auth[application_token]"))
	status, body := p.app(t, token, "app.info", nil)
	require.Equal(t, 200, status)
	require.Equal(t, true, body["result"].(m)["INSTALLED"])
}

func TestInstall_ItIsDoneEvenIfTheCallbackFails(t *testing.T) {
	t.Parallel()
	p, l := unlimited(t), listen(t)
	l.status = 500
	done, err := p.InstallApp(t.Context(), emulator.Install{Handler: l.URL})
	require.NoError(t, err)
	require.Equal(t, "500", done.Answer)
	_, ok := p.Installed()
	require.True(t, ok)
	_, err = p.InstallApp(t.Context(), emulator.Install{Handler: "nowhere"})
	require.Error(t, err)
}

func TestEvents_AreSentToBoundHandlersOnly(t *testing.T) {
	t.Parallel()
	p, l, token := installed(t)
	require.NoError(t, p.MoveDeal(t.Context(), 2, "WON", 70000))
	p.settle(t)
	require.Empty(t, l.heard("ONCRMDEALUPDATE"), "nobody is bound")
	for _, event := range []string{"ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALDELETE", "ONCRMDEALMOVETOCATEGORY", "ONCRMLEADADD", "ONCRMCONTACTUPDATE"} {
		p.bind(t, token, event, l.URL+"/events")
	}
	n, err := p.CreateDeal(t.Context(), emulator.NewDeal{Title: "Шкаф", Name: "Анна", Phone: "+79990001122"})
	require.NoError(t, err)
	require.NoError(t, p.MoveDeal(t.Context(), n, "C1:WON", 0))
	p.ok(t, "crm.lead.add", m{"fields": m{"TITLE": "x"}})
	p.ok(t, "crm.contact.update", m{"id": 1, "fields": m{"NAME": "Оля"}})
	require.NoError(t, p.DeleteDeal(t.Context(), n))
	p.settle(t)
	post := l.heard("ONCRMDEALADD")[0]
	require.Equal(t, "5", post.Get("data[FIELDS][ID]"))
	applicationToken, _ := p.Installed()
	require.Equal(t, applicationToken, post.Get("auth[application_token]"))
	require.Equal(t, p.base+"/rest/", post.Get("auth[client_endpoint]"))
	require.NotEmpty(t, post.Get("event_handler_id"))
	require.NotEmpty(t, post.Get("ts"))
	require.Empty(t, post.Get("auth[refresh_token]"))
	status, _ := p.app(t, post.Get("auth[access_token]"), "crm.deal.list", nil)
	require.Equal(t, 200, status, "the token of the event works")
	moved := l.heard("ONCRMDEALMOVETOCATEGORY")[0]
	require.Equal(t, "1", moved.Get("data[FIELDS][CATEGORY_ID]"))
	require.Equal(t, "C1:WON", moved.Get("data[FIELDS][STAGE_ID]"))
	for _, event := range []string{"ONCRMDEALUPDATE", "ONCRMDEALDELETE", "ONCRMLEADADD", "ONCRMCONTACTUPDATE"} {
		require.Len(t, l.heard(event), 1, event)
	}
}

func TestEvents_NoneBeforeTheInstallationIsFinished(t *testing.T) {
	t.Parallel()
	p, l := unlimited(t), listen(t)
	_, err := p.InstallApp(t.Context(), emulator.Install{Handler: l.URL, Unfinished: true})
	require.NoError(t, err)
	first := l.heard("ONAPPINSTALL")[0]
	require.Equal(t, "N", first.Get("data[INSTALLED]"))
	p.bind(t, first.Get("auth[access_token]"), "ONCRMDEALUPDATE", l.URL)
	require.NoError(t, p.MoveDeal(t.Context(), 2, "EXECUTING", 0))
	p.settle(t)
	require.Empty(t, l.heard("ONCRMDEALUPDATE"))
	p.FinishInstall()
	require.NoError(t, p.MoveDeal(t.Context(), 2, "WON", 0))
	p.settle(t)
	require.Len(t, l.heard("ONCRMDEALUPDATE"), 1)
}

func TestEvents_AreNotRepeatedWhenTheHandlerFails(t *testing.T) {
	t.Parallel()
	p, l, token := installed(t)
	p.bind(t, token, "ONCRMDEALUPDATE", l.URL)
	l.mu.Lock()
	l.status = http.StatusServiceUnavailable
	l.mu.Unlock()
	require.NoError(t, p.MoveDeal(t.Context(), 2, "WON", 0))
	p.settle(t)
	p.kit.Clock.Advance(24 * time.Hour)
	p.settle(t)
	require.Len(t, l.heard("ONCRMDEALUPDATE"), 1)
	all := p.Deliveries()
	require.Equal(t, "503", all[len(all)-1].Answer)
}

func TestEvents_BindGetUnbind(t *testing.T) {
	t.Parallel()
	p, l, token := installed(t)
	p.bind(t, token, "onCrmDealAdd", l.URL)
	status, body := p.app(t, token, "event.bind", m{"event": "ONCRMDEALADD", "handler": l.URL})
	require.Equal(t, 400, status)
	require.Equal(t, "ERROR_HANDLER_ALREADY_EXIST", body["error"])
	status, body = p.app(t, token, "event.bind", m{"event": "ONNOSUCH", "handler": l.URL})
	require.Equal(t, 400, status)
	require.Equal(t, m{"error": "ERROR_EVENT_NOT_FOUND", "error_description": "Event not found"}, body)
	_, body = p.app(t, token, "event.get", nil)
	require.Equal(t, []m{{"event": "ONCRMDEALADD", "handler": l.URL, "auth_type": "0", "offline": 0}}, rows(body["result"]))
	_, body = p.app(t, token, "event.unbind", m{"event": "ONCRMDEALADD", "handler": l.URL})
	require.Equal(t, m{"count": 1}, body["result"])
	_, body = p.app(t, token, "event.get", nil)
	require.Equal(t, []any{}, body["result"])

	_, pair := p.exchange(t, p.Code(2))
	status, body = p.app(t, pair["access_token"].(string), "event.bind", m{"event": "ONCRMDEALADD", "event_type": "offline"})
	require.Equal(t, 403, status, "only administrators bind offline events")
	require.Equal(t, "ACCESS_DENIED", body["error"])
}

func TestEvents_LostDoubledReordered(t *testing.T) {
	t.Parallel()
	p, l, token := installed(t)
	p.bind(t, token, "ONCRMDEALUPDATE", l.URL)
	move := func(deals ...int) []string {
		before := len(l.heard("ONCRMDEALUPDATE"))
		for _, n := range deals {
			require.NoError(t, p.MoveDeal(t.Context(), n, "NEW", 0))
		}
		p.settle(t)
		ids := []string{}
		for _, post := range l.heard("ONCRMDEALUPDATE")[before:] {
			ids = append(ids, post.Get("data[FIELDS][ID]"))
		}
		return ids
	}
	p.LoseEvents(1)
	require.Equal(t, []string{"2"}, move(1, 2))
	p.DuplicateEvents(1)
	require.Equal(t, []string{"1", "1", "2"}, move(1, 2))
	p.ReorderEvents(2)
	require.Equal(t, []string{"2", "1", "3"}, move(1, 2, 3))
}

func TestEvents_UninstallTellsWithTheApplicationTokenOnly(t *testing.T) {
	t.Parallel()
	p, l, token := installed(t)
	applicationToken, _ := p.Installed()
	p.bind(t, token, "ONAPPUNINSTALL", l.URL)
	p.bind(t, token, "ONCRMDEALUPDATE", l.URL)
	require.NoError(t, p.UninstallApp(t.Context()))
	require.NoError(t, p.MoveDeal(t.Context(), 2, "WON", 0))
	p.settle(t)
	posts := l.heard("ONAPPUNINSTALL")
	require.Len(t, posts, 1)
	require.Equal(t, applicationToken, posts[0].Get("auth[application_token]"))
	require.Empty(t, posts[0].Get("auth[access_token]"))
	require.Empty(t, l.heard("ONCRMDEALUPDATE"), "handlers vanish with the application")
	status, _ := p.app(t, token, "crm.deal.list", nil)
	require.Equal(t, 401, status)
	require.Error(t, p.UninstallApp(t.Context()))
}

func TestOffline_EventsWaitUntilTheyAreFetchedAndCleared(t *testing.T) {
	t.Parallel()
	p, _, token := installed(t)
	call := func(method string, params m) any {
		status, body := p.app(t, token, method, params)
		require.Equal(t, 200, status, body)
		return body["result"]
	}
	call("event.bind", m{"event": "ONCRMDEALUPDATE", "event_type": "offline", "auth_connector": "skvoz"})
	with := func(params m) m {
		params["auth_connector"] = "skvoz"
		return params
	}
	call("crm.deal.update", with(m{"id": 1, "fields": m{"TITLE": "своё"}}))
	require.Empty(t, call("event.offline.get", with(m{"clear": 0})).(m)["events"], "own changes make no echo")
	require.NoError(t, p.MoveDeal(t.Context(), 2, "EXECUTING", 0))
	require.NoError(t, p.MoveDeal(t.Context(), 2, "WON", 0))
	require.NoError(t, p.MoveDeal(t.Context(), 3, "WON", 0))
	require.Len(t, call("event.offline.list", with(m{})), 2, "the same of one deal is one event")

	got := call("event.offline.get", with(m{"clear": 0, "limit": 1})).(m)
	events := rows(got["events"])
	require.Len(t, events, 1)
	require.Equal(t, "2", events[0]["EVENT_DATA"].(m)["FIELDS"].(m)["ID"])
	require.Len(t, call("event.offline.get", with(m{"clear": 0, "process_id": got["process_id"]})).(m)["events"], 1, "what a process took it can take again")
	call("event.offline.clear", m{"process_id": got["process_id"], "message_id": []any{events[0]["MESSAGE_ID"]}})
	require.Len(t, call("event.offline.list", with(m{})), 1)

	got = call("event.offline.get", with(m{"clear": 0})).(m)
	call("event.offline.error", m{"process_id": got["process_id"]})
	require.Equal(t, "1", rows(call("event.offline.list", with(m{})))[0]["ERROR"])
	require.NoError(t, p.MoveDeal(t.Context(), 2, "NEW", 0))
	got = call("event.offline.get", with(m{})).(m)
	require.Nil(t, got["process_id"])
	require.Len(t, got["events"], 1, "cleared at once, without failed ones")
}
