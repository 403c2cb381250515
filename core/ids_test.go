package core_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
)

func TestID_travelsAsTextAndNoneAsNull(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	core.VisitorID(9007199254740991).MarshalGQL(&b)
	core.VisitorID(0).MarshalGQL(&b)
	require.Equal(t, `"9007199254740991"null`, b.String())
	var id core.VisitorID
	for _, good := range []any{"77", json.Number("77"), int64(77), 77} {
		require.NoError(t, id.UnmarshalGQL(good))
		require.Equal(t, core.VisitorID(77), id)
	}
	for _, bad := range []any{"", "0", "-1", "1.5", "9007199254740992", "abc", 1.5, true, nil} {
		require.Equal(t, core.KindInvalid, core.KindOf(id.UnmarshalGQL(bad)), "%v", bad)
	}
}

func TestIDs_growAndDifferWithinOneMoment(t *testing.T) {
	t.Parallel()
	g := core.IDs{Clock: standing{}}
	last := int64(0)
	for range 10000 {
		id := g.New()
		require.Greater(t, id, last)
		require.LessOrEqual(t, id, int64(core.MaxID))
		last = id
	}
}

type standing struct{}

func (standing) Now() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }
