package tracker

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
)

// Numbers says which telephone numbers a page shows; calltracking.Assigner is one.
type Numbers interface {
	// Show says what a page is to show, and notes what happened on it. KindNotFound with reason bad_triple when visitor, session and site do not
	// belong together.
	Show(ctx context.Context, in calltracking.ShowInput) (calltracking.Shown, error)
}

// numbersAnswer is the body of the answer to /cs/n.
type numbersAnswer struct {
	Numbers []shownNumber `json:"p"`
	// Expires and Again are in seconds.
	Expires int64 `json:"e"`
	Again   int64 `json:"i,omitempty"`
}

type shownNumber struct {
	Block     string `json:"b"`
	Number    string `json:"n"`
	Text      string `json:"f"`
	IsDynamic bool   `json:"d,omitempty"`
}

// noNumbers leaves the page its own numbers, and says that asking again is of no use.
var noNumbers = []byte(`{"p":[],"e":0}`)

// numbers answers /cs/n.
func (s *Server) numbers(w http.ResponseWriter, q *request) *refusal {
	if q.Method != http.MethodPost {
		return &refusal{status: http.StatusMethodNotAllowed, reason: "bad_request", message: "only POST"}
	}
	if bad := s.findSite(q); bad != nil {
		return bad
	}
	if s.cfg.Numbers == nil || len(q.site.Blocks) == 0 {
		return s.answerNumbers(w, calltracking.Shown{})
	}
	if reason := s.unwanted(q, s.cfg.Agents.Parse(q.UserAgent())); reason != "" {
		s.metrics.refused(reason)
		setReason(w.Header(), notCounted(reason))
		return s.answerNumbers(w, calltracking.Shown{})
	}
	who, bad := q.triple()
	if bad != nil {
		return bad
	}
	began := time.Now()
	shown, err := s.cfg.Numbers.Show(q.Context(), calltracking.ShowInput{
		Who: who, PageURL: q.params.text("u", maxAddress), Shown: q.params.raw("sh") == "1", Clicked: q.params.digits("tc"), Leaving: q.params.raw("bye") == "1",
	})
	if err != nil {
		return asRefusal(err)
	}
	s.metrics.numberSeconds.Observe(time.Since(began).Seconds())
	return s.answerNumbers(w, shown)
}

func (s *Server) answerNumbers(w http.ResponseWriter, shown calltracking.Shown) *refusal {
	s.metrics.numbered(shown)
	if len(shown.Numbers) == 0 {
		answerJSON(w, false, noNumbers)
		return nil
	}
	out := numbersAnswer{Numbers: make([]shownNumber, len(shown.Numbers)), Expires: int64(shown.Expires / time.Second), Again: int64(shown.Again / time.Second)}
	for i, n := range shown.Numbers {
		out.Numbers[i] = shownNumber{Block: n.BlockID.String(), Number: string(n.Number), Text: n.Text, IsDynamic: n.IsDynamic}
	}
	body, err := json.Marshal(out)
	if err != nil {
		return asRefusal(err)
	}
	answerJSON(w, false, body)
	return nil
}

// digits reads the digits of a number, at most 15 of them as no number has more; empty when there are none.
func (p *params) digits(key string) core.Phone {
	var out [15]byte
	n := 0
	for _, c := range []byte(p.text(key, maxText)) {
		if c >= '0' && c <= '9' {
			if n == len(out) {
				return ""
			}
			out[n] = c
			n++
		}
	}
	return core.Phone(out[:n])
}
