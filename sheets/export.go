package sheets

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/reports"
)

// Reports counts; reports.Service does.
type Reports interface {
	// Table counts one level of a report.
	Table(ctx context.Context, r reports.Request) (reports.Table, error)
	// Walk hands out the rows of all levels down to depth.
	Walk(ctx context.Context, r reports.Request, depth int, visit func(level int, row reports.Row) error) error
	// ListModels returns the attribution models of the account's own.
	ListModels(ctx context.Context, account core.AccountID) ([]reports.Model, error)
}

// Accounts knows whose figures they are; accounts.Service does.
type Accounts interface {
	// Account returns an account.
	Account(ctx context.Context, id core.AccountID) (accounts.Account, error)
	// Me returns the user of an identity.
	Me(ctx context.Context, id accounts.Identity) (accounts.User, error)
}

// MaxExportRows is how many rows of a report a file has; a last row says when there are more.
const MaxExportRows = 200_000

const (
	// atOnce is how many files are written at the same time; others wait.
	atOnce = 4
	// stallTimeout ends a download nobody takes anything of.
	stallTimeout = time.Minute
)

// Config is what an Exporter needs.
type Config struct {
	Reports  Reports
	Accounts Accounts
	Log      *slog.Logger
	// MaxRows is how many rows a file has; 0 = MaxExportRows.
	MaxRows int
}

// Exporter writes reports into files: GET /export/report.csv and /export/report.xlsx, with ?request= the report as the GraphQL API's ReportInput, JSON in
// base64url, and &lang= ru or en (else the user's). It changes nothing. Whoever asks is in the request's context (accounts.WithIdentity).
type Exporter struct {
	Config
	slots chan struct{}
}

// NewExporter returns an Exporter.
func NewExporter(c Config) *Exporter {
	if c.MaxRows == 0 {
		c.MaxRows = MaxExportRows
	}
	return &Exporter{Config: c, slots: make(chan struct{}, atOnce)}
}

// ServeHTTP answers with the file, or a line of text that says why not. A file that could not be finished is cut off.
func (e *Exporter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "GET only", http.StatusMethodNotAllowed)
		return
	}
	out := &answer{w: w, control: http.NewResponseController(w)}
	err := e.export(r, out)
	switch {
	case err == nil || r.Context().Err() != nil:
	case out.begun:
		e.Log.ErrorContext(r.Context(), "report cut off", "error", err)
		panic(http.ErrAbortHandler) // half a file must not look like a whole one
	default:
		e.Refuse(w, r, err)
	}
}

func (e *Exporter) export(r *http.Request, out *answer) error {
	ctx := r.Context()
	who, err := accounts.Require(ctx)
	if err != nil {
		return err
	}
	if !who.May(accounts.RoleAnalyst, accounts.ScopeRead) {
		return core.E(core.KindForbidden, "exporting reports takes the role of an analyst")
	}
	request, err := parseRequest(who.AccountID, r.URL.Query().Get("request"))
	if err != nil {
		return err
	}
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	sheet, err := e.sheet(r, who, request)
	if err != nil {
		return err
	}
	format := path.Ext(r.URL.Path)
	out.name(sheet.fileName(request), format)
	return e.write(ctx, sheet, request, format, out)
}

// sheet prepares the file: its columns and totals.
func (e *Exporter) sheet(r *http.Request, who accounts.Identity, request reports.Request) (*sheet, error) {
	ctx := r.Context()
	account, err := e.Accounts.Account(ctx, who.AccountID)
	if err != nil {
		return nil, err
	}
	user, err := e.Accounts.Me(ctx, who)
	if err != nil {
		return nil, err
	}
	own, err := e.Reports.ListModels(ctx, who.AccountID)
	if err != nil {
		return nil, err
	}
	totals, err := e.Reports.Table(ctx, request)
	if err != nil {
		return nil, err
	}
	return newSheet(wordsOf(language(r, user.Language)), account.Currency, request, totals, own), nil
}

// errEnough ends a walk when the file is full.
var errEnough = errors.New("enough rows")

func (e *Exporter) write(ctx context.Context, s *sheet, request reports.Request, format string, to io.Writer) error {
	out, err := newRowWriter(format, s, to)
	if err != nil {
		return err
	}
	defer out.discard()
	depth := len(s.dimensions)
	rows, labels := 0, make([]string, depth)
	err = e.Reports.Walk(ctx, request, depth, func(level int, row reports.Row) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		labels[level] = s.words.row(s.dimensions[level], row)
		if level < depth-1 {
			return nil
		}
		if rows++; rows > e.MaxRows {
			return errEnough
		}
		return out.row(s.cells(labels, row), false)
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	if err := out.row(s.totals, true); err != nil {
		return err
	}
	if errors.Is(err, errEnough) {
		if err := out.row(s.note(e.MaxRows), false); err != nil {
			return err
		}
	}
	return out.finish()
}

// Refuse answers with a line of text in the reader's language, for people who follow a link.
func (e *Exporter) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	words := wordsOf(language(r, ""))
	known := core.AsError(err)
	status, text := http.StatusInternalServerError, words.failed
	switch known.Kind {
	case core.KindUnauthenticated:
		status, text = http.StatusUnauthorized, words.signIn
	case core.KindForbidden:
		status, text = http.StatusForbidden, words.forbidden
	case core.KindInvalid, core.KindConflict:
		status, text = http.StatusBadRequest, known.Message
	case core.KindNotFound:
		status, text = http.StatusNotFound, known.Message
	case core.KindRateLimited:
		status = http.StatusTooManyRequests
	case core.KindUnavailable:
		status = http.StatusServiceUnavailable
	default:
		e.Log.ErrorContext(r.Context(), "exporting a report", "error", err)
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Del("Content-Disposition")
	http.Error(w, text, status)
}

// language is the one that was asked for, else the user's, else the browser's.
func language(r *http.Request, user accounts.Language) accounts.Language {
	switch asked := accounts.Language(r.URL.Query().Get("lang")); {
	case asked == accounts.LanguageRU || asked == accounts.LanguageEN:
		return asked
	case user != "":
		return user
	case strings.HasPrefix(strings.ToLower(strings.TrimSpace(r.Header.Get("Accept-Language"))), "ru"):
		return accounts.LanguageRU
	}
	return accounts.LanguageEN
}

// answer sets the headers of a file with the first bytes: until then an error has its own answer.
type answer struct {
	w           http.ResponseWriter
	control     *http.ResponseController
	contentType string
	disposition string
	begun       bool
}

// name says what the file is called; plain stands in for browsers that know ASCII alone.
func (a *answer) name(name, format string) {
	a.contentType = contentTypes[format]
	a.disposition = mime.FormatMediaType("attachment", map[string]string{"filename": "report" + format}) + "; filename*=UTF-8''" + url.PathEscape(name+format)
}

var contentTypes = map[string]string{
	".csv":  "text/csv; charset=utf-8",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// Write implements io.Writer.
func (a *answer) Write(p []byte) (int, error) {
	if !a.begun {
		a.begun = true
		h := a.w.Header()
		h.Set("Content-Type", a.contentType)
		h.Set("Content-Disposition", a.disposition)
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
	}
	_ = a.control.SetWriteDeadline(time.Now().Add(stallTimeout)) // writers without deadlines are those of tests
	return a.w.Write(p)
}
