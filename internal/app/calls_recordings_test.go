package app_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/app"
	"github.com/skvoz/skvoz/internal/config"
	"github.com/skvoz/skvoz/internal/observe"
)

func TestMP2_aPlaceForRecordingsThatIsWrongStopsTheStart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	dir := t.TempDir()
	_, err := app.New(t.Context(), config.Serve{
		Storage: config.Storage{DataDir: dir, Database: "sqlite://" + filepath.Join(dir, "skvoz.db")}, Listen: "127.0.0.1:0", PhoneRegion: "RU", Recordings: "files:" + file,
	}, "test", observe.Discard())
	require.ErrorContains(t, err, "--recordings: ")
}
