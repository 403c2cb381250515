package app

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"strings"
	"time"

	"github.com/skvoz/skvoz/auth"
	"github.com/skvoz/skvoz/cabinet"
	"github.com/skvoz/skvoz/connectors/inbound"
	"github.com/skvoz/skvoz/dataapi"
	"github.com/skvoz/skvoz/graph"
	"github.com/skvoz/skvoz/internal/httpserver"
	"github.com/skvoz/skvoz/internal/observe"
	"github.com/skvoz/skvoz/sheets"
)

// handler puts all doors of the public address together.
func (a *App) handler(version string) (http.Handler, error) {
	observed := observe.NewHTTP(a.metrics, a.log)
	web, err := a.cabinet()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/graphql", observed.Wrap("graphql", a.graphql(version)))
	data := observed.Wrap("dataapi", a.dataAPI())
	mux.Handle("/v2.0", data)
	mux.Handle("/v2.0/", data)
	calls := observed.Wrap("callapi", a.callAPI())
	mux.Handle(dataapi.CallAPIPath, calls)
	mux.Handle(dataapi.CallAPIPath+"/", calls)
	mux.Handle("/hooks/", observed.Wrap("hooks", inbound.New(inbound.Config{Receiver: a.services.integrations, Clock: a.db.Clock, Log: a.log})))
	mux.Handle("/tel/", observed.Wrap("pbx", a.pbxDoor()))
	own, signed := a.recordings()
	mux.Handle("/recordings/", observed.Wrap("recordings", own))
	signed = observed.Wrap("signed", signed, observe.Quiet())
	mux.Handle("/r/", signed)
	mux.Handle("/media/", signed)
	export := observed.Wrap("export", a.export())
	mux.Handle("/export/report.csv", export)
	mux.Handle("/export/report.xlsx", export)
	mux.Handle("GET /healthz", observed.Wrap("healthz", http.HandlerFunc(healthz), observe.Quiet()))
	mux.Handle("GET /readyz", observed.Wrap("readyz", http.HandlerFunc(a.readyz), observe.Quiet()))
	mux.Handle("GET /metrics", observed.Wrap("metrics", localOnly(a.metrics.Handler()), observe.Quiet()))
	mux.Handle("/", observed.Wrap("cabinet", web, observe.Quiet()))
	tracked := observed.Wrap("tracker", a.tracker, observe.Quiet())
	rest := httpserver.Recover(httpserver.SecurityHeaders(mux, httpserver.CabinetCSP, a.proxies), a.log)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isTracker(r.URL.Path) { // the busiest door has the shortest way
			tracked.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	}), nil
}

// isTracker tells the paths that sites' pages and back ends call from the cabinet's.
func isTracker(path string) bool {
	for _, prefix := range [...]string{"/cs/", "/vc/", "/api/", "/static/cs", "/static/versions.json"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

func (a *App) graphql(version string) http.Handler {
	sessions := auth.NewStore(a.services.accounts, a.proxies)
	guard := auth.NewGuard(a.services.accounts, sessions, a.proxies, a.URL, graph.WriteError)
	root := a.resolvers(version, sessions)
	handler := graph.NewHandler(graph.Config{
		Resolvers:       root,
		Prepare:         root.Prepare,
		Introspection:   a.cfg.Introspection,
		Log:             a.log,
		AllowsWebSocket: guard.AllowsWebSocket,
		Identify:        guard.Identify,
		Recheck:         auth.Recheck,
		Limits:          graph.Limits{Body: int64(a.cfg.MaxBody)},
	})
	return a.endsWithServer(guard.Middleware(handler))
}

// export writes reports into files, for whoever is signed in as in the cabinet.
func (a *App) export() http.Handler {
	files := sheets.NewExporter(sheets.Config{Reports: a.services.reports, Accounts: a.services.accounts, Log: a.log})
	sessions := auth.NewStore(a.services.accounts, a.proxies)
	return auth.NewGuard(a.services.accounts, sessions, a.proxies, a.URL, files.Refuse).Middleware(files)
}

func (a *App) dataAPI() http.Handler { return dataapi.New(a.dataAPIConfig()) }

func (a *App) dataAPIConfig() dataapi.Config {
	return dataapi.Config{
		Accounts: a.services.accounts, Sites: a.services.sites, Deals: a.services.deals, ClientIP: a.proxies.ClientIP, Clock: a.db.Clock, Log: a.log,
		MinuteLimit: a.cfg.DataAPIMinute, DayLimit: a.cfg.DataAPIDay,
	}
}

// callAPI begins and leads calls for programs that know the original's Call API.
func (a *App) callAPI() http.Handler {
	s := a.services
	return dataapi.NewCallAPI(dataapi.CallConfig{
		Config: a.dataAPIConfig(), Commander: s.leading.commander, Calls: s.telephones.calls, Number: s.calltracking.Find, Employees: s.employees.ByID,
		ScenarioTarget: s.leading.scenarios.FirstTarget, ReadPhone: readPhone,
	})
}

// endsWithServer ends live connections when the server stops; all other requests may finish.
func (a *App) endsWithServer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !httpserver.IsLongLived(r) {
			next.ServeHTTP(w, r)
			return
		}
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(a.streaming, cancel)() //nolint:contextcheck // ends with either of the two
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func (a *App) cabinet() (http.Handler, error) {
	if !cabinet.Built() {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "The cabinet is not part of this binary: build it with `make build`.", http.StatusNotFound)
		}), nil
	}
	return httpserver.Static(cabinet.Files(), httpserver.StaticOptions{SPA: true})
}

func healthz(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok") }

func (a *App) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := a.db.Ping(ctx); err != nil {
		a.log.WarnContext(ctx, "not ready", "error", err)
		answer(w, http.StatusServiceUnavailable, "the database does not answer")
		return
	}
	answer(w, http.StatusOK, "ready")
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"status": text})
}

// localOnly lets in clients of this machine that come straight, not through a proxy on it.
func localOnly(next http.Handler) http.Handler {
	direct := httpserver.NewProxies(nil)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		forwarded := r.Header.Get("X-Forwarded-For") + r.Header.Get("Forwarded") + r.Header.Get("X-Real-Ip")
		if forwarded != "" || !direct.ClientIP(r).IsLoopback() {
			http.Error(w, "Metrics are shown on the admin address (--admin-listen) and to this machine only.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// adminHandler serves what only the operator should see.
func (a *App) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/metrics", a.metrics.Handler())
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}
