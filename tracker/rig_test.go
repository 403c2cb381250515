package tracker_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/phonenum"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
	"github.com/skvoz/skvoz/tracker"
)

const chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36"

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// rig is a tracker on a database of its own.
type rig struct {
	*tracker.Server
	t         testing.TB
	clock     *testkit.Clock
	db        *store.DB
	dsn       string
	directory *goals.Directory
	ingester  *visits.Ingester
	contacts  *recorder
	site      sites.Site
	account   accounts.Account
	stop      func()
}

// recorder stands for the use cases of contact data.
type recorder struct {
	mu       sync.Mutex
	contacts []comms.ContactsInput
	requests []comms.RequestInput
	err      error
}

func (r *recorder) CaptureContacts(_ context.Context, in comms.ContactsInput) (comms.ContactsResult, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.contacts = append(r.contacts, in)
	return comms.ContactsResult{VisitorID: in.VisitorID, SessionID: in.SessionID, HitID: in.HitID}, r.err
}

func (r *recorder) AddOfflineRequest(_ context.Context, in comms.RequestInput) (comms.RequestResult, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, in)
	return comms.RequestResult{ID: 1, Created: true}, r.err
}

// each runs fn with a rig on each engine.
func each(t *testing.T, fn func(t *testing.T, r *rig)) {
	t.Helper()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			fn(t, newRig(t, engine))
		})
	}
}

func newRig(t testing.TB, engine store.Engine) *rig {
	t.Helper()
	r := &rig{t: t, clock: testkit.NewClock(noon), dsn: storetest.DSN(t, engine)}
	r.db = storetest.OpenDSN(t, r.dsn, r.clock)
	r.account = accounts.Account{ID: 1, Name: "A", Timezone: "Europe/Moscow", Currency: "RUB", AppKey: core.NewKey(), CreatedAt: noon}
	owner := accounts.User{ID: 1, AccountID: 1, Name: "O", Email: "o@example.com", Role: accounts.RoleOwner, Status: accounts.StatusActive, Language: "ru", CreatedAt: noon}
	require.NoError(t, r.db.Accounts().CreateAccount(t.Context(), r.account, owner, "hash", ""))
	site, err := r.db.CreateSite(t.Context(), sites.Site{
		AccountID: 1, Domain: "shop.example", Name: "Shop", SiteKey: core.NewKey(), Key: core.NewKey(), Settings: sites.DefaultSettings(),
	}, 100)
	require.NoError(t, err)
	r.site = site
	r.start(tracker.Limits{})
	return r
}

// second is another replica on the same database.
func (r *rig) second() *rig {
	other := &rig{t: r.t, clock: r.clock, dsn: r.dsn, site: r.site, account: r.account}
	other.db = storetest.OpenDSN(r.t, r.dsn, r.clock)
	other.start(tracker.Limits{})
	return other
}

func (r *rig) start(limits tracker.Limits) {
	r.t.Helper()
	secret, err := r.db.Secret(r.t.Context(), "ids")
	require.NoError(r.t, err)
	ids := visits.NewIDs(secret)
	quiet := slog.New(slog.DiscardHandler)
	r.directory = goals.NewDirectory(r.db, quiet)
	require.NoError(r.t, r.directory.Refresh(r.t.Context()))
	r.ingester = visits.NewIngester(visits.IngestConfig{Store: r.db.Ingest(), IDs: ids, Clock: r.clock, Log: quiet})
	r.contacts = &recorder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.ingester.Run(context.Background())
	}()
	r.stop = sync.OnceFunc(func() {
		r.ingester.Close()
		<-done
	})
	r.t.Cleanup(r.stop)
	r.Server, err = tracker.New(tracker.Config{
		Sites: r.directory, Hits: r.ingester, Contacts: r.contacts, Properties: r.db, Refusals: r.db, Classifier: visits.NewClassifier(), IDs: ids,
		Numbers:  calltracking.NewAssigner(calltracking.AssignerConfig{Store: r.db, Versions: r.directory, Clock: r.clock, Format: func(p core.Phone) string { return phonenum.Format(string(p)) }}),
		ClientIP: func(q *http.Request) netip.Addr { return netip.MustParseAddrPort(q.RemoteAddr).Addr() }, Clock: r.clock, Log: quiet,
		Script: fstest.MapFS{
			"cs.min.js": {Data: []byte("now")}, "cs.v1.min.js": {Data: []byte("then")}, "versions.json": {Data: []byte("[]")},
			"cs.phones.min.js": {Data: []byte("numbers now")}, "cs.phones.v1.min.js": {Data: []byte("numbers then")},
		},
		Limits: limits,
	})
	require.NoError(r.t, err)
}

// do sends a request and returns the answer.
func (r *rig) do(q *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r.ServeHTTP(w, q)
	return w
}

// post sends parameters as the script does.
func (r *rig) post(path string, p url.Values) *httptest.ResponseRecorder {
	q := httptest.NewRequest(http.MethodPost, path, strings.NewReader(p.Encode()))
	q.Header.Set("User-Agent", chrome)
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
	return r.do(q)
}

func (r *rig) get(path string, p url.Values) *httptest.ResponseRecorder {
	q := httptest.NewRequest(http.MethodGet, path+"?"+p.Encode(), nil)
	q.Header.Set("User-Agent", chrome)
	return r.do(q)
}

// ids is the answer to a hit.
type ids struct {
	V, S, T, H int64
}

func nonce() string { return core.NewSecret(20) }

// view sends a page view; more overrides and adds parameters.
func (r *rig) view(more ...string) ids {
	r.t.Helper()
	w := r.post("/cs/h", r.viewParams(more...))
	require.Equal(r.t, http.StatusOK, w.Code, w.Body.String())
	var out ids
	require.NoError(r.t, json.Unmarshal(w.Body.Bytes(), &out), w.Body.String())
	require.NotZero(r.t, out.H, w.Body.String())
	return out
}

func (r *rig) viewParams(more ...string) url.Values {
	p := url.Values{"k": {r.site.SiteKey}, "n": {nonce()}, "u": {"https://shop.example/"}, "ti": {"Shop"}}
	for i := 0; i < len(more); i += 2 {
		p.Set(more[i], more[i+1])
	}
	return p
}

// after makes the parameters of what follows a hit.
func (r *rig) after(who ids, more ...string) url.Values {
	p := url.Values{"k": {r.site.SiteKey}, "v": {str(who.V)}, "s": {str(who.S)}, "h": {str(who.H)}}
	for i := 0; i < len(more); i += 2 {
		p.Set(more[i], more[i+1])
	}
	return p
}

func str(n int64) string { return core.HitID(n).String() }

// who makes the parameters by which a hit names the visitor.
func (i ids) who() []string { return []string{"v", str(i.V), "s", str(i.S), "t", str(i.T)} }

// number runs a statement that returns one number.
func (r *rig) number(q string) int64 {
	r.t.Helper()
	db := r.open()
	defer db.Close()
	var n sql.NullInt64
	require.NoError(r.t, db.QueryRowContext(r.t.Context(), q).Scan(&n))
	return n.Int64
}

// text runs a statement that returns one text.
func (r *rig) text(q string) string {
	r.t.Helper()
	db := r.open()
	defer db.Close()
	var s string
	require.NoError(r.t, db.QueryRowContext(r.t.Context(), q).Scan(&s))
	return s
}

func (r *rig) open() *sql.DB {
	driver, dsn := "pgx", r.dsn
	if path, ok := strings.CutPrefix(r.dsn, "sqlite://"); ok {
		driver, dsn = "sqlite3", "file:"+path
	}
	db, err := sql.Open(driver, dsn)
	require.NoError(r.t, err)
	return db
}

// hits is the table the hits of March 2026 are in.
func (r *rig) hits() string { return "hits_y2026m03" }

// change changes the site's settings.
func (r *rig) change(fn func(*sites.Settings)) {
	r.t.Helper()
	site, err := r.db.UpdateSite(r.t.Context(), 1, r.site.ID, func(s *sites.Site) error {
		fn(&s.Settings)
		return nil
	})
	require.NoError(r.t, err)
	r.site = site
	require.NoError(r.t, r.directory.Refresh(r.t.Context()))
}
