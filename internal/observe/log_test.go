package observe_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/observe"
)

func TestNewLogger_WritesTheChosenFormatFromTheChosenLevelUp(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log, err := observe.NewLogger(&out, observe.LogOptions{Level: "warn", Format: "json"})
	require.NoError(t, err)
	log.Info("quiet")
	log.Warn("loud", "n", 1)
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	require.Equal(t, "loud", line["msg"])

	out.Reset()
	log, err = observe.NewLogger(&out, observe.LogOptions{})
	require.NoError(t, err)
	log.Debug("quiet")
	log.Info("loud")
	require.Contains(t, out.String(), "msg=loud")
	require.NotContains(t, out.String(), "quiet")
}

func TestNewLogger_RefusesUnknownSettings(t *testing.T) {
	t.Parallel()
	_, err := observe.NewLogger(&bytes.Buffer{}, observe.LogOptions{Level: "loud"})
	require.EqualError(t, err, `log level "loud": use debug, info, warn or error`)
	_, err = observe.NewLogger(&bytes.Buffer{}, observe.LogOptions{Format: "xml"})
	require.EqualError(t, err, `log format "xml": use text or json`)
}

func TestRedaction_NoWayOfPrintingShowsTheValue(t *testing.T) {
	t.Parallel()
	values := map[string]struct {
		value any
		want  string
	}{
		"79261234567":      {observe.Phone("79261234567"), "***67"},
		"1234":             {observe.Phone("1234"), "***"},
		"ivan@example.com": {observe.Email("ivan@example.com"), "i***@***.com"},
		"not-an-address":   {observe.Email("not-an-address"), "***"},
		"hunter2":          {observe.Secret("hunter2"), "***"},
	}
	for raw, c := range values {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()
			for _, format := range []string{"text", "json"} {
				var out bytes.Buffer
				log, err := observe.NewLogger(&out, observe.LogOptions{Format: format})
				require.NoError(t, err)
				log.Info("m", "x", c.value)
				require.Contains(t, out.String(), c.want)
				require.NotContains(t, out.String(), raw)
			}
			for _, verb := range []string{"%v", "%s", "%q", "%+v", "%#v", "%x"} {
				require.Equal(t, c.want, fmt.Sprintf(verb, c.value), verb)
			}
			require.NotContains(t, fmt.Sprintf("%+v", struct{ X any }{c.value}), raw)
		})
	}
}

func TestSecret_MarshalsMasked(t *testing.T) {
	t.Parallel()
	out, err := json.Marshal(struct{ Key observe.Secret }{"hunter2"})
	require.NoError(t, err)
	require.JSONEq(t, `{"Key":"***"}`, string(out))
}
