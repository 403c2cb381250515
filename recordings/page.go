package recordings

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
)

// pageCSP lets the page play its recording and do nothing else. CRMs may frame it: there is nothing on it to be clicked by mistake.
const pageCSP = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors *"

var pageTemplate = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="{{.Lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{.Title}}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; padding: 24px; max-width: 640px; }
h1 { font-size: 18px; margin: 0 0 16px; }
audio { width: 100%; display: block; }
p { margin: 16px 0 0; }
</style>
</head>
<body>
<main>
<h1>{{.Title}}{{with .Length}} · {{.}}{{end}}</h1>
{{if .Source}}<audio controls preload="metadata" src="{{.Source}}"></audio>
<p><a href="{{.Source}}?download">{{.Save}}</a></p>
{{else}}<p role="alert">{{.Sorry}}</p>
{{end}}</main>
</body>
</html>
`))

// pageWords are the words of the page in a language.
type pageWords struct {
	Lang, Title, Save                                 string
	gone, expired, notReady, unknown, notNow, tooMany string
}

var (
	pageRU = pageWords{
		"ru", "Запись разговора", "Скачать",
		"Запись удалена.", "Срок ссылки истёк.", "Запись ещё загружается с АТС. Откройте страницу через минуту.", "Такой записи нет.",
		"Запись сейчас недоступна. Попробуйте через минуту.", "Слишком много запросов. Попробуйте через минуту.",
	}
	pageEN = pageWords{
		"en", "Call recording", "Save the file",
		"The recording was deleted.", "The link has expired.", "The recording is still being fetched from the PBX. Open the page in a minute.",
		"There is no such recording.", "The recording is not available now. Try in a minute.", "Too many requests. Try in a minute.",
	}
)

// pageData is what the page shows: a player, or why there is none.
type pageData struct {
	pageWords
	Length, Source, Sorry string
}

func wordsFor(r *http.Request) pageWords {
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(r.Header.Get("Accept-Language"))), "ru") {
		return pageRU
	}
	return pageEN
}

func (p pageWords) sorry(err error) string {
	e := core.AsError(err)
	switch {
	case e.Reason == "deleted":
		return p.gone
	case e.Reason == "expired":
		return p.expired
	case e.Reason == "not_ready":
		return p.notReady
	case e.Kind == core.KindNotFound:
		return p.unknown
	case e.Kind == core.KindRateLimited:
		return p.tooMany
	}
	return p.notNow
}

// page answers /r/{signed}/page.
func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	data := pageData{pageWords: wordsFor(r)}
	status := http.StatusOK
	link, err := s.cfg.Recordings.ReadRecording(r.PathValue("signed"), s.cfg.Clock.Now())
	if err == nil {
		data.Length, err = s.lengthOf(r, link.AccountID, link.RecordingID)
		data.Source = "/r/" + r.PathValue("signed")
	}
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	if err != nil {
		status, _ = s.refusedAs(r, err)
		refuseHeaders(w, err)
		data.Source, data.Sorry = "", data.sorry(err)
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, data); err != nil {
		s.Refuse(w, r, err)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", pageCSP)
	h.Set("Vary", "Accept-Language")
	h.Del("X-Frame-Options")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// lengthOf finds a recording that can be played and says how long it is.
func (s *Server) lengthOf(r *http.Request, account core.AccountID, id core.RecordingID) (string, error) {
	rec, file, err := s.cfg.Recordings.Open(r.Context(), account, id)
	if err != nil {
		return "", err
	}
	_ = file.Close()
	if rec.Duration <= 0 {
		return "", nil
	}
	seconds := int(rec.Duration.Round(time.Second) / time.Second)
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60), nil
}
