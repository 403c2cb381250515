package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/store"
)

// account is the only one.
const account core.AccountID = 1

// The holds: while loans are measured numbers become free after a second, while keeping is measured never.
const (
	briefHold = time.Second
	longHold  = time.Hour
)

// measure takes turns between the product and the limit.
func measure(ctx context.Context, engine store.Engine, dsn string, o options) (*result, error) {
	db, err := store.Open(ctx, store.Config{DSN: dsn, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Migrate(ctx); err != nil {
		return nil, err
	}
	pools, err := populate(ctx, db, o)
	if err != nil {
		return nil, err
	}
	if err := makeBare(ctx, engine, dsn, o); err != nil {
		return nil, err
	}
	r := &result{Engine: engine, Processes: o.servers}
	t := task{DSN: dsn, Engine: engine, Pools: pools, Workers: o.workers, Period: o.period}
	sums := map[work]*outcome{}
	for round := range o.rounds {
		for _, w := range []work{workLoans, workBareLoans, workKeeps, workBareKeeps} {
			if err := holdFor(ctx, db, pools, w); err != nil {
				return nil, err
			}
			t.Work, t.Round = w, round
			got, err := together(ctx, t, o.servers)
			if err != nil {
				return nil, err
			}
			if sums[w] == nil {
				sums[w] = &outcome{}
			}
			sums[w].add(got)
		}
	}
	r.take(sums, o)
	return r, r.check(ctx, db)
}

func (r *result) take(sums map[work]*outcome, o options) {
	total := (o.period * time.Duration(o.rounds)).Seconds()
	rate := func(w work) float64 { return float64(sums[w].Done) / total }
	r.Loans, r.LoanLimit, r.Keeps, r.KeepLimit = rate(workLoans), rate(workBareLoans), rate(workKeeps), rate(workBareKeeps)
	r.LoanRatio, r.KeepRatio = r.Loans/r.LoanLimit, r.Keeps/r.KeepLimit
	r.Shared = float64(sums[workLoans].Shared) / float64(max(1, sums[workLoans].Done))
	r.LoanMedian, r.LoanWorst = sums[workLoans].quantile(0.5), sums[workLoans].quantile(0.99)
	r.KeepMedian, r.KeepWorst = sums[workKeeps].quantile(0.5), sums[workKeeps].quantile(0.99)
}

// check looks at all loans.
func (r *result) check(ctx context.Context, db *store.DB) error {
	found, err := db.CheckLeases(ctx, account, time.Hour)
	if err != nil {
		return err
	}
	r.Overlaps = len(found)
	for _, v := range found[:min(len(found), 5)] {
		fmt.Fprintf(os.Stderr, "%+v\n", v)
	}
	pools, err := db.Pools(ctx, account, 0)
	if err != nil {
		return err
	}
	today := core.DateOf(time.Now().UTC())
	for _, p := range pools {
		f, err := db.PoolFigures(ctx, account, p.ID, core.DateOf(time.Now().UTC().AddDate(0, 0, -1)), today)
		if err != nil {
			return err
		}
		for _, d := range f.Days {
			r.Checked += int(d.Leases)
		}
	}
	return nil
}

// populate makes an account with pools of numbers, each with one for overflow.
func populate(ctx context.Context, db *store.DB, o options) ([]core.PoolID, error) {
	now := time.Now().UTC()
	a := accounts.Account{ID: account, Name: "Bench", Timezone: "UTC", Currency: "RUB", AppKey: core.NewKey(), CreatedAt: now}
	owner := accounts.User{
		ID: 1, AccountID: account, Name: "Owner", Email: "owner@example.com", Role: accounts.RoleOwner, Status: accounts.StatusActive, Language: accounts.LanguageEN, CreatedAt: now,
	}
	if err := db.Accounts().CreateAccount(ctx, a, owner, "", ""); err != nil {
		return nil, err
	}
	site, err := db.CreateSite(ctx, sites.Site{
		AccountID: account, Domain: "shop.example", Name: "Shop", SiteKey: core.NewKey(), Key: core.NewKey(), Settings: sites.DefaultSettings(),
	}, 10)
	if err != nil {
		return nil, err
	}
	var pools []core.PoolID
	for i := range o.pools {
		p, err := db.CreatePool(ctx, calltracking.Pool{
			AccountID: account, SiteID: site.ID, Name: "Pool", IsEnabled: true, Hold: briefHold, StickyDays: 30, Late: 24 * time.Hour, Overflow: calltracking.OverflowDedicated,
		}, 100)
		if err != nil {
			return nil, err
		}
		pools = append(pools, p.ID)
		list := make([]calltracking.VirtualNumber, o.numbers+1)
		for n := range list {
			list[n] = calltracking.VirtualNumber{
				AccountID: account, Number: core.Phone(fmt.Sprintf("7495%03d%04d", i, n)), Usage: calltracking.UsagePool, PoolID: p.ID, IsOverflow: n == 0, State: calltracking.StateActive,
			}
		}
		if _, err := db.CreateNumbers(ctx, account, list, 1_000_000); err != nil {
			return nil, err
		}
	}
	return pools, nil
}

func holdFor(ctx context.Context, db *store.DB, pools []core.PoolID, w work) error {
	if w != workLoans && w != workKeeps {
		return nil
	}
	for _, id := range pools {
		_, err := db.UpdatePool(ctx, account, id, func(p *calltracking.Pool) error {
			p.Hold = briefHold
			if w == workKeeps {
				p.Hold = longHold
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// together lets several processes do the same at once and adds up what they did.
func together(ctx context.Context, t task, servers int) (*outcome, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	t.StartAt = time.Now().Add(500 * time.Millisecond)
	outcomes := make([]outcome, servers)
	group, ctx := errgroup.WithContext(ctx)
	for i := range servers {
		t := t
		t.Server = i
		group.Go(func() error {
			text, err := json.Marshal(t)
			if err != nil {
				return err
			}
			cmd := exec.CommandContext(ctx, program, serverFlag, string(text))
			cmd.Stderr = os.Stderr
			out, err := cmd.Output()
			if err != nil {
				return fmt.Errorf("server %d: %w", i, err)
			}
			return json.Unmarshal(out, &outcomes[i])
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	sum := &outcome{}
	for i := range outcomes {
		sum.add(&outcomes[i])
	}
	return sum, nil
}

// outcome is what a process did.
type outcome struct {
	Done   int             `json:"done"`
	Shared int             `json:"shared"`
	Took   []time.Duration `json:"took"`
}

func (o *outcome) add(other *outcome) {
	o.Done += other.Done
	o.Shared += other.Shared
	o.Took = append(o.Took, other.Took...)
}

func (o *outcome) quantile(share float64) time.Duration {
	if len(o.Took) == 0 {
		return 0
	}
	slices.Sort(o.Took)
	return o.Took[min(len(o.Took)-1, int(share*float64(len(o.Took))))]
}
