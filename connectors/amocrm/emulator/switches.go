package emulator

import "time"

// RevokeAccess makes all the integration's tokens invalid, as an administrator does by switching it off.
func (s *Server) RevokeAccess() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.long.grant.revoked = true
	for _, g := range s.access.byAccess {
		g.revoked = true
	}
	for _, c := range s.access.codes {
		c.used = true
	}
}

// RestoreAccess makes the long-lived token valid again; tokens of OAuth have to be got anew.
func (s *Server) RestoreAccess() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renewLongToken()
}

// ExpireAccessTokens ends the life of all access tokens of OAuth now; they can be refreshed.
func (s *Server) ExpireAccessTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.access.byAccess {
		g.accessExpires = s.kit.Clock.Now().Add(-time.Second)
	}
}

// Authorize agrees for a person that the integration may have access and returns the code; the redirect URI is taken for registered.
func (s *Server) Authorize(redirectURI string) (code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newCode(redirectURI)
}

// RegisterRedirect registers the address the browser is sent back to.
func (s *Server) RegisterRedirect(uri string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.access.redirectURIs = append([]string{uri}, s.access.redirectURIs...)
}

// Ban answers every request with 403 and a page of HTML; false lifts the ban.
func (s *Server) Ban(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits = limits{banned: on, unpaid: s.limits.unpaid}
}

// Banned reports whether the vendor has had enough.
func (s *Server) Banned() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limits.banned
}

// Unpaid makes the account one nobody paid for: 402.
func (s *Server) Unpaid(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits.unpaid = on
}

// LoseWebhooks loses the next n webhooks.
func (s *Server) LoseWebhooks(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks.lose = n
}

// DuplicateWebhooks sends each of the next n webhooks twice.
func (s *Server) DuplicateWebhooks(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks.duplicate = n
}

// SwapWebhooks sends the next two webhooks in the wrong order: the first waits for the second.
func (s *Server) SwapWebhooks() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks.swap = true
}
