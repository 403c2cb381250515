package door_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/pbx/door"
	"github.com/skvoz/skvoz/pbx/uis"
)

func TestDocs_TheLinesForTheShellWork(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "openssl", "curl", "od"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is missing")
		}
	}
	s := newStreet(door.Config{}.Rate)
	server := httptest.NewServer(door.New(door.Config{
		Connections: s.behind, Events: s.behind, Router: s.behind, Clock: core.SystemClock{}, Log: slog.New(slog.DiscardHandler),
		ClientIP: func(*http.Request) netip.Addr { return netip.Addr{} },
	}))
	defer server.Close()
	page, err := os.ReadFile("../../docs/dev/ct-pbx-1.md")
	require.NoError(t, err)
	lines := regexp.MustCompile("(?s)```sh\n(.*?)```").FindStringSubmatch(string(page))[1]
	lines = strings.NewReplacer("http://localhost:8080/tel/v1/1", server.URL+"/tel/v1/7", "whsec_…", secret).Replace(lines)
	out, err := exec.CommandContext(t.Context(), "bash", "-c", lines).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Equal(t, 8, strings.Count(string(out), `{"accepted":1,"duplicate":0,"rejected":[]}`), string(out))
	require.Contains(t, string(out), `{"state":"s1:op3"`)
	var events []telephony.Event
	for _, e := range s.kept {
		events = append(events, e)
	}
	f := telephony.Fold(events)
	require.Equal(t, telephony.StateFinished, f.State)
	require.False(t, f.IsLost)
	require.Zero(t, f.MissingSeqs)
}

func TestDocs_TheTemplatesOfUISAreThoseWeRead(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/user/telephony.md")
	require.NoError(t, err)
	for _, template := range uis.Templates() {
		require.Contains(t, string(page), template.Text, "paste this into docs/user/telephony.md:\n%s\n```json\n%s\n```", template.Title, template.Text)
		require.Contains(t, string(page), template.Title)
	}
}
