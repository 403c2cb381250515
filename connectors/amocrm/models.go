package amocrm

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core/integrations"
)

// The statuses every funnel has, under the same ids in all of them.
const (
	statusWon  = 142
	statusLost = 143
)

// unsortedType is the type of the status in which requests wait for being accepted.
const unsortedType = 1

// embedded is what PHP makes of a map: an empty one may come as a list.
type embedded[T any] struct{ V T }

// UnmarshalJSON implements json.Unmarshaler.
func (e *embedded[T]) UnmarshalJSON(data []byte) error {
	if data = bytes.TrimSpace(data); len(data) > 0 && data[0] == '[' {
		return nil
	}
	return json.Unmarshal(data, &e.V)
}

// account is the account at the vendor.
type account struct {
	ID            int64  `json:"id"`
	Name          string `json:"name"`
	Subdomain     string `json:"subdomain"`
	CurrentUserID int64  `json:"current_user_id"`
	Currency      string `json:"currency"`
	// HasFilters is nil where the vendor does not say.
	HasFilters *bool `json:"is_api_filter_enabled"`
}

// lead is a deal.
type lead struct {
	ID          int64       `json:"id"`
	Name        string      `json:"name"`
	Price       json.Number `json:"price"`
	Responsible int64       `json:"responsible_user_id"`
	StatusID    int64       `json:"status_id"`
	PipelineID  int64       `json:"pipeline_id"`
	CreatedBy   int64       `json:"created_by"`
	CreatedAt   int64       `json:"created_at"`
	UpdatedAt   int64       `json:"updated_at"`
	ClosedAt    int64       `json:"closed_at"`
	IsDeleted   bool        `json:"is_deleted"`

	Embedded embedded[struct {
		Tags     []tag  `json:"tags"`
		Contacts []link `json:"contacts"`
	}] `json:"_embedded"`
}

func (l *lead) isClosed() bool { return l.StatusID == statusWon || l.StatusID == statusLost }

type tag struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

type link struct {
	ID     int64 `json:"id"`
	IsMain bool  `json:"is_main"`
}

// contact is a contact.
type contact struct {
	ID          int64        `json:"id"`
	Name        string       `json:"name"`
	Responsible int64        `json:"responsible_user_id"`
	CreatedAt   int64        `json:"created_at"`
	IsDeleted   bool         `json:"is_deleted"`
	Fields      []fieldValue `json:"custom_fields_values"`

	Embedded embedded[struct {
		Leads []link `json:"leads"`
	}] `json:"_embedded"`
}

// fieldValue is the value of a field of one's own, as it comes.
type fieldValue struct {
	Code   string `json:"field_code"`
	Values []struct {
		Value json.RawMessage `json:"value"`
	} `json:"values"`
}

// texts returns the values of a field by code, as they were written.
func (c *contact) texts(code string) []string {
	var out []string
	for _, f := range c.Fields {
		if f.Code != code {
			continue
		}
		for _, v := range f.Values {
			if text := plain(v.Value); text != "" {
				out = append(out, text)
			}
		}
	}
	return out
}

// plain is a text or number of JSON without its quotes.
func plain(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var number json.Number
	if json.Unmarshal(raw, &number) == nil {
		return number.String()
	}
	return ""
}

func (c *contact) remote() integrations.RemoteContact {
	return integrations.RemoteContact{
		ID: id(c.ID), Name: c.Name, CreatedAt: moment(c.CreatedAt), Phones: c.texts("PHONE"), Emails: c.texts("EMAIL"), Responsible: id(c.Responsible),
	}
}

// pipeline is a funnel.
type pipeline struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Sort     int64  `json:"sort"`
	IsMain   bool   `json:"is_main"`
	IsOld    bool   `json:"is_archive"`
	Embedded embedded[struct {
		Statuses []status `json:"statuses"`
	}] `json:"_embedded"`
}

type status struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Sort int64  `json:"sort"`
	Type int    `json:"type"`
}

type user struct {
	ID     int64           `json:"id"`
	Name   string          `json:"name"`
	Email  string          `json:"email"`
	Phone  json.RawMessage `json:"phone_number"`
	Rights struct {
		IsAdmin  bool `json:"is_admin"`
		IsActive bool `json:"is_active"`
	} `json:"rights"`
}

// field is a field of one's own.
type field struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Code string `json:"code"`
	Type string `json:"type"`
}

// id writes an identifier; zero is none.
func id(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// number reads an identifier; false when it is none of this vendor's.
func number(text string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	return n, err == nil && n > 0
}

func moment(unix int64) time.Time {
	if unix == 0 {
		return time.Time{}
	}
	return time.Unix(unix, 0).UTC()
}

// pageSize is the most a list gives at once.
const pageSize = 250

// maxPages ends a list that would never end: more than any account has.
const maxPages = 4000

// listed is a page of a list.
type listed[T any] struct {
	items []T
	// more: another page follows.
	more bool
}

// list reads one page of a list; key names it in the answer.
func list[T any](ctx context.Context, c *connector, r request, key string) (listed[T], error) {
	var raw struct {
		Links embedded[struct {
			Next embedded[struct {
				Href string `json:"href"`
			}] `json:"next"`
		}] `json:"_links"`
		Embedded embedded[map[string]json.RawMessage] `json:"_embedded"`
	}
	if err := c.do(ctx, r, &raw); err != nil {
		return listed[T]{}, err
	}
	out := listed[T]{more: raw.Links.V.Next.V.Href != ""}
	if part := raw.Embedded.V[key]; part != nil {
		if err := json.Unmarshal(part, &out.items); err != nil {
			return out, &integrations.Failure{Kind: integrations.FailAnswer, Uncertain: r.changes, Err: err}
		}
	}
	return out, nil
}

// every reads all pages of a list, whole or not at all. Pages are asked for by number: the address of the next one in the answer is not followed, it
// could lead anywhere.
func every[T any](ctx context.Context, c *connector, r request, key string, limit int) ([]T, error) {
	var out []T
	err := pages(ctx, c, r, key, limit, func(items []T) bool {
		out = append(out, items...)
		return true
	})
	return out, err
}

// pages hands over the pages of a list until the last one, or until take has had enough.
func pages[T any](ctx context.Context, c *connector, r request, key string, limit int, take func(items []T) bool) error {
	for number := 1; number <= maxPages; number++ {
		r.query = with(r.query, "page", strconv.Itoa(number), "limit", strconv.Itoa(limit))
		got, err := list[T](ctx, c, r, key)
		if err != nil {
			return err
		}
		if !take(got.items) || !got.more || len(got.items) == 0 {
			return nil
		}
	}
	return &integrations.Failure{Kind: integrations.FailAnswer, Detail: "a list has no end: " + key}
}
