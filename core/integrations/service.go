package integrations

import (
	"context"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
)

// Config is what a Service is made of.
type Config struct {
	// Drivers are all systems, in the order of the catalogue.
	Drivers []Driver
	Store   Store
	Queue   Queue
	Turns   Turns
	Sealer  Sealer
	Clock   core.Clock
	// Reader takes deals in; CRMs keeps where they go.
	Reader *Reader
	CRMs   CRMs
	Comms  Communications
	Sites  Sites
	Goals  Goals
	// PublicURL is our own address, without a trailing slash.
	PublicURL string
	// Wake, when given, is called after jobs were put into the queue.
	Wake func()
	// Employees finds our employees among the users of systems; nil = nobody is linked.
	Employees EmployeeLinks
	// Caller begins calls people click for in systems; nil = nobody does.
	Caller Caller
	// Staff makes employees of users; nil = nobody does.
	Staff Staff
	// Calls reads calls; nil = there are none.
	Calls Calls
}

// CRMs keeps the sources of deals (deals.Service).
type CRMs interface {
	CRMs(ctx context.Context, account core.AccountID) ([]deals.CRM, error)
	CreateCRM(ctx context.Context, account core.AccountID, in deals.NewCRM) (deals.CRM, error)
	UpdateCRM(ctx context.Context, account core.AccountID, crm core.CRMID, p deals.CRMPatch) (deals.CRM, error)
	SetReportFunnels(ctx context.Context, account core.AccountID, crm core.CRMID, shown []core.FunnelID) error
	Funnels(ctx context.Context, account core.AccountID, crm core.CRMID) ([]deals.Funnel, error)
}

// Communications reads communications (comms.Service).
type Communications interface {
	Communication(ctx context.Context, account core.AccountID, id core.CommunicationID) (comms.Communication, error)
	Communications(ctx context.Context, account core.AccountID, q comms.CommunicationQuery, page core.PageRequest) (core.Page[comms.Communication], error)
}

// Sites reads sites (sites.Service).
type Sites interface {
	List(ctx context.Context, account core.AccountID) ([]sites.Site, error)
}

// Goals reads the goals of sites, in the sites' order (goals.Service).
type Goals interface {
	List(ctx context.Context, account core.AccountID, ids []core.SiteID) ([][]goals.Goal, error)
}

// Service attaches systems, does their jobs and shows their journal. It is safe for concurrent use.
type Service struct{ cfg Config }

// NewService returns a service.
func NewService(cfg Config) *Service { return &Service{cfg: cfg} }

// Drivers returns all systems that can be attached.
func (s *Service) Drivers() []Driver { return s.cfg.Drivers }

// Driver returns the driver of a kind; KindNotFound for an unknown one.
func (s *Service) Driver(kind Kind) (Driver, error) {
	for _, d := range s.cfg.Drivers {
		if d.Kind == kind {
			return d, nil
		}
	}
	return Driver{}, core.NotFound("system " + string(kind))
}

// List returns the integrations of an account, oldest first.
func (s *Service) List(ctx context.Context, account core.AccountID) ([]Integration, error) {
	return s.cfg.Store.Integrations(ctx, account)
}

// Get returns one integration; KindNotFound when the account has none with this id.
func (s *Service) Get(ctx context.Context, account core.AccountID, id core.IntegrationID) (Integration, error) {
	return s.cfg.Store.Integration(ctx, account, id)
}

// described returns an integration with its driver.
func (s *Service) described(ctx context.Context, account core.AccountID, id core.IntegrationID) (Integration, Driver, error) {
	i, err := s.Get(ctx, account, id)
	if err != nil {
		return i, Driver{}, err
	}
	d, err := s.Driver(i.Kind)
	return i, d, err
}

// Counts counts the jobs of each integration by state.
func (s *Service) Counts(ctx context.Context, account core.AccountID) (map[core.IntegrationID]map[JobState]int, error) {
	return s.cfg.Store.JobCounts(ctx, account)
}

// HookURL is where the system's webhooks come to.
func (s *Service) HookURL(i *Integration) string {
	return s.cfg.PublicURL + "/hooks/" + string(i.Kind) + "/" + i.HookSecret
}

// RedirectURL is our page the system's authorization leads back to.
func (s *Service) RedirectURL() string { return s.cfg.PublicURL + "/integrations/authorized" }

// Create begins to attach a system: a draft that does nothing yet.
func (s *Service) Create(ctx context.Context, account core.AccountID, kind Kind) (Integration, error) {
	d, err := s.Driver(kind)
	if err != nil {
		return Integration{}, err
	}
	all, err := s.List(ctx, account)
	if err != nil {
		return Integration{}, err
	}
	if len(all) >= maxIntegrations {
		return Integration{}, core.E(core.KindConflict, "the account has too many integrations; disconnect those that are not needed").WithReason("too_many")
	}
	return s.cfg.Store.CreateIntegration(ctx, Integration{AccountID: account, Kind: kind, Name: d.Title.RU, State: StateDraft, Settings: Values{}})
}

// maxIntegrations bounds what an account can attach.
const maxIntegrations = 50

// Update changes name and settings; what is not given stays. KindInvalid names the setting at fault: in an integration that is switched on all settings
// must be good together, in a draft each alone.
func (s *Service) Update(ctx context.Context, account core.AccountID, id core.IntegrationID, name core.Opt[string], edits Values) (Integration, error) {
	i, d, err := s.described(ctx, account, id)
	if err != nil {
		return Integration{}, err
	}
	if err := checkName(name); err != nil {
		return Integration{}, err
	}
	secrets, plain, err := d.Settings.split(edits)
	if err != nil {
		return Integration{}, err
	}
	if err := d.Settings.accepts(&i, plain, secrets); err != nil {
		return Integration{}, err
	}
	if len(secrets) > 0 {
		if err := s.vault(&i).Put(ctx, secrets); err != nil {
			return Integration{}, err
		}
	}
	i, err = s.cfg.Store.ChangeIntegration(ctx, account, id, func(i *Integration) ([]NewJob, error) {
		i.Name = name.Or(i.Name)
		before := *i
		i.Settings = i.Settings.merged(plain)
		return s.switched(&before, i, &d), nil
	})
	if err != nil {
		return i, err
	}
	s.wake()
	return i, s.carryOver(ctx, &i, plain)
}

// switched returns what is to be done when settings have been changed.
func (s *Service) switched(before, now *Integration, d *Driver) []NewJob {
	if now.State != StateActive {
		return nil
	}
	var jobs []NewJob
	if importsEmployees(now, d) && !importsEmployees(before, d) {
		jobs = append(jobs, job(now, JobEmployees))
	}
	switch wasReading, reads := before.Settings.On(KeyDealsIn), now.Settings.On(KeyDealsIn); {
	case wasReading && !reads:
		jobs = append(jobs, job(now, JobUnsubscribe))
	case !wasReading && reads:
		jobs = append(jobs, startReading(now, d, s.cfg.Clock.Now().Truncate(time.Millisecond))...)
	}
	return jobs
}

// carryOver brings a change of settings to where deals go: which goals link them and which funnels appear in reports.
func (s *Service) carryOver(ctx context.Context, i *Integration, changed Values) error {
	if _, ok := changed[KeyGoals]; ok {
		if err := s.linkGoals(ctx, i); err != nil {
			return err
		}
	}
	if _, ok := changed[KeyReportFunnels]; !ok || i.CRMID == 0 {
		return nil
	}
	funnels, err := s.cfg.CRMs.Funnels(ctx, i.AccountID, i.CRMID)
	if err != nil {
		return err
	}
	chosen := i.Settings.List(KeyReportFunnels)
	var shown []core.FunnelID
	for _, f := range funnels {
		if len(chosen) == 0 || slices.Contains(chosen, f.ExternalID) {
			shown = append(shown, f.ID)
		}
	}
	return s.cfg.CRMs.SetReportFunnels(ctx, i.AccountID, i.CRMID, shown)
}

func checkName(name core.Opt[string]) error {
	if n := len([]rune(name.Value)); name.Set && (n < 1 || n > 100) {
		return core.Invalid("name", "bad_name", "a name has 1 to 100 characters")
	}
	return nil
}

// split tells secrets from other settings and refuses unknown ones.
func (s Spec) split(edits Values) (secrets map[string]string, plain Values, err error) {
	secrets, plain = map[string]string{}, Values{}
	for key, v := range edits {
		f, ok := s.Field(key)
		switch {
		case !ok, f.Type == FieldNote, f.Type == FieldAuthorize:
			return nil, nil, core.Invalid(key, "unknown_setting", "there is no setting %q", key)
		case f.Type == FieldSecret:
			secrets[key] = Values{key: v}.Text(key)
		default:
			plain[key] = f.cleaned(v)
		}
	}
	return secrets, plain, nil
}

// cleaned removes spaces people leave around values.
func (f *Field) cleaned(v Value) Value {
	out := Value{Pairs: v.Pairs}
	for _, text := range v.List {
		if f.Type != FieldTemplate {
			text = trimmed(text, f.Type == FieldURL)
		}
		out.List = append(out.List, text)
	}
	return out
}

// accepts refuses settings that won't do.
func (s Spec) accepts(i *Integration, plain Values, secrets map[string]string) error {
	set := slices.Clone(i.SecretKeys)
	given := plain.merged(nil)
	for key, value := range secrets {
		given[key] = Value{List: []string{value}}
		if value == "" {
			set = slices.DeleteFunc(set, func(k string) bool { return k == key })
		} else {
			set = append(set, key)
		}
	}
	for _, p := range s.Problems("", i.Settings.merged(given), set) {
		_, isGiven := given[p.Key]
		if i.State == StateDraft && (!isGiven || isEmpty(given[p.Key])) {
			continue
		}
		return core.Invalid(p.Key, "bad_setting", "%s", p.Text.EN)
	}
	return nil
}

// merged returns the values with others on top.
func (v Values) merged(others Values) Values {
	out := make(Values, len(v)+len(others))
	for key, value := range v {
		out[key] = value
	}
	for key, value := range others {
		out[key] = value
	}
	return out
}

// Problems says what is wrong with the settings of a section ("" = all), with edits on top of those that are stored: why one can't go on.
func (s *Service) Problems(ctx context.Context, account core.AccountID, id core.IntegrationID, section string, edits Values) ([]Problem, error) {
	i, d, err := s.described(ctx, account, id)
	if err != nil {
		return nil, err
	}
	secrets, plain, err := d.Settings.split(edits)
	if err != nil {
		return nil, err
	}
	set := slices.Clone(i.SecretKeys)
	for key, value := range secrets {
		if value != "" {
			set = append(set, key)
		}
	}
	return d.Settings.Problems(section, i.Settings.merged(plain), set), nil
}

func (s *Service) wake() {
	if s.cfg.Wake != nil {
		s.cfg.Wake()
	}
}
