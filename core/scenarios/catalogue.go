package scenarios

import "slices"

// Text is a text in the cabinet's two languages.
type Text struct{ RU, EN string }

// FieldType is how a setting is entered.
type FieldType string

// The types of settings.
const (
	FieldText        FieldType = "text"
	FieldNumber      FieldType = "number"
	FieldSwitch      FieldType = "switch"
	FieldSelect      FieldType = "select"
	FieldURL         FieldType = "url"
	FieldPhones      FieldType = "phones"
	FieldEmployee    FieldType = "employee"
	FieldGroup       FieldType = "group"
	FieldSchedule    FieldType = "schedule"
	FieldMedia       FieldType = "media"
	FieldScenario    FieldType = "scenario"
	FieldIntegration FieldType = "integration"
	FieldTag         FieldType = "tag"
	FieldMulti       FieldType = "multi"
)

// Field is a setting of an operation.
type Field struct {
	Key      string
	Type     FieldType
	Title    Text
	Hint     Text
	Required bool
	Default  string
	Min, Max int
	Options  []Option
	// ShownWhen names another setting and the value it must have; empty = always.
	ShownWhen, ShownValue string
}

// Option is a choice of a setting.
type Option struct {
	Value string
	Title Text
}

// Exit is a way out of an operation.
type Exit struct {
	Name  string
	Title Text
	// IsMain: a scenario without it is not finished; others end the call when they lead nowhere.
	IsMain bool
}

// Spec describes a type of operation: the editor and the checks are made of it.
type Spec struct {
	Type    Type
	Title   Text
	Summary Text
	Fields  []Field
	Exits   []Exit
}

// The names of exits.
const (
	ExitDone       = "done"
	ExitOpen       = "open"
	ExitClosed     = "closed"
	ExitAnswered   = "answered"
	ExitNoAnswer   = "no_answer"
	ExitBusy       = "busy"
	ExitUnavail    = "unavailable"
	ExitFailed     = "failed"
	ExitForwardBad = "forward_failed"
	ExitTimeout    = "timeout"
	ExitWrong      = "wrong"
	ExitBlocked    = "blocked"
	ExitPassed     = "passed"
)

// Keys are the digits of a menu.
func Keys() []string { return []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#"} }

// SpecOf returns the description of a type; ok is false for an unknown one.
func SpecOf(t Type) (Spec, bool) {
	all := Catalogue()
	if i := slices.IndexFunc(all, func(s Spec) bool { return s.Type == t }); i >= 0 {
		return all[i], true
	}
	return Spec{}, false
}

func (s *Spec) field(key string) (Field, bool) {
	if i := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Key == key }); i >= 0 {
		return s.Fields[i], true
	}
	return Field{}, false
}

func (s *Spec) hasExit(name string) bool {
	return slices.ContainsFunc(s.Exits, func(e Exit) bool { return e.Name == name })
}

func mediaField(required bool) Field {
	return Field{Key: "media", Type: FieldMedia, Required: required, Title: Text{"Звук", "Sound"}, Hint: Text{"Файл из раздела «Звуки»", "A file of the section Sounds"}}
}

func ringField() Field {
	return Field{Key: "ring_seconds", Type: FieldNumber, Default: "30", Min: 5, Max: 300, Title: Text{"Сколько звонить, с", "Ring for, s"}}
}

func callerIDField() Field {
	return Field{Key: "caller_id", Type: FieldSelect, Default: "pass", Title: Text{"Показывать номер", "Number shown"}, Options: []Option{
		{"pass", Text{"Звонящего", "The caller's"}}, {"did", Text{"Виртуальный", "The virtual one"}},
	}}
}

// Catalogue describes all types of operations in the order the editor offers them.
func Catalogue() []Spec {
	return []Spec{forwardSpec(), managerSpec(), scheduleSpec(), menuSpec(), playSpec(), voicemailSpec(), httpSpec(), blacklistSpec(), tagSpec(), gotoSpec(), hangupSpec()}
}

func forwardSpec() Spec {
	return Spec{
		Type: TypeForward, Title: Text{"Переадресация", "Forward"},
		Summary: Text{"Звонит сотруднику, группе или на номера", "Rings an employee, a group or numbers"},
		Fields: []Field{
			{Key: "to", Type: FieldSelect, Default: "employee", Required: true, Title: Text{"Кому", "Whom"}, Options: []Option{
				{"employee", Text{"Сотруднику", "An employee"}}, {"group", Text{"Группе", "A group"}}, {"numbers", Text{"На номера", "Numbers"}},
			}},
			{Key: "employee", Type: FieldEmployee, Required: true, ShownWhen: "to", ShownValue: "employee", Title: Text{"Сотрудник", "Employee"}},
			{Key: "group", Type: FieldGroup, Required: true, ShownWhen: "to", ShownValue: "group", Title: Text{"Группа", "Group"}},
			{Key: "numbers", Type: FieldPhones, Required: true, ShownWhen: "to", ShownValue: "numbers", Title: Text{"Номера", "Numbers"}, Hint: Text{"По одному в строке", "One a line"}},
			{Key: "strategy", Type: FieldSelect, Default: "parallel", Title: Text{"Порядок", "Order"}, Options: []Option{
				{"parallel", Text{"Всем сразу", "All at once"}},
				{"sequence", Text{"По очереди", "One after the other"}},
				{"random", Text{"Случайно", "Random"}},
				{"least_recent", Text{"Кто дольше не говорил", "Who has talked longest ago"}},
			}},
			ringField(), callerIDField(),
			{Key: "respect_status", Type: FieldSwitch, Default: "true", Title: Text{"Учитывать статусы", "Mind statuses"}, Hint: Text{"Не звонить тем, кто занят или на перерыве", "Do not ring who is busy or on a break"}},
		},
		Exits: []Exit{
			{ExitAnswered, Text{"После разговора", "After the talk"}, false},
			{ExitNoAnswer, Text{"Не ответили", "No answer"}, true},
			{ExitBusy, Text{"Заняты", "Busy"}, false},
			{ExitUnavail, Text{"Недоступны", "Unavailable"}, false},
			{ExitFailed, Text{"Ошибка", "Failed"}, false},
		},
	}
}

func managerSpec() Spec {
	return Spec{
		Type: TypeManager, Title: Text{"Переадресация на персонального менеджера из CRM", "Forward to the personal manager from CRM"},
		Summary: Text{"Спрашивает CRM, кто ведёт звонящего, и звонит ему", "Asks the CRM who looks after the caller, and rings them"},
		Fields: []Field{
			{Key: "integration", Type: FieldIntegration, Required: true, Title: Text{"Интеграция", "Integration"}},
			{Key: "wait_ms", Type: FieldNumber, Default: "3000", Min: 200, Max: 30000, Title: Text{"Время ожидания ответа CRM, мс", "Wait for the CRM, ms"}},
			{Key: "ring_seconds", Type: FieldNumber, Default: "20", Min: 5, Max: 300, Title: Text{"Сколько звонить менеджеру, с", "Ring the manager for, s"}},
			callerIDField(),
			{Key: "wait_media", Type: FieldMedia, Title: Text{"Звук ожидания", "Sound while waiting"}},
		},
		Exits: []Exit{
			{ExitAnswered, Text{"После разговора", "After the talk"}, false},
			{ExitForwardBad, Text{"Связанная операция: переадресация не удалась", "Linked operation: forward failed"}, true},
		},
	}
}

func scheduleSpec() Spec {
	return Spec{
		Type: TypeSchedule, Title: Text{"График", "Working hours"}, Summary: Text{"Разводит звонки по рабочему времени", "Parts calls by working hours"},
		Fields: []Field{{Key: "schedule", Type: FieldSchedule, Required: true, Title: Text{"График работы", "Working hours"}}},
		Exits:  []Exit{{ExitOpen, Text{"Рабочее время", "Open"}, true}, {ExitClosed, Text{"Нерабочее время", "Closed"}, true}},
	}
}

func menuSpec() Spec {
	exits := []Exit{}
	for _, k := range Keys() {
		exits = append(exits, Exit{k, Text{k, k}, false})
	}
	return Spec{
		Type: TypeMenu, Title: Text{"Голосовое меню", "Menu"}, Summary: Text{"Ждёт нажатия клавиши", "Waits for a key"},
		Fields: []Field{
			mediaField(true),
			{Key: "wait_seconds", Type: FieldNumber, Default: "5", Min: 1, Max: 30, Title: Text{"Ждать нажатия, с", "Wait for a key, s"}},
			{Key: "repeats", Type: FieldNumber, Default: "2", Min: 1, Max: 9, Title: Text{"Сколько раз проиграть", "Play how often"}},
		},
		Exits: append(exits, Exit{ExitTimeout, Text{"Ничего не нажали", "Nothing pressed"}, true}, Exit{ExitWrong, Text{"Нажали не то", "Wrong key"}, false}),
	}
}

func playSpec() Spec {
	return Spec{
		Type: TypePlay, Title: Text{"Сообщение", "Play"}, Summary: Text{"Проигрывает звук", "Plays a sound"},
		Fields: []Field{mediaField(true), {Key: "interruptible", Type: FieldSwitch, Default: "false", Title: Text{"Прервать клавишей", "A key interrupts"}}},
		Exits:  []Exit{{ExitDone, Text{"Дальше", "Next"}, false}},
	}
}

func voicemailSpec() Spec {
	return Spec{
		Type: TypeVoicemail, Title: Text{"Голосовая почта", "Voicemail"}, Summary: Text{"Записывает сообщение звонящего", "Records a message of the caller"},
		Fields: []Field{mediaField(false), {Key: "max_seconds", Type: FieldNumber, Default: "120", Min: 5, Max: 600, Title: Text{"Не дольше, с", "At most, s"}}},
		Exits:  []Exit{{ExitDone, Text{"Дальше", "Next"}, false}},
	}
}

func httpSpec() Spec {
	return Spec{
		Type: TypeHTTPRequest, Title: Text{"Интерактивная обработка", "HTTP request"}, Summary: Text{"Спрашивает ваш сервер, что делать", "Asks your server what to do"},
		Fields: []Field{
			{Key: "url", Type: FieldURL, Required: true, Title: Text{"Адрес", "Address"}},
			{Key: "method", Type: FieldSelect, Default: "GET", Title: Text{"Метод", "Method"}, Options: []Option{{"GET", Text{"GET", "GET"}}, {"POST", Text{"POST", "POST"}}}},
			{Key: "params", Type: FieldMulti, Default: "numa", Title: Text{"Параметры", "Parameters"}, Options: []Option{
				{"cdr_id", Text{"cdr_id", "cdr_id"}},
				{"call_session_id", Text{"call_session_id", "call_session_id"}},
				{"start_time", Text{"start_time", "start_time"}},
				{"input_result", Text{"input_result: нажатые цифры", "input_result: digits pressed"}},
				{"numa", Text{"numa: звонящий", "numa: caller"}},
				{"numb", Text{"numb: набранный", "numb: called"}},
			}},
			{Key: "wait_ms", Type: FieldNumber, Default: "2000", Min: 200, Max: 10000, Title: Text{"Ждать ответа, мс", "Wait for the answer, ms"}},
			ringField(), callerIDField(),
		},
		Exits: []Exit{
			{ExitAnswered, Text{"После разговора", "After the talk"}, false},
			{ExitDone, Text{"Сообщение проиграно", "Message played"}, false},
			{ExitNoAnswer, Text{"Не ответили", "No answer"}, false},
			{ExitFailed, Text{"Сервер не ответил", "The server failed"}, true},
			{"code_1", Text{"Код 1", "Code 1"}, false},
			{"code_2", Text{"Код 2", "Code 2"}, false},
			{"code_3", Text{"Код 3", "Code 3"}, false},
			{"code_4", Text{"Код 4", "Code 4"}, false},
			{"code_5", Text{"Код 5", "Code 5"}, false},
		},
	}
}

func blacklistSpec() Spec {
	return Spec{
		Type: TypeBlacklist, Title: Text{"Чёрный список", "Blacklist"}, Summary: Text{"Отделяет номера из чёрного списка", "Parts blocked callers"},
		Exits: []Exit{{ExitPassed, Text{"Не в списке", "Not listed"}, true}, {ExitBlocked, Text{"В списке", "Listed"}, false}},
	}
}

func tagSpec() Spec {
	return Spec{
		Type: TypeTag, Title: Text{"Тег", "Tag"}, Summary: Text{"Отмечает звонок", "Marks the call"},
		Fields: []Field{{Key: "tag", Type: FieldTag, Required: true, Title: Text{"Тег", "Tag"}}},
		Exits:  []Exit{{ExitDone, Text{"Дальше", "Next"}, true}},
	}
}

func gotoSpec() Spec {
	return Spec{
		Type: TypeGoto, Title: Text{"Другой сценарий", "Another scenario"}, Summary: Text{"Продолжает другим сценарием", "Goes on in another scenario"},
		Fields: []Field{{Key: "scenario", Type: FieldScenario, Required: true, Title: Text{"Сценарий", "Scenario"}}},
	}
}

func hangupSpec() Spec {
	return Spec{
		Type: TypeHangup, Title: Text{"Завершить", "Hang up"}, Summary: Text{"Кладёт трубку", "Ends the call"},
		Fields: []Field{{Key: "code", Type: FieldNumber, Default: "480", Min: 400, Max: 699, Title: Text{"Код SIP", "SIP code"}}},
	}
}
