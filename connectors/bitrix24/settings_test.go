package bitrix24_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

func TestOpen_NamesTheSettingThatIsMissing(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule     string
		settings map[string]string
		field    string
	}{
		{"an application without an address", map[string]string{"auth": "app", "client_id": "local.1"}, "address"},
		{"an address without encryption", map[string]string{"auth": "app", "client_id": "local.1", "address": "http://company.bitrix24.ru"}, "address"},
		{"an application without its code", map[string]string{"auth": "app", "address": "https://company.bitrix24.ru"}, "client_id"},
		{"a web hook's address is a secret, so it is looked at later", nil, ""},
		{"a portal in a private network", map[string]string{"auth": "app", "client_id": "local.1", "address": "http://10.0.0.5:8080"}, ""},
		{"a portal of a container", map[string]string{"auth": "app", "client_id": "local.1", "address": "http://emulators:9000"}, ""},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			r := newRig(map[string]string{}, c.settings)
			_, err := r.driver.Open(r.session)
			if c.field == "" {
				require.NoError(t, err)
				return
			}
			f, want := failure(t, err), integrations.FailSettings
			if c.field == "address" && c.settings["address"] != "" {
				want = integrations.FailAddress // it is there, but is none
			}
			require.Equal(t, want, f.Kind)
			require.Equal(t, c.field, f.Field)
		})
	}
}

func TestWebhook_AddressesThatWillDo(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule, path string
		ok         bool
	}{
		{"as it is copied", "/rest/1/abc123def456/", true},
		{"without the last slash", "/rest/1/abc123def456", true},
		{"with the name of a method", "/rest/1/abc123def456/crm.lead.add.json", true},
		{"without a user", "/rest/abc123def456/", false},
		{"without a secret", "/rest/1/", false},
		{"only the portal", "", false},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t, map[string][]reply{"crm.deal.list": {ok("[]")}})
			r := byHook(p.URL, nil)
			r.vault.secrets["webhook"] = p.URL + c.path
			_, err := r.open(t).OpenDeals(t.Context(), "5")
			if !c.ok {
				f := failure(t, err)
				require.Equal(t, integrations.FailAddress, f.Kind)
				require.Equal(t, "webhook", f.Field)
				require.NotContains(t, f.Error(), "abc123def456")
				return
			}
			require.NoError(t, err)
			require.Equal(t, "/rest/1/abc123def456/crm.deal.list.json", p.sent()[0].path)
		})
	}
}

func TestTest_AnotherSystemIsAWrongAddress(t *testing.T) {
	t.Parallel()
	for _, r := range []reply{{status: 404, body: "<html>nginx</html>"}, {status: 200, body: "<html>Привет</html>"}, {status: 200, body: `{"hello":1}`}} {
		p := newPortal(t, map[string][]reply{"batch": {r}})
		_, err := byHook(p.URL, nil).open(t).Test(t.Context())
		f := failure(t, err)
		require.Equal(t, integrations.FailAddress, f.Kind)
		require.Equal(t, "webhook", f.Field)
		_, err = byApp(p.URL, nil).open(t).Test(t.Context())
		require.Equal(t, "address", failure(t, err).Field)
	}
}

func TestSettings_EveryTextIsThereInBothLanguages(t *testing.T) {
	t.Parallel()
	d := newRig(nil, nil).driver
	both := func(x integrations.Text, what string) {
		require.Equal(t, x.RU == "", x.EN == "", what)
	}
	ids := map[string]bool{}
	for _, s := range d.Settings.Sections {
		require.NotEmpty(t, s.Title.RU)
		both(s.Title, s.ID)
		both(s.Hint, s.ID)
		for _, f := range s.Fields {
			require.False(t, ids[f.Key], f.Key)
			ids[f.Key] = true
			require.NotEmpty(t, f.Title.RU, f.Key)
			both(f.Title, f.Key)
			both(f.Hint, f.Key)
			for _, o := range f.Options {
				both(o.Text, f.Key)
			}
		}
	}
	for _, key := range []string{"webhook", "client_secret", "outgoing_token"} {
		f, ok := d.Settings.Field(key)
		require.True(t, ok)
		require.Equal(t, integrations.FieldSecret, f.Type, key)
	}
	funnel, _ := d.Settings.Field(integrations.KeyFunnel)
	require.False(t, funnel.ShownWhen.Holds(integrations.Values{"entity": {List: []string{"lead"}}}), "leads have no funnel")
	require.True(t, funnel.ShownWhen.Holds(integrations.Values{"entity": {List: []string{"auto"}}}))
}

func TestOptions_FieldsThatTakeATextAreOffered(t *testing.T) {
	t.Parallel()
	p := newPortal(t, map[string][]reply{"crm.deal.fields": {ok(`{
		"ID":{"type":"integer","isReadOnly":true,"title":"ID"},
		"TITLE":{"type":"string","isReadOnly":false,"title":"Название"},
		"COMMENTS":{"type":"string","isReadOnly":false,"isMultiple":false,"title":"Комментарий"},
		"UF_CRM_1":{"type":"string","isReadOnly":false,"isMultiple":false,"title":"UF_CRM_1","listLabel":"ID посетителя"},
		"UF_CRM_2":{"type":"enumeration","isReadOnly":false,"isMultiple":false,"title":"UF_CRM_2"},
		"UF_CRM_3":{"type":"string","isReadOnly":false,"isMultiple":true,"title":"UF_CRM_3"},
		"UF_CRM_4":{"type":"url","isReadOnly":false,"isMultiple":false,"title":"UF_CRM_4","formLabel":"Карточка"}}`)}})
	got, err := byHook(p.URL, map[string]string{"entity": "deal"}).open(t).Options(t.Context(), "fields", nil)
	require.NoError(t, err)
	require.Equal(t, []integrations.Option{{Value: "UF_CRM_1", Title: "ID посетителя"}, {Value: "UF_CRM_4", Title: "Карточка"}, {Value: "COMMENTS", Title: "Комментарий"}}, got)
}
