package recordings_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/scenarios"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/recordings"
)

// shelf has recordings, sounds and files in memory.
type shelf struct {
	*telephony.Links
	list   map[core.RecordingID]telephony.Recording
	sounds map[core.MediaID]scenarios.Media
	files  map[string][]byte
	err    error
}

type memoryFile struct{ *bytes.Reader }

func (memoryFile) Close() error { return nil }

func (s *shelf) Open(_ context.Context, account core.AccountID, id core.RecordingID) (telephony.Recording, io.ReadSeekCloser, error) {
	r, ok := s.list[id]
	switch {
	case s.err != nil:
		return r, nil, s.err
	case !ok || r.AccountID != account:
		return r, nil, core.NotFound("recording")
	case r.State == telephony.RecordingIsErased:
		return r, nil, core.E(core.KindNotFound, "the recording was deleted").WithReason("deleted")
	case r.State == telephony.RecordingWaits:
		return r, nil, core.E(core.KindNotFound, "still being fetched").WithReason("not_ready").WithRetryAfter(time.Minute)
	}
	return r, memoryFile{bytes.NewReader(s.files[r.Path])}, nil
}

func (s *shelf) MediaFile(_ context.Context, account core.AccountID, id core.MediaID) (scenarios.Media, error) {
	m, ok := s.sounds[id]
	if !ok || m.AccountID != account {
		return m, core.NotFound("sound")
	}
	return m, nil
}

type shelfFiles map[string][]byte

func (f shelfFiles) Open(_ context.Context, path string) (io.ReadSeekCloser, error) {
	b, ok := f[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return memoryFile{bytes.NewReader(b)}, nil
}

const sound = "0123456789"

func newShelf() *shelf {
	sum := sha256.Sum256([]byte(sound))
	at := testStart
	rec := func(id core.RecordingID, state telephony.RecordingState, format string) telephony.Recording {
		return telephony.Recording{
			ID: id, AccountID: 7, State: state, Format: format, Path: "a", SHA256: hex.EncodeToString(sum[:]), StartedAt: at, StoredAt: &at, Duration: 65 * time.Second,
		}
	}
	return &shelf{
		Links: telephony.NewLinks("https://stat.example/", []byte(strings.Repeat("k", 32))),
		list: map[core.RecordingID]telephony.Recording{
			1: rec(1, telephony.RecordingStored, "wav"), 2: rec(2, telephony.RecordingStored, "mp3"), 3: rec(3, telephony.RecordingIsErased, "wav"), 4: rec(4, telephony.RecordingWaits, "wav"),
		},
		sounds: map[core.MediaID]scenarios.Media{
			1: {ID: 1, AccountID: 7, ContentType: "audio/mpeg", Path: "a", SHA256: hex.EncodeToString(sum[:]), CreatedAt: at}, 2: {ID: 2, AccountID: 7, ContentType: "audio/wav", Path: "missing"},
		},
		files: map[string][]byte{"a": []byte(sound)},
	}
}

func newServer(s *shelf, clock core.Clock, rate recordings.Rate) *recordings.Server {
	return recordings.New(recordings.Config{
		Recordings: s, Sounds: s, Files: shelfFiles(s.files), Clock: clock, Log: quiet, PerAddress: rate,
		ClientIP: func(r *http.Request) netip.Addr { return netip.MustParseAddrPort(r.RemoteAddr).Addr() },
	})
}

// ask sends a request for an absolute link or a path.
func ask(t *testing.T, h http.Handler, method, link string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, strings.TrimPrefix(link, "https://stat.example"), nil)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	return rec
}

func TestRC8_aSignedLinkGivesAnyPart(t *testing.T) {
	t.Parallel()
	s := newShelf()
	h := newServer(s, core.SystemClock{}, recordings.Rate{}).Signed()
	link := s.SignedRecordingURL(7, 1)
	etag := ask(t, h, "GET", link).Header().Get("ETag")
	require.NotEmpty(t, etag)
	tests := map[string]struct {
		method string
		header []string
		status int
		body   string
		ranges string
	}{
		"the whole file":                          {"GET", nil, 200, sound, ""},
		"its head alone":                          {"HEAD", nil, 200, "", ""},
		"from the beginning":                      {"GET", []string{"Range", "bytes=0-3"}, 206, "0123", "bytes 0-3/10"},
		"all, as players ask first":               {"GET", []string{"Range", "bytes=0-"}, 206, sound, "bytes 0-9/10"},
		"from the middle to the end":              {"GET", []string{"Range", "bytes=6-"}, 206, "6789", "bytes 6-9/10"},
		"the last bytes":                          {"GET", []string{"Range", "bytes=-2"}, 206, "89", "bytes 8-9/10"},
		"more than there is":                      {"GET", []string{"Range", "bytes=8-100"}, 206, "89", "bytes 8-9/10"},
		"the head of a part":                      {"HEAD", []string{"Range", "bytes=0-3"}, 206, "", "bytes 0-3/10"},
		"behind the end":                          {"GET", []string{"Range", "bytes=10-"}, 416, "", "bytes */10"},
		"a range that is none":                    {"GET", []string{"Range", "seconds=1-2"}, 416, "", ""},
		"a part of the same file":                 {"GET", []string{"Range", "bytes=0-3", "If-Range", etag}, 206, "0123", "bytes 0-3/10"},
		"a part of a file that is another by now": {"GET", []string{"Range", "bytes=0-3", "If-Range", `"other"`}, 200, sound, ""},
		"what the browser has already":            {"GET", []string{"If-None-Match", etag}, 304, "", ""},
		"another method":                          {"POST", nil, 405, "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ask(t, h, tt.method, link, tt.header...)
			require.Equal(t, tt.status, got.Code)
			if tt.status < 300 || tt.ranges != "" {
				require.Equal(t, tt.ranges, got.Header().Get("Content-Range"))
			}
			if tt.status < 300 {
				require.Equal(t, tt.body, got.Body.String())
				require.Equal(t, "audio/wav", got.Header().Get("Content-Type"))
				require.Equal(t, "bytes", got.Header().Get("Accept-Ranges"))
			}
			require.Equal(t, "*", got.Header().Get("Access-Control-Allow-Origin"))
			require.Empty(t, got.Header().Values("Set-Cookie"))
		})
	}
}

func TestRC8_aSignedLinkTellsWhatItIs(t *testing.T) {
	t.Parallel()
	s := newShelf()
	h := newServer(s, core.SystemClock{}, recordings.Rate{}).Signed()
	got := ask(t, h, "GET", s.SignedRecordingURL(7, 2)).Header()
	require.Equal(t, "audio/mpeg", got.Get("Content-Type"))
	require.Equal(t, `inline; filename="call-20261122-120000-2.mp3"`, got.Get("Content-Disposition"))
	require.Equal(t, "private, no-cache", got.Get("Cache-Control"))
	require.Equal(t, "no-referrer", got.Get("Referrer-Policy"))
	require.Contains(t, got.Get("X-Robots-Tag"), "noindex")
	require.Equal(t, "cross-origin", got.Get("Cross-Origin-Resource-Policy"))
	got = ask(t, h, "GET", s.SignedRecordingURL(7, 1)+"?download").Header()
	require.Equal(t, `attachment; filename="call-20261122-120000-1.wav"`, got.Get("Content-Disposition"))
	answer := ask(t, h, "OPTIONS", s.SignedRecordingURL(7, 1), "Origin", "https://crm.example", "Access-Control-Request-Method", "GET")
	require.Equal(t, 204, answer.Code)
	require.Contains(t, answer.Header().Get("Access-Control-Allow-Headers"), "Range")
}

func TestMP2_linksThatAreNotOursOrNoMore(t *testing.T) {
	t.Parallel()
	s := newShelf()
	clock := testkit.NewClock(testStart)
	h := newServer(s, clock, recordings.Rate{PerSecond: 1, Burst: 1000}).Signed()
	good := s.SignedRecordingURL(7, 1)
	foreign := telephony.NewLinks("https://stat.example", []byte(strings.Repeat("x", 32)))
	tests := map[string]struct {
		link   string
		status int
	}{
		"good":                         {good, 200},
		"good for a minute":            {s.SignedRecordingURLUntil(7, 1, testStart.Add(time.Minute)), 200},
		"expired":                      {s.SignedRecordingURLUntil(7, 1, testStart), 410},
		"of a deleted recording":       {s.SignedRecordingURL(7, 3), 410},
		"of one that is being fetched": {s.SignedRecordingURL(7, 4), 404},
		"of another account":           {s.SignedRecordingURL(8, 1), 404},
		"of nothing":                   {s.SignedRecordingURL(7, 99), 404},
		"signed with another secret":   {foreign.SignedRecordingURL(7, 1), 404},
		"a sound's":                    {strings.Replace(s.SignedSoundURL(7, 1), "/media/", "/r/", 1), 404},
		"a recording's, for a sound":   {strings.Replace(good, "/r/", "/media/", 1), 404},
		"with another beginning":       {strings.Replace(good, "/r/A", "/r/B", 1), 404},
		"cut":                          {good[:len(good)-1], 404},
		"longer":                       {good + "A", 404},
		"no base64":                    {"/r/%%%21", 404},
		"far too long":                 {"/r/" + strings.Repeat("A", 1000), 404},
		"empty":                        {"/r/", 404},
	}
	for name, tt := range tests {
		for _, page := range []string{"", "/page"} {
			if name == "no base64" || name == "empty" && page != "" {
				continue
			}
			got := ask(t, h, "GET", tt.link+page)
			require.Equal(t, tt.status, got.Code, name+page)
			if tt.status >= 400 {
				require.NotContains(t, got.Body.String(), sound)
			}
		}
	}
	require.Equal(t, "60", ask(t, h, "GET", s.SignedRecordingURL(7, 4)).Header().Get("Retry-After"))
	require.Equal(t, "no-store", ask(t, h, "GET", s.SignedRecordingURL(7, 3)).Header().Get("Cache-Control"))
}

func TestMP2_aPageToListen(t *testing.T) {
	t.Parallel()
	s := newShelf()
	h := newServer(s, core.SystemClock{}, recordings.Rate{}).Signed()
	link := s.SignedRecordingPage(7, 1)
	got := ask(t, h, "GET", link, "Accept-Language", "ru-RU,ru;q=0.9")
	require.Equal(t, 200, got.Code)
	require.Equal(t, "text/html; charset=utf-8", got.Header().Get("Content-Type"))
	require.Contains(t, got.Header().Get("Content-Security-Policy"), "media-src 'self'")
	require.Contains(t, got.Header().Get("Content-Security-Policy"), "frame-ancestors *")
	path := strings.TrimSuffix(strings.TrimPrefix(link, "https://stat.example"), "/page")
	require.Contains(t, got.Body.String(), `<audio controls preload="metadata" src="`+path+`">`)
	require.Contains(t, got.Body.String(), "Запись разговора · 1:05")
	require.Equal(t, 200, ask(t, h, "GET", path).Code, "the player's address works")
	require.Contains(t, ask(t, h, "GET", link).Body.String(), "Call recording · 1:05")
	require.Contains(t, ask(t, h, "GET", s.SignedRecordingPage(7, 3)).Body.String(), "The recording was deleted.")
	require.Contains(t, ask(t, h, "GET", s.SignedRecordingPage(7, 4)).Body.String(), "still being fetched")
}

func TestSounds_forPBXs(t *testing.T) {
	t.Parallel()
	s := newShelf()
	h := newServer(s, core.SystemClock{}, recordings.Rate{}).Signed()
	require.Equal(t, s.SignedSoundURL(7, 1), s.Media(7, "media:1"))
	require.Equal(t, "https://pbx.example/a.wav", s.Media(7, "https://pbx.example/a.wav"))
	require.Equal(t, "media:x", s.Media(7, "media:x"))
	got := ask(t, h, "GET", s.Media(7, "media:1"), "Range", "bytes=2-4")
	require.Equal(t, 206, got.Code)
	require.Equal(t, "234", got.Body.String())
	require.Equal(t, "audio/mpeg", got.Header().Get("Content-Type"))
	require.Equal(t, 404, ask(t, h, "GET", s.Media(8, "media:1")).Code, "another account's")
	require.Equal(t, 404, ask(t, h, "GET", s.Media(7, "media:2")).Code, "the file is missing")
	require.Equal(t, 404, ask(t, h, "GET", s.Media(7, "media:3")).Code)
}

func TestRC8_tooManyRequestsOfOneAddress(t *testing.T) {
	t.Parallel()
	s := newShelf()
	clock := testkit.NewClock(testStart)
	h := newServer(s, clock, recordings.Rate{PerSecond: 2, Burst: 3}).Signed()
	link := s.SignedRecordingURL(7, 1)
	for range 3 {
		require.Equal(t, 200, ask(t, h, "GET", link).Code)
	}
	got := ask(t, h, "GET", link)
	require.Equal(t, 429, got.Code)
	require.Equal(t, "1", got.Header().Get("Retry-After"))
	clock.Advance(time.Second)
	require.Equal(t, 200, ask(t, h, "GET", link).Code)
}

func TestRC8_whoIsSignedInHearsRecordingsOfTheAccount(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		who    *accounts.Identity
		id     string
		err    error
		status int
	}{
		"an operator":                       {&accounts.Identity{AccountID: 7, UserID: 1, Role: accounts.RoleOperator}, "1", nil, 200},
		"a program that may read":           {&accounts.Identity{AccountID: 7, TokenID: 1, Role: accounts.RoleOwner, Scopes: []accounts.Scope{accounts.ScopeRead}}, "1", nil, 200},
		"a program that may only write":     {&accounts.Identity{AccountID: 7, TokenID: 1, Role: accounts.RoleOwner, Scopes: []accounts.Scope{accounts.ScopeWrite}}, "1", nil, 403},
		"nobody":                            {nil, "1", nil, 401},
		"somebody of another account":       {&accounts.Identity{AccountID: 8, UserID: 1, Role: accounts.RoleOwner}, "1", nil, 404},
		"a deleted one":                     {&accounts.Identity{AccountID: 7, UserID: 1, Role: accounts.RoleOwner}, "3", nil, 410},
		"no number":                         {&accounts.Identity{AccountID: 7, UserID: 1, Role: accounts.RoleOwner}, "x", nil, 404},
		"a file store that does not answer": {&accounts.Identity{AccountID: 7, UserID: 1, Role: accounts.RoleOwner}, "1", core.Unavailable("not now", time.Second, nil), 503},
		"a fault of ours":                   {&accounts.Identity{AccountID: 7, UserID: 1, Role: accounts.RoleOwner}, "1", errors.New("secret detail"), 500},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShelf()
			s.err = tt.err
			req := httptest.NewRequestWithContext(t.Context(), "GET", "/recordings/"+tt.id, nil)
			if tt.who != nil {
				req = req.WithContext(accounts.WithIdentity(req.Context(), *tt.who))
			}
			got := httptest.NewRecorder()
			newServer(s, core.SystemClock{}, recordings.Rate{}).Own().ServeHTTP(got, req)
			require.Equal(t, tt.status, got.Code)
			require.NotContains(t, got.Body.String(), "secret detail")
			if tt.status == 200 {
				require.Equal(t, sound, got.Body.String())
			}
		})
	}
	require.Equal(t, "https://stat.example/recordings/1", newShelf().URL(1))
}
