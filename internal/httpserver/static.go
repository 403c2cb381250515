package httpserver

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"
	"time"
)

// StaticOptions say how a tree of files is served.
type StaticOptions struct {
	// SPA answers pages that are no files with index.html, so that a single-page app can have addresses of its own.
	// Missing assets (paths with an extension) are still 404.
	SPA bool
}

// Static serves the files of a tree that never changes while the server runs, such as an embedded one. Everything is
// read, hashed and compressed once, here. Files whose name carries a hash of the content may be cached for good;
// all others are asked for again by ETag. It fails if the tree can't be read.
func Static(tree fs.FS, o StaticOptions) (http.Handler, error) {
	s := &static{files: map[string]*file{}, spa: o.SPA}
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			return err
		}
		raw, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		s.files["/"+name] = newFile(name, raw)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the files to serve: %w", err)
	}
	return s, nil
}

type static struct {
	files map[string]*file
	spa   bool
}

type file struct {
	raw, packed          []byte // packed is nil where gzip gains nothing
	etag                 string
	contentType, caching string
}

const (
	immutable  = "public, max-age=31536000, immutable"
	revalidate = "no-cache"
	minPacked  = 512 // bytes; below this a gzip header eats the gain
)

// hashedName matches what bundlers call their output: index-B2xQ9_aZ.js, app.3f9c2b7d.css.
var hashedName = regexp.MustCompile(`[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$`)

func newFile(name string, raw []byte) *file {
	sum := sha256.Sum256(raw)
	f := &file{
		raw:         raw,
		etag:        base64.RawURLEncoding.EncodeToString(sum[:12]),
		contentType: contentType(name, raw),
		caching:     revalidate,
	}
	if strings.HasPrefix(name, "assets/") && hashedName.MatchString(name) {
		f.caching = immutable
	}
	if packed := pack(raw); len(packed) < len(raw)*9/10 {
		f.packed = packed
	}
	return f
}

func contentType(name string, raw []byte) string {
	// Systems differ in what they know about extensions; the ones that matter are fixed.
	switch path.Ext(name) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".json", ".map":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".webmanifest":
		return "application/manifest+json"
	}
	if known := mime.TypeByExtension(path.Ext(name)); known != "" {
		return known
	}
	return http.DetectContentType(raw)
}

func pack(raw []byte) []byte {
	if len(raw) < minPacked {
		return raw
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return raw
	}
	if _, err := w.Write(raw); err != nil || w.Close() != nil {
		return raw
	}
	return out.Bytes()
}

// ServeHTTP implements [http.Handler].
func (s *static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are possible", http.StatusMethodNotAllowed)
		return
	}
	f := s.find(path.Clean("/" + r.URL.Path))
	if f == nil {
		http.NotFound(w, r)
		return
	}
	f.serve(w, r)
}

func (s *static) find(name string) *file {
	if f := s.files[name]; f != nil {
		return f
	}
	if f := s.files[path.Join(name, "index.html")]; f != nil {
		return f
	}
	if s.spa && path.Ext(name) == "" {
		return s.files["/index.html"]
	}
	return nil
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", f.caching)
	content, tag := f.raw, f.etag
	if f.packed != nil {
		h.Add("Vary", "Accept-Encoding")
		if r.Header.Get("Range") == "" && AcceptsGzip(r) {
			h.Set("Content-Encoding", "gzip")
			content, tag = f.packed, tag+"-gz"
		}
	}
	h.Set("Etag", `"`+tag+`"`)
	// ServeContent answers conditional, range and HEAD requests.
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}
