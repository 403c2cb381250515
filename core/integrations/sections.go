package integrations

// DealSettings makes the sections every CRM has that takes deals from goals and gives deals: the core reads what is set there (Key…). A driver adds its
// own fields and may leave parts out.
type DealSettings struct {
	// Funnels, Stages, Users and Fields are sources of Connector.Options; an empty one leaves its field out.
	Funnels, Stages, Users, Fields string
	// Mapping is what fields are given at first.
	Mapping []Pair
	// More are the driver's own fields of the section "deals", before the texts.
	More []Field
	// Tags: the vendor's deals have tags.
	Tags bool
	// ShownWhen hides what concerns the deal's place (funnel, stage), e.g. when an inbox is used.
	PlaceShownWhen Condition
}

// GoalsSection asks which goals make deals (GD-1).
func (d DealSettings) GoalsSection() Section {
	return Section{
		ID: "goals", IsStep: true,
		Title: Text{"Цели", "Goals"},
		Hint: Text{
			"Для каких целей создавать сделки. Сделка появится, когда посетитель достиг цели и оставил телефон или e-mail.",
			"Which goals create deals. A deal is made when a visitor has reached the goal and left a phone or an e-mail.",
		},
		Fields: []Field{
			{Key: KeyDealsOut, Type: FieldSwitch, Title: Text{"Создавать сделки по целям", "Create deals from goals"}, Default: []string{"true"}},
			{
				Key: KeyGoals, Type: FieldMulti, Source: SourceGoals, Title: Text{"Цели", "Goals"}, Required: true,
				ShownWhen: Condition{KeyDealsOut, []string{"true"}},
			},
		},
	}
}

// DealSection says where deals go and what stands in them.
func (d DealSettings) DealSection() Section {
	s := Section{
		ID: "deals", IsStep: true,
		Title: Text{"Сделка", "Deal"},
		Hint:  Text{"Куда попадёт сделка и что в ней будет написано.", "Where the deal goes and what stands in it."},
	}
	place := func(f Field) {
		if f.Source != "" {
			f.ShownWhen = d.PlaceShownWhen
			s.Fields = append(s.Fields, f)
		}
	}
	s.Fields = append(s.Fields, d.More...)
	place(Field{Key: KeyFunnel, Type: FieldSelect, Source: d.Funnels, Required: true, Title: Text{"Воронка", "Funnel"}})
	place(Field{Key: KeyStage, Type: FieldSelect, Source: d.Stages, DependsOn: []string{KeyFunnel}, Required: true, Title: Text{"Этап", "Stage"}})
	if d.Users != "" {
		s.Fields = append(s.Fields, Field{
			Key: KeyResponsible, Type: FieldSelect, Source: d.Users, Title: Text{"Ответственный", "Responsible"},
			Hint: Text{"Не выбран: решает CRM.", "None chosen: the CRM decides."},
		})
	}
	s.Fields = append(s.Fields,
		Field{
			Key: KeyOnRepeat, Type: FieldSelect, Default: []string{RepeatNote}, Title: Text{"Если у человека уже есть открытая сделка", "If the person has an open deal"},
			Options: []Option{
				{Value: RepeatNote, Text: Text{"дописать в неё примечание", "write a note into it"}},
				{Value: RepeatDeal, Text: Text{"создать новую сделку", "make a new deal"}},
			},
		},
		Field{Key: KeyDealName, Type: FieldTemplate, Required: true, Max: 200, Title: Text{"Название сделки", "Name of the deal"}, Default: []string{"{{goal}}: {{contact}} ({{site}})"}},
		Field{Key: KeyContactName, Type: FieldTemplate, Required: true, Max: 200, Title: Text{"Имя контакта", "Name of the contact"}, Default: []string{"{{contact}}"}},
	)
	if d.Tags {
		s.Fields = append(s.Fields, Field{
			Key: KeyTags, Type: FieldTemplate, Max: 200, Title: Text{"Теги", "Tags"}, Hint: Text{"Через запятую.", "Separated by commas."}, Default: []string{"Skvoz"},
		})
	}
	s.Fields = append(s.Fields, Field{
		Key: KeyNote, Type: FieldTemplate, Max: 2000, Title: Text{"Примечание", "Note"},
		Default: []string{"{{goal}} — {{site}}\n{{page}}\n{{channel}} {{source}} {{campaign}}\n{{message}}\n{{card_url}}"},
	})
	return s
}

// MappingSection maps the vendor's fields to what is known of the visit.
func (d DealSettings) MappingSection() Section {
	return Section{
		ID: "mapping", IsStep: true,
		Title: Text{"Поля", "Fields"},
		Hint:  Text{"Какие поля сделки заполнять и чем.", "Which fields of the deal to fill, and with what."},
		Fields: []Field{{
			Key: KeyMapping, Type: FieldMapping, Source: d.Fields, DefaultPairs: d.Mapping, Max: 500,
			Title: Text{"Поля сделки", "Fields of the deal"},
		}},
	}
}

// ReportsSection is about reading deals.
func (d DealSettings) ReportsSection() Section {
	on := Condition{KeyDealsIn, []string{"true"}}
	return Section{
		ID: "reports", IsStep: true,
		Title: Text{"Отчёты", "Reports"},
		Hint:  Text{"Сделки из CRM попадают в отчёты о рекламе.", "Deals of the CRM appear in the reports on advertising."},
		Fields: []Field{
			{Key: KeyDealsIn, Type: FieldSwitch, Default: []string{"true"}, Title: Text{"Загружать сделки в отчёты", "Read deals into reports"}},
			{
				Key: KeyImportMonths, Type: FieldNumber, Min: 0, Max: 36, Default: []string{"3"}, ShownWhen: on,
				Title: Text{"Загрузить прошлые сделки, месяцев", "Read past deals, months"},
			},
			{
				Key: KeyReportFunnels, Type: FieldMulti, Source: d.Funnels, ShownWhen: on, Title: Text{"Воронки в отчётах", "Funnels in reports"},
				Hint: Text{"Ни одной не выбрано: все.", "None chosen: all."},
			},
		},
	}
}

// CallSettings makes the section of systems that are told of calls: the core reads what is set there (Key…). A driver leaves out what it can't do.
type CallSettings struct {
	// Cards, Log and Tasks are what the system can do: CallPopUps, CallLog, LostCallTasks.
	Cards, Log, Tasks bool
	// IsStep: the wizard asks for it.
	IsStep bool
	// More are the driver's own fields, behind the others.
	More []Field
}

// Section asks what of calls the system is told.
func (c CallSettings) Section() Section {
	s := Section{
		ID: "calls", IsStep: c.IsStep,
		Title: Text{"Звонки", "Calls"},
		Hint: Text{
			"Карточки показываются сотрудникам, которые связаны с пользователями системы и для которых интеграция включена.",
			"Cards are shown to employees who are users of the system and for whom the integration is on.",
		},
	}
	add := func(can bool, key string, title Text) {
		if can {
			s.Fields = append(s.Fields, Field{Key: key, Type: FieldSwitch, Default: []string{"false"}, Title: title})
		}
	}
	add(c.Cards, KeyCallCards, Text{"Показывать карточку звонка", "Show a card of the call"})
	add(c.Log, KeyCallLog, Text{"Записывать звонки в историю", "Keep calls in the history"})
	add(c.Tasks, KeyCallTasks, Text{"Ставить задачу перезвонить по пропущенному звонку", "Make a task to call back a lost call"})
	s.Fields = append(s.Fields, Field{
		Key: KeyCallDirections, Type: FieldSelect, Default: []string{CallsAll}, Title: Text{"Какие звонки", "Which calls"},
		Options: []Option{
			{Value: CallsAll, Text: Text{"входящие и исходящие", "incoming and outgoing"}},
			{Value: CallsIncoming, Text: Text{"только входящие", "incoming only"}},
		},
	})
	s.Fields = append(s.Fields, c.More...)
	return s
}
