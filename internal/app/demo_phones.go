package app

import (
	"context"
	"log/slog"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/demo"
	"github.com/skvoz/skvoz/emulators/stand"
	pbxsim "github.com/skvoz/skvoz/pbx/ctpbx/emulator"
	"github.com/skvoz/skvoz/store"
)

// phonesKind is the emulator whose phones ring; phonesToken is what commands to it bear.
const (
	phonesKind  = "pbxsim"
	phonesToken = "pbxsim-token" //nolint:gosec // an emulator's, which does what anybody says
)

// phonesOutside is what the history's calls need of the outside: a box for the connection's secrets, and where recordings are kept.
func (c *demoCommand) phonesOutside(ctx context.Context, db *store.DB, log *slog.Logger) (o outside, err error) {
	if o.box, err = openBox(ctx, db, &c.Storage); err != nil {
		return o, err
	}
	o.files, err = openFiles(ctx, &c.Serve, log)
	return o, err
}

// demoPhones are the use cases the demo's telephones are set up with. The provider's address is told when it runs.
func (s *services) demoPhones() demo.Phones {
	return demo.Phones{
		Employees: s.employees, Numbers: s.calltracking, Scenarios: s.leading.scenarios, Connections: s.telephones.connections, Calls: s.telephones.calls, Token: phonesToken,
	}
}

// connectPhones lets the simulated provider and the demo account know each other: addresses and secrets, lines and numbers.
func (a *App) connectPhones(ctx context.Context, emulators *stand.Running) error {
	owner, err := a.db.Accounts().CredentialsByEmail(ctx, demo.Email)
	if err != nil {
		return err
	}
	account, connections := owner.User.AccountID, a.services.telephones.connections
	all, err := connections.List(ctx, account)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Name != demo.ConnectionName {
			continue
		}
		c.Settings.Address = emulators.URL(phonesKind)
		if _, err := connections.Update(ctx, account, c.ID, telephony.ConnectionUpdate{Settings: core.Some(c.Settings)}); err != nil {
			return err
		}
		e, err := connections.Endpoint(ctx, account, c.ID)
		if err != nil {
			return err
		}
		return a.preparePhones(ctx, account, e, emulators.Vendor(phonesKind).(*pbxsim.Server))
	}
	return core.NotFound("the connection " + demo.ConnectionName)
}

// preparePhones gives the provider the demo's lines and numbers, and connects it.
func (a *App) preparePhones(ctx context.Context, account core.AccountID, e telephony.Endpoint, sim *pbxsim.Server) error {
	for _, line := range demo.Lines() {
		if err := sim.AddLine(pbxsim.Line{Ext: line[0], Name: line[1]}); err != nil { //nolint:contextcheck // the provider tells in its own time
			return err
		}
	}
	page := core.PageRequest{First: 100}
	numbers, err := a.services.calltracking.Numbers(ctx, account, calltracking.NumberFilter{}, page)
	if err != nil {
		return err
	}
	sim.RemoveNumber("78000000003") // its own, which nobody has here
	for _, number := range demo.PageNumbers() {
		if err := sim.AddNumber(number); err != nil {
			return err
		}
	}
	for _, n := range numbers.Nodes {
		if err := sim.AddNumber(string(n.Number)); err != nil {
			return err
		}
	}
	return sim.Connect(a.URL+telephony.EventsPath(e.Connection, ""), e.Secrets[telephony.SecretSigning]) //nolint:contextcheck // as above
}
