package emulator

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
)

// Install is the local application as a person adds it to the portal.
type Install struct {
	// Handler is the install callback: ONAPPINSTALL with the first tokens is posted there.
	Handler string
	// Redirect is where people come back to who allowed access; the handler when empty and none was set.
	Redirect string
	// User is who installs it, the administrator when 0.
	User int
	// Unfinished leaves the installation open: no events are sent until FinishInstall.
	Unfinished bool
}

// InstallApp adds the application: a new application_token, new tokens, no event handlers. It returns what became of the call to the install
// callback, which is made once, whatever is set for other events; the application is installed even if nobody answered.
func (s *Server) InstallApp(ctx context.Context, in Install) (Delivery, error) {
	if u, err := url.Parse(in.Handler); err != nil || u.Host == "" {
		return Delivery{}, errors.New("the handler must be an address like http://127.0.0.1:8080/…")
	}
	s.mu.Lock()
	who := s.person(ctx)
	who.user = or(in.User, 1)
	if !s.active(who.user) {
		s.mu.Unlock()
		return Delivery{}, errNoSuch
	}
	s.revokeLocked()
	s.state.app = app{
		installed: true, finished: !in.Unfinished, token: random(), handler: in.Handler, redirect: or(in.Redirect, or(s.state.app.redirect, in.Handler)),
	}
	d := delivery{ctx: ctx, event: "ONAPPINSTALL", url: in.Handler, body: encodeForm(s.installForm(who, in))}
	s.mu.Unlock()
	answer := s.deliver(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	done := Delivery{Event: d.event, URL: d.url, Body: d.body, At: s.now(), Answer: answer}
	s.note(done)
	return done, nil
}

func (s *Server) installForm(who actor, in Install) *arr {
	now := s.now()
	auth := s.tokens(s.issue(who.user, now), who.base, now)
	auth.set("scope", strings.Join(s.options.Scopes, " ")) // commas are the authorization server's
	s.sign(auth, who.base)
	return obj("event", "ONAPPINSTALL", "data", obj("VERSION", "1", "ACTIVE", "Y", "INSTALLED", char(!in.Unfinished), "LANGUAGE_ID", "ru"),
		"ts", now.Unix(), "auth", auth)
}

// FinishInstall lets events flow.
func (s *Server) FinishInstall() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.app.finished = s.state.app.installed
}

// UninstallApp removes the application: its tokens and handlers end, and those bound to ONAPPUNINSTALL are told with nothing but the
// application_token.
func (s *Server) UninstallApp(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.state.app.installed {
		return errors.New("the application is not installed")
	}
	for _, h := range s.state.handlers {
		if h.event == "ONAPPUNINSTALL" && !h.offline {
			auth := obj()
			s.sign(auth, s.addressLocked(nil))
			form := obj("event", h.event, "event_handler_id", h.id, "data", obj("LANGUAGE_ID", "ru", "CLEAN", "1"), "ts", s.now().Unix(), "auth", auth)
			s.enqueue(delivery{ctx: ctx, event: h.event, url: h.url, body: encodeForm(form)})
		}
	}
	s.revokeLocked()
	s.state.app.installed, s.state.app.finished = false, false
	return nil
}

// revokeLocked ends what the application had.
func (s *Server) revokeLocked() {
	clear(s.state.access)
	clear(s.state.refresh)
	clear(s.state.codes)
	s.state.handlers, s.state.offline = nil, nil
}

// RevokeAccess takes the right away for good: all tokens, and the web hook. The application stays installed, so that people can allow it again.
func (s *Server) RevokeAccess() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.state.access)
	clear(s.state.refresh)
	clear(s.state.codes)
	clear(s.state.hooks)
}

// RestoreWebhook makes the incoming web hook again, with the same secret.
func (s *Server) RestoreWebhook() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.hooks["1/"+hookSecret()] = &grant{user: 1, scopes: s.options.HookScopes, hook: true}
}

// ExpireAccessTokens lets all access tokens expire at once; refresh tokens stay good.
func (s *Server) ExpireAccessTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.state.access {
		g.expires = s.now()
	}
}

// SetUnpaid lets the plan run out, or be paid.
func (s *Server) SetUnpaid(unpaid bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.unpaid = unpaid
}

// LoseEvents lets the next events get lost.
func (s *Server) LoseEvents(count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.trouble.lose = count
}

// DuplicateEvents sends the next events twice.
func (s *Server) DuplicateEvents(count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.trouble.double = count
}

// ReorderEvents holds the next events back and sends them the last one first.
func (s *Server) ReorderEvents(count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.state.trouble.held
	s.state.trouble.reorder, s.state.trouble.held = count, nil
	slices.Reverse(held)
	s.post(held...)
}

// Installed reports whether the application is installed, and the token its events carry.
func (s *Server) Installed() (applicationToken string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.app.token, s.state.app.installed
}
