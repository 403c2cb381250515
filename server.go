// Skvoz is a self-hosted calltracking and end-to-end marketing analytics server. This file hands the command line over to internal/app.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/skvoz/skvoz/internal/app"
)

// version is set by the build: -ldflags "-X main.version=v1.2.3".
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(app.Main(ctx, app.Process{Args: os.Args[1:], In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Version: version}))
}
