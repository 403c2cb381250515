package uis

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/pbx/wire"
)

// defaultAddress is where the Call API is, unless the connection says otherwise.
const defaultAddress = "https://callapi.uiscom.ru/v4.0"

// rpcError is an error of the Call API.
type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    struct {
		Mnemonic string `json:"mnemonic"`
		Field    string `json:"field"`
	} `json:"data"`
}

// call calls a method with the connection's key; a session that has ended is begun anew, once.
func (d *Driver) call(ctx context.Context, to *telephony.Endpoint, method string, params map[string]any, out any) error {
	for attempt := 0; ; attempt++ {
		token, isSession, err := d.token(ctx, to)
		if err != nil {
			return err
		}
		all := maps.Clone(params)
		all["access_token"] = token
		failed, err := d.once(ctx, to, method, all, out)
		switch {
		case err != nil:
			return err
		case failed == nil:
			return nil
		case isSession && attempt == 0 && failed.Code == -32001:
			d.logins.forget(to.ID)
			continue
		}
		return failed.meaning()
	}
}

// token is a permanent key, or with a login the key of a session.
func (d *Driver) token(ctx context.Context, to *telephony.Endpoint) (token string, isSession bool, err error) {
	secret := to.Secrets[telephony.SecretToken]
	if to.Settings.Login == "" {
		return secret, false, nil
	}
	if token, ok := d.logins.known(to, d.clock.Now()); ok {
		return token, true, nil
	}
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpireAt    int64  `json:"expire_at"`
	}
	failed, err := d.once(ctx, to, "login.user", map[string]any{"login": to.Settings.Login, "password": secret}, &answer)
	if err == nil && failed != nil {
		err = failed.meaning()
	}
	if err != nil {
		return "", false, err
	}
	d.logins.keep(to, answer.AccessToken, time.Unix(answer.ExpireAt, 0).Add(-time.Minute))
	return answer.AccessToken, true, nil
}

// once calls a method. Errors of the Call API are returned apart from those of the way to it.
func (d *Driver) once(ctx context.Context, to *telephony.Endpoint, method string, params map[string]any, out any) (*rpcError, error) {
	address, err := wire.Address(to, defaultAddress, "")
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if err != nil {
		return nil, fmt.Errorf("writing a command: %w", err)
	}
	res, err := d.client.Do(ctx, to, wire.Request{Method: http.MethodPost, URL: address, Header: map[string]string{"Content-Type": "application/json; charset=UTF-8"}, Body: raw})
	if err != nil {
		return nil, err
	}
	var answer struct {
		Error  *rpcError `json:"error"`
		Result *struct {
			Data json.RawMessage `json:"data"`
		} `json:"result"`
	}
	switch err := json.Unmarshal(res.Body, &answer); {
	case err == nil && answer.Error != nil:
		return answer.Error, nil
	case res.Status == http.StatusTooManyRequests, res.Status >= 500:
		return nil, wire.Overloaded(res)
	case err != nil, answer.Result == nil:
		return nil, wire.Unreadable("the Call API of UIS")
	case out != nil && json.Unmarshal(answer.Result.Data, out) != nil:
		return nil, wire.Unreadable("the Call API of UIS")
	}
	return nil, nil //nolint:nilnil // neither kind of error
}

// meaning is what an error of the Call API means to us.
func (e *rpcError) meaning() error {
	if m, ok := byMnemonic[e.Data.Mnemonic]; ok {
		return wire.Refused(m.reason, m.text, e.Message).WithField(e.Data.Field)
	}
	switch e.Code {
	case -32029, -32603:
		return core.Unavailable("UIS takes no more commands at the moment: the account's limit is reached, or UIS has a fault", time.Minute, fmt.Errorf("%d %s", e.Code, e.Message)).WithReason("overloaded")
	}
	m, ok := byCode[e.Code]
	if !ok {
		m = meaning{"invalid_parameter", "UIS finds something wrong in the command"}
	}
	return wire.Refused(m.reason, m.text, e.Message).WithField(e.Data.Field)
}

// meaning is a reason of the contract and a text for people.
type meaning struct{ reason, text string }

var byMnemonic = map[string]meaning{
	"call_session_not_found":               {"call_not_found", "UIS knows no such call: it has ended"},
	"leg_not_found":                        {"leg_not_found", "UIS knows no such leg: it has ended"},
	"no_active_phone_number":               {"no_active_number", "the employee has no telephone in UIS that could ring"},
	"employee_not_found":                   {"no_active_number", "UIS knows no such employee"},
	"own_virtual_phone_number_not_allowed": {"destination_forbidden", "UIS does not call virtual numbers of the account itself"},
	"contact_in_blacklist":                 {"contact_blacklisted", "the number is on the black list of UIS"},
	"invalid_state":                        {"invalid_state", "UIS can't do this with the call now"},
	"ip_not_whitelisted":                   {"unauthorized", "UIS lets in no requests from this server: add its address to the list of the Call API"},
}

var byCode = map[int]meaning{
	-32001: {"unauthorized", "UIS refuses the key of the Call API: correct it in the connection's settings"},
	-32002: {"destination_forbidden", "UIS does not call this number: allow the direction in its security settings"},
	-32003: {"not_supported", "the user of the Call API may not do this in UIS"},
	-32004: {"invalid_state", "UIS can't do this with the call now"},
	-32007: {"caller_id_not_allowed", "the number is none of the account's in UIS, or one of 8-800, which calls can't go out from"},
	-32008: {"not_supported", "the Call API is switched off in UIS"},
	-32009: {"unauthorized", "the account of UIS is not active"},
}

// logins are the sessions of those who have a login instead of a permanent key.
type logins struct {
	mu sync.Mutex
	of map[core.ConnectionID]session
}

type session struct {
	login, password, token string
	until                  time.Time
}

func (l *logins) known(to *telephony.Endpoint, now time.Time) (string, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, ok := l.of[to.ID]
	return s.token, ok && s.login == to.Settings.Login && s.password == to.Secrets[telephony.SecretToken] && now.Before(s.until)
}

func (l *logins) keep(to *telephony.Endpoint, token string, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == nil {
		l.of = map[core.ConnectionID]session{}
	}
	l.of[to.ID] = session{to.Settings.Login, to.Secrets[telephony.SecretToken], token, until}
}

func (l *logins) forget(id core.ConnectionID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.of, id)
}
