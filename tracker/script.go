package tracker

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/skvoz/skvoz/internal/httpserver"
)

// scriptFile is a file of the browser script in memory.
type scriptFile struct {
	body []byte
	// packed is body compressed with gzip -9, packedTag its entity tag.
	packed    []byte
	packedTag []string

	etag  []string
	kind  []string
	cache []string
}

func loadScript(files fs.FS) (map[string]scriptFile, error) {
	out := make(map[string]scriptFile)
	if files == nil {
		return out, nil
	}
	names, err := fs.Glob(files, "*")
	if err != nil {
		return nil, fmt.Errorf("listing the browser script: %w", err)
	}
	for _, name := range names {
		if !strings.HasSuffix(name, ".js") && !strings.HasSuffix(name, ".json") {
			continue
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("reading the browser script: %w", err)
		}
		file, err := newScriptFile(name, body)
		if err != nil {
			return nil, fmt.Errorf("compressing the browser script: %w", err)
		}
		out[name] = file
	}
	return out, nil
}

func newScriptFile(name string, body []byte) (scriptFile, error) {
	sum := sha256.Sum256(body)
	f := scriptFile{body: body, etag: []string{`"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}, kind: jsType, cache: []string{"public, max-age=31536000, immutable"}}
	if strings.HasSuffix(name, ".json") {
		f.kind = jsonType
	}
	if !strings.Contains(name, ".v") { // not a version that never changes
		f.cache = []string{"public, max-age=3600"}
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(body)
	}
	if err == nil {
		err = w.Close()
	}
	f.packed, f.packedTag = packed.Bytes(), []string{strings.TrimSuffix(f.etag[0], `"`) + `-gz"`}
	return f, err
}

// static answers /static/….
func (s *Server) static(w http.ResponseWriter, r *http.Request, name string) {
	f, ok := s.script[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	f.serve(w, r)
}

// serve answers GET and HEAD, with 304 where the client has the file already.
func (f scriptFile) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header()["Allow"] = []string{"GET, HEAD"}
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	body, etag := f.body, f.etag
	h := w.Header()
	if f.packed != nil && httpserver.AcceptsGzip(r) {
		body, etag = f.packed, f.packedTag
		h["Content-Encoding"] = []string{"gzip"}
	}
	h["Etag"], h["Cache-Control"], h["Content-Type"] = etag, f.cache, f.kind
	h["Vary"] = []string{"Accept-Encoding"}
	h["Cross-Origin-Resource-Policy"] = []string{"cross-origin"}
	if matches(r.Header.Get("If-None-Match"), etag[0]) {
		delete(h, "Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(body)
}

// matches says whether an If-None-Match header names an entity tag; caches and proxies may have weakened it.
func matches(header, etag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == etag || one == "*" {
			return true
		}
	}
	return false
}

// settingsCache lets a browser use settings it has while it asks for newer ones, so that the next page of a visit
// knows them at once.
const settingsCache = "public, max-age=60, stale-while-revalidate=600"

// settings answers /cs/s/{site_key}.
func (s *Server) settings(w http.ResponseWriter, r *http.Request, key string) {
	if isPreflight(w, r) {
		return
	}
	var p params
	p.parse(r.URL.RawQuery)
	site, bad := s.find(strings.TrimSuffix(key, "/"), p.text("h", maxText))
	if bad != nil {
		s.refuse(w, false, bad)
		return
	}
	scriptFile{body: site.Script, etag: []string{site.ScriptETag}, kind: jsonType, cache: []string{settingsCache}}.serve(w, r)
}
