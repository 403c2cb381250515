package filestore_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/filestore"
)

const (
	testKey    = "AKIDEXAMPLE"
	testSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

// bucket is a server that speaks as much of the protocol of S3 as is needed, and checks signatures by the published rules, in its own words.
type bucket struct {
	t *testing.T
	// trouble answers a request in the bucket's place when it returns a status; nil = never.
	trouble func(r *http.Request) int

	mu    sync.Mutex
	files map[string]string
	types map[string]string
}

func newBucket(t *testing.T) *filestore.S3 {
	t.Helper()
	s, _ := openBucket(t, nil, testSecret)
	return s
}

func openBucket(t *testing.T, trouble func(r *http.Request) int, secret string) (*filestore.S3, *bucket) {
	t.Helper()
	b := &bucket{t: t, trouble: trouble, files: map[string]string{}, types: map[string]string{}}
	srv := httptest.NewServer(b)
	t.Cleanup(srv.Close)
	s, err := filestore.NewS3(filestore.Bucket{
		Endpoint: srv.URL, Name: "calls", Prefix: "skvoz", Region: "ru-1", PathStyle: true, Key: testKey, Secret: secret, TempDir: t.TempDir(),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s, b
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "cut", http.StatusBadRequest)
		return
	}
	if b.trouble != nil {
		if status := b.trouble(r); status != 0 {
			http.Error(w, "<Error/>", status)
			return
		}
	}
	if !b.isSigned(r, body) {
		http.Error(w, "<Error><Code>SignatureDoesNotMatch</Code></Error>", http.StatusForbidden)
		return
	}
	key, ok := strings.CutPrefix(r.URL.Path, "/calls")
	if !ok {
		http.NotFound(w, r)
		return
	}
	b.answer(w, r, key, body)
}

func (b *bucket) answer(w http.ResponseWriter, r *http.Request, key string, body []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if key == "" || key == "/" {
		return
	}
	if !strings.HasPrefix(key, "/skvoz/") {
		http.NotFound(w, r)
		return
	}
	switch r.Method {
	case http.MethodPut:
		b.files[key], b.types[key] = string(body), r.Header.Get("Content-Type")
	case http.MethodDelete:
		delete(b.files, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		content, ok := b.files[key]
		if !ok {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
	}
}

// isSigned checks a request by the rules of Signature Version 4.
func (b *bucket) isSigned(r *http.Request, body []byte) bool {
	fields := map[string]string{}
	algorithm, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	for _, pair := range strings.Split(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		fields[name] = value
	}
	scope := strings.Split(fields["Credential"], "/")
	stamp := r.Header.Get("X-Amz-Date")
	at, err := time.Parse("20060102T150405Z", stamp)
	if algorithm != "AWS4-HMAC-SHA256" || len(scope) != 5 || scope[0] != testKey || scope[1] != stamp[:8] || scope[2] != "ru-1" || err != nil ||
		time.Since(at).Abs() > 15*time.Minute {
		return false
	}
	sum := sha256.Sum256(body)
	if r.Header.Get("X-Amz-Content-Sha256") != hex.EncodeToString(sum[:]) {
		return false
	}
	names := strings.Split(fields["SignedHeaders"], ";")
	for _, must := range []string{"host", "x-amz-date", "x-amz-content-sha256"} {
		if !slices.Contains(names, must) {
			return false
		}
	}
	lines := []string{r.Method, r.URL.EscapedPath(), r.URL.Query().Encode()}
	for _, name := range names {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		lines = append(lines, name+":"+value)
	}
	lines = append(lines, "", strings.Join(names, ";"), hex.EncodeToString(sum[:]))
	digest := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	key := []byte("AWS4" + testSecret)
	for _, part := range append(scope[1:5:5], strings.Join([]string{algorithm, stamp, strings.Join(scope[1:], "/"), hex.EncodeToString(digest[:])}, "\n")) {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(part))
		key = h.Sum(nil)
	}
	return hex.EncodeToString(key) == fields["Signature"]
}

func TestS3_TellsWhyItCannotBeUsed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		secret  string
		status  int
		want    string
		mayPass bool
	}{
		"a wrong secret":      {"wrong", 0, "refuses the key", false},
		"no bucket":           {testSecret, 404, "there is no bucket calls", false},
		"another region":      {testSecret, 301, "not in the region ru-1", false},
		"a server in trouble": {testSecret, 500, "status 500", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := openBucket(t, func(*http.Request) int { return tt.status }, tt.secret)
			err := s.Check(t.Context())
			require.ErrorContains(t, err, tt.want)
			if tt.mayPass {
				require.ErrorIs(t, err, filestore.ErrUnreachable)
			} else {
				require.NotErrorIs(t, err, filestore.ErrUnreachable)
			}
		})
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	s, err := filestore.NewS3(filestore.Bucket{Endpoint: gone.URL, Name: "calls", PathStyle: true, Key: "k", Secret: "s", TempDir: t.TempDir()})
	require.NoError(t, err)
	require.ErrorIs(t, s.Check(t.Context()), filestore.ErrUnreachable)
}

func TestS3_SendsAgainAfterAFailureThatPasses(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]int{}
	s, b := openBucket(t, func(r *http.Request) int {
		mu.Lock()
		defer mu.Unlock()
		seen[r.Method]++
		if r.Method == http.MethodPut && seen[r.Method] < 3 {
			return 503
		}
		return 0
	}, testSecret)
	_, _, err := s.Put(t.Context(), "a/b.wav", strings.NewReader("whole"))
	require.NoError(t, err)
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Equal(t, map[string]string{"/skvoz/a/b.wav": "whole"}, maps.Clone(b.files))
	require.Equal(t, "audio/wav", b.types["/skvoz/a/b.wav"])
}

func TestS3_RefusalsAreErrors(t *testing.T) {
	t.Parallel()
	s, _ := openBucket(t, func(*http.Request) int { return 403 }, testSecret)
	_, _, err := s.Put(t.Context(), "a", strings.NewReader("x"))
	require.ErrorContains(t, err, "403")
	_, err = s.Open(t.Context(), "a")
	require.ErrorContains(t, err, "403")
	_, err = s.Exists(t.Context(), "a")
	require.ErrorContains(t, err, "403")
	require.ErrorContains(t, s.Delete(t.Context(), "a"), "403")
	n, err := s.Sweep(t.Context(), 0)
	require.NoError(t, err)
	require.Zero(t, n, "the temporary file is gone, too")
}

func TestParseLocation(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text, key, secret string
		want              string
		wrong             string
	}{
		"the data directory by default":  {text: "", want: "/data/files"},
		"the data directory by its word": {text: "files", want: "/data/files"},
		"another directory":              {text: "files:/mnt/recordings", want: "/mnt/recordings"},
		"a relative directory":           {text: "files:recordings", wrong: "names no directory"},
		"a bucket":                       {text: "s3://calls?endpoint=https://storage.example&region=ru-1", key: "k", secret: "s", want: "s3://calls at https://storage.example"},
		"a bucket with a prefix":         {text: "s3://calls/skvoz/a?endpoint=https://storage.example", key: "k", secret: "s", want: "s3://calls at https://storage.example"},
		"a bucket without keys":          {text: "s3://calls?endpoint=https://storage.example", wrong: "--s3-key and --s3-secret"},
		"a bucket that has no name":      {text: "s3://?endpoint=https://storage.example", key: "k", secret: "s", wrong: "no name of a bucket"},
		"keys in the address":            {text: "s3://key:secret@calls", key: "k", secret: "s", wrong: "no name of a bucket"},
		"an endpoint without a scheme":   {text: "s3://calls?endpoint=storage.example", key: "k", secret: "s", wrong: "no web address"},
		"a region that is none":          {text: "s3://calls?region=Moscow!", key: "k", secret: "s", wrong: "no region"},
		"a style that is none":           {text: "s3://calls?path-style=maybe", key: "k", secret: "s", wrong: "true or false"},
		"a setting nobody knows":         {text: "s3://calls?endpiont=https://storage.example", key: "k", secret: "s", wrong: `"endpiont" is unknown`},
		"another scheme":                 {text: "ftp://calls", wrong: "write files"},
		"a prefix that leads elsewhere":  {text: "s3://calls/../x", key: "k", secret: "s", wrong: "prefix"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := filestore.ParseLocation(tt.text, "/data", tt.key, tt.secret)
			if tt.wrong != "" {
				require.ErrorContains(t, err, tt.wrong)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got.String())
		})
	}
}
