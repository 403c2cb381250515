package store_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func TestRunCheckpoints_theLogIsFoldedInAndBegunAnew(t *testing.T) {
	t.Parallel()
	dsn := storetest.DSN(t, store.SQLite)
	db := storetest.OpenDSN(t, dsn, nil)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- db.RunCheckpoints(ctx) }()
	path := strings.TrimPrefix(dsn, "sqlite://")
	before := size(t, path)
	for i := range 60 { // far from what SQLite folds in by itself
		_, err := db.Secret(ctx, strings.Repeat("x", 1000)+string(rune('a'+i%26))+string(rune('a'+i/26)))
		require.NoError(t, err)
	}
	testkit.Eventually(t, 10*time.Second, func() bool { return size(t, path) > before+60*1000 }, "the pages to reach the database")
	stop()
	require.NoError(t, <-done)
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info.Size()
}
