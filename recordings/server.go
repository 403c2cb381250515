package recordings

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/scenarios"
	"github.com/skvoz/skvoz/core/telephony"
)

// Recordings finds recordings and reads links; telephony.Recordings does.
type Recordings interface {
	// Open is KindNotFound with reason deleted, not_ready or not_found.
	Open(ctx context.Context, account core.AccountID, id core.RecordingID) (telephony.Recording, io.ReadSeekCloser, error)
	// ReadRecording and ReadSound are KindNotFound, with reason expired for links that held once.
	ReadRecording(signed string, now time.Time) (telephony.Link, error)
	ReadSound(signed string, now time.Time) (telephony.Link, error)
}

// Sounds finds sounds of scenarios.
type Sounds interface {
	// MediaFile is KindNotFound when the account has none of that id.
	MediaFile(ctx context.Context, account core.AccountID, id core.MediaID) (scenarios.Media, error)
}

// Files opens files; errors are fs.ErrNotExist when there is no such file.
type Files interface {
	Open(ctx context.Context, path string) (io.ReadSeekCloser, error)
}

// Config is what a Server needs.
type Config struct {
	Recordings Recordings
	Sounds     Sounds
	Files      Files
	// ClientIP is the address limits count by.
	ClientIP func(*http.Request) netip.Addr
	Clock    core.Clock
	Log      *slog.Logger
	// PerAddress bounds requests by signed links; zero = 20 a second, 400 at once.
	PerAddress Rate
}

// Server answers with recordings and sounds.
type Server struct {
	cfg    Config
	limits *limits
	signed *http.ServeMux
}

// New returns a server.
func New(cfg Config) *Server {
	if cfg.Clock == nil {
		cfg.Clock = core.SystemClock{}
	}
	if cfg.PerAddress == (Rate{}) {
		cfg.PerAddress = Rate{20, 400}
	}
	s := &Server{cfg: cfg, limits: newLimits(cfg.PerAddress, cfg.Clock), signed: http.NewServeMux()}
	s.signed.HandleFunc("/r/{signed}", s.signedRecording)
	s.signed.HandleFunc("/r/{signed}/page", s.page)
	s.signed.HandleFunc("/media/{signed}", s.signedSound)
	return s
}

// Signed answers /r/{signed}, /r/{signed}/page and /media/{signed}, to everybody who has the link: 200 or 206 with the file, 404 when there is none (yet), 410
// when there was one, 429 when too much is asked for.
func (s *Server) Signed() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "Content-Length, Content-Range, Accept-Ranges, Content-Disposition, ETag, Retry-After")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		if r.Method == http.MethodOptions {
			h.Set("Access-Control-Allow-Methods", "GET, HEAD")
			h.Set("Access-Control-Allow-Headers", "Range, If-Range, If-None-Match, If-Modified-Since")
			h.Set("Access-Control-Max-Age", "86400")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if !isReading(w, r) {
			return
		}
		if wait := s.limits.take(s.cfg.ClientIP(r)); wait > 0 {
			s.Refuse(w, r, core.E(core.KindRateLimited, "too many requests").WithRetryAfter(wait))
			return
		}
		s.signed.ServeHTTP(w, r)
	})
}

func isReading(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	w.Header().Set("Allow", "GET, HEAD, OPTIONS")
	http.Error(w, "GET and HEAD only", http.StatusMethodNotAllowed)
	return false
}

// Own answers /recordings/{id} to users of the account; who asks is in the request's context (accounts.WithIdentity).
func (s *Server) Own() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/recordings/{id}", func(w http.ResponseWriter, r *http.Request) {
		if !isReading(w, r) {
			return
		}
		if err := s.own(w, r); err != nil {
			s.Refuse(w, r, err)
		}
	})
	return mux
}

func (s *Server) own(w http.ResponseWriter, r *http.Request) error {
	who, err := accounts.Require(r.Context())
	if err != nil {
		return err
	}
	if !who.May(accounts.RoleOperator, accounts.ScopeRead) {
		return core.E(core.KindForbidden, "listening to recordings takes the right to read")
	}
	id, err := core.ParseID[core.RecordingID](r.PathValue("id"))
	if err != nil {
		return core.NotFound("recording")
	}
	return s.serveRecording(w, r, who.AccountID, id)
}

func (s *Server) signedRecording(w http.ResponseWriter, r *http.Request) {
	link, err := s.cfg.Recordings.ReadRecording(r.PathValue("signed"), s.cfg.Clock.Now())
	if err == nil {
		err = s.serveRecording(w, r, link.AccountID, link.RecordingID)
	}
	if err != nil {
		s.Refuse(w, r, err)
	}
}

func (s *Server) serveRecording(w http.ResponseWriter, r *http.Request, account core.AccountID, id core.RecordingID) error {
	rec, file, err := s.cfg.Recordings.Open(r.Context(), account, id)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	f := served{contentType: rec.ContentType(), sha256: rec.SHA256, caching: "private, no-cache", name: fileName(&rec)}
	if rec.StoredAt != nil {
		f.at = *rec.StoredAt
	}
	f.serve(w, r, file)
	return nil
}

// fileName is what a saved recording is called: the time is UTC.
func fileName(rec *telephony.Recording) string {
	return fmt.Sprintf("call-%s-%d.%s", rec.StartedAt.UTC().Format("20060102-150405"), rec.ID, rec.Format)
}

func (s *Server) signedSound(w http.ResponseWriter, r *http.Request) {
	if err := s.serveSound(w, r); err != nil {
		s.Refuse(w, r, err)
	}
}

func (s *Server) serveSound(w http.ResponseWriter, r *http.Request) error {
	link, err := s.cfg.Recordings.ReadSound(r.PathValue("signed"), s.cfg.Clock.Now())
	if err != nil {
		return err
	}
	m, err := s.cfg.Sounds.MediaFile(r.Context(), link.AccountID, link.SoundID)
	if err != nil {
		return err
	}
	file, err := s.cfg.Files.Open(r.Context(), m.Path)
	if errors.Is(err, fs.ErrNotExist) {
		s.cfg.Log.ErrorContext(r.Context(), "the file of a sound is missing", "account", m.AccountID, "sound", m.ID, "path", m.Path)
		return core.NotFound("sound")
	}
	if err != nil {
		return core.Unavailable("the sound can't be read now", 10*time.Second, err)
	}
	defer func() { _ = file.Close() }()
	ext := telephony.FormatWAV
	if m.ContentType == "audio/mpeg" {
		ext = telephony.FormatMP3
	}
	served{contentType: m.ContentType, sha256: m.SHA256, caching: "private, max-age=86400", name: fmt.Sprintf("sound-%d.%s", m.ID, ext), at: m.CreatedAt}.serve(w, r, file)
	return nil
}

// served is a file as it is told of.
type served struct {
	contentType, sha256, caching, name string
	at                                 time.Time
}

// serve answers with a file or a part of it.
func (f served) serve(w http.ResponseWriter, r *http.Request, file io.ReadSeeker) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", f.caching)
	disposition := "inline"
	if r.URL.Query().Has("download") {
		disposition = "attachment"
	}
	h.Set("Content-Disposition", disposition+`; filename="`+f.name+`"`)
	if len(f.sha256) >= 32 {
		h.Set("ETag", `"`+f.sha256[:32]+`"`)
	}
	http.ServeContent(&patient{w, http.NewResponseController(w)}, r, "", f.at, file)
}

// writeStall is how long a listener may take nothing. Players that pause come again.
const writeStall = 2 * time.Minute

// patient gives a slow listener time as long as something is taken.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
}

// Write implements http.ResponseWriter.
func (p *patient) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(writeStall))
	return p.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController the writer below.
func (p *patient) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// refusedAs is the status and the words of an error.
func (s *Server) refusedAs(r *http.Request, err error) (status int, text string) {
	known := core.AsError(err)
	switch known.Kind {
	case core.KindUnauthenticated:
		return http.StatusUnauthorized, "sign in first"
	case core.KindForbidden:
		return http.StatusForbidden, known.Message
	case core.KindInvalid, core.KindConflict:
		return http.StatusBadRequest, known.Message
	case core.KindNotFound:
		if known.Reason == "deleted" || known.Reason == "expired" {
			return http.StatusGone, known.Message
		}
		return http.StatusNotFound, known.Message
	case core.KindRateLimited:
		return http.StatusTooManyRequests, known.Message
	case core.KindUnavailable:
		s.cfg.Log.WarnContext(r.Context(), "a recording can't be served now", "error", err)
		return http.StatusServiceUnavailable, known.Message
	}
	if r.Context().Err() == nil {
		s.cfg.Log.ErrorContext(r.Context(), "serving a recording", "error", err)
	}
	return http.StatusInternalServerError, "internal error"
}

// Refuse answers with a line of text that says why there is no file.
func (s *Server) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, text := s.refusedAs(r, err)
	refuseHeaders(w, err)
	http.Error(w, text, status)
}

func refuseHeaders(w http.ResponseWriter, err error) {
	w.Header().Set("Cache-Control", "no-store")
	if wait := core.AsError(err).RetryAfter; wait > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt(int64((wait+time.Second-1)/time.Second), 10))
	}
}
