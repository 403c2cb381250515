package emulator

import (
	"net/http"
	"strconv"
	"strings"
)

// call is one request of the API, read as far as all handlers need it.
type call struct {
	r       *http.Request
	body    []byte
	query   *node
	base    string // scheme and host of links
	user    int64  // who acts
	now     int64
	account int64
	// What the path said.
	entity Entity
	id     int64
	uid    string
}

const maxBody = 8 << 20

func (s *Server) newCall(r *http.Request, body []byte, token *grant) (*call, *answer) {
	c := &call{r: r, body: body, query: parseQuery(r.URL.RawQuery), base: base(r), user: token.userID, now: s.now(), account: s.state.accountID}
	if as := r.Header.Get("X-Context-User-ID"); as != "" {
		id, err := strconv.ParseInt(as, 10, 64)
		if err != nil || s.state.user(id) == nil {
			a := problem(http.StatusForbidden, "X-Context-User-ID is no user of the account")
			return nil, &a
		}
		c.user = id
	}
	return c, nil
}

func base(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

type handler func(*Server, *call) answer

// route is a method, a path below /api and what answers; {entity} is one of those that have cards, {id} a number, {uid} anything.
type route struct {
	method, path string
	handle       handler
}

// routes are tried from top to bottom.
var routes = []route{
	{"GET", "v4/account", (*Server).getAccount},
	{"GET", "v4/users", (*Server).listUsers},
	{"GET", "v4/users/{id}", (*Server).getUser},
	{"GET", "v4/leads/pipelines", (*Server).listPipelines},
	{"GET", "v4/leads/pipelines/{id}", (*Server).getPipeline},
	{"GET", "v4/leads/pipelines/{id}/statuses", (*Server).listStatuses},
	{"GET", "v4/leads/loss_reasons", (*Server).listLossReasons},
	{"GET", "v4/leads/unsorted", (*Server).listUnsorted},
	{"GET", "v4/leads/unsorted/summary", (*Server).unsortedSummary},
	{"POST", "v4/leads/unsorted/sip", (*Server).addUnsortedSIP},
	{"POST", "v4/leads/unsorted/forms", (*Server).addUnsortedForms},
	{"GET", "v4/leads/unsorted/{uid}", (*Server).getUnsorted},
	{"POST", "v4/leads/unsorted/{uid}/accept", (*Server).acceptUnsorted},
	{"DELETE", "v4/leads/unsorted/{uid}/decline", (*Server).declineUnsorted},
	{"POST", "v4/leads/complex", (*Server).addComplex},
	{"GET", "v4/leads", (*Server).listLeads},
	{"POST", "v4/leads", (*Server).addLeads},
	{"PATCH", "v4/leads", (*Server).patchLeads},
	{"GET", "v4/leads/{id}", (*Server).getLead},
	{"PATCH", "v4/leads/{id}", (*Server).patchLead},
	{"GET", "v4/{entity}/custom_fields", (*Server).listFields},
	{"POST", "v4/{entity}/custom_fields", (*Server).addFields},
	{"GET", "v4/{entity}/custom_fields/{id}", (*Server).getField},
	{"GET", "v4/{entity}/tags", (*Server).listTags},
	{"POST", "v4/{entity}/tags", (*Server).addTags},
	{"GET", "v4/{entity}/notes", (*Server).listNotes},
	{"POST", "v4/{entity}/notes", (*Server).addNotes},
	{"PATCH", "v4/{entity}/notes", (*Server).patchNotes},
	{"GET", "v4/{entity}/notes/{id}", (*Server).getNote},
	{"GET", "v4/{entity}/{id}/notes", (*Server).listNotes},
	{"POST", "v4/{entity}/{id}/notes", (*Server).addNotes},
	{"GET", "v4/{entity}/links", (*Server).listLinks},
	{"GET", "v4/{entity}/{id}/links", (*Server).listLinks},
	{"POST", "v4/{entity}/link", (*Server).link},
	{"POST", "v4/{entity}/{id}/link", (*Server).link},
	{"POST", "v4/{entity}/unlink", (*Server).unlink},
	{"POST", "v4/{entity}/{id}/unlink", (*Server).unlink},
	{"GET", "v4/{entity}", (*Server).listContacts},
	{"POST", "v4/{entity}", (*Server).addContacts},
	{"PATCH", "v4/{entity}", (*Server).patchContacts},
	{"GET", "v4/{entity}/{id}", (*Server).getContact},
	{"PATCH", "v4/{entity}/{id}", (*Server).patchContact},
	{"GET", "v4/events", (*Server).listEvents},
	{"GET", "v4/events/{uid}", (*Server).getEvent},
	{"GET", "v4/webhooks", (*Server).listWebhooks},
	{"POST", "v4/webhooks", (*Server).subscribe},
	{"DELETE", "v4/webhooks", (*Server).unsubscribe},
	{"POST", "v4/calls", (*Server).addCalls},
	{"POST", "v2/events", (*Server).addPopups},
}

func (s *Server) route(c *call) answer {
	parts := strings.Split(strings.Trim(strings.TrimPrefix(c.r.URL.Path, "/api/"), "/"), "/")
	known := false
	for _, route := range routes {
		if !c.match(strings.Split(route.path, "/"), parts) {
			continue
		}
		if route.method == c.r.Method {
			return route.handle(s, c)
		}
		known = true
	}
	if known {
		return problem(http.StatusMethodNotAllowed, "Method Not Allowed")
	}
	return problem(http.StatusNotFound, "Route not found")
}

// match reports whether a path is of a pattern and keeps what stood in the pattern's places.
func (c *call) match(pattern, parts []string) bool {
	if len(pattern) != len(parts) {
		return false
	}
	c.entity, c.id, c.uid = "", 0, ""
	for i, want := range pattern {
		got := parts[i]
		switch want {
		case "{entity}":
			c.entity = Entity(got)
			if !c.entity.known() {
				return false
			}
		case "{id}":
			id, err := strconv.ParseInt(got, 10, 64)
			if err != nil {
				return false
			}
			c.id = id
		case "{uid}":
			c.uid = got
		default:
			if got != want {
				return false
			}
		}
	}
	return true
}
