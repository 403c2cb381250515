package acme

import (
	"encoding/json"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
)

// ParseCommand implements integrations.CallCommands. Acme signs nothing: that a webhook came to our secret address is all there is to know it by.
func (c *connector) ParseCommand(h integrations.Hook) (integrations.CallCommand, error) {
	if !strings.HasPrefix(h.ContentType, "application/json") {
		return integrations.CallCommand{}, nil
	}
	var in struct{ Event, User, Phone, Click string }
	if err := json.Unmarshal(h.Body, &in); err != nil {
		return integrations.CallCommand{}, &integrations.Failure{Kind: integrations.FailRejected, Detail: "this is no webhook of Acme", Err: err}
	}
	if in.Event != "phone_clicked" || in.User == "" || in.Phone == "" {
		return integrations.CallCommand{}, nil
	}
	return integrations.CallCommand{Employee: in.User, Phone: core.Phone(in.Phone), RemoteID: in.Click}, nil
}
