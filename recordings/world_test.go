package recordings_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/filestore"
	"github.com/skvoz/skvoz/internal/phonenum"
	"github.com/skvoz/skvoz/internal/secretbox"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/recordings"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// world is an account with a PBX whose recordings are at a provider.
type world struct {
	*storetest.World
	t          *testing.T
	dsn        string
	clock      *testkit.Clock
	account    core.AccountID
	calls      *store.CallStore
	connection telephony.Connection
	provider   *provider
	files      filestore.Store
	recordings *telephony.Recordings
	fetcher    *telephony.Fetcher
	folder     *telephony.Folder
}

// provider is a server with recordings. A path without an answer of its own is not found.
type provider struct {
	*httptest.Server
	mu      sync.Mutex
	answers map[string]http.HandlerFunc
	asked   map[string]int
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{answers: map[string]http.HandlerFunc{}, asked: map[string]int{}}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked[r.URL.Path]++
	answer := p.answers[r.URL.Path]
	p.mu.Unlock()
	if answer == nil {
		http.NotFound(w, r)
		return
	}
	answer(w, r)
}

func (p *provider) set(path string, answer http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answers[path] = answer
}

func (p *provider) timesAsked(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[path]
}

func gives(content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		_, _ = w.Write(content)
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// wav is a sound of so many milliseconds, twice 16 bits at 8 kHz, that grows louder to its end.
func wav(ms int) []byte {
	frames := ms * 8
	b := append([]byte("RIFF"), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(b[4:], uint32(36+frames*4))
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint32(b, 8000)
	b = binary.LittleEndian.AppendUint32(b, 32000)
	b = binary.LittleEndian.AppendUint16(b, 4)
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(frames*4))
	for i := range frames {
		height := uint16(int16(32767 * float64(i) / float64(frames) * math.Sin(float64(i))))
		b = binary.LittleEndian.AppendUint16(b, height)
		b = binary.LittleEndian.AppendUint16(b, height)
	}
	return b
}

var testStart = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// each runs a test on both engines.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			fn(t, newWorld(t, engine))
		})
	}
}

func testBox(t *testing.T) *secretbox.Box {
	t.Helper()
	key, err := secretbox.ParseKey(strings.Repeat("ab", 32))
	require.NoError(t, err)
	box, err := secretbox.New(key)
	require.NoError(t, err)
	return box
}

func newWorld(t *testing.T, engine store.Engine) *world {
	t.Helper()
	w := &world{t: t, clock: testkit.NewClock(testStart), provider: newProvider(t), dsn: storetest.DSN(t, engine)}
	db := storetest.OpenDSN(t, w.dsn, w.clock)
	w.World, w.calls = storetest.NewWorld(t, db), db.CallStore(testBox(t))
	w.account = w.Account()
	var err error
	w.connection, err = w.calls.CreateConnection(t.Context(), telephony.Connection{
		AccountID: w.account, Kind: telephony.KindCTPBX, Name: "PBX", IsEnabled: true, IsSigned: true,
	}, telephony.Secrets{telephony.SecretToken: "t0ken"}, "", 100)
	require.NoError(t, err)
	w.files, err = filestore.Local(t.TempDir())
	require.NoError(t, err)
	w.recordings = telephony.NewRecordings(telephony.RecordingsConfig{
		Store: w.calls, Files: w.files, Links: telephony.NewLinks("https://stat.example", []byte(strings.Repeat("k", 32))), Clock: w.clock, Log: quiet,
	})
	w.fetcher = w.newFetcher(db, func(*telephony.FetcherConfig) {})
	w.folder = telephony.NewFolder(telephony.FolderConfig{
		Store: w.calls, People: nobody{}, Clock: w.clock, Log: quiet,
		ReadPhone: func(raw string) (core.Phone, bool) { d, ok := phonenum.Normalize(raw, ""); return core.Phone(d), ok },
	})
	return w
}

var quiet = slog.New(slog.DiscardHandler)

// nobody takes calls.
type nobody struct{}

func (nobody) ByID(context.Context, core.AccountID, []core.EmployeeID) (map[core.EmployeeID]employees.Employee, error) {
	return map[core.EmployeeID]employees.Employee{}, nil
}

func (nobody) ByNumber(context.Context, core.AccountID, []string) (map[string]employees.Employee, error) {
	return map[string]employees.Employee{}, nil
}

func (w *world) newFetcher(db *store.DB, edit func(*telephony.FetcherConfig)) *telephony.Fetcher {
	w.t.Helper()
	cfg := telephony.FetcherConfig{
		Store: db.CallStore(testBox(w.t)), Files: w.files, Clock: w.clock, Log: quiet, Recordings: w.recordings,
		Downloader: recordings.NewDownloader(recordings.DownloaderConfig{Networks: loopback, Stall: 200 * time.Millisecond}),
	}
	edit(&cfg)
	return telephony.NewFetcher(cfg)
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// call tells of a call with recordings that are ready.
func (w *world) call(id string, ready ...telephony.Data) core.CallID {
	w.t.Helper()
	at := w.clock.Now().Add(-time.Minute)
	var events []telephony.Event
	add := func(kind telephony.EventType, d telephony.Data) {
		n := len(events) + 1
		events = append(events, telephony.Event{
			ID: fmt.Sprintf("%s-%d", id, n), Type: kind, CallID: id, Seq: int64(n), OccurredAt: at.Add(time.Duration(n) * time.Second), Data: d,
		})
	}
	add(telephony.CallStarted, telephony.Data{Direction: telephony.Inbound, DID: "74950000001", Caller: "79160000001", Initiator: "trunk"})
	add(telephony.CallFinished, telephony.Data{LastSeq: 2})
	for _, d := range ready {
		add(telephony.RecordingReady, d)
	}
	_, err := w.calls.AddEvents(w.t.Context(), w.connection, w.clock.Now(), events)
	require.NoError(w.t, err)
	_, err = w.folder.FoldBatch(w.t.Context())
	require.NoError(w.t, err)
	c, err := w.calls.CallByPBX(w.t.Context(), telephony.CallRef{AccountID: w.account, ConnectionID: w.connection.ID, PBXCallID: id})
	require.NoError(w.t, err)
	return c.ID
}

// recorded tells of a call with one recording at a path of the provider.
func (w *world) recorded(path string) telephony.Recording {
	w.t.Helper()
	return w.of(w.call(path, telephony.Data{RecordingID: path, TalkID: "t1", URL: w.provider.URL + path}))[0]
}

func (w *world) of(call core.CallID) []telephony.Recording {
	w.t.Helper()
	got, err := w.recordings.OfCalls(w.t.Context(), w.account, []core.CallID{call})
	require.NoError(w.t, err)
	return got[call]
}

func (w *world) byID(id core.RecordingID) telephony.Recording {
	w.t.Helper()
	r, err := w.recordings.ByID(w.t.Context(), w.account, id)
	require.NoError(w.t, err)
	return r
}

// fetch fetches all that is due.
func (w *world) fetch() {
	w.t.Helper()
	for {
		n, err := w.fetcher.FetchNext(w.t.Context())
		require.NoError(w.t, err)
		if n == 0 {
			return
		}
	}
}

func (w *world) content(r *telephony.Recording) []byte {
	w.t.Helper()
	_, f, err := w.recordings.Open(w.t.Context(), w.account, r.ID)
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, f.Close()) }()
	b, err := io.ReadAll(f)
	require.NoError(w.t, err)
	return b
}

func (w *world) exists(path string) bool {
	w.t.Helper()
	ok, err := w.files.Exists(w.t.Context(), path)
	require.NoError(w.t, err)
	return ok
}
