package app

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/scenarios"
	"github.com/skvoz/skvoz/internal/httpclient"
)

// managers asks the account's CRMs who looks after a caller.
type managers struct{ s *services }

// Manager implements scenarios.Managers.
func (m managers) Manager(ctx context.Context, account core.AccountID, integration core.IntegrationID, phone core.Phone) (scenarios.ManagerAnswer, error) {
	return m.s.integrations.PersonalManager(ctx, account, integration, phone)
}

// servers asks customers' servers what to do with a call.
type servers struct{ http *httpclient.Client }

// maxServerAnswer is the size of an answer.
const maxServerAnswer = 64 << 10

func newServers(networks []netip.Prefix) servers {
	return servers{httpclient.New(httpclient.Options{Timeout: 12 * time.Second, MaxBody: maxServerAnswer, Attempts: 1, AllowNetworks: networks})}
}

// Ask implements scenarios.Servers.
func (s servers) Ask(ctx context.Context, ask scenarios.HTTPAsk) ([]byte, error) {
	params := url.Values{}
	for _, p := range ask.Params {
		params.Set(p[0], p[1])
	}
	req, err := http.NewRequestWithContext(ctx, ask.Method, ask.URL, nil)
	if ask.Method == http.MethodPost {
		req, err = http.NewRequestWithContext(ctx, ask.Method, ask.URL, strings.NewReader(params.Encode()))
	}
	if err != nil {
		return nil, core.Invalid("url", "bad_url", "the address can't be used")
	}
	if ask.Method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	} else {
		q := req.URL.Query()
		for k, v := range params {
			q[k] = v
		}
		req.URL.RawQuery = q.Encode()
	}
	answer, err := s.http.Do(req)
	if err != nil {
		return nil, err
	}
	if answer.Status != http.StatusOK {
		return nil, core.E(core.KindUnavailable, "the server answered "+http.StatusText(answer.Status)).WithReason("bad_status")
	}
	return answer.Body, nil
}
