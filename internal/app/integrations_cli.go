package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/config"
	"github.com/skvoz/skvoz/internal/observe"
)

type integrationsCommand struct {
	List  integrationsList  `cmd:"" help:"The systems an account has attached, with how they stand."`
	Check integrationsCheck `cmd:"" help:"Compare the counts of deals here with those of the CRM, by funnel and stage."`
}

// withIntegrations opens the database with what attaches outside systems, and does something for the account.
func (o *ofAccount) withIntegrations(ctx context.Context, p *Process, networks []string, do func(*services, core.AccountID) error) error {
	id, err := parseAccount(o.Account)
	if err != nil {
		return err
	}
	log, err := observe.NewLogger(p.Err, o.Logging.Options())
	if err != nil {
		return err
	}
	db, err := openMigrated(ctx, &o.Storage, log)
	if err != nil {
		return err
	}
	defer closeQuietly(db, slog.Default())
	attached := outside{}
	if attached.networks, err = config.IntegrationNetworks(networks); err != nil {
		return err
	}
	if attached.box, err = openBox(ctx, db, &o.Storage); err != nil {
		return err
	}
	all, err := newServices(ctx, db, "", attached, log)
	if err != nil {
		return err
	}
	defer func() { _ = all.segments.Close() }()
	if err := all.wantAccount(ctx, id); err != nil {
		return err
	}
	return do(all, id)
}

type integrationsList struct{ ofAccount }

// Run lists.
func (c *integrationsList) Run(ctx context.Context, p *Process) error {
	return c.withIntegrations(ctx, p, nil, func(all *services, account core.AccountID) error {
		list, err := all.integrations.List(ctx, account)
		if err != nil {
			return err
		}
		counts, err := all.integrations.Counts(ctx, account)
		if err != nil {
			return err
		}
		rows := make([]map[string]any, len(list))
		for n, i := range list {
			rows[n] = map[string]any{
				"id": i.ID.String(), "kind": i.Kind, "name": i.Name, "state": i.State, "sync": i.Sync.State, "waiting": counts[i.ID][integrations.JobWaiting],
				"parked": counts[i.ID][integrations.JobParked],
			}
		}
		if c.JSON {
			return c.print(p, "", map[string]any{"integrations": rows})
		}
		if len(rows) == 0 {
			return c.print(p, "Nothing is attached. The cabinet's page Integrations attaches systems.", nil)
		}
		for _, r := range rows {
			_, _ = fmt.Fprintf(p.Out, "%s  %s  %s  %s, reading: %s, waiting: %d, parked: %d\n", r["id"], r["kind"], r["name"], r["state"], r["sync"], r["waiting"], r["parked"])
		}
		return nil
	})
}

type integrationsCheck struct {
	ofAccount
	Integration string   `required:"" placeholder:"ID" help:"The integration, as integrations list prints it."`
	From        string   `placeholder:"DAY" help:"First day the deals were created on, 2026-03-01. Default: 90 days ago."`
	To          string   `placeholder:"DAY" help:"Last day. Default: today."`
	Networks    []string `name:"integration-networks" env:"SKVOZ_INTEGRATION_NETWORKS" placeholder:"NETWORK,..." help:"Private networks the integrations may reach, as for serve."`
}

// errDiffers makes the exit code tell that counts differ.
var errDiffers = errors.New("the counts differ; \"Read now\" on the integration's page, or an import of past months, brings what is missing")

// Run compares; a difference is an error.
func (c *integrationsCheck) Run(ctx context.Context, p *Process) error {
	return c.withIntegrations(ctx, p, c.Networks, func(all *services, account core.AccountID) error {
		id, err := core.ParseID[core.IntegrationID](c.Integration)
		if err != nil {
			return fmt.Errorf("--integration: %q is no id; integrations list prints it", c.Integration)
		}
		from, to, err := c.period(ctx, all, account)
		if err != nil {
			return err
		}
		report, err := patiently(ctx, func() (integrations.CheckReport, error) {
			return all.integrations.Reconcile(ctx, account, id, from, to)
		})
		if err != nil {
			return err
		}
		return c.report(p, report)
	})
}

// checkAttempts is how often the CRM is asked when it is busy: on SQLite a server that runs beside the command takes turns of its own.
const checkAttempts = 5

// patiently repeats what a busy vendor put off.
func patiently[T any](ctx context.Context, do func() (T, error)) (out T, err error) {
	for range checkAttempts {
		if out, err = do(); core.KindOf(err) != core.KindUnavailable {
			return out, err
		}
		timer := time.NewTimer(min(max(core.AsError(err).RetryAfter, time.Second), 30*time.Second))
		select {
		case <-ctx.Done():
			timer.Stop()
			return out, ctx.Err()
		case <-timer.C:
		}
	}
	return out, err
}

func (c *integrationsCheck) period(ctx context.Context, all *services, account core.AccountID) (from, to time.Time, err error) {
	a, err := all.accounts.Account(ctx, account)
	if err != nil {
		return from, to, err
	}
	zone, err := time.LoadLocation(a.Timezone)
	if err != nil {
		return from, to, err
	}
	last := core.DateOf(time.Now().In(zone))
	first := core.DateOf(time.Now().In(zone).AddDate(0, 0, -90))
	if c.From != "" {
		if first, err = core.ParseDate(c.From); err != nil {
			return from, to, fmt.Errorf("--from: %w", err)
		}
	}
	if c.To != "" {
		if last, err = core.ParseDate(c.To); err != nil {
			return from, to, fmt.Errorf("--to: %w", err)
		}
	}
	return first.In(zone), last.In(zone).AddDate(0, 0, 1), nil
}

func (c *integrationsCheck) report(p *Process, r integrations.CheckReport) error {
	differ := 0
	for _, row := range r.Rows {
		if row.Here == row.There {
			continue
		}
		differ++
		if !c.JSON {
			_, _ = fmt.Fprintf(p.Out, "%s, %s: %d here, %d there\n", row.Funnel, row.Stage, row.Here, row.There)
		}
	}
	if err := c.print(p, fmt.Sprintf("%d deals here, %d there; %d of %d stages differ", r.Here, r.There, differ, len(r.Rows)),
		map[string]any{"here": r.Here, "there": r.There, "stages": len(r.Rows), "differ": differ}); err != nil {
		return err
	}
	if differ > 0 {
		return errDiffers
	}
	return nil
}
