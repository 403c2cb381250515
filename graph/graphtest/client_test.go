package graphtest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/graph/graphtest"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func TestServer_answersItsOwnersColleaguesAndPrograms(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		s := graphtest.New(t, db)
		owner := s.Owner(t)
		operator := s.Colleague(t, owner, accounts.RoleOperator)
		program := s.Program(t, owner, accounts.ScopeRead)
		const me = `{ me { email role account { name } } }`
		for _, c := range []*graphtest.Client{owner, operator, program} {
			var got struct {
				Me struct {
					Email, Role string
					Account     struct{ Name string }
				}
			}
			resp := c.Count(me, nil)
			resp.Into(&got)
			require.Equal(t, string(c.User.Email), got.Me.Email)
			require.Equal(t, owner.Account.Name, got.Me.Account.Name)
			require.Positive(t, resp.Statements)
		}
		s.Stranger(t).Do(me, nil).Fails("UNAUTHENTICATED not_signed_in")
	})
}
