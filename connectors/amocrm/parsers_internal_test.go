package amocrm

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

func TestAddress_WhatPeopleType(t *testing.T) {
	t.Parallel()
	cases := []struct{ typed, want string }{
		{"demo", "https://demo.amocrm.ru"},
		{" Demo ", "https://demo.amocrm.ru"},
		{"demo.amocrm.ru", "https://demo.amocrm.ru"},
		{"https://demo.amocrm.ru/leads/list/?a=b", "https://demo.amocrm.ru"},
		{"http://demo.amocrm.ru", "https://demo.amocrm.ru"},
		{"demo.kommo.com/", "https://demo.kommo.com"},
		{"https://demo.amocrm.com", "https://demo.amocrm.com"},
		{"http://127.0.0.1:4010/", "http://127.0.0.1:4010"},
		{"http://localhost:4010/amocrm/", "http://localhost:4010/amocrm"},
		{"", ""},
		{"localhost", ""},
		{"www", ""},
		{"www.amocrm.ru", ""},
		{"amocrm.ru", ""},
		{"a.b.amocrm.ru", ""},
		{"demo.amocrm.ru.example.com", ""},
		{"example.com", ""},
		{"https://user:pass@demo.amocrm.ru", ""},
		{"https://a.b.kommo.com", ""},
		{"ftp://demo.amocrm.ru", ""},
		{"демо", ""},
	}
	for _, c := range cases {
		got, err := parseAddress(c.typed)
		if c.want == "" {
			require.Equal(t, integrations.FailSettings, integrations.AsFailure(err).Kind, c.typed)
			continue
		}
		require.NoError(t, err, c.typed)
		require.Equal(t, address(c.want), got, c.typed)
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"demo", "demo.amocrm.ru", "https://x.kommo.com/a?b", "http://127.0.0.1:1", "//", "https://[::1]:3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		at, err := parseAddress(typed)
		if err != nil {
			return
		}
		require.True(t, strings.HasPrefix(string(at), "http"), at)
		again, err := parseAddress(string(at))
		require.NoError(t, err, at)
		require.Equal(t, at, again, "reading it again changes nothing")
	})
}

func FuzzTokenEnds(f *testing.F) {
	f.Add("a.eyJleHAiOjE3NzIzMDAwMDB9.c")
	f.Add("a.e30.c")
	f.Add("..")
	f.Fuzz(func(t *testing.T, token string) {
		ends, ok := tokenEnds(token)
		require.Equal(t, ok, !ends.IsZero())
	})
}

// past writes events of deal 1: "at from>to", stages as numbers, all in funnel 11.
func past(t *testing.T, moves ...string) []event {
	t.Helper()
	var out []event
	for i, m := range moves {
		e := event{ID: fmt.Sprintf("%04d", len(moves)-i), Type: leadMoved, EntityID: 1}
		if strings.Contains(m, ">") {
			var from, to int64
			_, err := fmt.Sscanf(m, "%d %d>%d", &e.CreatedAt, &from, &to)
			require.NoError(t, err)
			e.Before, e.After = []statusValue{{stage{from, 11}}}, []statusValue{{stage{to, 11}}}
		} else {
			_, err := fmt.Sscanf(m, "%d", &e.CreatedAt)
			require.NoError(t, err)
			e.Type = leadAdded
		}
		out = append(out, e)
	}
	return out
}

func TestHistory_IsPutTogetherFromEvents(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule   string
		lead   lead
		events []string
		want   string
	}{
		{"a deal nobody touched is where it was made", lead{StatusID: 12, CreatedAt: 100, UpdatedAt: 100}, nil, "12@100"},
		{"a deal that changed and never moved", lead{StatusID: 12, CreatedAt: 100, UpdatedAt: 300}, []string{"100"}, "12@100"},
		{"a deal whose events are not kept any more tells nothing", lead{StatusID: 12, CreatedAt: 100, UpdatedAt: 300}, nil, ""},
		{"each stage it came to", lead{StatusID: 142, CreatedAt: 100, UpdatedAt: 300, ClosedAt: 300}, []string{"300 13>142", "200 12>13", "100"}, "12@100 13@200 142@300"},
		{"back and forth", lead{StatusID: 12, CreatedAt: 100, UpdatedAt: 300}, []string{"300 13>12", "200 12>13"}, "12@100 13@200 12@300"},
		{"several in one second go on from each other", lead{StatusID: 15, CreatedAt: 100, UpdatedAt: 200}, []string{"200 12>13", "200 14>15", "200 13>14"}, "12@100 13@200 14@200 15@200"},
		{"there and back in one second", lead{StatusID: 13, CreatedAt: 100, UpdatedAt: 200}, []string{"200 12>13", "200 13>12", "200 12>13"}, "12@100 13@200 12@200 13@200"},
		{"an event that lags behind the deal", lead{StatusID: 142, CreatedAt: 100, UpdatedAt: 400, ClosedAt: 350}, []string{"200 12>13"}, "12@100 13@200 142@350"},
		{"the same event twice", lead{StatusID: 13, CreatedAt: 100, UpdatedAt: 200}, []string{"200 12>13", "100"}, "12@100 13@200"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			c.lead.ID, c.lead.PipelineID = 1, 11
			events := past(t, c.events...)
			if strings.Contains(c.rule, "same event") {
				events = append(events, events...)
			}
			var got []string
			for _, e := range history(&c.lead, events) {
				require.Equal(t, "11", e.FunnelID)
				got = append(got, fmt.Sprintf("%s@%d", e.StageID, e.At.Unix()))
			}
			require.Equal(t, c.want, strings.Join(got, " "))
		})
	}
}

func FuzzHistory(f *testing.F) {
	f.Add(`{"id":1,"status_id":142,"pipeline_id":11,"created_at":100,"updated_at":300,"closed_at":null,"price":null,"_embedded":[]}`,
		`[{"id":"1","type":"lead_status_changed","entity_id":1,"created_at":200,"value_before":[{"lead_status":{"id":1,"pipeline_id":11}}],"value_after":[{"lead_status":{"id":2,"pipeline_id":11}}]}]`)
	f.Add(`{"id":1,"price":1.5}`, `[{"type":"lead_added","entity_id":1,"value_after":[{"note":{"id":4}}]}]`)
	f.Fuzz(func(t *testing.T, one, feed string) {
		var l lead
		var events []event
		if json.Unmarshal([]byte(one), &l) != nil || json.Unmarshal([]byte(feed), &events) != nil {
			return
		}
		got := history(&l, events)
		if len(got) == 0 {
			return
		}
		last := got[len(got)-1]
		require.Equal(t, entry(stage{l.StatusID, l.PipelineID}, 0).StageID, last.StageID, "the present stage is the last")
	})
}

func TestSettings_AreCompleteInBothLanguages(t *testing.T) {
	t.Parallel()
	spec := settingsSpec()
	keys := map[string]bool{}
	for _, f := range spec.Fields() {
		require.False(t, keys[f.Key], f.Key)
		keys[f.Key] = true
	}
	for _, s := range spec.Sections {
		texts := []integrations.Text{s.Title}
		for _, f := range s.Fields {
			texts = append(texts, f.Title)
			if f.Hint != (integrations.Text{}) {
				texts = append(texts, f.Hint)
			}
			for _, o := range f.Options {
				texts = append(texts, o.Text)
			}
			if f.ShownWhen.Key != "" {
				require.True(t, keys[f.ShownWhen.Key], f.Key)
			}
		}
		for _, text := range texts {
			require.NotEmpty(t, text.RU)
			require.NotEmpty(t, text.EN)
		}
	}
	values := integrations.Values{}
	for key, value := range map[string]string{keyAddress: "demo", integrations.KeyFunnel: "11", integrations.KeyGoals: "1"} {
		values.Set(key, value)
	}
	problems := spec.Problems("", values, []string{keyToken})
	require.Len(t, problems, 1, problems)
	require.Equal(t, integrations.KeyStage, problems[0].Key)
	values.Set(keyInbox, "true")
	require.Empty(t, spec.Problems("", values, []string{keyToken}), "what waits in the inbox has no stage")
}

func TestOpen_MissesSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ address, auth, client, field string }{
		{"", "token", "", keyAddress}, {"demo", "oauth", "", keyClientID}, {"demo", "oauth", "x", ""}, {"demo", "", "", ""},
	} {
		v := integrations.Values{}
		v.Set(keyAddress, c.address)
		v.Set(keyClientID, c.client)
		if c.auth != "" {
			v.Set(keyAuth, c.auth)
		}
		_, err := Driver(Deps{}).Open(integrations.Session{Settings: v})
		if c.field == "" {
			require.NoError(t, err)
			continue
		}
		require.Equal(t, integrations.FailSettings, integrations.AsFailure(err).Kind)
		require.Equal(t, c.field, integrations.AsFailure(err).Field)
	}
}
