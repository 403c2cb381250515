package emulator

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// grant is a pair of tokens and whose rights they carry. A long-lived token has no refresh token.
type grant struct {
	clientID                      string
	userID                        int64
	redirectURI                   string
	access, refresh               string
	accessExpires, refreshExpires time.Time
	revoked                       bool
}

// longToken is the private integration's token.
type longToken struct {
	value string
	grant *grant
}

const longLife = 5 * 365 * 24 * time.Hour

// renewLongToken makes the long-lived token valid again: the same one as long as it has not expired, so that settings people typed in stay right.
func (s *Server) renewLongToken() {
	now := s.kit.Clock.Now()
	if s.long == nil || !now.Before(s.long.grant.accessExpires) {
		expires := now.Add(longLife)
		value := s.sign(s.state.users[0].ID, now, expires)
		s.long = &longToken{value: value, grant: &grant{clientID: s.opts.ClientID, userID: s.state.users[0].ID, access: value, accessExpires: expires}}
	}
	s.long.grant.revoked = false
}

// sign makes an access token: a JWT with the claims the vendor's have.
func (s *Server) sign(userID int64, now, expires time.Time) string {
	claims := object{
		"aud": s.opts.ClientID, "jti": secret(40), "iat": now.Unix(), "nbf": now.Unix(), "exp": expires.Unix(), "sub": itoa(userID), "grant_type": "",
		"account_id": s.state.accountID, "base_domain": "amocrm.ru", "version": 2, "scopes": []string{"crm", "notifications"},
		"api_domain": "api-b.amocrm.ru",
	}
	text := segment(object{"typ": "JWT", "alg": "HS256"}) + "." + segment(claims)
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func segment(o object) string {
	text, err := json.Marshal(o)
	if err != nil {
		panic(err) // only strings and numbers go in
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// secret is n random bytes in hex.
func secret(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// bearer finds the grant of a request's token.
func (s *Server) bearer(r *http.Request) (*grant, *answer) {
	kind, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	g := s.access.byAccess[value]
	if value == s.long.value {
		g = s.long.grant
	}
	if !strings.EqualFold(kind, "Bearer") || g == nil || g.revoked || !s.kit.Clock.Now().Before(g.accessExpires) || !s.ownHost(r.Host) {
		a := problem(http.StatusUnauthorized, "Invalid or expired token")
		return nil, &a
	}
	return g, nil
}
