package tracker

import (
	"encoding/json"
	"net/http"

	"github.com/skvoz/skvoz/core/visits"
)

// maxValue bounds a property's value, in characters.
const maxValue = 2000

// property answers /cs/a.
func (s *Server) property(w http.ResponseWriter, q *request) *refusal {
	if bad := s.findSite(q); bad != nil {
		return bad
	}
	who, bad := q.triple()
	if bad != nil {
		return bad
	}
	name := q.params.text("name", maxText)
	if name == "" {
		return invalid("name is missing")
	}
	result, bad := s.applyProperty(q, who, name)
	if bad != nil {
		return bad
	}
	body, err := json.Marshal(struct {
		Success bool `json:"success"`
		Result  any  `json:"result"`
	}{true, result})
	if err != nil {
		return asRefusal(err)
	}
	answerJSON(w, q.wantsPicture(), body)
	return nil
}

func (s *Server) applyProperty(q *request, who visits.Triple, name string) (result any, bad *refusal) {
	var err error
	var found *visits.Property
	switch op := q.params.raw("op"); op {
	case "set":
		p := visits.Property{Name: name}
		if q.params.has("value") {
			value := q.params.text("value", maxValue)
			p.Value = &value
		}
		err = s.cfg.Properties.SetProperty(q.Context(), who, p)
	case "delete":
		err = s.cfg.Properties.DeleteProperty(q.Context(), who, name)
	case "has":
		found, err = s.cfg.Properties.Property(q.Context(), who, name)
		result = found != nil
	case "get":
		found, err = s.cfg.Properties.Property(q.Context(), who, name)
		result = valueOf(found)
	default:
		return nil, invalid("op must be set, has, get or delete")
	}
	if err != nil {
		return nil, asRefusal(err)
	}
	return result, nil
}

// valueOf is what getProperty gives: false without the property, true for a flag.
func valueOf(p *visits.Property) any {
	switch {
	case p == nil:
		return false
	case p.Value == nil:
		return true
	default:
		return *p.Value
	}
}
