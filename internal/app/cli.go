// Package app puts the parts together: the command line, the running server, and the commands that change the database. It is the only package
// that knows all others.
package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/alecthomas/kong"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/internal/config"
	"github.com/skvoz/skvoz/internal/observe"
	"github.com/skvoz/skvoz/store"
)

// Process is what a command line runs with.
type Process struct {
	Args    []string
	In      *os.File
	Out     io.Writer
	Err     io.Writer
	Version string
}

type cli struct {
	Serve        serveCommand        `cmd:"" help:"Run the server."`
	Migrate      migrateCommand      `cmd:"" help:"Bring the database's schema up to this version. The server does so by itself at start."`
	Demo         demoCommand         `cmd:"" help:"Make a demo account with made-up history, and serve it with a demo site if asked."`
	Account      accountCommand      `cmd:"" help:"Accounts (tenants)."`
	Site         siteCommand         `cmd:"" help:"Sites of an account."`
	Token        tokenCommand        `cmd:"" help:"API tokens."`
	IP           ipCommand           `cmd:"" name:"ip" help:"Addresses an account's Data API may be called from."`
	Deals        dealsCommand        `cmd:"" help:"Deals of an account."`
	Reports      reportsCommand      `cmd:"" help:"What reports are counted from."`
	Integrations integrationsCommand `cmd:"" help:"Outside systems an account has attached."`
	Secrets      secretsCommand      `cmd:"" help:"Keys that encrypt the secrets of integrations in the database."`
	Version      versionCommand      `cmd:"" help:"Print the version."`
	Healthcheck  healthcheckCommand  `cmd:"" help:"Ask a running server whether it is well; for containers."`
}

// Main runs one command line and returns the process's exit code: 0 well, 1 the command failed, 2 the command line is wrong.
func Main(ctx context.Context, p Process) int {
	var c cli
	code := -1
	options := append(config.Options(),
		kong.Name("skvoz"),
		kong.Description("Self-hosted calltracking and end-to-end marketing analytics."),
		kong.UsageOnError(),
		kong.Writers(p.Out, p.Err),
		kong.Exit(func(n int) { code = n; panic(exit{}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	parser, err := kong.New(&c, options...)
	if err != nil {
		_, _ = fmt.Fprintln(p.Err, "skvoz:", err)
		return 1
	}
	parsed, err := parse(parser, p.Args)
	switch {
	case errors.Is(err, errExit):
		return code
	case err != nil:
		_, _ = fmt.Fprintln(p.Err, "skvoz:", err)
		return 2
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(&p); err != nil {
		_, _ = fmt.Fprintln(p.Err, "skvoz:", describe(err))
		return 1
	}
	return 0
}

// exit unwinds kong when it wants the process to end, as --help does; parse turns it into errExit.
type exit struct{}

var errExit = errors.New("nothing more to do")

func parse(parser *kong.Kong, args []string) (ctx *kong.Context, err error) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(exit); !ok {
				panic(r)
			}
			err = errExit
		}
	}()
	return parser.Parse(args)
}

// describe says what went wrong, in words for the person at the terminal, who may see causes.
func describe(err error) string {
	var known *core.Error
	if errors.As(err, &known) && known.Kind != core.KindInternal && known.Err == nil {
		return known.Message
	}
	return err.Error()
}

// output is what every admin command can print its result as.
type output struct {
	JSON bool `name:"json" help:"Print one JSON object, for scripts."`
}

func (o output) print(p *Process, text string, result any) error {
	if o.JSON {
		return json.NewEncoder(p.Out).Encode(result)
	}
	_, err := fmt.Fprintln(p.Out, text)
	return err
}

// storage is what every command that changes the database takes.
type storage struct {
	Config         kong.ConfigFlag `name:"config" env:"SKVOZ_CONFIG" placeholder:"FILE" help:"YAML or JSON file with settings, named as the flags are."`
	config.Storage `embed:""`
	config.Logging `embed:""`
}

// open opens the database, migrated, with the services over it.
func (s *storage) open(ctx context.Context, p *Process) (*store.DB, *services, error) {
	log, err := observe.NewLogger(p.Err, s.Logging.Options())
	if err != nil {
		return nil, nil, err
	}
	db, err := openMigrated(ctx, &s.Storage, log)
	if err != nil {
		return nil, nil, err
	}
	all, err := newServices(ctx, db, "", outside{}, log)
	if err != nil {
		closeQuietly(db, log)
		return nil, nil, err
	}
	return db, all, nil
}

// ofAccount is what every command about one account takes.
type ofAccount struct {
	storage
	output
	Account string `required:"" placeholder:"ID" help:"The account's id, as account create printed it."`
}

// with opens the database and does something for the account.
func (o *ofAccount) with(ctx context.Context, p *Process, do func(*services, core.AccountID) error) error {
	id, err := parseAccount(o.Account)
	if err != nil {
		return err
	}
	db, all, err := o.open(ctx, p)
	if err != nil {
		return err
	}
	defer closeQuietly(db, slog.Default())
	defer func() { _ = all.segments.Close() }() // it may still be writing to the database
	if err := all.wantAccount(ctx, id); err != nil {
		return err
	}
	return do(all, id)
}

// parseAccount reads the flag --account.
func parseAccount(text string) (core.AccountID, error) {
	id, err := core.ParseID[core.AccountID](text)
	if err != nil {
		return 0, fmt.Errorf("--account: %q is no account id; account create prints it", text)
	}
	return id, nil
}

// wantAccount refuses an account that is not there.
func (s *services) wantAccount(ctx context.Context, id core.AccountID) error {
	_, err := s.accounts.Account(ctx, id)
	if core.KindOf(err) == core.KindNotFound {
		return fmt.Errorf("--account: account not found in this database: %s; account create printed the id", id)
	}
	return err
}

type migrateCommand struct {
	storage
	output
}

// Run migrates.
func (c *migrateCommand) Run(ctx context.Context, p *Process) error {
	log, err := observe.NewLogger(p.Err, c.Logging.Options())
	if err != nil {
		return err
	}
	db, err := openDatabase(ctx, &c.Storage, log)
	if err != nil {
		return err
	}
	defer closeQuietly(db, log)
	n, err := db.Migrate(ctx)
	if err != nil {
		return err
	}
	return c.print(p, fmt.Sprintf("%d migrations run; the schema is up to date", n), map[string]any{"migrations": n})
}

type versionCommand struct {
	output
}

// Run prints the version.
func (c *versionCommand) Run(p *Process) error {
	return c.print(p, "skvoz "+p.Version, map[string]any{"version": p.Version})
}
