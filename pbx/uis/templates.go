package uis

import "strings"

// Template is a notification people set up in UIS.
type Template struct {
	// Event is what it tells of; Title is its name in UIS.
	Event, Title string
	// Text is what they paste.
	Text string
}

// common are the variables of all notifications.
var common = []string{
	"notification_time", "notification_timestamp", "call_session_id", "external_id", "direction", "is_internal", "call_source", "start_time", "virtual_phone_number", "contact_phone_number",
}

var employee = []string{"employee_id", "employee_full_name", "employee_phone_number"}

// Templates are the notifications to set up, in the order of a call.
func Templates() []Template {
	durations := []string{"talk_time_duration", "total_time_duration", "wait_time_duration"}
	return []Template{
		template(inboundCall, "Входящий звонок", nil),
		template(outboundCall, "Исходящий звонок", employee),
		template(waiting, "Ожидание ответа", employee, []string{"leg_id"}),
		template(talkStarted, "Начало разговора", employee, []string{"leg_ids"}),
		template(talkFinished, "Завершение разговора", employee, []string{"leg_ids", "talk_time_duration"}),
		template(callFinished, "Завершение звонка", employee, durations),
		template(lostCall, "Потерянный звонок", []string{"employee_ids", "wait_time_duration"}),
		template(recordReady, "Запись разговора", employee, []string{"file_link", "file_duration"}),
	}
}

func template(event, title string, more ...[]string) Template {
	var text strings.Builder
	text.WriteString(`{"event":"` + event + `"`)
	for _, names := range append([][]string{common}, more...) {
		for _, name := range names {
			text.WriteString(",\n\"" + name + `":{{` + name + "}}")
		}
	}
	return Template{Event: event, Title: title, Text: text.String() + "}"}
}
