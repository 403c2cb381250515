package demo

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

//go:embed pages/*.html pages/style.css
var pages embed.FS

// PageSite is a small site that embeds the script: a landing page with a form that does not reload, a single-page section, and an order form that
// reloads the page and reports the visitor from its own back end, as shops do.
type PageSite struct {
	// SiteKey is the key in the snippet; Server is the tracker's address without a trailing slash, as browsers and this site reach it.
	SiteKey string
	Server  string
	// Client sends the back end's requests.
	Client *http.Client
	Log    *slog.Logger

	templates *template.Template
}

// Handler serves the site.
func (s *PageSite) Handler() (http.Handler, error) {
	t, err := template.ParseFS(pages, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("reading the demo site's pages: %w", err)
	}
	s.templates = t
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.page("landing.html"))
	mux.HandleFunc("GET /catalog/", s.page("catalog.html"))
	mux.HandleFunc("GET /order/{$}", s.page("order.html"))
	mux.HandleFunc("GET /order/thanks/{$}", s.page("thanks.html"))
	mux.HandleFunc("POST /order/{$}", s.order)
	mux.Handle("GET /style.css", http.HandlerFunc(s.style))
	return mux, nil
}

type pageData struct {
	SiteKey   string
	ScriptURL string
	Path      string
	Failed    bool
}

func (s *PageSite) page(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { s.render(w, r, name, false) }
}

func (s *PageSite) render(w http.ResponseWriter, r *http.Request, name string, failed bool) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	data := pageData{SiteKey: s.SiteKey, ScriptURL: s.Server + "/static/cs.min.js", Path: r.URL.Path, Failed: failed}
	if err := s.templates.ExecuteTemplate(w, name, data); err != nil {
		s.Log.WarnContext(r.Context(), "demo page broke off", "error", err)
	}
}

func (s *PageSite) style(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pages, "pages/style.css")
}

// order is what a shop's back end does with a form that reloads the page: the form carries the visitor's ids in hidden fields, the back end
// reports the contact data through /vc/s/ and the request through api/add_offline_message/.
func (s *PageSite) order(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form can't be read", http.StatusBadRequest)
		return
	}
	if err := s.report(r.Context(), r.PostForm); err != nil {
		s.Log.WarnContext(r.Context(), "demo order was not reported", "error", err)
		s.render(w, r, "order.html", true)
		return
	}
	http.Redirect(w, r, "/order/thanks/", http.StatusSeeOther)
}

func (s *PageSite) report(ctx context.Context, form url.Values) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	contacts := url.Values{"sk": {s.SiteKey}, "ci": {form.Get("comagic_id")}, "hi": {form.Get("hit_id")}, "s": {"1"}}
	for ours, theirs := range map[string]string{"name": "vn", "phone": "vp", "email": "ve"} {
		if v := form.Get(ours); v != "" {
			contacts.Set(theirs, v)
		}
	}
	if err := s.call(ctx, http.MethodGet, s.Server+"/vc/s/?"+contacts.Encode(), nil); err != nil {
		return fmt.Errorf("passing contacts: %w", err)
	}
	request := url.Values{"site_key": {s.SiteKey}, "form_name": {"Заказ"}}
	for _, name := range []string{"visitor_id", "session_id", "hit_id", "name", "phone", "email", "text"} {
		request.Set(name, form.Get(name))
	}
	if err := s.call(ctx, http.MethodPost, s.Server+"/api/add_offline_message/", request); err != nil {
		return fmt.Errorf("passing the request: %w", err)
	}
	return nil
}

func (s *PageSite) call(ctx context.Context, method, address string, form url.Values) error {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	}
	resp, err := s.Client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		Success bool `json:"success"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<16)).Decode(&answer); err != nil || !answer.Success {
		return fmt.Errorf("the tracker answered %s", resp.Status)
	}
	return nil
}
