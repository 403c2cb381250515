package app

import (
	"context"
	"errors"

	"github.com/skvoz/skvoz/internal/config"
	"github.com/skvoz/skvoz/internal/observe"
)

type serveCommand struct {
	config.Serve `embed:""`
}

// Run runs the server until ctx ends.
func (c *serveCommand) Run(ctx context.Context, p *Process) error {
	log, err := observe.NewLogger(p.Err, c.Logging.Options())
	if err != nil {
		return err
	}
	a, err := New(ctx, c.Serve, p.Version, log)
	if err != nil {
		return err
	}
	return errors.Join(a.Run(ctx), a.Close())
}
