package amocrm

import (
	"github.com/skvoz/skvoz/core/integrations"
)

// The driver's own settings and secrets.
const (
	keyAddress      = "address"
	keyAuth         = "auth"
	keyToken        = "token"
	keyClientID     = "client_id"
	keyClientSecret = "client_secret"
	keyInbox        = "inbox"

	authToken = "token"
	authOAuth = "oauth"
)

// Secrets we keep beside those people type: what the authorization gave, and what later hooks are held to.
const (
	secretAccess   = "access_token"
	secretRefresh  = "refresh_token"
	secretExpires  = "expires_at" // unix seconds
	secretRedirect = "redirect_url"
	secretAccount  = "account_id"
)

// The sources of choices.
const (
	sourceFunnels = "funnels"
	sourceStages  = "stages"
	sourceUsers   = "users"
	sourceFields  = "fields"
)

func settingsSpec() integrations.Spec {
	d := dealSettings()
	return integrations.Spec{Sections: []integrations.Section{
		accessSection(), d.GoalsSection(), dealSection(d), d.MappingSection(), d.ReportsSection(), callSettings().Section(),
		integrations.EmployeesSection(false),
	}}
}

func callSettings() integrations.CallSettings {
	return integrations.CallSettings{Cards: true, Log: true}
}

func dealSettings() integrations.DealSettings {
	return integrations.DealSettings{
		Funnels: sourceFunnels, Stages: sourceStages, Users: sourceUsers, Fields: sourceFields,
		Mapping: []integrations.Pair{
			{Field: "code:UTM_SOURCE", Template: "{{utm_source}}"},
			{Field: "code:UTM_MEDIUM", Template: "{{utm_medium}}"},
			{Field: "code:UTM_CAMPAIGN", Template: "{{utm_campaign}}"},
			{Field: "code:UTM_CONTENT", Template: "{{utm_content}}"},
			{Field: "code:UTM_TERM", Template: "{{utm_term}}"},
			{Field: fieldByName + nameChannel, Template: "{{channel}}"},
			{Field: fieldByName + nameVisitor, Template: "{{visitor_id}}"},
			{Field: fieldByName + nameCommunication, Template: "{{communication_id}}"},
		},
		More: []integrations.Field{
			{
				Key: keyInbox, Type: integrations.FieldSwitch, Default: []string{"false"},
				Title: integrations.Text{RU: "Создавать в «Неразобранном»", EN: "Create in Incoming leads"},
				Hint: integrations.Text{
					RU: "Заявка ждёт в «Неразобранном», пока менеджер её не примет. Контакт и сделка создаются вместе, этап не выбирается.",
					EN: "A request waits in Incoming leads until a manager accepts it. Contact and deal are made together, there is no stage to choose.",
				},
			},
		},
		Tags: true,
	}
}

// dealSection asks for a stage only where there is one to choose: what waits in the inbox has none.
func dealSection(d integrations.DealSettings) integrations.Section {
	s := d.DealSection()
	for i := range s.Fields {
		if s.Fields[i].Key == integrations.KeyStage {
			s.Fields[i].ShownWhen = integrations.Condition{Key: keyInbox, In: []string{"false"}}
		}
	}
	return s
}

var keysHint = integrations.Text{
	RU: "На вкладке «Ключи и доступы» интеграции в amoCRM.", EN: "On the tab Keys and scopes of the integration in amoCRM.",
}

func accessSection() integrations.Section {
	byToken := integrations.Condition{Key: keyAuth, In: []string{authToken}}
	byOAuth := integrations.Condition{Key: keyAuth, In: []string{authOAuth}}
	return integrations.Section{
		ID: "access", IsStep: true, ChecksConnection: true,
		Title: integrations.Text{RU: "Доступ", EN: "Access"},
		Hint: integrations.Text{
			RU: "Подключение делает администратор amoCRM: другим не видны пользователи и вебхуки.",
			EN: "An administrator of amoCRM connects it: others can't see users and webhooks.",
		},
		Fields: []integrations.Field{
			{
				Key: keyAddress, Type: integrations.FieldText, Required: true, Max: 200,
				Title: integrations.Text{RU: "Адрес amoCRM", EN: "Address of amoCRM"},
				Hint:  integrations.Text{RU: "Например, https://company.amocrm.ru или просто company.", EN: "Like https://company.kommo.com; company alone means company.amocrm.ru."},
			},
			{
				Key: keyAuth, Type: integrations.FieldSelect, Required: true, Default: []string{authToken},
				Title: integrations.Text{RU: "Как подключиться", EN: "How to connect"},
				Options: []integrations.Option{
					{Value: authToken, Text: integrations.Text{RU: "долгосрочный токен", EN: "long-lived token"}},
					{Value: authOAuth, Text: integrations.Text{RU: "интеграция с кнопкой «Разрешить»", EN: "integration with the button “Allow”"}},
				},
			},
			{
				Key: keyToken, Type: integrations.FieldSecret, Required: true, ShownWhen: byToken,
				Title: integrations.Text{RU: "Долгосрочный токен", EN: "Long-lived token"},
				Hint: integrations.Text{
					RU: "amoМаркет → «Создать интеграцию» → «Внешняя интеграция» → «Ключи и доступы» → «Сгенерировать токен».",
					EN: "Marketplace → Create integration → Private → Keys and scopes → Generate long-lived token.",
				},
			},
			{
				Key: "redirect", Type: integrations.FieldNote, ShownWhen: byOAuth,
				Title: integrations.Text{RU: "Ссылка для перенаправления", EN: "Redirect address"},
				Hint: integrations.Text{
					RU: "Вставьте её в настройки интеграции в amoCRM: {{redirect_url}}",
					EN: "Paste it into the integration's settings in amoCRM: {{redirect_url}}",
				},
			},
			{
				Key: keyClientID, Type: integrations.FieldText, Required: true, ShownWhen: byOAuth, Max: 100,
				Title: integrations.Text{RU: "ID интеграции", EN: "Integration ID"},
				Hint:  keysHint,
			},
			{
				Key: keyClientSecret, Type: integrations.FieldSecret, Required: true, ShownWhen: byOAuth,
				Title: integrations.Text{RU: "Секретный ключ", EN: "Secret key"},
				Hint:  keysHint,
			},
			{
				Key: "authorize", Type: integrations.FieldAuthorize, ShownWhen: byOAuth,
				Title: integrations.Text{RU: "Разрешить доступ в amoCRM", EN: "Allow access in amoCRM"},
			},
		},
	}
}
