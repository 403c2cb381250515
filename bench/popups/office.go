package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skvoz/skvoz/auth"
	"github.com/skvoz/skvoz/bench/rig"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/phonenum"
	"github.com/skvoz/skvoz/internal/secretbox"
	"github.com/skvoz/skvoz/store"
)

// What is rung: each call rings ten of a company's hundred employees, the next one the next ten.
const (
	companies = 10
	staff     = 100
	rung      = 10
)

// office is a database with companies whose telephones ring.
type office struct {
	engine store.Engine
	dsn    string
	dir    string
	drop   func()
	key    string
	box    *secretbox.Box
	db     *store.DB
	people *employees.Service
	users  *accounts.Service
	// connections, employees and owners are by company.
	connections []telephony.Connection
	employees   [][]core.EmployeeID
	owners      []accounts.Identity
	// shownStaff is how many employees of each company are rung.
	shownStaff int
}

func openOffice(ctx context.Context, engine store.Engine) (o *office, err error) {
	o = &office{engine: engine, key: secretbox.GenerateKey(), shownStaff: staff}
	if o.dir, err = os.MkdirTemp("", "skvoz-bench-popups-"); err != nil {
		return nil, err
	}
	o.dsn, o.drop = "sqlite://"+filepath.Join(o.dir, "skvoz.db"), func() {}
	if engine == store.Postgres {
		if o.dsn, o.drop, err = rig.FreshPostgres(ctx); err != nil {
			return nil, errors.Join(err, os.RemoveAll(o.dir))
		}
	}
	if err = o.fill(ctx); err != nil {
		return nil, errors.Join(err, o.close())
	}
	return o, nil
}

func (o *office) close() error {
	var err error
	if o.db != nil {
		err = o.db.Close()
	}
	o.drop()
	return errors.Join(err, os.RemoveAll(o.dir))
}

func (o *office) open(ctx context.Context) (*store.DB, error) {
	return store.Open(ctx, store.Config{DSN: o.dsn, Log: slog.New(slog.DiscardHandler)})
}

func peopleOf(db *store.DB) *employees.Service {
	return employees.NewService(employees.Deps{
		Store: db.EmployeeStore(), Clock: core.SystemClock{}, ReadPhone: func(raw string) (string, bool) { return raw, true }, ReadEmail: func(raw string) (string, bool) { return raw, true },
		Timezone: func(context.Context, core.AccountID) (string, error) { return "Europe/Moscow", nil },
	})
}

func (o *office) fill(ctx context.Context) error {
	key, err := secretbox.ParseKey(o.key)
	if err != nil {
		return err
	}
	if o.box, err = secretbox.New(key); err != nil {
		return err
	}
	if o.db, err = o.open(ctx); err != nil {
		return err
	}
	if _, err = o.db.Migrate(ctx); err != nil {
		return err
	}
	o.people = peopleOf(o.db)
	o.users, err = accounts.NewService(ctx, accounts.Config{
		Store: o.db.Accounts(), Passwords: auth.NewHasher(auth.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}), Attempts: auth.NewAttempts(o.db.Clock), Clock: o.db.Clock,
		ReadEmail: phonenum.NormalizeEmail, PublicURL: "https://bench.test",
	})
	if err != nil {
		return err
	}
	for n := range companies {
		if err := o.company(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (o *office) company(ctx context.Context, n int) error {
	account, owner, err := o.users.CreateAccount(ctx, accounts.Founding{AccountName: "Bench", Name: "Owner", Email: fmt.Sprintf("owner%d@example.com", n), Password: core.NewSecret(20)})
	if err != nil {
		return err
	}
	o.owners = append(o.owners, accounts.Identity{AccountID: account.ID, UserID: owner.ID, Role: accounts.RoleOwner})
	site, err := o.db.CreateSite(ctx, sites.Site{
		AccountID: account.ID, Domain: fmt.Sprintf("site%d.example", n), Name: "Site", SiteKey: core.NewKey(), Key: core.NewKey(), Settings: sites.DefaultSettings(),
	}, 10)
	if err != nil {
		return err
	}
	_, err = o.db.CreateNumbers(ctx, account.ID, []calltracking.VirtualNumber{
		{AccountID: account.ID, Number: did(n), SiteID: site.ID, Usage: calltracking.UsageStatic, State: calltracking.StateActive},
	}, 10)
	if err != nil {
		return err
	}
	c := telephony.Connection{AccountID: account.ID, Kind: telephony.KindCTPBX, Name: "PBX", IsEnabled: true}
	if c, err = o.db.CallStore(o.box).CreateConnection(ctx, c, telephony.Secrets{telephony.SecretSigning: signingSecret}, "", 10); err != nil {
		return err
	}
	o.connections = append(o.connections, c)
	ids := make([]core.EmployeeID, staff)
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(8)
	for k := range staff {
		work.Go(func() error {
			e, err := o.people.Create(ctx, account.ID, employees.Create{LastName: fmt.Sprintf("Employee %d", k), Extension: extension(k)})
			ids[k] = e.ID
			return err
		})
	}
	o.employees = append(o.employees, ids)
	return work.Wait()
}

// operators gives so many employees of each company a user, and returns their tokens.
func (o *office) operators(ctx context.Context, each int) ([]string, error) {
	tokens := make([]string, companies*each)
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(8)
	for n := range companies * each {
		work.Go(func() error {
			company, k := n/each, n%each
			link, err := o.users.Invite(ctx, o.owners[company], fmt.Sprintf("operator%d@example.com", n), accounts.RoleOperator)
			if err != nil {
				return err
			}
			secret := link.URL[strings.LastIndexAny(link.URL, "/=")+1:]
			user, err := o.users.AcceptInvitation(ctx, secret, "Operator", core.NewSecret(20), core.Opt[accounts.Language]{})
			if err != nil {
				return err
			}
			change := employees.Update{UserID: core.Some(user.ID)}
			if _, err := o.people.Update(ctx, user.AccountID, o.employees[company][k], change); err != nil {
				return err
			}
			id := accounts.Identity{AccountID: user.AccountID, UserID: user.ID, Role: accounts.RoleOperator}
			tokens[n], _, err = o.users.CreateToken(ctx, id, accounts.NewToken{Name: "bench", Scopes: []accounts.Scope{accounts.ScopeRead}})
			return err
		})
	}
	return tokens, work.Wait()
}

func did(company int) core.Phone { return core.Phone(fmt.Sprintf("7495000%04d", company)) }

func extension(k int) string { return fmt.Sprint(101 + k) }

// ringing are the events of a call that rings ten employees, the first of them being the first-th.
func ringing(n, company, first int) []telephony.Event {
	at, id := time.Now(), callName(n)
	caller := fmt.Sprintf("7916%07d", n)
	var list []telephony.Event
	add := func(kind telephony.EventType, d telephony.Data) {
		list = append(list, telephony.Event{ID: fmt.Sprintf("%s-%d", id, len(list)+1), Type: kind, OccurredAt: at, CallID: id, Seq: int64(len(list) + 1), Data: d})
	}
	add(telephony.CallStarted, telephony.Data{Direction: telephony.Inbound, DID: string(did(company)), Caller: caller, Initiator: "trunk"})
	add(telephony.LegStarted, telephony.Data{LegID: "a", Role: telephony.RoleContact, Number: caller})
	for k := range rung {
		leg := fmt.Sprint("e", k)
		add(telephony.LegStarted, telephony.Data{LegID: leg, Role: telephony.RoleEmployee, EmployeeExt: extension(first + k)})
		add(telephony.LegRinging, telephony.Data{LegID: leg})
	}
	return list
}

// over ends a call of ringing.
func over(n int) []telephony.Event {
	const seq = 2 + 2*rung + 1
	end := time.Now()
	begin := end.Add(-time.Second)
	return []telephony.Event{{
		ID: fmt.Sprintf("%s-%d", callName(n), seq), Type: telephony.CallFinished, OccurredAt: end, CallID: callName(n), Seq: seq,
		Data: telephony.Data{LastSeq: seq, StartedAt: &begin, EndedAt: &end},
	}}
}

func callName(n int) string { return fmt.Sprint("call-", n) }

func numberOf(call string) (n int) {
	_, _ = fmt.Sscanf(call, "call-%d", &n)
	return n
}
