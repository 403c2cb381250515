package integrations_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/integrations"
)

func TestCA2_problems(t *testing.T) {
	t.Parallel()
	text := integrations.Text{RU: "Поле", EN: "Field"}
	spec := integrations.Spec{Sections: []integrations.Section{{ID: "a", Fields: []integrations.Field{
		{Key: "address", Type: integrations.FieldURL, Required: true, Title: text},
		{Key: "auth", Type: integrations.FieldSelect, Default: []string{"token"}, Title: text, Options: []integrations.Option{{Value: "token"}, {Value: "oauth"}}},
		{Key: "token", Type: integrations.FieldSecret, Required: true, Title: text, ShownWhen: integrations.Condition{Key: "auth", In: []string{"token"}}},
		{Key: "months", Type: integrations.FieldNumber, Min: 0, Max: 36, Title: text},
		{Key: "on", Type: integrations.FieldSwitch, Title: text},
		{Key: "name", Type: integrations.FieldTemplate, Max: 20, Title: text},
		{Key: "map", Type: integrations.FieldMapping, Title: text},
	}}}}
	good := integrations.Values{"address": {List: []string{"https://crm.example.ru"}}}
	tests := map[string]struct {
		change  integrations.Values
		secrets []string
		want    string // key of the only problem
	}{
		"complete settings have none":                        {nil, []string{"token"}, ""},
		"a required setting is missing":                      {integrations.Values{"address": {}}, []string{"token"}, "address"},
		"an address without a scheme is none":                {integrations.Values{"address": {List: []string{"crm.example.ru"}}}, []string{"token"}, "address"},
		"an address must not hold a password":                {integrations.Values{"address": {List: []string{"https://a:b@crm.example.ru"}}}, []string{"token"}, "address"},
		"a required secret is not set":                       {nil, nil, "token"},
		"a hidden setting is not required":                   {integrations.Values{"auth": {List: []string{"oauth"}}}, nil, ""},
		"an unknown choice is refused":                       {integrations.Values{"auth": {List: []string{"guess"}}}, nil, "auth"},
		"a number too large is refused":                      {integrations.Values{"months": {List: []string{"37"}}}, []string{"token"}, "months"},
		"what is no number is refused":                       {integrations.Values{"months": {List: []string{"three"}}}, []string{"token"}, "months"},
		"a switch is true or false":                          {integrations.Values{"on": {List: []string{"yes"}}}, []string{"token"}, "on"},
		"a text too long is refused":                         {integrations.Values{"name": {List: []string{strings.Repeat("ж", 21)}}}, []string{"token"}, "name"},
		"an unknown variable is refused":                     {integrations.Values{"name": {List: []string{"{{nobody}}"}}}, []string{"token"}, "name"},
		"braces must be closed":                              {integrations.Values{"name": {List: []string{"{{name"}}}, []string{"token"}, "name"},
		"two values of a single setting are refused":         {integrations.Values{"name": {List: []string{"a", "b"}}}, []string{"token"}, "name"},
		"a line of a mapping needs a field":                  {integrations.Values{"map": {Pairs: []integrations.Pair{{Template: "x"}}}}, []string{"token"}, "map"},
		"a field is mapped once":                             {integrations.Values{"map": {Pairs: []integrations.Pair{{Field: "1"}, {Field: "1"}}}}, []string{"token"}, "map"},
		"the templates of a mapping are checked like others": {integrations.Values{"map": {Pairs: []integrations.Pair{{Field: "1", Template: "{{x}}"}}}}, []string{"token"}, "map"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values := integrations.Values{}
			for k, v := range good {
				values[k] = v
			}
			for k, v := range tt.change {
				values[k] = v
			}
			problems := spec.Problems("a", values, tt.secrets)
			if tt.want == "" {
				require.Empty(t, problems)
				return
			}
			require.Len(t, problems, 1)
			require.Equal(t, tt.want, problems[0].Key)
			require.NotEmpty(t, problems[0].Text.RU)
			require.NotEmpty(t, problems[0].Text.EN)
		})
	}
}

func TestGD2_fill(t *testing.T) {
	t.Parallel()
	full := integrations.Subject{Communication: communication(), Site: "shop.example.ru"}
	tests := map[string]struct {
		template, want string
		subject        integrations.Subject
	}{
		"variables are replaced":                        {"{{name}}, {{phone}}", "Анна, 79262444393", full},
		"spaces inside braces do not matter":            {"{{ name }}", "Анна", full},
		"a line whose variables are all empty goes":     {"{{site}}\n{{message}}\nend", "shop.example.ru\nend", full},
		"a line without variables stays":                {"first\n\nlast", "first\n\nlast", full},
		"spaces that empty variables leave are removed": {"{{channel}} {{campaign}} {{source}}", "Платные клики yandex", full},
		"what is not closed stays as it is":             {"a {{name", "a {{name", full},
		"without a name the phone stands for it":        {"{{contact}}", "79262444393", integrations.Subject{Communication: comms.Communication{Phone: "79262444393"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, integrations.Fill(tt.template, tt.subject))
		})
	}
}

func FuzzFill(f *testing.F) {
	for _, seed := range []string{"{{name}}", "{{", "}}", "{{}}", "a{{b}}c\n{{ name }}", "{{{{name}}}}"} {
		f.Add(seed)
	}
	s := integrations.Subject{Communication: communication()}
	f.Fuzz(func(t *testing.T, template string) {
		if out := integrations.Fill(template, s); len(out) > len(template)*40+100 {
			t.Fatalf("%q became %d bytes", template, len(out))
		}
	})
}

func TestCA2_update(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		state  integrations.State
		edits  integrations.Values
		reason string
	}{
		"a draft may be incomplete":                    {integrations.StateDraft, integrations.Values{integrations.KeyGoals: {}}, ""},
		"what is entered in a draft must be good":      {integrations.StateDraft, integrations.Values{"address": {List: []string{"nowhere"}}}, "bad_setting"},
		"an integration that is on must stay complete": {integrations.StateActive, integrations.Values{integrations.KeyGoals: {}}, "bad_setting"},
		"good settings are kept":                       {integrations.StateActive, integrations.Values{"address": {List: []string{" https://crm2.example.ru/ "}}}, ""},
		"an unknown setting is refused":                {integrations.StateDraft, integrations.Values{"colour": {List: []string{"red"}}}, "unknown_setting"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(func(w *world) { w.memory.i.State = tt.state })
			i, err := w.Update(t.Context(), account, 2, core.Opt[string]{}, tt.edits)
			if tt.reason != "" {
				require.Equal(t, core.KindInvalid, core.KindOf(err))
				require.Equal(t, tt.reason, core.AsError(err).Reason)
				return
			}
			require.NoError(t, err)
			if v, ok := tt.edits["address"]; ok {
				require.Equal(t, "https://crm2.example.ru", i.Settings.Text("address"), v)
			}
		})
	}
}

func TestCA2_secretsGoToTheVaultAlone(t *testing.T) {
	t.Parallel()
	w := newWorld()
	i, err := w.Update(t.Context(), account, 2, core.Opt[string]{}, integrations.Values{"token": {List: []string{" t0ken "}}})
	require.NoError(t, err)
	require.NotContains(t, i.Settings, "token")
	require.Equal(t, []string{"token"}, w.memory.i.SecretKeys)
	require.Contains(t, w.memory.sealed, `"token":"t0ken"`, "the fake sealer seals nothing")
	_, err = w.Update(t.Context(), account, 2, core.Opt[string]{}, integrations.Values{"token": {}})
	require.NoError(t, err)
	require.Empty(t, w.memory.i.SecretKeys, "an empty secret is removed")
}

func TestGD1_optionsOfGoals(t *testing.T) {
	t.Parallel()
	list, err := newWorld().Options(t.Context(), account, 2, integrations.KeyGoals, nil)
	require.NoError(t, err)
	require.Equal(t, []integrations.Option{{Value: "5", Title: "Заказ кухни", Group: "Кухни"}}, list, "events that are no goals make no deals")
}
