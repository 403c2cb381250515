package graphtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strconv"
	"strings"
	"testing"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
)

// Password is that of every user made here.
const Password = "correct horse 42"

// Client is a browser or program that talks to a Server. It keeps cookies.
type Client struct {
	// Account and User are whose client this is; zero for a stranger.
	Account accounts.Account
	User    accounts.User
	// HTTP sends the requests; its Jar holds the session.
	HTTP *http.Client //nolint:forbidigo // it talks to this process alone
	// Header is sent with every request. It starts with X-Requested-With, as the cabinet sends it.
	Header http.Header

	t   testing.TB
	url string
}

// Response is the answer to a GraphQL request.
type Response struct {
	// Status and Header are those of HTTP.
	Status int
	Header http.Header
	// Body is the answer as it came.
	Body []byte
	// Data is null or absent when nothing could be answered.
	Data   json.RawMessage
	Errors []Error
	// Statements is the number of SQL statements (see Client.Count).
	Statements int

	t testing.TB
}

// Error is one error of a Response.
type Error struct {
	Message    string
	Path       []any
	Extensions struct {
		Code, Reason, Field, RequestID string
		RetryAfterSeconds              int
	}
}

// Stranger returns a client nobody is signed in on.
func (s *Server) Stranger(t testing.TB) *Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatalf("making a cookie jar: %v", err)
	}
	return &Client{
		HTTP:   &http.Client{Jar: jar}, //nolint:forbidigo // it talks to this process alone
		Header: http.Header{"X-Requested-With": {"graphtest"}}, t: t, url: s.URL,
	}
}

// Owner makes an account and returns a client on which its owner is signed in.
func (s *Server) Owner(t testing.TB) *Client {
	t.Helper()
	c := s.Stranger(t)
	n := core.NewSecret(8)
	a, u, err := s.Resolver.Accounts.CreateAccount(t.Context(), accounts.Founding{
		AccountName: "Company " + n, Name: "Owner " + n, Email: "owner" + n + "@example.com", Password: Password,
	})
	if err != nil {
		t.Fatalf("making an account: %v", err)
	}
	c.Account, c.User = a, u
	c.SignIn(string(u.Email), Password)
	return c
}

// Colleague makes a user of the account with a role and returns a client on which they are signed in.
func (s *Server) Colleague(t testing.TB, owner *Client, role accounts.Role) *Client {
	t.Helper()
	n := core.NewSecret(8)
	id := accounts.Identity{AccountID: owner.Account.ID, UserID: owner.User.ID, Role: accounts.RoleOwner}
	link, err := s.Resolver.Accounts.Invite(t.Context(), id, "colleague"+n+"@example.com", role)
	if err != nil {
		t.Fatalf("inviting: %v", err)
	}
	c := s.Stranger(t)
	c.Account, c.User = owner.Account, link.User
	c.Do(`mutation($i: AcceptInvitationInput!) { acceptInvitation(input: $i) { user { id } } }`,
		map[string]any{"i": map[string]any{"token": TokenOf(link.URL), "name": "Colleague " + n, "password": Password}}).OK()
	return c
}

// Program makes an API token for the client's user and returns a client that uses it.
func (s *Server) Program(t testing.TB, of *Client, scopes ...accounts.Scope) *Client {
	t.Helper()
	id := accounts.Identity{AccountID: of.Account.ID, UserID: of.User.ID, Role: of.User.Role}
	secret, _, err := s.Resolver.Accounts.CreateToken(t.Context(), id, accounts.NewToken{Name: "program", Scopes: scopes})
	if err != nil {
		t.Fatalf("making an API token: %v", err)
	}
	c := s.Stranger(t)
	c.Account, c.User = of.Account, of.User
	c.Header = http.Header{"Authorization": {"Bearer " + secret}}
	return c
}

// For returns the same client for a subtest, which then fails instead of its parent.
func (c *Client) For(t testing.TB) *Client {
	t.Helper()
	same := *c
	same.t = t
	return &same
}

// TokenOf returns the token of a set-up or invitation link.
func TokenOf(link string) string {
	_, token, _ := strings.Cut(link, "?token=")
	return token
}

// SignIn signs in with e-mail and password.
func (c *Client) SignIn(email, password string) {
	c.t.Helper()
	c.Do(`mutation($i: SignInInput!) { signIn(input: $i) { user { id } } }`, map[string]any{"i": map[string]any{"email": email, "password": password}}).OK()
}

// Do sends a query or mutation by POST.
func (c *Client) Do(query string, variables map[string]any) *Response {
	c.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		c.t.Fatalf("writing the request: %v", err)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		c.t.Fatalf("making the request: %v", err)
	}
	r.Header.Set("Content-Type", "application/json")
	return c.Send(r)
}

// Count is Do, with the number of SQL statements in the Response.
func (c *Client) Count(query string, variables map[string]any) *Response {
	c.t.Helper()
	counting := *c
	counting.Header = c.Header.Clone()
	counting.Header.Set(countHeader, "1")
	return counting.Do(query, variables)
}

// Send sends any request with the client's cookies and headers, and reads the answer as far as it is GraphQL.
func (c *Client) Send(r *http.Request) *Response {
	c.t.Helper()
	for name, values := range c.Header {
		r.Header[name] = values
	}
	got, err := c.HTTP.Do(r)
	if err != nil {
		c.t.Fatalf("sending the request: %v", err)
	}
	defer got.Body.Close()
	resp := &Response{Status: got.StatusCode, Header: got.Header, t: c.t}
	if resp.Body, err = io.ReadAll(got.Body); err != nil {
		c.t.Fatalf("reading the answer: %v", err)
	}
	_ = json.Unmarshal(resp.Body, resp) // what is not JSON stays in Body
	resp.Statements, _ = strconv.Atoi(got.Trailer.Get(countHeader))
	return resp
}

// OK fails the test if there are errors, and returns the response itself.
func (r *Response) OK() *Response {
	r.t.Helper()
	if r.Status != http.StatusOK || len(r.Errors) > 0 {
		r.t.Fatalf("unexpected answer %d: %s", r.Status, r.Body)
	}
	return r
}

// Into decodes the data of a response without errors.
func (r *Response) Into(v any) {
	r.t.Helper()
	r.OK()
	if err := json.Unmarshal(r.Data, v); err != nil {
		r.t.Fatalf("reading the data: %v: %s", err, r.Data)
	}
}

// Fails fails the test unless the first error has this code and reason: "CONFLICT email_taken", or just "NOT_FOUND not_found".
func (r *Response) Fails(codeAndReason string) {
	r.t.Helper()
	if len(r.Errors) == 0 {
		r.t.Fatalf("want %s, got %s", codeAndReason, r.Body)
	}
	e := r.Errors[0].Extensions
	if got := fmt.Sprintf("%s %s", e.Code, e.Reason); got != codeAndReason {
		r.t.Fatalf("want %s, got %s: %s", codeAndReason, got, r.Body)
	}
}
