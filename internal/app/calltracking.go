package app

import (
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/internal/phonenum"
	"github.com/skvoz/skvoz/store"
)

// openCalltracking makes what manages virtual numbers, and what says which of them a page shows.
func (s *services) openCalltracking(db *store.DB) {
	s.calltracking = calltracking.NewService(calltracking.Deps{
		Store: db, Clock: db.Clock, ReadPhone: func(raw string) (string, bool) { return phonenum.Normalize(raw, "") }, Changed: s.directory.Changed,
	})
	s.assigner = calltracking.NewAssigner(calltracking.AssignerConfig{
		Store: db, Versions: s.directory, Clock: db.Clock, Format: func(p core.Phone) string { return phonenum.Format(string(p)) },
	})
}
