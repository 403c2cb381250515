package amocrm

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/skvoz/skvoz/core/integrations"
)

// hookEvents are what we want to be told of. A change of a contact changes none of its deals there, but whom they are linked to here.
var hookEvents = []string{"add_lead", "update_lead", "status_lead", "responsible_lead", "delete_lead", "restore_lead", "update_contact"}

const hooksPath = "/api/v4/webhooks"

// subscription is a webhook at the vendor.
type subscription struct {
	Destination string   `json:"destination"`
	Settings    []string `json:"settings,omitempty"`
	Sort        int      `json:"sort,omitempty"`
}

// Subscribe implements integrations.HookReceiver. The same address again only changes what is sent to it; one that amoCRM has switched off for bad
// answers is taken away and made anew.
func (c *connector) Subscribe(ctx context.Context) error {
	who, err := c.account(ctx)
	if err != nil {
		return err
	}
	body := subscription{c.session.HookURL, hookEvents, 10}
	var made struct {
		IsDisabled bool `json:"disabled"`
	}
	if err := c.do(ctx, c.hookRequest(http.MethodPost, body), &made); err != nil {
		return err
	}
	if made.IsDisabled {
		if err := c.Unsubscribe(ctx); err != nil {
			return err
		}
		if err := c.do(ctx, c.hookRequest(http.MethodPost, body), nil); err != nil {
			return err
		}
	}
	if c.secrets[secretAccount] == id(who.ID) {
		return nil
	}
	err = c.session.Vault.Put(ctx, map[string]string{secretAccount: id(who.ID)})
	c.secrets = nil
	return told(ctx, err)
}

// Unsubscribe implements integrations.HookReceiver.
func (c *connector) Unsubscribe(ctx context.Context) error {
	err := c.do(ctx, c.hookRequest(http.MethodDelete, subscription{Destination: c.session.HookURL}), nil)
	if f := integrations.AsFailure(err); f != nil && f.Kind == integrations.FailGone {
		return nil
	}
	return err
}

// hookRequest hides the address: it is a secret.
func (c *connector) hookRequest(method string, body subscription) request {
	return request{method: method, path: hooksPath, body: body, changes: true, hide: []string{lastPart(c.session.HookURL)}}
}

// ParseHook implements integrations.HookReceiver. amoCRM signs nothing: that a webhook came to our secret address says whose it is, and the account in
// it must be the one that subscribed. Only the notice of revoked access, which goes to another address, is signed.
func (c *connector) ParseHook(ctx context.Context, h integrations.Hook) (integrations.HookNews, error) {
	if h.Method == http.MethodGet {
		return c.revocation(ctx, h.Query)
	}
	form, err := url.ParseQuery(string(h.Body))
	if err != nil {
		return integrations.HookNews{}, &integrations.Failure{Kind: integrations.FailRejected, Detail: "the webhook can't be read", Err: err}
	}
	from := form.Get("account[id]")
	if _, ok := number(from); !ok {
		return integrations.HookNews{}, integrations.Fail(integrations.FailRejected, "the webhook names no account")
	}
	secrets, err := c.session.Vault.Get(ctx)
	if err != nil {
		return integrations.HookNews{}, told(ctx, err)
	}
	if ours := secrets[secretAccount]; ours != "" && ours != from {
		return integrations.HookNews{}, integrations.Fail(integrations.FailKey, "the webhook is another account's")
	}
	return integrations.HookNews{Deals: hookDeals(form)}, nil
}

// hookItem is where in a webhook something stands: the event and its number.
type hookItem struct{ entity, action, index string }

// hookDeals lists the deals of a webhook, each once, by id.
func hookDeals(form url.Values) []integrations.HookDeal {
	items := map[hookItem]map[string]string{}
	found := map[int64]integrations.HookDeal{}
	for key, values := range form {
		item, rest, ok := hookKey(key)
		switch {
		case !ok || len(values) == 0:
		case item.entity == "leads" && len(rest) == 1:
			if items[item] == nil {
				items[item] = map[string]string{}
			}
			items[item][rest[0]] = values[0]
		case item.entity == "contacts" && len(rest) >= 2 && rest[0] == "linked_leads_id":
			if n, ok := number(rest[1]); ok {
				merge(found, n, integrations.HookDeal{ID: id(n)})
			}
		}
	}
	for item, fields := range items {
		n, ok := number(fields["id"])
		if !ok {
			continue
		}
		d := integrations.HookDeal{ID: id(n), IsDeleted: item.action == "delete"}
		if unix, err := strconv.ParseInt(cmp.Or(fields["updated_at"], fields["last_modified"]), 10, 64); err == nil && unix > 0 && !d.IsDeleted {
			d.ModifiedAt = moment(unix)
		}
		merge(found, n, d)
	}
	out := make([]integrations.HookDeal, 0, len(found))
	for _, d := range found {
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b integrations.HookDeal) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// merge joins what two events say of a deal: the later moment counts; a moment nobody names and a contradiction about deletion make it be read.
func merge(found map[int64]integrations.HookDeal, n int64, d integrations.HookDeal) {
	old, ok := found[n]
	switch {
	case !ok:
		found[n] = d
	case old.IsDeleted != d.IsDeleted, old.ModifiedAt.IsZero(), d.ModifiedAt.IsZero():
		found[n] = integrations.HookDeal{ID: d.ID, IsDeleted: old.IsDeleted && d.IsDeleted}
	case d.ModifiedAt.After(old.ModifiedAt):
		found[n] = d
	}
}

// hookKey takes a name like leads[status][0][id] apart.
func hookKey(key string) (item hookItem, rest []string, ok bool) {
	entity, tail, ok := strings.Cut(key, "[")
	if !ok || !strings.HasSuffix(tail, "]") {
		return hookItem{}, nil, false
	}
	parts := strings.Split(strings.TrimSuffix(tail, "]"), "][")
	if len(parts) < 3 {
		return hookItem{}, nil, false
	}
	return hookItem{entity, parts[0], parts[1]}, parts[2:], true
}

// revocation checks the notice that somebody has switched the integration off in amoCRM.
func (c *connector) revocation(ctx context.Context, query string) (integrations.HookNews, error) {
	values, err := url.ParseQuery(query)
	if err != nil || values.Get("signature") == "" {
		return integrations.HookNews{}, integrations.Fail(integrations.FailRejected, "this is no notice of amoCRM")
	}
	secrets, err := c.session.Vault.Get(ctx)
	if err != nil {
		return integrations.HookNews{}, told(ctx, err)
	}
	clientID, secret := c.settings.Text(keyClientID), secrets[keyClientSecret]
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(values.Get("client_id") + "|" + values.Get("account_id")))
	got, err := hex.DecodeString(values.Get("signature"))
	if err != nil || secret == "" || values.Get("client_id") != clientID || !hmac.Equal(got, mac.Sum(nil)) {
		return integrations.HookNews{}, integrations.Fail(integrations.FailKey, "the notice is not signed with our key")
	}
	return integrations.HookNews{Revoked: true}, nil
}
