package emulation

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"

	"golang.org/x/text/language"
)

//go:embed page/*
var pageFiles embed.FS

var pageTemplate = template.Must(template.ParseFS(pageFiles, "page/page.html"))

// languages of the page; the first is for those who understand neither.
var languages = language.NewMatcher([]language.Tag{language.English, language.Russian})

// servePage serves the page and its files, all from here.
func servePage(mux *http.ServeMux, vendors []Placed) {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(fmt.Sprintf("the emulators' page is not embedded: %v", err))
	}
	for _, name := range []string{"page.css", "page.js"} {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-cache")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			http.ServeFileFS(w, r, files, name)
		})
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { showPage(w, r, vendors) })
}

func showPage(w http.ResponseWriter, r *http.Request, vendors []Placed) {
	lang := "en"
	if _, at := language.MatchStrings(languages, r.Header.Get("Accept-Language")); at == 1 {
		lang = "ru"
	}
	all := make([]described, len(vendors))
	for i, p := range vendors {
		all[i] = described{Kind: p.Vendor.Kind(), Title: p.Vendor.Title(), URL: p.URL, Credentials: list(p.Vendor.Credentials())}
	}
	var page bytes.Buffer
	err := pageTemplate.Execute(&page, map[string]any{"Lang": lang, "Words": words[lang], "Vendors": all, "FaultKinds": FaultKinds()})
	if err != nil {
		writeError(w, http.StatusInternalServerError, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept-Language")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	_, _ = w.Write(page.Bytes())
}

// words of the page in each language.
var words = map[string]map[string]string{
	"en": {
		"title": "Emulators", "vendors": "Emulated systems", "address": "Address", "none": "No emulators are running.", "live": "live", "lost": "no connection to the emulators, trying again",
		"connect": "What to type into the connect wizard", "setting": "Setting", "value": "Value", "copy": "Copy", "copied": "Copied",
		"actions": "What people do there", "do": "Do", "done": "Done", "required": "required",
		"faults": "Faults", "faultKind": "What happens", "faultMethod": "Method", "faultPath": "Part of the path", "faultTimes": "How many times (0 = until switched off)", "faultAfter": "After so many requests",
		"faultStatus": "Status", "faultRetry": "Retry-After, seconds", "faultDelay": "Delay, ms", "switchOn": "Switch on", "switchOff": "Switch all off", "noFaults": "All is well.", "any": "any",
		"fault_status": "a status and {}", "fault_html": "a page of HTML", "fault_malformed": "half an answer", "fault_slow": "a slow answer",
		"fault_drop": "connection closed, nothing done", "fault_drop_after": "done, then connection closed",
		"clock": "Clock", "ahead": "ahead by", "advance": "Move forward by", "move": "Move",
		"reset": "Back to the beginning", "resetAsk": "Forget the state, faults and journal of this emulator?",
		"state": "State", "shown": "shown", "empty": "empty", "journal": "Requests", "filter": "Part of the path", "clear": "Clear", "noRequests": "No requests yet.",
		"request": "Request", "response": "Answer", "closed": "closed", "noBody": "no body",
	},
	"ru": {
		"title": "Эмуляторы", "vendors": "Эмулируемые системы", "address": "Адрес", "none": "Ни один эмулятор не запущен.", "live": "обновляется", "lost": "нет связи с эмуляторами, пробуем снова",
		"connect": "Что ввести в мастере подключения", "setting": "Настройка", "value": "Значение", "copy": "Скопировать", "copied": "Скопировано",
		"actions": "Что там делают люди", "do": "Выполнить", "done": "Готово", "required": "обязательно",
		"faults": "Сбои", "faultKind": "Что происходит", "faultMethod": "Метод", "faultPath": "Часть пути", "faultTimes": "Сколько раз (0 — пока не выключат)", "faultAfter": "Через столько запросов",
		"faultStatus": "Код ответа", "faultRetry": "Retry-After, секунд", "faultDelay": "Задержка, мс", "switchOn": "Включить", "switchOff": "Выключить все", "noFaults": "Всё исправно.", "any": "любой",
		"fault_status": "код ответа и {}", "fault_html": "страница HTML", "fault_malformed": "половина ответа", "fault_slow": "медленный ответ",
		"fault_drop": "обрыв, ничего не сделано", "fault_drop_after": "сделано, затем обрыв",
		"clock": "Часы", "ahead": "впереди на", "advance": "Перевести вперёд на", "move": "Перевести",
		"reset": "Вернуть к началу", "resetAsk": "Забыть состояние, сбои и журнал этого эмулятора?",
		"state": "Состояние", "shown": "показано", "empty": "пусто", "journal": "Запросы", "filter": "Часть пути", "clear": "Очистить", "noRequests": "Запросов ещё не было.",
		"request": "Запрос", "response": "Ответ", "closed": "обрыв", "noBody": "без тела",
	},
}
