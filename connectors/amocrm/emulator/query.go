package emulator

import (
	"net/url"
	"strconv"
	"strings"
)

// node is a parameter as PHP reads it: a[b][]=1 makes a tree. A node is a value, or has children in the order they came, or both.
type node struct {
	value string
	set   bool
	keys  []string
	kids  map[string]*node
}

// maxDepth bounds how deep brackets may nest.
const maxDepth = 8

// parseQuery reads a query string or a form. What is malformed is left out, as PHP does.
func parseQuery(raw string) *node {
	root := &node{}
	for part := range strings.SplitSeq(raw, "&") {
		key, value, _ := strings.Cut(part, "=")
		key, errKey := url.QueryUnescape(key)
		value, errValue := url.QueryUnescape(value)
		if errKey != nil || errValue != nil || key == "" {
			continue
		}
		at := root
		for _, name := range path(key) {
			at = at.child(name)
		}
		at.value, at.set = value, true
	}
	return root
}

// path splits filter[id][] into filter, id and "" (= the next number).
func path(key string) []string {
	name, rest, found := strings.Cut(key, "[")
	if !found || name == "" {
		return []string{key}
	}
	if !strings.Contains(rest, "]") {
		return []string{name + "_" + rest}
	}
	out := []string{name}
	for len(out) < maxDepth {
		part, after, closed := strings.Cut(rest, "]")
		if !closed {
			break
		}
		out = append(out, part)
		if !strings.HasPrefix(after, "[") {
			break
		}
		rest = after[1:]
	}
	return out
}

func (n *node) child(name string) *node {
	if name == "" {
		name = strconv.Itoa(len(n.keys))
	}
	if kid, found := n.kids[name]; found {
		return kid
	}
	if n.kids == nil {
		n.kids = map[string]*node{}
	}
	kid := &node{}
	n.keys, n.kids[name] = append(n.keys, name), kid
	return kid
}

// at returns the node below, which is empty when there is none.
func (n *node) at(names ...string) *node {
	for _, name := range names {
		kid, found := n.kids[name]
		if !found {
			return &node{}
		}
		n = kid
	}
	return n
}

func (n *node) empty() bool { return !n.set && len(n.keys) == 0 }

// list returns the values of a[]=1&a[]=2, a=1 and a=1,2 alike.
func (n *node) list() []string {
	var out []string
	if n.value != "" {
		out = strings.Split(n.value, ",")
	}
	for _, key := range n.keys {
		out = append(out, n.kids[key].list()...)
	}
	return out
}

func (n *node) int() (int64, bool) {
	v, err := strconv.ParseInt(n.value, 10, 64)
	return v, err == nil
}
