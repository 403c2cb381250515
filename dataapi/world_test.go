package dataapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/auth"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/dataapi"
	"github.com/skvoz/skvoz/internal/phonenum"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// start is a moment at which the account's clocks show 12:00:30.
var start = time.Date(2026, 3, 10, 9, 0, 30, 0, time.UTC)

const password = "correct horse battery"

// world is an account with the Data API in front of it.
type world struct {
	t        testing.TB
	db       *store.DB
	clock    *testkit.Clock
	accounts *accounts.Service
	sites    *sites.Service
	deals    *deals.Service
	broken   *breakable
	server   *httptest.Server
	account  core.AccountID
	owner    accounts.Identity
	// token is the owner's key.
	token string
	// ip is where calls come from.
	ip netip.Addr
}

// breakable are deals whose list of employees can be broken.
type breakable struct {
	dataapi.Deals
	isBroken bool
}

func (b *breakable) ListEmployees(ctx context.Context, account core.AccountID, crm core.CRMID, r core.ListRequest) (core.Listing[deals.Employee], error) {
	if b.isBroken {
		return core.Listing[deals.Employee]{}, errors.New("the disk is on fire")
	}
	return b.Deals.ListEmployees(ctx, account, crm, r)
}

type option func(*dataapi.Config)

func limited(minute, day int) option {
	return func(c *dataapi.Config) { c.MinuteLimit, c.DayLimit = minute, day }
}

// eachEngine runs fn with a world on each engine.
func eachEngine(t *testing.T, fn func(t *testing.T, w *world), options ...option) {
	t.Helper()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) { fn(t, newWorld(t, db, options...)) })
}

func newWorld(t testing.TB, db *store.DB, options ...option) *world {
	t.Helper()
	clock := testkit.NewClock(start)
	db.Clock = clock
	w := &world{t: t, db: db, clock: clock, ip: netip.MustParseAddr("198.51.100.7")}
	var err error
	w.accounts, err = accounts.NewService(t.Context(), accounts.Config{
		Store: db.Accounts(), Passwords: auth.NewHasher(auth.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}), Attempts: auth.NewAttempts(clock), Clock: clock,
		ReadEmail: phonenum.NormalizeEmail, PublicURL: "https://skvoz.test",
	})
	require.NoError(t, err)
	w.sites = sites.NewService(sites.Deps{Store: db, Campaigns: db, Costs: db, CostUploads: db, Clock: clock})
	w.deals = deals.NewService(deals.Config{
		Store: db.DealStore(), Clock: clock, ReadEmail: phonenum.NormalizeEmail, Currency: db.AccountCurrency,
		ReadPhone: func(raw string) (string, bool) { return phonenum.Normalize(raw, "RU") },
	})
	w.broken = &breakable{Deals: w.deals}
	w.found()
	cfg := dataapi.Config{
		Accounts: w.accounts, Sites: w.sites, Deals: w.broken, Clock: clock, Log: slog.New(slog.DiscardHandler),
		ClientIP: func(*http.Request) netip.Addr { return w.ip }, MinuteLimit: 200, DayLimit: 3500,
	}
	for _, o := range options {
		o(&cfg)
	}
	w.server = httptest.NewServer(dataapi.New(cfg))
	t.Cleanup(w.server.Close)
	return w
}

// found makes the account with its owner and a key, which may be used from anywhere.
func (w *world) found() {
	w.t.Helper()
	account, owner, err := w.accounts.CreateAccount(w.t.Context(), accounts.Founding{
		AccountName: "Окна", Timezone: "Europe/Moscow", Currency: "RUB", Name: "Owner", Email: "owner@okna.example", Password: password, Language: accounts.LanguageRU,
	})
	require.NoError(w.t, err)
	w.account, w.owner = account.ID, accounts.Identity{AccountID: account.ID, UserID: owner.ID, Role: owner.Role}
	w.token = w.key("owner@okna.example", accounts.ScopeDataAPI)
	w.allow("0.0.0.0/0")
}

func (w *world) key(email string, scopes ...accounts.Scope) string {
	w.t.Helper()
	secret, _, err := w.accounts.CreateTokenFor(w.t.Context(), email, accounts.NewToken{Name: "test", Scopes: scopes})
	require.NoError(w.t, err)
	return secret
}

// user makes a user with a role and returns who they are.
func (w *world) user(email string, role accounts.Role) accounts.User {
	w.t.Helper()
	link, err := w.accounts.Invite(w.t.Context(), w.owner, email, role)
	require.NoError(w.t, err)
	_, secret, _ := strings.Cut(link.URL, "token=")
	u, err := w.accounts.AcceptInvitation(w.t.Context(), secret, "Somebody", password, core.Opt[accounts.Language]{})
	require.NoError(w.t, err)
	return u
}

func (w *world) allow(network string) {
	w.t.Helper()
	_, err := w.accounts.AllowNetwork(w.t.Context(), w.account, network, "")
	require.NoError(w.t, err)
}

func (w *world) disallow(network string) {
	w.t.Helper()
	require.NoError(w.t, w.accounts.RemoveNetwork(w.t.Context(), w.account, network))
}

// post sends a body as it is; $TOKEN in it is the owner's key.
func (w *world) post(body string) (status int, answer string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.server.URL+"/v2.0", strings.NewReader(strings.ReplaceAll(body, "$TOKEN", w.token)))
	require.NoError(w.t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(w.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err)
	return resp.StatusCode, string(raw)
}

// answered is an answer taken apart.
type answered struct {
	Result *struct {
		Data     json.RawMessage
		Metadata struct {
			Limits     map[string]int
			TotalItems *int `json:"total_items"`
			Version    any
		}
	}
	Error *struct {
		Code    int
		Message string
		Data    struct {
			Mnemonic string
			Field    *string
			Value    any
			Params   map[string]any
			Metadata map[string]any
		}
	}
}

// call calls a method with the owner's key; params are the inside of an object.
func (w *world) call(method, params string) answered {
	w.t.Helper()
	status, raw := w.post(bodyOf(method, params))
	require.Equal(w.t, http.StatusOK, status)
	var a answered
	require.NoError(w.t, json.Unmarshal([]byte(raw), &a), raw)
	require.Equal(w.t, a.Result == nil, a.Error != nil, raw)
	return a
}

func bodyOf(method, params string) string {
	if params != "" {
		params = "," + params
	}
	return `{"jsonrpc":"2.0","id":1,"method":"` + method + `","params":{"access_token":"$TOKEN"` + params + `}}`
}

// ok calls a method that must succeed, and returns its data.
func (w *world) ok(method, params string) string {
	w.t.Helper()
	a := w.call(method, params)
	if a.Error != nil {
		field := ""
		if a.Error.Data.Field != nil {
			field = *a.Error.Data.Field
		}
		require.Fail(w.t, method+" failed", "%s %s %v %v", a.Error.Data.Mnemonic, field, a.Error.Data.Value, a.Error.Data.Params)
	}
	return string(a.Result.Data)
}

// refused calls a method that must fail with a mnemonic, at a field.
func (w *world) refused(mnemonic, field, method, params string) answered {
	w.t.Helper()
	a := w.call(method, params)
	require.NotNil(w.t, a.Error, "%s %s", method, params)
	require.Equal(w.t, mnemonic, a.Error.Data.Mnemonic, "%+v", a.Error)
	if field != "" {
		require.NotNil(w.t, a.Error.Data.Field, "%+v", a.Error)
		require.Equal(w.t, field, *a.Error.Data.Field)
	}
	return a
}

// funnel uploads what deals need: a funnel with two stages in process, a contact and an employee.
func (w *world) funnel() {
	w.t.Helper()
	w.ok("create.sales_funnel", `"ext_id":"f","name":"Продажи","stages":{"success":{"ext_id":"won","name":"Оплачено"},"failed":{"ext_id":"lost","name":"Отказ"},
		"in_process":[{"ext_id":"new","name":"Новая","order":10},{"ext_id":"talk","name":"Переговоры","order":20}]}`)
	w.ok("create.deal_contacts", `"contacts":[{"ext_id":"c1","name":"Иван","phone_numbers":["+7 926 000-00-01"],"emails":["ivan@mail.example"]}]`)
	w.ok("create.deal_employees", `"ext_id":"e1","name":"Мария"`)
}
