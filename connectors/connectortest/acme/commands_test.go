package acme_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/connectortest/acme"
	"github.com/skvoz/skvoz/core/integrations"
)

func TestMP5_clicksOnPhones(t *testing.T) {
	t.Parallel()
	settings := integrations.Values{}
	settings.Set("address", "https://shop.acme.example")
	opened, err := acme.Driver(acme.Deps{}).Open(integrations.Session{Settings: settings})
	require.NoError(t, err)
	reader := opened.(integrations.CallCommands)
	for rule, c := range map[string]struct {
		body  string
		want  integrations.CallCommand
		fails bool
	}{
		"a click":              {`{"event":"phone_clicked","user":"user-1","phone":"+7 916 777-00-01","click":"k1"}`, integrations.CallCommand{Employee: "user-1", Phone: "+7 916 777-00-01", RemoteID: "k1"}, false},
		"something else":       {`{"event":"deal_moved"}`, integrations.CallCommand{}, false},
		"a click on nothing":   {`{"event":"phone_clicked","user":"user-1"}`, integrations.CallCommand{}, false},
		"what can't be read":   {`{`, integrations.CallCommand{}, true},
		"what is of no object": {`[]`, integrations.CallCommand{}, true},
	} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			got, err := reader.ParseCommand(integrations.Hook{ContentType: "application/json; charset=utf-8", Body: []byte(c.body)})
			require.Equal(t, c.want, got)
			require.Equal(t, c.fails, err != nil)
		})
	}
}

func FuzzParseCommand(f *testing.F) {
	settings := integrations.Values{}
	settings.Set("address", "https://shop.acme.example")
	opened, err := acme.Driver(acme.Deps{}).Open(integrations.Session{Settings: settings})
	require.NoError(f, err)
	f.Add([]byte(`{"event":"phone_clicked","user":"user-1","phone":"1"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := opened.(integrations.CallCommands).ParseCommand(integrations.Hook{ContentType: "application/json", Body: body})
		if err != nil {
			require.Equal(t, integrations.FailRejected, integrations.AsFailure(err).Kind)
			require.Zero(t, got)
		}
	})
}
