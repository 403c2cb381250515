package emulator

import (
	"html/template"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// access is what the integration was granted. The server's lock guards it.
type access struct {
	redirectURIs []string
	codes        map[string]*code
	byAccess     map[string]*grant
	byRefresh    map[string]*grant
}

// code is what the browser brings back to the integration.
type code struct {
	redirectURI string
	userID      int64
	expires     time.Time
	used        bool
}

func newAccess(o Options) *access {
	return &access{
		redirectURIs: slices.Clone(o.RedirectURIs), codes: map[string]*code{}, byAccess: map[string]*grant{}, byRefresh: map[string]*grant{},
	}
}

const (
	codeLife   = 20 * time.Minute
	accessLife = 24 * time.Hour
)

// refreshLife is three months.
func refreshLife(from time.Time) time.Time { return from.AddDate(0, 3, 0) }

// registered reports whether the browser may be sent to an address.
func (s *Server) registered(uri string) bool {
	if slices.Contains(s.access.redirectURIs, uri) {
		return true
	}
	u, err := url.Parse(uri)
	if err != nil || !s.opts.AnyLoopbackRedirect || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// question is what the page of consent shows.
type question struct {
	ClientID, State, RedirectURI, Account string
	Ask                                   bool // for the redirect URI
	Refused                               string
}

var consentPage = template.Must(template.New("consent").Parse(`<!doctype html>
<html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>amoCRM: доступ интеграции</title><link rel="icon" href="data:,">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:10vh auto;padding:0 1rem}button{font:inherit;padding:.5rem 1.2rem;margin-right:.6rem}
input{font:inherit;width:100%;padding:.3rem}</style></head><body>
<h1>amoCRM (эмулятор)</h1>
{{if .Refused}}<p role="alert">{{.Refused}}</p>{{else}}
<p>Интеграция просит доступ к данным аккаунта «{{.Account}}».</p>
<form method="post" action="/oauth">
<input type="hidden" name="client_id" value="{{.ClientID}}"><input type="hidden" name="state" value="{{.State}}">
{{if .Ask}}<p><label>Redirect URI, как он указан в интеграции<br><input name="redirect_uri" type="url" required></label></p>
{{else}}<input type="hidden" name="redirect_uri" value="{{.RedirectURI}}">{{end}}
<p><button name="decision" value="allow">Разрешить</button><button name="decision" value="deny" formnovalidate>Отказаться</button></p>
</form>{{end}}
</body></html>
`))

// authorize shows the page of consent, and sends the browser back with a code or a refusal.
func (s *Server) authorize(r *http.Request) answer {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return problem(http.StatusMethodNotAllowed, "Method Not Allowed")
	}
	q := s.question(r)
	if r.Method == http.MethodPost && q.Refused == "" && !q.Ask {
		return answer{status: http.StatusFound, location: s.decide(r, q)}
	}
	var html strings.Builder
	if err := consentPage.Execute(&html, q); err != nil {
		panic(err) // the template and its data are ours
	}
	out := answer{status: http.StatusOK, html: html.String()}
	if q.Refused != "" {
		out.status = http.StatusBadRequest
	}
	return out
}

func (s *Server) question(r *http.Request) question {
	q := question{
		ClientID: r.FormValue("client_id"), State: r.FormValue("state"), RedirectURI: r.FormValue("redirect_uri"), Account: s.opts.Subdomain,
	}
	if q.RedirectURI == "" && len(s.access.redirectURIs) > 0 {
		q.RedirectURI = s.access.redirectURIs[0]
	}
	switch {
	case q.ClientID != s.opts.ClientID:
		q.Refused = "Интеграция не найдена: client_id неизвестен."
	case q.RedirectURI == "" && s.opts.AnyLoopbackRedirect:
		q.Ask = true
	case !s.registered(q.RedirectURI):
		q.Refused = "Redirect URI не зарегистрирован в интеграции."
	}
	return q
}

// decide returns where the browser goes with what the person decided.
func (s *Server) decide(r *http.Request, q question) string {
	to, _ := url.Parse(q.RedirectURI) // registered addresses can be parsed
	values := to.Query()
	values.Set("state", q.State)
	values.Set("client_id", q.ClientID)
	values.Set("referer", r.Host)
	if r.FormValue("decision") == "allow" {
		text := s.newCode(q.RedirectURI)
		values.Set("code", text)
	} else {
		values.Set("error", "access_denied")
	}
	to.RawQuery = values.Encode()
	return to.String()
}

func (s *Server) newCode(redirectURI string) string {
	text := "def502" + secret(60)
	s.access.codes[text] = &code{redirectURI: redirectURI, userID: s.state.users[0].ID, expires: s.kit.Clock.Now().Add(codeLife)}
	return text
}

// oauthProblem is how the token endpoint refuses.
func oauthProblem(status int, hint string) answer {
	return answer{status: status, body: object{
		"hint": hint, "title": "Некорректный запрос", "type": "https://developers.amocrm.ru/v3/errors/OAuthProblemJson", "status": status,
		"detail": "В запросе отсутствует ряд параметров или параметры невалидны",
	}}
}

// token exchanges a code or a refresh token for a pair of new tokens. It takes JSON alone.
func (s *Server) token(r *http.Request, body []byte) answer {
	if r.Method != http.MethodPost {
		return problem(http.StatusMethodNotAllowed, "Method Not Allowed")
	}
	if !s.ownHost(r.Host) {
		return oauthProblem(http.StatusUnauthorized, "Account not found")
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return oauthProblem(http.StatusBadRequest, "Check the `grant_type` parameter")
	}
	in, bad := (&call{r: r, body: body}).item()
	if bad != nil {
		return oauthProblem(http.StatusBadRequest, "Check the `grant_type` parameter")
	}
	return s.exchange(in)
}

func (s *Server) exchange(in input) answer {
	text := func(name string) string {
		v, _ := in.object[name].(string)
		return v
	}
	if text("client_id") != s.opts.ClientID || text("client_secret") != s.opts.ClientSecret {
		return oauthProblem(http.StatusUnauthorized, "Client authentication failed")
	}
	if text("redirect_uri") == "" {
		return oauthProblem(http.StatusBadRequest, "Check the `redirect_uri` parameter")
	}
	switch text("grant_type") {
	case "authorization_code":
		return s.byCode(text("code"), text("redirect_uri"))
	case "refresh_token":
		return s.byRefreshToken(text("refresh_token"), text("redirect_uri"))
	}
	return oauthProblem(http.StatusBadRequest, "Check the `grant_type` parameter")
}

func (s *Server) byCode(text, redirectURI string) answer {
	c := s.access.codes[text]
	switch {
	case c == nil:
		return oauthProblem(http.StatusBadRequest, "Cannot decrypt the authorization code")
	case c.redirectURI != redirectURI:
		return oauthProblem(http.StatusBadRequest, "Redirect URI doesn't match")
	case c.used:
		return oauthProblem(http.StatusBadRequest, "Authorization code has been revoked")
	case !s.kit.Clock.Now().Before(c.expires):
		return oauthProblem(http.StatusBadRequest, "Authorization code has expired")
	}
	c.used = true
	return s.give(c.userID, c.redirectURI)
}

func (s *Server) byRefreshToken(text, redirectURI string) answer {
	g := s.access.byRefresh[text]
	switch {
	case g == nil:
		return oauthProblem(http.StatusUnauthorized, "Cannot decrypt the refresh token")
	case g.redirectURI != redirectURI:
		return oauthProblem(http.StatusBadRequest, "Redirect URI doesn't match")
	case g.revoked:
		return oauthProblem(http.StatusUnauthorized, "Token has been revoked")
	case !s.kit.Clock.Now().Before(g.refreshExpires):
		return oauthProblem(http.StatusUnauthorized, "Token has expired")
	}
	g.revoked = true
	return s.give(g.userID, g.redirectURI)
}

// give answers with a pair of new tokens.
func (s *Server) give(userID int64, redirectURI string) answer {
	now := s.kit.Clock.Now()
	g := &grant{
		clientID: s.opts.ClientID, userID: userID, redirectURI: redirectURI, accessExpires: now.Add(accessLife), refreshExpires: refreshLife(now),
	}
	g.access, g.refresh = s.sign(userID, now, g.accessExpires), "def502"+secret(80)
	s.access.byAccess[g.access], s.access.byRefresh[g.refresh] = g, g
	return answer{status: http.StatusOK, body: object{
		"token_type": "Bearer", "expires_in": int(accessLife / time.Second), "server_time": now.Unix(), "access_token": g.access, "refresh_token": g.refresh,
	}}
}

// ownHost refuses hosts that are another account's; the machine's own names are all right.
func (s *Server) ownHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	for _, domain := range []string{".amocrm.ru", ".amocrm.com", ".kommo.com", ".localhost"} {
		if account, is := strings.CutSuffix(host, domain); is {
			return account == s.opts.Subdomain
		}
	}
	return true
}
