// Emulators runs the emulators of outside systems on loopback, with a control API and a page to look at them; see docs/dev/emulators.md.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/skvoz/skvoz/emulators/stand"
	"github.com/skvoz/skvoz/internal/emulation"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run runs the emulators until ctx ends and returns the exit code: 0 well, 1 they could not run, 2 the command line is wrong.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	c := stand.Config{Vendors: map[string]string{}, Log: slog.New(slog.NewTextHandler(errOut, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	asJSON, err := parse(args, &c, errOut)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		_, _ = fmt.Fprintln(errOut, "emulators:", err)
		return 2
	}
	running, err := stand.Start(ctx, c)
	if err != nil {
		_, _ = fmt.Fprintln(errOut, "emulators:", err)
		return 1
	}
	if err := greet(out, running, asJSON); err != nil {
		_, _ = fmt.Fprintln(errOut, "emulators:", errors.Join(err, running.Close()))
		return 1
	}
	if err := running.Wait(); err != nil {
		_, _ = fmt.Fprintln(errOut, "emulators:", err)
		return 1
	}
	return 0
}

func parse(args []string, c *stand.Config, errOut io.Writer) (asJSON bool, err error) {
	flags := flag.NewFlagSet("emulators", flag.ContinueOnError)
	flags.SetOutput(errOut)
	flags.StringVar(&c.Listen, "listen", stand.DefaultListen, "loopback `address` of the control API and the page")
	flags.BoolVar(&asJSON, "json", false, "print one line of JSON with addresses and credentials, for scripts")
	given := map[string]*string{}
	for _, maker := range stand.All() {
		given[maker.Kind] = flags.String(maker.Kind, "", "loopback `address` of the emulator of "+maker.Kind+" (default: the port after the one before)")
	}
	if err := flags.Parse(args); err != nil {
		return false, err
	}
	if flags.NArg() > 0 {
		return false, fmt.Errorf("unexpected argument %s; see --help", flags.Arg(0))
	}
	for kind, address := range given {
		if *address != "" {
			c.Vendors[kind] = *address
		}
	}
	return asJSON, c.Validate()
}

// placed is an emulator as scripts read it.
type placed struct {
	Kind        string                 `json:"kind"`
	URL         string                 `json:"url"`
	Credentials []emulation.Credential `json:"credentials"`
}

func greet(out io.Writer, running *stand.Running, asJSON bool) error {
	if asJSON {
		all := []placed{}
		for _, p := range running.Placed() {
			all = append(all, placed{p.Vendor.Kind(), p.URL, p.Vendor.Credentials()})
		}
		return json.NewEncoder(out).Encode(map[string]any{"control": running.Control(), "vendors": all})
	}
	_, err := fmt.Fprintf(out, "\n  page and control  %s\n", running.Control())
	for _, p := range running.Placed() {
		_, lineErr := fmt.Fprintf(out, "  %-16s  %s\n", p.Vendor.Title(), p.URL)
		err = errors.Join(err, lineErr)
	}
	_, lineErr := fmt.Fprintln(out)
	return errors.Join(err, lineErr)
}
