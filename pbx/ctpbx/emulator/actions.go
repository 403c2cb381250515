package emulator

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/internal/emulation"
)

// values are what was typed into the form of an action.
type values map[string]string

// number reads a whole number from 0 on; an empty one is 0.
func (v values) number(name string) (int, error) {
	text := strings.TrimSpace(v[name])
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s must be a whole number", name)
	}
	return n, nil
}

func (v values) ms(name string) (time.Duration, error) {
	n, err := v.number(name)
	return time.Duration(n) * time.Millisecond, err
}

func (v values) yes(name string) bool { return v[name] == "yes" || v[name] == "true" || v[name] == "1" }

func (v values) words(name string) []string {
	return strings.FieldsFunc(v[name], func(r rune) bool { return r == ' ' || r == ',' || r == ';' })
}

type okay struct {
	OK bool `json:"ok"`
}

type made struct {
	CallID string `json:"call_id"`
}

func action(name, title string, do func(values) (any, error), params ...emulation.Param) emulation.Action {
	return emulation.Action{Name: name, Title: title, Params: params, Do: func(_ context.Context, v map[string]string) (any, error) { return do(v) }}
}

// simple is an action that gives nothing back.
func simple(name, title string, do func(v values) error, params ...emulation.Param) emulation.Action {
	return action(name, title, func(v values) (any, error) {
		if err := do(v); err != nil {
			return nil, err
		}
		return okay{true}, nil
	}, params...)
}

func need(name, title string) emulation.Param { return emulation.Param{Name: name, Title: title} }

func may(name, title string) emulation.Param {
	return emulation.Param{Name: name, Title: title, Optional: true}
}

func with(name, title, otherwise string) emulation.Param {
	return emulation.Param{Name: name, Title: title, Default: otherwise}
}

// onPhone is an action with a phone that takes nothing else.
func onPhone(name, title string, do func(phone string) error) emulation.Action {
	return simple(name, title, func(v values) error { return do(v["phone"]) }, need("phone", "Добавочный или номер"))
}

// Actions are what people do with phones, and what the provider's administrator sets up.
func (s *Server) Actions() []emulation.Action {
	return append(append(s.phoneActions(), s.setupActions()...), s.troubleActions()...)
}

func (s *Server) phoneActions() []emulation.Action {
	first := ""
	s.read(func() {
		if len(s.world.numbers) > 0 {
			first = s.world.numbers[0]
		}
	})
	return []emulation.Action{
		action("place_call", "Позвонить снаружи", func(v values) (any, error) {
			patience, err := v.ms("patience_ms")
			if err != nil {
				return nil, err
			}
			id, err := s.PlaceCall(v["from"], v["to"], patience)
			return made{id}, err
		}, may("from", "Свой номер (пусто — скрыт)"), with("to", "Виртуальный номер", first), may("patience_ms", "Ждёт ответа, мс (пусто — без конца)")),
		action("dial", "Позвонить с линии", func(v values) (any, error) {
			id, err := s.Dial(v["phone"], v["to"])
			return made{id}, err
		}, need("phone", "Добавочный"), need("to", "Номер или добавочный")),
		onPhone("answer", "Ответить", s.Answer),
		onPhone("decline", "Отклонить", s.Decline),
		onPhone("busy", "Ответить «занято»", s.Busy),
		onPhone("hold", "Удержать", s.Hold),
		onPhone("resume", "Снять с удержания", s.Resume),
		simple("transfer", "Перевести", func(v values) error { return s.Transfer(v["phone"], v["to"], v.yes("attended")) },
			need("phone", "Кто переводит"), need("to", "Кому: добавочный или номер"), with("attended", "Сначала поговорить (yes/no)", "no")),
		onPhone("complete_transfer", "Завершить перевод", s.CompleteTransfer),
		onPhone("cancel_transfer", "Отменить перевод", s.CancelTransfer),
		onPhone("hang_up", "Положить трубку", s.HangUp),
		simple("press", "Нажать цифры", func(v values) error { return s.Press(v["phone"], v["digits"]) }, need("phone", "Добавочный или номер"), need("digits", "Цифры")),
		simple("rule", "Правило телефона", s.doRule, need("phone", "Добавочный или номер"), with("act", "manual, answer, decline, busy или no_answer", string(Answers)),
			with("after_ms", "Через, мс", "200"), may("hang_up_after_ms", "Положит трубку через, мс разговора (пусто — нет)")),
		simple("available", "Доступность", func(v values) error { return s.SetAvailable(v["phone"], v.yes("available")) },
			need("phone", "Добавочный или номер"), with("available", "yes/no", "no")),
		simple("end_all", "Завершить все звонки", func(values) error { s.EndAll(); return nil }),
		{Name: "look", Title: "Состояние целиком", Params: []emulation.Param{may("after", "После версии"), may("wait_ms", "Ждать перемен, мс")}, Do: s.doLook},
	}
}

func (s *Server) doRule(v values) error {
	after, err := v.ms("after_ms")
	if err != nil {
		return err
	}
	hangUp, err := v.ms("hang_up_after_ms")
	if err != nil {
		return err
	}
	return s.SetRule(v["phone"], Rule{Act(v["act"]), after, hangUp})
}

func (s *Server) doLook(ctx context.Context, raw map[string]string) (any, error) {
	v := values(raw)
	after, err := v.number("after")
	if err != nil {
		return nil, err
	}
	wait, err := v.ms("wait_ms")
	if err != nil {
		return nil, err
	}
	return s.StateAfter(ctx, after, wait), nil
}

func (s *Server) setupActions() []emulation.Action {
	return []emulation.Action{
		simple("connect", "Подключить к Сквозу", func(v values) error { return s.Connect(v["address"], v["secret"]) },
			may("address", "Адрес событий (пусто — отключить)"), may("secret", "Секрет whsec_…")),
		simple("set_token", "Токен команд", func(v values) error { return s.SetToken(v["token"]) }, need("token", "Токен")),
		simple("add_number", "Добавить виртуальный номер", func(v values) error { return s.AddNumber(v["number"]) }, need("number", "Номер")),
		simple("remove_number", "Убрать номер", func(v values) error { s.RemoveNumber(v["number"]); return nil }, need("number", "Номер")),
		simple("add_line", "Добавить линию", func(v values) error { return s.AddLine(Line{v["ext"], v["name"], v["number"]}) },
			need("ext", "Добавочный"), may("name", "Имя"), may("number", "Свой номер сотрудника")),
		simple("remove_line", "Убрать линию", func(v values) error { s.RemoveLine(v["ext"]); return nil }, need("ext", "Добавочный")),
		simple("fallback", "Запасной маршрут", func(v values) error { s.SetFallback(v.words("phones")...); return nil }, may("phones", "Добавочные и номера через запятую")),
		simple("limits", "Ограничения команд", s.doLimits, with("allowed", "Начала номеров, куда можно", "7"), with("forbidden", "Куда нельзя", "7809"),
			may("blacklist", "Чёрный список"), may("per_minute", "Команд в минуту"), may("calls", "Звонков сразу"), with("overloaded", "Перегружена (yes/no)", "no")),
	}
}

func (s *Server) doLimits(v values) error {
	perMinute, err := v.number("per_minute")
	if err != nil {
		return err
	}
	calls, err := v.number("calls")
	if err != nil {
		return err
	}
	s.SetLimits(Limits{v.words("allowed"), v.words("forbidden"), v.words("blacklist"), perMinute, calls, v.yes("overloaded")})
	return nil
}

func (s *Server) troubleActions() []emulation.Action {
	return []emulation.Action{
		simple("disturb", "Испортить события", s.doDisturb, with("kind", fmt.Sprint(Disturbs()), string(DisturbDuplicate)), may("event", "Тип события (пусто — любое)"),
			with("times", "Сколько", "1"), may("delay_ms", "Задержка, мс")),
		simple("calm", "Больше не портить", func(values) error { s.Calm(); return nil }),
		simple("repeat", "Отправить событие ещё раз", func(v values) error { return s.Repeat(v["event"]) }, need("event", "id события")),
		simple("lose", "Потерять связь телефона", func(v values) error { return s.Lose(v["phone"], v["reason"]) },
			need("phone", "Добавочный или номер"), with("reason", "Причина", "media_timeout")),
		simple("recordings", "Записи", s.doRecordings, may("file", "Файл WAV или MP3 вместо синтеза"), may("fail", "Сколько не удастся"), may("late", "Сколько раз 404 сначала")),
	}
}

func (s *Server) doDisturb(v values) error {
	times, err := v.number("times")
	if err != nil {
		return err
	}
	delay, err := v.ms("delay_ms")
	if err != nil {
		return err
	}
	return s.Disturb(Disturb(v["kind"]), v["event"], times, delay)
}

func (s *Server) doRecordings(v values) error {
	fail, err := v.number("fail")
	if err != nil {
		return err
	}
	late, err := v.number("late")
	if err != nil {
		return err
	}
	var file []byte
	if v["file"] != "" {
		if file, err = os.ReadFile(v["file"]); err != nil {
			return err
		}
	}
	s.FailRecordings(fail)
	s.LateRecordings(late)
	return s.UseFile(file)
}
