package bitrix24

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/core/integrations"
)

// command is a part of a batch. Batches only ever read: one that changes things could not be repeated.
type command struct {
	method string
	params params
}

// results are those of a batch by the names of its commands.
type results struct {
	c      *connector
	values dictionary[json.RawMessage]
	errors dictionary[batchError]
	totals dictionary[loose]
	// commands are those that were sent.
	commands map[string]command
}

type batchError struct {
	Code        loose `json:"error"`
	Description loose `json:"error_description"`
}

// batch sends commands, maxBatch in one request. What a command failed with is told by results.failure; limits fail the whole batch.
func (c *connector) batch(ctx context.Context, commands map[string]command) (*results, error) {
	out := &results{c: c, commands: commands, values: dictionary[json.RawMessage]{}, errors: dictionary[batchError]{}, totals: dictionary[loose]{}}
	for _, names := range chunks(slices.Sorted(maps.Keys(commands)), maxBatch) {
		lines, methods := map[string]string{}, []string{"batch"}
		for _, name := range names {
			lines[name] = commands[name].line()
			if !slices.Contains(methods, commands[name].method) {
				methods = append(methods, commands[name].method)
			}
		}
		a, err := c.request(ctx, "batch", methods, params{"halt": 0, "cmd": lines}, false)
		if err != nil {
			return nil, err
		}
		if err := out.add(ctx, a.Result); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// add reads the results of a request.
func (r *results) add(ctx context.Context, raw json.RawMessage) error {
	var parts struct {
		Values dictionary[json.RawMessage] `json:"result"`
		Errors dictionary[batchError]      `json:"result_error"`
		Totals dictionary[loose]           `json:"result_total"`
	}
	if err := decode(raw, &parts); err != nil {
		return err
	}
	maps.Copy(r.values, parts.Values)
	maps.Copy(r.errors, parts.Errors)
	maps.Copy(r.totals, parts.Totals)
	return r.busy(ctx)
}

// busy fails when a limit was met inside.
func (r *results) busy(ctx context.Context) error {
	for _, name := range slices.Sorted(maps.Keys(r.errors)) {
		if f := r.failure(name); f != nil && integrations.AsFailure(f).Kind == integrations.FailBusy {
			return r.c.wait(ctx, integrations.AsFailure(f), r.commands[name].method, 0)
		}
	}
	return nil
}

// failure returns why a command failed; nil when it did not.
func (r *results) failure(name string) error {
	e, bad := r.errors[name]
	if !bad {
		return nil
	}
	return r.c.refusal(string(e.Code), string(e.Description), 0)
}

// decode reads the result of a command; a missing one is a failure.
func (r *results) decode(name string, out any) error {
	if err := r.failure(name); err != nil {
		return err
	}
	raw, ok := r.values[name]
	if !ok {
		return &integrations.Failure{Kind: integrations.FailAnswer, Detail: "a part of a batch has no result"}
	}
	return decode(raw, out)
}

// line writes a command as a batch wants it: the method and its parameters as a query.
func (cmd command) line() string {
	if len(cmd.params) == 0 {
		return cmd.method
	}
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(cmd.params)) {
		pairs = appendPairs(pairs, key, cmd.params[key])
	}
	return cmd.method + "?" + strings.Join(pairs, "&")
}

// appendPairs writes a parameter with what is inside it, in a fixed order; fields of an order stay in the order they are given.
func appendPairs(pairs []string, key string, value any) []string {
	switch v := value.(type) {
	case params:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			pairs = appendPairs(pairs, key+"["+name+"]", v[name])
		}
	case []string:
		for i, item := range v {
			pairs = appendPairs(pairs, fmt.Sprintf("%s[%d]", key, i), item)
		}
	default:
		pairs = append(pairs, url.QueryEscape(key)+"="+url.QueryEscape(fmt.Sprint(v)))
	}
	return pairs
}

// named returns the commands whose names begin with a word, sorted.
func (r *results) named(prefix string) []string {
	var out []string
	for name := range r.commands {
		if strings.HasPrefix(name, prefix) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
