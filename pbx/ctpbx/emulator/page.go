package emulator

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"golang.org/x/text/language"

	"github.com/skvoz/skvoz/internal/emulation"
)

//go:embed page/*
var pageFiles embed.FS

var pageTemplate = template.Must(template.ParseFS(pageFiles, "page/phones.html"))

// languages of the page; the first is for those who understand neither.
var languages = language.NewMatcher([]language.Tag{language.English, language.Russian})

// servePage serves the page with phones, and below /_ctl/ the control API, which the page uses.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/_ctl/"):
		emulation.NewControl([]emulation.Placed{{Vendor: s, Kit: s.kit, URL: s.baseURL()}}).ServeHTTP(w, r)
	case r.URL.Path == "/phones.css":
		serveFile(w, r, "phones.css")
	case r.URL.Path == "/phones.js":
		serveFile(w, r, "phones.js")
	case r.URL.Path == "/" && r.Method == http.MethodGet:
		showPage(w, r)
	default:
		refusal{http.StatusNotFound, "not_found", "there is nothing here", ""}.write(w)
	}
}

func serveFile(w http.ResponseWriter, r *http.Request, name string) {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(fmt.Sprintf("the page is not embedded: %v", err))
	}
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeFileFS(w, r, files, name)
}

func (s *Server) baseURL() (url string) {
	s.read(func() { url = s.opts.BaseURL })
	return url
}

func showPage(w http.ResponseWriter, r *http.Request) {
	lang := "en"
	if _, at := language.MatchStrings(languages, r.Header.Get("Accept-Language")); at == 1 {
		lang = "ru"
	}
	if asked := r.URL.Query().Get("lang"); words[asked] != nil {
		lang = asked
	}
	var page bytes.Buffer
	if err := pageTemplate.Execute(&page, map[string]any{"Lang": lang, "Words": words[lang]}); err != nil {
		refusal{http.StatusInternalServerError, "error", err.Error(), ""}.write(w)
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
