package emulator

// words of the page in each language.
//
//nolint:gosec // words of a page, no credentials
var words = map[string]map[string]string{
	"en": {
		"title": "Telephone simulator", "live": "live", "lost": "no connection to the simulator, trying again", "other": "По-русски", "otherLang": "ru",
		"connection": "Connection to Skvoz", "connected": "connected", "notConnected": "not connected: events go nowhere", "gone": "stopped: the other side wants no more events (410)",
		"address": "Events address from Skvoz", "secret": "Secret (whsec_…)", "connect": "Connect", "disconnect": "Disconnect", "enter": "Enter in Skvoz:", "ownAddress": "address", "token": "token",
		"outside": "Outside phones", "ownNumber": "Your number (empty = hidden)", "to": "Number to call", "call": "Call", "noOutside": "Nobody outside is on the phone.",
		"lines": "Employees' lines", "calls": "Calls", "events": "Events sent", "questions": "Routing questions", "noCalls": "No calls yet.", "noEvents": "No events yet.", "noQuestions": "No questions yet.",
		"answer": "Answer", "decline": "Decline", "busy": "Busy", "hold": "Hold", "resume": "Resume", "hang_up": "Hang up", "transfer": "Transfer", "ask": "Ask first", "complete_transfer": "Connect them",
		"cancel_transfer": "Take it back", "dial": "Call", "toWhom": "Number or extension", "digits": "Digits", "press": "Press", "keypad": "Keypad", "unavailable": "Unavailable", "endAll": "End all calls",
		"rule": "By itself", "rule_manual": "nothing", "rule_answer": "answers", "rule_decline": "declines", "rule_busy": "is busy", "rule_no_answer": "does not answer", "after": "after, ms",
		"free": "free", "state_busy": "busy", "state_unavailable": "unavailable", "dialing": "calling…", "ringing": "ringing", "answered": "in a call", "held": "on hold", "shows": "caller", "heard": "heard digits",
		"time": "Time", "id": "Call", "state": "State", "who": "Who", "number": "Number", "parties": "Legs", "event": "Event", "delivery": "Answer", "data": "Data", "reason": "Reason", "seq": "No.",
		"call_routing": "being routed", "call_ringing": "ringing", "call_talk": "talking", "call_hold": "on hold", "call_finished": "over", "lostCall": "lost", "rings": "rings", "hidden": "hidden number",
		"waiting": "waiting", "delivered": "delivered", "failed": "failed", "stopped": "stopped", "notSent": "not sent", "lostEvent": "lost on purpose", "tries": "tries", "noAnswer": "no answer",
	},
	"ru": {
		"title": "Симулятор телефонии", "live": "обновляется", "lost": "нет связи с симулятором, пробуем снова", "other": "In English", "otherLang": "en",
		"connection": "Подключение к Сквозу", "connected": "подключено", "notConnected": "не подключено: события никуда не уходят", "gone": "остановлено: другая сторона больше не хочет событий (410)",
		"address": "Адрес событий из Сквоза", "secret": "Секрет (whsec_…)", "connect": "Подключить", "disconnect": "Отключить", "enter": "Ввести в Сквозе:", "ownAddress": "адрес", "token": "токен",
		"outside": "Внешние телефоны", "ownNumber": "Свой номер (пусто — скрыт)", "to": "Куда звонить", "call": "Позвонить", "noOutside": "Снаружи никто не говорит.",
		"lines": "Линии сотрудников", "calls": "Звонки", "events": "Отправленные события", "questions": "Вопросы о маршруте", "noCalls": "Звонков ещё не было.", "noEvents": "Событий ещё не было.", "noQuestions": "Вопросов ещё не было.",
		"answer": "Ответить", "decline": "Отклонить", "busy": "Занято", "hold": "Удержать", "resume": "Снять с удержания", "hang_up": "Положить трубку", "transfer": "Перевести", "ask": "Сначала спросить",
		"complete_transfer": "Соединить их", "cancel_transfer": "Вернуть себе", "dial": "Позвонить", "toWhom": "Номер или добавочный", "digits": "Цифры", "press": "Нажать", "keypad": "Клавиатура",
		"unavailable": "Недоступна", "endAll": "Завершить все звонки",
		"rule": "Сама по себе", "rule_manual": "ничего", "rule_answer": "отвечает", "rule_decline": "отклоняет", "rule_busy": "занята", "rule_no_answer": "не отвечает", "after": "через, мс",
		"free": "свободна", "state_busy": "занята", "state_unavailable": "недоступна", "dialing": "вызывает…", "ringing": "звонит", "answered": "разговор", "held": "на удержании", "shows": "звонящий", "heard": "услышаны цифры",
		"time": "Время", "id": "Звонок", "state": "Состояние", "who": "Кто", "number": "Номер", "parties": "Плечи", "event": "Событие", "delivery": "Ответ", "data": "Данные", "reason": "Причина", "seq": "№",
		"call_routing": "выбирается маршрут", "call_ringing": "звонит", "call_talk": "разговор", "call_hold": "на удержании", "call_finished": "завершён", "lostCall": "потерян", "rings": "звонит", "hidden": "номер скрыт",
		"waiting": "ждёт", "delivered": "доставлено", "failed": "не доставлено", "stopped": "остановлено", "notSent": "не отправлено", "lostEvent": "потеряно нарочно", "tries": "попыток", "noAnswer": "нет ответа",
	},
}
