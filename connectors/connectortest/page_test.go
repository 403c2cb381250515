package connectortest_test

import (
	"flag"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/connectortest/acme/emulator"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/emulation"
)

var update = flag.Bool("update", false, "write the code of Acme into the page")

const page = "../../docs/dev/how-to-add-a-crm.md"

// block is a file on the page: its name on a line of its own, and its code.
var block = regexp.MustCompile("(?s)\n`(connectors/acme/[a-z_/]+\\.go)`\n\n```go\n(.*?)```\n")

// Where the page puts Acme, and where it is kept so that it is no system people could attach.
const (
	onPage = "github.com/skvoz/skvoz/connectors/acme"
	atHome = "github.com/skvoz/skvoz/connectors/connectortest/acme"
)

func TestHowToAddACRM_ThePageIsMadeOfAConnectorThatPasses(t *testing.T) {
	t.Parallel()
	text := read(t, page)
	if *update {
		text = block.ReplaceAllStringFunc(text, func(old string) string {
			name := block.FindStringSubmatch(old)[1]
			return "\n`" + name + "`\n\n```go\n" + moved(t, read(t, home(name)), atHome, onPage) + "```\n"
		})
		require.NoError(t, os.WriteFile(page, []byte(text), 0o600))
	}
	shown := map[string]bool{}
	for _, b := range block.FindAllStringSubmatch(text, -1) {
		name, code := b[1], b[2]
		shown[home(name)] = true
		require.Equal(t, read(t, home(name)), moved(t, code, onPage, atHome), "%s is another one on the page; go test ./connectors/connectortest -run HowTo -update", name)
	}
	var files []string
	for _, pattern := range []string{"acme/*.go", "acme/*/*.go"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		files = append(files, found...)
	}
	require.NotEmpty(t, files)
	for _, file := range files {
		require.True(t, shown[file], "%s is missing on the page", file)
	}
}

// home is where a file of the page is kept.
func home(name string) string { return filepath.FromSlash(strings.TrimPrefix(name, "connectors/")) }

// moved is a file with its packages at another place, its imports in order.
func moved(t *testing.T, code, from, to string) string {
	t.Helper()
	out, err := format.Source([]byte(strings.ReplaceAll(code, `"`+from, `"`+to)))
	require.NoError(t, err)
	return string(out)
}

func read(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(raw)
}

// The lines the page adds elsewhere are like those that stand there.
func TestHowToAddACRM_TheLinesElsewhere(t *testing.T) {
	t.Parallel()
	text := read(t, page)
	const registered = "acme.Driver(acme.Deps{HTTP: d.HTTP, Clock: d.Clock}),"
	require.Contains(t, text, registered)
	require.Contains(t, read(t, "../registry/registry.go"), strings.ReplaceAll(registered, "acme", "amocrm"))
	const started = `{Kind: "acme", New: func(kit *emulation.Kit, baseURL string) emulation.Vendor {`
	require.Contains(t, text, started)
	require.Contains(t, read(t, "../../emulators/stand/all.go"), strings.ReplaceAll(started, "acme", "amocrm"))
	var vendor emulation.Vendor = emulator.New(emulation.NewKit(), "http://127.0.0.1")
	require.Equal(t, "acme", vendor.Kind())
}

func TestHowToAddACRM_ThePageNamesEveryCapability(t *testing.T) {
	t.Parallel()
	text := read(t, page)
	source := read(t, "../../core/integrations/capabilities.go")
	names := regexp.MustCompile(`(?m)^\tCan\w+ +(?:Capability )?= "(\w+)" +// (\w+)$`).FindAllStringSubmatch(source, -1)
	require.NotEmpty(t, names)
	require.Contains(t, source, `"`+string(integrations.CanCreateDeals)+`"`)
	for _, name := range names {
		require.Contains(t, text, "| `"+name[1]+"` | `"+name[2]+"` |")
	}
}
