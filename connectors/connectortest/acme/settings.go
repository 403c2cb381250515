package acme

import "github.com/skvoz/skvoz/core/integrations"

// The driver's own settings. That of a secret is the key of the vault, too.
const (
	keyAddress = "address"
	keyAPIKey  = "api_key"
)

// The sources of choices.
const (
	sourceFunnels = "funnels"
	sourceStages  = "stages"
	sourceUsers   = "users"
)

func spec() integrations.Spec {
	common := integrations.DealSettings{Funnels: sourceFunnels, Stages: sourceStages, Users: sourceUsers}
	return integrations.Spec{Sections: []integrations.Section{accessSection(), common.GoalsSection(), common.DealSection(), common.ReportsSection()}}
}

func accessSection() integrations.Section {
	return integrations.Section{
		ID: "access", IsStep: true, ChecksConnection: true, Title: integrations.Text{RU: "Доступ", EN: "Access"},
		Fields: []integrations.Field{
			{
				Key: keyAddress, Type: integrations.FieldURL, Required: true, Title: integrations.Text{RU: "Адрес Acme", EN: "Address of Acme"},
				Hint: integrations.Text{RU: "Как в браузере: https://company.acme.example", EN: "As in the browser: https://company.acme.example"},
			},
			{
				Key: keyAPIKey, Type: integrations.FieldSecret, Required: true, Title: integrations.Text{RU: "Ключ", EN: "Key"},
				Hint: integrations.Text{RU: "Acme → Настройки → Программы → Создать ключ.", EN: "Acme → Settings → Programs → Create a key."},
			},
		},
	}
}
