package tracker

import (
	"net/http"
	"strconv"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/visits"
)

// triple reads who sends something after a hit.
func (q *request) triple() (visits.Triple, *refusal) {
	visitor, okV := q.params.id("v")
	session, okS := q.params.id("s")
	hit, okH := q.params.id("h")
	if !okV || !okS || !okH || visitor == 0 || session == 0 {
		return visits.Triple{}, invalid("v and s, and h where there is one, must be the ids of a hit")
	}
	return visits.Triple{
		AccountID: q.site.AccountID, SiteID: q.site.ID, VisitorID: core.VisitorID(visitor), SessionID: core.SessionID(session), HitID: core.HitID(hit),
	}, nil
}

// heartbeat answers /cs/p.
func (s *Server) heartbeat(w http.ResponseWriter, q *request) *refusal {
	if bad := s.findSite(q); bad != nil {
		return bad
	}
	who, bad := q.triple()
	if bad != nil {
		return bad
	}
	visible := time.Duration(q.params.millis("a", maxDelay)) * time.Millisecond
	if err := s.cfg.Hits.Heartbeat(&visits.HeartbeatInput{Triple: who, At: s.cfg.Clock.Now(), Visible: visible}); err != nil {
		return asRefusal(err)
	}
	w.Header()["Cache-Control"] = noStore
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// event answers /cs/e.
func (s *Server) event(w http.ResponseWriter, q *request) *refusal {
	if bad := s.findSite(q); bad != nil {
		return bad
	}
	who, bad := q.triple()
	if bad != nil {
		return bad
	}
	nonce, ok := q.params.nonce("n")
	if !ok {
		return invalid("n must be 12 to 32 of [a-z0-9]")
	}
	in := visits.EventInput{
		Triple: who, Nonce: nonce, At: s.cfg.Clock.Now(), URL: q.params.text("u", maxAddress),
		Category: q.params.text("c", maxText), Action: q.params.text("a", maxText), Label: q.params.text("l", maxText), Value: q.params.text("va", maxText),
	}
	if bad := q.reaches(&in); bad != nil {
		return bad
	}
	if err := s.cfg.Hits.Event(&in); err != nil {
		return asRefusal(err)
	}
	s.metrics.events.Inc()
	answerJSON(w, q.wantsPicture(), reachedBody(in.Reaches))
	return nil
}

// reaches finds the goals an event reaches: the one the script noticed, or those that ask for the event.
func (q *request) reaches(in *visits.EventInput) *refusal {
	if q.params.has("g") {
		id, ok := q.params.id("g")
		goal, known := q.site.Goal(core.GoalID(id))
		if !ok || !known || !goal.IsSeenByScript() || !q.site.AllowsPage(goal, in.URL) {
			return invalid("g is no goal of this page")
		}
		in.Category, in.Action, in.Label, in.Value = "", "", "", ""
		in.Reaches = []visits.ReachInput{{GoalID: goal.ID, IsGoal: goal.IsGoal}}
		return nil
	}
	if in.Category == "" || in.Action == "" {
		return invalid("g, or c and a, must be given")
	}
	for _, g := range goals.MatchTrackEvent(q.site.Goals, goals.Event{Category: in.Category, Action: in.Action, Label: in.Label, Value: in.Value}) {
		in.Reaches = append(in.Reaches, visits.ReachInput{GoalID: g.ID, IsGoal: g.IsGoal})
	}
	if len(in.Reaches) == 0 {
		in.Reaches = []visits.ReachInput{{}}
	}
	return nil
}

func reachedBody(reaches []visits.ReachInput) []byte {
	body := []byte(`{"g":[`)
	for _, r := range reaches {
		if r.GoalID == 0 {
			continue
		}
		if body[len(body)-1] != '[' {
			body = append(body, ',')
		}
		body = strconv.AppendQuote(body, r.GoalID.String())
	}
	return append(body, ']', '}')
}
