package emulator

import (
	"net/http"
	"regexp"
	"strings"
)

// maxBatch is how many commands a batch carries out; those beyond fail one by one.
const maxBatch = 50

// reference is $result[command][field][…].
var reference = regexp.MustCompile(`\$result((?:\[[^\]]*\])+)`)

// batch carries commands out one after another and answers with 200 whatever becomes of them.
func (c *call) batch() (any, *refusal) {
	commands, _ := c.params.get("cmd").(*arr)
	results, errors, totals, nexts, times := &arr{}, &arr{}, &arr{}, &arr{}, &arr{}
	for i, name := range commands.names() {
		sub := &call{Server: c.Server, ctx: c.ctx, who: c.who, base: c.base, now: c.now}
		method, result, refused := sub.command(text(commands.get(name)), results, i)
		if refused != nil {
			errors.set(name, refused.body())
			if yes(c.params.get("halt")) {
				break
			}
			continue
		}
		results.set(name, result)
		if sub.total >= 0 {
			totals.set(name, sub.total)
		}
		if sub.next >= 0 {
			nexts.set(name, sub.next)
		}
		times.set(name, sub.time(method))
	}
	c.total, c.next = -1, -1
	return obj("result", results, "result_error", errors, "result_total", totals, "result_next", nexts, "result_time", times), nil
}

// command carries one out: method?parameters.
func (c *call) command(cmd string, results *arr, number int) (name string, result any, refused *refusal) {
	name, query, _ := strings.Cut(cmd, "?")
	name = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(name), ".json"))
	m, known := c.methods[name]
	switch {
	case number >= maxBatch:
		return name, nil, &refusal{http.StatusBadRequest, "ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded"}
	case name == "batch":
		return name, nil, &refusal{http.StatusMethodNotAllowed, "ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage"}
	case !known:
		return name, nil, methodNotFound()
	}
	params := &arr{}
	readForm(params, query)
	c.params = substitute(params, results).(*arr)
	result, refused = c.run(name, m)
	return name, result, refused
}

// substitute puts answers of earlier commands in the place of references. A value that is nothing but a reference becomes the answer itself.
func substitute(v any, results *arr) any {
	switch v := v.(type) {
	case *arr:
		out := &arr{}
		for _, key := range v.keys {
			out.set(key, substitute(v.vals[key], results))
		}
		return out
	case string:
		if whole := reference.FindStringSubmatch(v); whole != nil && whole[0] == v {
			return lookup(results, whole[1])
		}
		return reference.ReplaceAllStringFunc(v, func(found string) string {
			return text(lookup(results, strings.TrimPrefix(found, "$result")))
		})
	}
	return v
}

// lookup follows [a][0][ID].
func lookup(results *arr, path string) any {
	var at any = results
	for key := range strings.SplitSeq(strings.Trim(path, "[]"), "][") {
		a, ok := at.(*arr)
		if !ok {
			return nil
		}
		at = a.get(key)
	}
	return at
}
