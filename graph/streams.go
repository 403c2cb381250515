package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// writeWithin is how long a client may take to receive one event before it is given up.
const writeWithin = 15 * time.Second

// streams is the door of server-sent events: one operation per request, an event for each result, then "complete" (graphql-sse, distinct
// connections).
type streams struct {
	exec    graphql.GraphExecutor
	recheck rechecker
	maxBody int64
	alive   time.Duration
}

func newStreams(exec graphql.GraphExecutor, cfg Config) *streams {
	return &streams{exec: exec, recheck: newRechecker(cfg), maxBody: cfg.Limits.Body, alive: cfg.Limits.KeepAlive}
}

// ServeHTTP implements http.Handler.
func (h *streams) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	params, p := readParams(w, r, h.maxBody)
	if p != nil {
		refuse(w, r, typeJSON, p)
		return
	}
	ctx, cancel := h.recheck.watch(r.Context())
	defer cancel(nil)
	op, errs := h.exec.CreateOperationContext(ctx, params)
	if errs == nil && op.Operation.Operation == ast.Mutation && r.Method == http.MethodGet {
		w.Header().Set("Allow", "POST")
		refuse(w, r, typeJSON, &problem{http.StatusMethodNotAllowed, "mutations go by POST"})
		return
	}
	s := newStream(w)
	defer s.keepAlive(ctx, h.alive)()
	if errs != nil {
		s.next(h.exec.DispatchError(graphql.WithOperationContext(ctx, op), errs))
		s.send("event: complete\ndata:\n\n")
		return
	}
	next, opCtx := h.exec.DispatchOperation(ctx, op)
	for resp := next(opCtx); resp != nil; resp = next(opCtx) {
		if !s.next(resp) {
			return
		}
	}
	if ctx.Err() == nil { // else the client should come again, or learn that its session has ended
		s.send("event: complete\ndata:\n\n")
	}
}

// stream writes events, one at a time.
type stream struct {
	mu   sync.Mutex
	w    http.ResponseWriter
	ctl  *http.ResponseController
	dead bool
}

func newStream(w http.ResponseWriter) *stream {
	h := w.Header()
	h.Set("Content-Type", typeStream+"; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	s := &stream{w: w, ctl: http.NewResponseController(w)}
	s.send(":\n\n") // the headers go out now
	return s
}

func (s *stream) next(resp *graphql.Response) bool {
	body, err := json.Marshal(resp)
	if err != nil {
		return false
	}
	return s.send("event: next\ndata: " + string(body) + "\n\n")
}

func (s *stream) send(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead {
		return false
	}
	err := s.ctl.SetWriteDeadline(time.Now().Add(writeWithin))
	if err == nil || errors.Is(err, http.ErrNotSupported) {
		_, err = fmt.Fprint(s.w, text)
	}
	if err == nil {
		err = s.ctl.Flush()
	}
	s.dead = err != nil
	return !s.dead
}

// keepAlive sends comments while nothing else happens, so that proxies keep the connection. The returned function ends it and waits for it: the
// answer must not be written to after the handler returns.
func (s *stream) keepAlive(ctx context.Context, every time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				s.send(":\n\n")
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() { cancel(); <-done }
}
