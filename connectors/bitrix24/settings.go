package bitrix24

import "github.com/skvoz/skvoz/core/integrations"

// The driver's own settings. Those of secrets are keys of the vault, too.
const (
	keyAuth          = "auth"
	keyWebhook       = "webhook"
	keyOutgoingToken = "outgoing_token"
	keyAddress       = "address"
	keyClientID      = "client_id"
	keyClientSecret  = "client_secret"
	keyAuthServer    = "auth_server"
	keyEntity        = "entity"
)

// The ways a portal lets us in.
const (
	authWebhook = "webhook"
	authApp     = "app"
)

// What goals become.
const (
	entityAuto = "auto"
	entityDeal = "deal"
	entityLead = "lead"
)

// The sources of choices.
const (
	sourceFunnels = "funnels"
	sourceStages  = "stages"
	sourceUsers   = "users"
	sourceFields  = "fields"
)

const defaultAuthServer = "https://oauth.bitrix24.tech"

func text(ru, en string) integrations.Text { return integrations.Text{RU: ru, EN: en} }

// spec describes the settings.
func spec() integrations.Spec {
	common := integrations.DealSettings{
		Funnels: sourceFunnels, Stages: sourceStages, Users: sourceUsers, Fields: sourceFields,
		More:           []integrations.Field{entityField()},
		PlaceShownWhen: integrations.Condition{Key: keyEntity, In: []string{entityAuto, entityDeal}},
	}
	return integrations.Spec{Sections: []integrations.Section{
		accessSection(), common.GoalsSection(), common.DealSection(), mappingSection(common), common.ReportsSection(), integrations.EmployeesSection(false),
	}}
}

func mappingSection(common integrations.DealSettings) integrations.Section {
	s := common.MappingSection()
	s.Hint = text(
		"Какие поля сделки (лида) заполнять и чем. Метки utm_source, utm_medium, utm_campaign, utm_content и utm_term передаются всегда, настраивать их не нужно.",
		"Which fields of the deal (lead) to fill, and with what. The labels utm_source, utm_medium, utm_campaign, utm_content and utm_term are always sent and need no line here.",
	)
	return s
}

func entityField() integrations.Field {
	return integrations.Field{
		Key: keyEntity, Type: integrations.FieldSelect, Default: []string{entityAuto}, Required: true,
		Title: text("Что создавать", "What to create"),
		Hint: text(
			"По режиму портала: если в CRM включены лиды, создаётся лид, если нет, сделка в воронке ниже.",
			"By the portal's mode: a lead where the CRM works with leads, else a deal in the funnel below.",
		),
		Options: []integrations.Option{
			{Value: entityAuto, Text: text("по режиму портала", "by the portal's mode")},
			{Value: entityDeal, Text: text("сделку", "a deal")},
			{Value: entityLead, Text: text("лид", "a lead")},
		},
	}
}

func accessSection() integrations.Section {
	return integrations.Section{
		ID: "access", IsStep: true, ChecksConnection: true,
		Title: text("Доступ", "Access"),
		Hint:  text("Как подключиться к порталу Битрикс24.", "How to connect to the Bitrix24 portal."),
		Fields: append([]integrations.Field{{
			Key: keyAuth, Type: integrations.FieldSelect, Default: []string{authWebhook}, Required: true,
			Title: text("Способ подключения", "Way to connect"),
			Options: []integrations.Option{
				{Value: authWebhook, Text: text("входящий вебхук", "incoming web hook")},
				{Value: authApp, Text: text("локальное приложение", "local application")},
			},
		}}, append(webhookFields(), appFields()...)...),
	}
}

func webhookFields() []integrations.Field {
	shown := integrations.Condition{Key: keyAuth, In: []string{authWebhook}}
	return []integrations.Field{
		{
			Key: keyWebhook, Type: integrations.FieldSecret, Required: true, ShownWhen: shown,
			Title: text("Адрес вебхука", "Address of the web hook"),
			Hint: text(
				"Разработчикам → Другое → Входящий вебхук, права crm и user. Скопируйте адрес целиком: https://company.bitrix24.ru/rest/1/xxxxxxxx/",
				"Developer resources → Other → Inbound webhook, rights crm and user. Copy the whole address: https://company.bitrix24.com/rest/1/xxxxxxxx/",
			),
		},
		{
			Key: "webhook_limits", Type: integrations.FieldNote, ShownWhen: shown,
			Title: text("Чего нет с вебхуком", "What is off with a web hook"),
			Hint: text(
				"Битрикс24 разрешает подписку на события и телефонию (карточки звонков, записи разговоров) только приложениям. С вебхуком сделки создаются сразу, "+
					"а изменения сделок и удаления из Битрикс24 приходят не событиями: изменения читаются раз в 5 минут, удаления не видны. "+
					"Изменения будут приходить сразу, если создать ещё и исходящий вебхук с событиями ONCRMDEALADD, ONCRMDEALUPDATE, ONCRMDEALDELETE, "+
					"ONCRMDEALMOVETOCATEGORY и адресом обработчика {{hook_url}}.",
				"Bitrix24 lets only applications subscribe to events and use telephony (call cards, recordings). With a web hook deals are created at once, "+
					"but changes in Bitrix24 do not come as events: they are read every 5 minutes, and deletions are not seen. "+
					"Changes come at once if you also create an outbound webhook with the events ONCRMDEALADD, ONCRMDEALUPDATE, ONCRMDEALDELETE, "+
					"ONCRMDEALMOVETOCATEGORY and the handler's address {{hook_url}}.",
			),
		},
		{
			Key: keyOutgoingToken, Type: integrations.FieldSecret, ShownWhen: shown,
			Title: text("Токен исходящего вебхука", "Token of the outbound webhook"),
			Hint:  text("Если он создан: «Токен приложения» из его карточки. Можно не заполнять.", "If there is one: the application token on its card. It may be left empty."),
		},
	}
}

func appFields() []integrations.Field {
	shown := integrations.Condition{Key: keyAuth, In: []string{authApp}}
	fields := []integrations.Field{
		{
			Key: keyAddress, Type: integrations.FieldURL, Required: true,
			Title: text("Адрес портала", "Address of the portal"), Hint: text("https://company.bitrix24.ru", "https://company.bitrix24.com"),
		},
		{
			Key: "app_card", Type: integrations.FieldNote,
			Title: text("Карточка приложения", "Card of the application"),
			Hint: text(
				"Разработчикам → Другое → Локальное приложение → Серверное. Отметьте «Использует только API», права crm и user. "+
					"Путь вашего обработчика: {{redirect_url}} Путь для первоначальной установки: {{hook_url}} "+
					"Сохраните эти настройки здесь и только потом приложение в Битрикс24: при сохранении оно передаёт ключи.",
				"Developer resources → Other → Local application → Server. Tick \"Script only (no user interface)\", rights crm and user. "+
					"Your handler path: {{redirect_url}} Initial installation path: {{hook_url}} "+
					"Save these settings here first and the application in Bitrix24 after that: it hands over its keys when it is saved.",
			),
		},
		{
			Key: keyClientID, Type: integrations.FieldText, Required: true,
			Title: text("Код приложения (client_id)", "Application ID (client_id)"), Hint: text("local.… из карточки приложения.", "local.… on the application's card."),
		},
		{
			Key: keyClientSecret, Type: integrations.FieldSecret, Required: true,
			Title: text("Ключ приложения (client_secret)", "Application key (client_secret)"),
			Hint:  text("Из карточки приложения, под его кодом.", "From the application's card, below its ID."),
		},
		{
			Key: keyAuthServer, Type: integrations.FieldURL, Default: []string{defaultAuthServer},
			Title: text("Сервер авторизации", "Authorization server"),
			Hint:  text("Для опытных: менять нужно, только если так сказала поддержка Битрикс24.", "For experts: change it only if the support of Bitrix24 says so."),
		},
		{
			Key: "authorize", Type: integrations.FieldAuthorize,
			Title: text("Разрешить доступ", "Allow access"),
			Hint: text(
				"Нажмите, если ключи не пришли при установке приложения или доступ был отозван. Нужен администратор портала.",
				"Press it if no keys came with the installation, or the access was revoked. An administrator of the portal is needed.",
			),
		},
	}
	for i := range fields {
		fields[i].ShownWhen = shown
	}
	return fields
}
