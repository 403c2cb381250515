package emulator

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

// page is what people see in the browser.
const pageHTML = `<!doctype html>
<html lang="ru"><head><meta charset="utf-8"><title>{{.Title}} — Битрикс24 (эмулятор)</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem;color:#333}h1{font-size:1.4rem}
label{display:block;margin:.8rem 0}input[type=url],select{width:100%;padding:.4rem;font:inherit;box-sizing:border-box}button{font:inherit;padding:.5rem 1.2rem;margin-right:.5rem}</style></head>
<body><h1>{{.Title}}</h1>{{if .Text}}<p>{{.Text}}</p>{{end}}
{{if .Allow}}<form method="post" action="{{.Action}}"><label>Сотрудник <select name="user">{{range .Users}}<option value="{{.ID}}">{{.Name}}</option>{{end}}</select></label>
<button name="decision" value="allow">Разрешить</button><button name="decision" value="deny">Отказать</button></form>{{end}}
{{if .Install}}<form method="post"><label>Путь для первоначальной установки <input type="url" name="handler" value="{{.Handler}}" required></label>
<label>Адрес возврата после авторизации <input type="url" name="redirect" value="{{.Redirect}}"></label>
<p>Код приложения: <code>{{.ClientID}}</code><br>Ключ приложения: <code>{{.ClientSecret}}</code></p><button>Установить</button></form>{{end}}
</body></html>`

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

type pageUser struct {
	ID   int
	Name string
}

type pageData struct {
	Title, Text            string
	Allow, Install         bool
	Action                 string
	Users                  []pageUser
	Handler, Redirect      string
	ClientID, ClientSecret string
}

func (s *Server) show(w http.ResponseWriter, status int, data pageData) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = pageTemplate.Execute(w, data)
}

// serveAuthorize asks a person whether the application may act for them. What is wrong stays on this page: the application hears nothing of it.
func (s *Server) serveAuthorize(w http.ResponseWriter, r *http.Request) {
	state := r.URL.Query().Get("state")
	s.mu.Lock()
	installed, redirect, users := s.state.app.installed, s.state.app.redirect, s.people()
	s.mu.Unlock()
	switch {
	case r.URL.Query().Get("client_id") != s.options.ClientID:
		s.show(w, http.StatusBadRequest, pageData{Title: "Приложение не найдено", Text: "Проверьте код приложения (client_id)."})
	case !installed:
		s.show(w, http.StatusForbidden, pageData{Title: "Приложение не установлено", Text: "Сначала установите локальное приложение на портале."})
	case r.Method != http.MethodPost:
		s.show(w, http.StatusOK, pageData{
			Title: "Доступ для приложения", Text: "Приложение «Сквозь» просит права: " + strings.Join(s.options.Scopes, ", ") + ".",
			Allow: true, Action: r.URL.RequestURI(), Users: users,
		})
	case r.PostFormValue("decision") != "allow":
		s.show(w, http.StatusForbidden, pageData{Title: "Доступ не разрешён"})
	default:
		s.comeBack(w, r, redirect, state)
	}
}

// comeBack sends the person to the application with a code.
func (s *Server) comeBack(w http.ResponseWriter, r *http.Request, redirect, state string) {
	code := s.Code(whole(r.PostFormValue("user")))
	target, err := url.Parse(redirect)
	if err != nil || redirect == "" {
		s.show(w, http.StatusOK, pageData{Title: "Код авторизации", Text: code})
		return
	}
	base := s.address(r)
	query := target.Query()
	for name, value := range map[string]string{
		"code": code, "state": state, "domain": host(base), "member_id": memberID(), "scope": strings.Join(s.options.Scopes, ","), "server_domain": host(base),
	} {
		query.Set(name, value)
	}
	target.RawQuery = query.Encode()
	http.Redirect(w, r, target.String(), http.StatusFound)
}

// Code is the authorization code a person gets who allows access; it is good once and for 30 seconds. User 0 is the first one.
func (s *Server) Code(user int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	code := random()
	s.state.codes[code] = &authCode{user: or(user, 1), expires: s.now().Add(codeLife)}
	return code
}

// serveApplication is the card of the local application, where a person installs it.
func (s *Server) serveApplication(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	data := pageData{
		Title: "Локальное приложение", Install: true, Handler: s.state.app.handler, Redirect: s.state.app.redirect,
		ClientID: s.options.ClientID, ClientSecret: s.options.ClientSecret,
	}
	s.mu.Unlock()
	if r.Method != http.MethodPost {
		s.show(w, http.StatusOK, data)
		return
	}
	done, err := s.InstallApp(r.Context(), Install{Handler: r.PostFormValue("handler"), Redirect: r.PostFormValue("redirect")})
	if err != nil {
		data.Text = "Не получилось: " + err.Error()
		s.show(w, http.StatusBadRequest, data)
		return
	}
	data.Install, data.Text = false, "Приложение установлено, обработчик ответил: "+done.Answer
	s.show(w, http.StatusOK, data)
}
