package exchange

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/internal/emulation"
)

// Values are what a person typed into the form of an action.
type Values map[string]string

// Number reads a whole number; an empty one is 0.
func (v Values) Number(name string) (int64, error) {
	if strings.TrimSpace(v[name]) == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.TrimSpace(v[name]), 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s must be a whole number, not negative", name)
	}
	return n, nil
}

// Do makes an action of what gives back nothing.
func Do(name, title string, do func(Values) error, params ...emulation.Param) emulation.Action {
	return Show(name, title, func(v Values) (any, error) {
		if err := do(v); err != nil {
			return nil, err
		}
		return map[string]any{"ok": true}, nil
	}, params...)
}

// Show makes an action of what gives something back.
func Show(name, title string, do func(Values) (any, error), params ...emulation.Param) emulation.Action {
	return emulation.Action{Name: name, Title: title, Params: params, Do: func(_ context.Context, v map[string]string) (any, error) { return do(v) }}
}

// Typed is a parameter with a default; without one it is required.
func Typed(name, title, otherwise string) emulation.Param {
	return emulation.Param{Name: name, Title: title, Default: otherwise}
}

// Maybe is a parameter that may be left out.
func Maybe(name, title string) emulation.Param {
	return emulation.Param{Name: name, Title: title, Optional: true}
}

// Actions are the verbs of the desk.
func (d *Desk) Actions() []emulation.Action {
	which := Maybe("call", "Номер звонка (пусто — последний идущий)")
	on := func(do func(call int64, v Values) error) func(Values) error {
		return func(v Values) error {
			id, err := v.Number("call")
			if err != nil {
				return err
			}
			return do(id, v)
		}
	}
	return append([]emulation.Action{
		Do("answer", "Снять трубку", on(func(id int64, v Values) error { return d.Answer(id, v["who"]) }), which, Maybe("who", "Номер или роль (пусто — кто звонит дольше)")),
		Do("hang_up", "Положить трубку", on(func(id int64, v Values) error { return d.HangUp(id, v["who"]) }), which, Typed("who", "Номер или роль: contact, employee, third", "contact")),
		Do("hold", "Поставить на удержание", on(func(id int64, _ Values) error { return d.Hold(id) }), which),
		Do("unhold", "Снять с удержания", on(func(id int64, _ Values) error { return d.Unhold(id) }), which),
		Do("consult", "Позвонить третьему", on(func(id int64, v Values) error { return d.Consult(id, v["to"]) }), which, Typed("to", "Номер", "")),
		Do("transfer", "Перевести", on(func(id int64, v Values) error { return d.Transfer(id, v["to"]) }), which, Maybe("to", "Номер (пусто — третьему)")),
		Do("restore", "Вернуться к разговору", on(func(id int64, _ Values) error { return d.Restore(id) }), which),
		Do("send_digits", "Нажать кнопки", on(func(id int64, v Values) error { return d.SendDigits(id, v["who"], v["digits"]) }), which, Typed("who", "Номер или роль", "contact"), Typed("digits", "Кнопки", "1")),
		Do("finish_call", "Завершить звонок", on(func(id int64, _ Values) error { return d.FinishCall(id) }), which),
		Do("set_line", "Как отвечает телефон", d.setLine, Typed("number", "Номер (* — все остальные)", "*"),
			Typed("rule", "manual, answer, busy, no_answer, unavailable", string(Answers)), Typed("after_ms", "Через сколько мс", "1000"), Typed("talk_ms", "Разговор, мс (0 — пока не завершат)", "0")),
		Show("call_state", "Состояние звонка", func(v Values) (any, error) {
			var out Call
			err := on(func(id int64, _ Values) error {
				return d.on(id, func(_ *Board, c *Call) error {
					out = c.Clone()
					return nil
				})
			})(v)
			if err != nil {
				return nil, err
			}
			return out.shown(), nil
		}, which),
	}, d.postActions()...)
}

func (d *Desk) postActions() []emulation.Action {
	counted := func(do func(int)) func(Values) error {
		return func(v Values) error {
			n, err := v.Number("count")
			do(int(n))
			return err
		}
	}
	count := Typed("count", "Сколько", "1")
	simply := func(do func()) func(Values) error {
		return func(Values) error {
			do()
			return nil
		}
	}
	return []emulation.Action{
		Do("lose_events", "Потерять следующие уведомления", counted(d.LoseEvents), count),
		Do("duplicate_events", "Отправить следующие уведомления дважды", counted(d.DuplicateEvents), count),
		Do("swap_events", "Два следующих уведомления в обратном порядке", simply(d.SwapEvents)),
		Do("hold_events", "Придержать уведомления", simply(d.HoldEvents)),
		Do("release_events", "Отправить придержанные", func(v Values) error {
			if order := v["order"]; order != "same" && order != "reversed" {
				return fmt.Errorf("order is same or reversed, not %q", order)
			}
			d.ReleaseEvents(v["order"] == "reversed")
			return nil
		}, Typed("order", "Порядок: same, reversed", "same")),
		Show("deliveries", "Отправленные уведомления", func(v Values) (any, error) {
			n, err := v.Number("count")
			if err != nil {
				return nil, err
			}
			return shownDeliveries(d.Deliveries(), int(n)), nil
		}, Typed("count", "Сколько последних", "50")),
	}
}

func (d *Desk) setLine(v Values) error {
	after, err := v.Number("after_ms")
	if err != nil {
		return err
	}
	talk, err := v.Number("talk_ms")
	if err != nil {
		return err
	}
	return d.SetLine(v["number"], Rule{Kind: RuleKind(v["rule"]), After: time.Duration(after) * time.Millisecond, Talk: time.Duration(talk) * time.Millisecond})
}

// shown is a call as scripts read it.
func (c *Call) shown() map[string]any {
	legs := []map[string]any{}
	for _, l := range c.Legs {
		legs = append(legs, map[string]any{"id": l.ID, "number": l.Number, "role": l.Role, "state": l.State, "reason": l.Reason, "owner": l.Owner})
	}
	return map[string]any{
		"id": c.ID, "direction": c.Direction, "virtual": c.Virtual, "contact": c.Contact, "stage": c.Stage, "external_id": c.ExternalID,
		"legs": legs, "talks": len(c.Talks), "talk_ms": c.TalkTime().Milliseconds(), "lost": c.Lost(), "reason": c.Reason, "recording": c.Recording,
	}
}

func shownDeliveries(all []Delivery, n int) []map[string]any {
	out := []map[string]any{}
	for _, d := range all[max(len(all)-n, 0):] {
		out = append(out, map[string]any{"number": d.Number, "name": d.Name, "method": d.Method, "url": d.URL, "body": d.Body, "status": d.Status, "state": d.State})
	}
	return out
}

const tableRows = 200

// Tables show calls, telephones in use and rules, and what was sent.
func (d *Desk) Tables() []emulation.Table {
	calls := emulation.Table{Name: "calls", Title: "Звонки", Columns: []string{"ID", "Начало", "Направление", "Номер", "Клиент", "Состояние", "Телефоны", "Разговор, с", "Итог"}, Rows: [][]string{}}
	lines := emulation.Table{Name: "lines", Title: "Как отвечают телефоны", Columns: []string{"Номер", "Правило", "Через", "Разговор"}, Rows: [][]string{}}
	sent := emulation.Table{Name: "deliveries", Title: "Уведомления", Columns: []string{"№", "Событие", "Адрес", "Ответ", "Состояние", "Тело"}, Rows: [][]string{}}
	d.inside(func(b *Board, q *Courier) {
		for _, c := range slices.Backward(b.Calls()) {
			if len(calls.Rows) < tableRows {
				calls.Rows = append(calls.Rows, c.row())
			}
		}
		lines.Rows = append(lines.Rows, b.Otherwise.row("*"))
		for number, rule := range b.Rules {
			lines.Rows = append(lines.Rows, rule.row(number))
		}
		slices.SortFunc(lines.Rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
		for _, one := range slices.Backward(q.Deliveries()) {
			if len(sent.Rows) < tableRows {
				sent.Rows = append(sent.Rows, []string{strconv.Itoa(one.Number), one.Name, one.Method + " " + one.URL, strconv.Itoa(one.Status), string(one.State), one.Body})
			}
		}
	})
	return []emulation.Table{calls, lines, sent}
}

func (c *Call) row() []string {
	var legs []string
	for _, l := range c.Legs {
		legs = append(legs, strings.TrimSuffix(fmt.Sprintf("%s %s %s %s", l.Role, l.Number, l.State, l.Reason), " "))
	}
	return []string{
		strconv.FormatInt(c.ID, 10), c.StartedAt.Format(time.DateTime), string(c.Direction), c.Virtual, c.Contact, string(c.Stage), strings.Join(legs, "; "),
		strconv.FormatInt(int64(c.TalkTime().Seconds()), 10), string(c.Reason),
	}
}

func (r Rule) row(number string) []string {
	if r.Kind == "" {
		r.Kind = Manual
	}
	return []string{number, string(r.Kind), r.After.String(), r.Talk.String()}
}
