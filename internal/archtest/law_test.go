package archtest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/skvoz/skvoz"

// topics of core, from left to right: a topic may use those to its left.
var topics = []string{
	"accounts", "sites", "visits", "goals", "employees", "comms", "deals", "calltracking", "telephony", "scenarios", "integrations", "attribution", "reports",
}

// everything marks the layers that put the others together and so know them all.
const everything = "*"

// layers says what each top-level folder may import of our own, apart from itself. The longest matching name counts.
var layers = map[string][]string{
	"":             {"internal/app", "internal"}, // server.go
	"internal/app": {everything},
	"internal":     {"internal"},

	"core":  {"core"},
	"store": {"core", "internal"},
	"graph": {"core", "internal"},

	"resolvers":                {"core", "internal", "graph"},
	"tracker":                  {"core", "internal"},
	"dataapi":                  {"core", "internal"},
	"pbx":                      {"core", "internal", "pbx/wire", "pbx/exchange"},
	"pbx/wire":                 {"core", "internal"},                    // how commands are sent
	"pbx/exchange":             {"core", "internal"},                    // what the emulated exchanges share
	"pbx/door":                 {"core", "internal", "pbx", "pbx/wire"}, // where PBXs knock, and the one list of their kinds
	"pbx/pbxtest":              {"core", "internal", "pbx", "pbx/wire", "pbx/exchange", "pbx/door"},
	"connectors":               {"core", "internal", "connectors/wire"},
	"connectors/wire":          {"core", "internal"},                                  // how connectors send requests
	"connectors/registry":      {"core", "internal", "connectors", "connectors/wire"}, // the one explicit list
	"connectors/connectortest": {"core", "internal", "connectors", "connectors/wire"},
	"connectors/inbound":       {"core", "internal"}, // the door vendors' webhooks come through
	"jobs":                     {"core", "internal"},
	"auth":                     {"core", "internal"},
	"demo":                     {"core", "internal"},
	"cabinet":                  {"internal"},
	"jsapi":                    {"internal"},
	"sheets":                   {"core", "internal"},
	"recordings":               {"core", "internal"},

	"graph/graphtest": {everything}, // a server for tests
	"emulators":       {everything},
	"e2e":             {everything},
	"bench":           {everything},
	"docs":            {everything},
	"scripts":         {everything},
}

// homes says where a library may be imported: the one place that would have to change with it.
var homes = map[string][]string{
	"gorm.io":                         {"store"},
	"github.com/jackc/pgx":            {"store", "internal/testkit", "bench", "e2e"},
	"github.com/mattn/go-sqlite3":     {"store", "bench", "e2e"},
	"github.com/pressly/goose":        {"store"},
	"database/sql":                    {"store", "internal/testkit", "bench", "e2e"},
	"github.com/99designs/gqlgen":     {"graph", "resolvers"},
	"github.com/vektah/gqlparser":     {"graph", "resolvers"},
	"github.com/gorilla/sessions":     {"auth"},
	"github.com/alecthomas/kong":      {"", "internal/app", "internal/config", "bench", "e2e", "scripts"},
	"github.com/nyaruka/phonenumbers": {"internal/phonenum"},
	"github.com/xuri/excelize":        {"sheets"},
	"github.com/stretchr/testify":     {"internal/testkit", "graph/graphtest", "store/storetest", "connectors/connectortest", "pbx/pbxtest"},
	module + "/internal/testkit":      {"graph/graphtest", "store/storetest", "connectors/connectortest", "pbx/pbxtest", "e2e", "bench"},
	module + "/graph/graphtest":       {"graph/graphtest", "e2e", "bench"},
}

// impure are the parts of the standard library the domain does without: it neither does I/O nor knows a protocol.
var impure = []string{"database/sql", "expvar", "log", "net", "net/http", "net/rpc", "net/smtp", "os", "plugin", "syscall", "testing", "unsafe"}

// layerOf returns the name of a package's layer and its path within the module; ok is false for a stranger's package.
func layerOf(importPath string) (layer, path string, ok bool) {
	if importPath != module && !strings.HasPrefix(importPath, module+"/") {
		return "", "", false
	}
	path = strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
	for prefix := path; ; {
		if _, known := layers[prefix]; known && (prefix != "" || path == "") {
			return prefix, path, true
		}
		slash := strings.LastIndexByte(prefix, '/')
		if slash < 0 {
			return "?", path, true
		}
		prefix = prefix[:slash]
	}
}

// within reports whether an import path lies in the tree below root.
func within(importPath, root string) bool {
	return importPath == root || strings.HasPrefix(importPath, root+"/")
}

// refusal says why one package must not import another, or "" if it may.
func refusal(from, to string) string {
	layer, path, ours := layerOf(from)
	switch {
	case !ours:
		return ""
	case layer == "?":
		return "a folder without a place in the house may import nothing"
	}
	if reason := homeless(path, to); reason != "" {
		return reason
	}
	if layer == "core" {
		if reason := coreRefusal(path, to); reason != "" {
			return reason
		}
	}
	target, targetPath, ours := layerOf(to)
	if !ours || layers[layer][0] == everything || sameUnit(layer, target, path, targetPath) || slices.Contains(layers[layer], target) {
		return ""
	}
	return fmt.Sprintf("%s may import of ours only itself and: %s", layer, strings.Join(layers[layer], ", "))
}

// sameUnit reports whether two packages belong to one unit: the folders of connectors and of PBXs are units of their own.
func sameUnit(layer, target, path, targetPath string) bool {
	if layer != target {
		return false
	}
	if layer != "connectors" && layer != "pbx" {
		return true
	}
	return slices.Equal(firstTwo(path), firstTwo(targetPath))
}

func firstTwo(path string) []string {
	parts := strings.Split(path, "/")
	return parts[:min(2, len(parts))]
}

func homeless(path, to string) string {
	for library, allowed := range homes {
		if !within(to, library) {
			continue
		}
		if slices.ContainsFunc(allowed, func(home string) bool { return path == home || home != "" && strings.HasPrefix(path, home+"/") }) {
			return ""
		}
		return fmt.Sprintf("%s has its home in: %s", library, strings.Join(allowed, ", "))
	}
	return ""
}

func coreRefusal(path, to string) string {
	_, target, ours := layerOf(to)
	if !ours {
		switch {
		case strings.Contains(strings.Split(to, "/")[0], "."):
			return "core uses the standard library alone"
		case slices.Contains(impure, to), strings.HasPrefix(to, "os/"), strings.HasPrefix(to, "net/http/"):
			return "core does no input or output"
		}
		return ""
	}
	if !within(target, "core") {
		return "core knows nothing outside core"
	}
	from, fromTopic := topicOf(path)
	if path != "core" && !fromTopic {
		return fmt.Sprintf("%s is no topic in the agreed order; add it there first", path)
	}
	used, isTopic := topicOf(target)
	switch {
	case target == "core":
		return ""
	case path == "core":
		return "the shared values know no topic"
	case !isTopic || used > from:
		return "a topic may use only those to its left: " + strings.Join(topics, ", ")
	}
	return ""
}

func topicOf(path string) (position int, ok bool) {
	parts := strings.Split(path, "/")
	if len(parts) < 2 || parts[0] != "core" {
		return 0, false
	}
	position = slices.Index(topics, parts[1])
	return position, position >= 0
}

func TestLaw_SaysWhatTheDesignSays(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule, from, to string
		allowed        bool
	}{
		{"topic to its left", "core/deals", module + "/core/comms", true},
		{"topic to its right", "core/comms", module + "/core/deals", false},
		{"topic and its own parts", "core/deals/rules", module + "/core/deals", true},
		{"topic nobody agreed on", "core/stuff", module + "/core/deals", false},
		{"values know no topic", "core", module + "/core/accounts", false},
		{"core and plumbing", "core/accounts", module + "/internal/phonenum", false},
		{"core and a library", "core", "github.com/google/uuid", false},
		{"core and net/http", "core/visits", "net/http", false},
		{"core and os", "core/visits", "os", false},
		{"core and net/url", "core/visits", "net/url", true},
		{"core and store", "core/visits", module + "/store", false},
		{"gorm at home", "store/migrations", "gorm.io/gorm", true},
		{"gorm in a resolver", "resolvers", "gorm.io/gorm", false},
		{"sessions at home", "auth", "github.com/gorilla/sessions", true},
		{"sessions elsewhere", "tracker", "github.com/gorilla/sessions", false},
		{"edge to a use case", "tracker", module + "/core/visits", true},
		{"edge to another edge", "tracker", module + "/auth", false},
		{"edge to the store", "auth", module + "/store", false},
		{"edge to its own parts", "tracker/ingest", module + "/tracker", true},
		{"resolvers to the contract", "resolvers", module + "/graph/model", true},
		{"contract to resolvers", "graph", module + "/resolvers", false},
		{"connector to another connector", "connectors/amocrm", module + "/connectors/bitrix24", false},
		{"connector to its own parts", "connectors/amocrm", module + "/connectors/amocrm/emulator", true},
		{"PBX to another PBX", "pbx/uis", module + "/pbx/mango", false},
		{"PBX to its own parts", "pbx/uis", module + "/pbx/uis/emulator", true},
		{"PBX to what emulated exchanges share", "pbx/uis/emulator", module + "/pbx/exchange", true},
		{"the door to each PBX", "pbx/door", module + "/pbx/mango", true},
		{"PBX to the door", "pbx/uis", module + "/pbx/door", false},
		{"registry to each connector", "connectors/registry", module + "/connectors/amocrm", true},
		{"plumbing to the domain", "internal/config", module + "/core", false},
		{"wiring to everything", "internal/app", module + "/store", true},
		{"nobody to the wiring", "tracker", module + "/internal/app", false},
		{"main to the wiring alone", "", module + "/store", false},
		{"test helpers in the product", "tracker", module + "/internal/testkit", false},
		{"a server for tests knows everything", "graph/graphtest", module + "/store", true},
		{"a server for tests in the product", "internal/app", module + "/graph/graphtest", false},
		{"a folder nobody knows", "helpers", "fmt", false},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			from := strings.TrimSuffix(module+"/"+c.from, "/")
			require.Equal(t, c.allowed, refusal(from, c.to) == "", refusal(from, c.to))
		})
	}
}
