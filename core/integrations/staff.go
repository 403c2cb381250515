package integrations

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/employees"
)

// KeyEmployees switches making employees of a system's users on. It is off until somebody switches it on.
const KeyEmployees = "employees_in"

// employeesEvery is how often users are read (RC-11, MP-7).
const employeesEvery = 2 * time.Hour

// maxWarnings is how many warnings of an import are kept.
const maxWarnings = 200

// EmployeeImport is how a system's users become employees.
type EmployeeImport struct {
	Policy employees.Policy
	// Mark is shown behind the names of those found or made; empty = none is.
	Mark string
}

// Staff makes employees of users (employees.Service).
type Staff interface {
	EmployeeLinks
	Import(ctx context.Context, account core.AccountID, integration core.IntegrationID, mark string, users []employees.Remote, policy employees.Policy) (employees.Imported, error)
	EnableLinks(ctx context.Context, account core.AccountID, integration core.IntegrationID, ids []core.EmployeeID) error
	SetStatus(ctx context.Context, account core.AccountID, id core.EmployeeID, status employees.Status, own core.EmployeeStatusID, origin employees.Origin) (employees.Employee, error)
}

// EmployeesSync is how making employees of a system's users stands; JSON, stored.
type EmployeesSync struct {
	State SyncState `json:"state"`
	// At is when the last reading ended; nil before the first.
	At *time.Time `json:"at,omitempty"`
	// Failure is why it failed; nil when it went well.
	Failure *Failure `json:"failure,omitempty"`
	// Users are how many were read, the rest is what the last reading did.
	Users    int `json:"users"`
	Created  int `json:"created"`
	Linked   int `json:"linked"`
	Updated  int `json:"updated"`
	Unlinked int `json:"unlinked"`
	Skipped  int `json:"skipped"`
	// Warnings are what could not be taken; at most 200 are kept.
	Warnings []employees.Warning `json:"warnings,omitempty"`
}

// EmployeesSection asks whether users become employees.
func EmployeesSection(isStep bool) Section {
	return Section{
		ID: "employees", IsStep: isStep,
		Title: Text{"Сотрудники", "Employees"},
		Hint: Text{
			"Активные пользователи системы становятся сотрудниками здесь: находятся по e-mail или добавляются. Каждые два часа и по кнопке. Никто не удаляется.",
			"Active users of the system become employees here: they are found by e-mail or added. Every two hours and by a button. Nobody is deleted.",
		},
		Fields: []Field{{
			Key: KeyEmployees, Type: FieldSwitch, Default: []string{"false"}, Title: Text{"Загружать сотрудников", "Read employees"},
		}},
	}
}

// SyncEmployees makes employees of the system's users at once. KindConflict when the integration is not switched on, or this is off.
func (s *Service) SyncEmployees(ctx context.Context, account core.AccountID, id core.IntegrationID) (Integration, error) {
	i, err := s.cfg.Store.ChangeIntegration(ctx, account, id, func(i *Integration) ([]NewJob, error) {
		d, err := s.Driver(i.Kind)
		if err != nil {
			return nil, err
		}
		if i.State != StateActive || !importsEmployees(i, &d) {
			return nil, core.E(core.KindConflict, "the integration is not switched on, or reading employees is off").WithReason("not_active")
		}
		return []NewJob{job(i, JobEmployees)}, nil
	})
	s.wake()
	return i, err
}

func importsEmployees(i *Integration, d *Driver) bool {
	return d.Import != nil && i.Settings.On(KeyEmployees)
}

// EmployeesOf returns who of the system's users are which employees, oldest first.
func (s *Service) EmployeesOf(ctx context.Context, account core.AccountID, id core.IntegrationID) ([]employees.Link, error) {
	if _, err := s.Get(ctx, account, id); err != nil || s.cfg.Staff == nil {
		return nil, err
	}
	return s.cfg.Staff.ListLinks(ctx, account, id)
}

// EnableEmployees says for whom an integration is on: for these of the linked employees and no others (RC-14). KindNotFound: one is not linked.
func (s *Service) EnableEmployees(ctx context.Context, account core.AccountID, id core.IntegrationID, ids []core.EmployeeID) (Integration, error) {
	i, err := s.Get(ctx, account, id)
	if err != nil {
		return i, err
	}
	if s.cfg.Staff == nil {
		return i, core.NotFound("employee")
	}
	return i, s.cfg.Staff.EnableLinks(ctx, account, id, ids)
}

// syncEmployees reads users and makes employees of them, and keeps with the integration how it went.
func (s *Service) syncEmployees(ctx context.Context, o *opened) error {
	lister, ok := o.connector.(Employees)
	if !ok || s.cfg.Staff == nil || !importsEmployees(&o.Integration, &o.driver) {
		return nil // switched off since
	}
	if err := s.noteEmployees(ctx, o, func(e *EmployeesSync) { e.State = SyncRunning }); err != nil {
		return err
	}
	before := SyncNever
	if o.Sync.Employees != nil {
		before = o.Sync.Employees.State
	}
	users, done, err := s.readEmployees(ctx, o, lister)
	if err != nil && ctx.Err() != nil {
		return err
	}
	now := s.cfg.Clock.Now().Truncate(time.Millisecond)
	noted := s.noteEmployees(ctx, o, func(e *EmployeesSync) {
		switch {
		case err == nil:
			*e = EmployeesSync{
				State: SyncOK, At: &now, Users: users, Created: done.Created, Linked: done.Linked, Updated: done.Updated, Unlinked: done.Unlinked, Skipped: done.Skipped,
				Warnings: done.Warnings[:min(len(done.Warnings), maxWarnings)],
			}
		case AsFailure(err).Kind == FailBusy: // it goes on in a moment, and nobody need do anything
			e.State = before
		default:
			e.State, e.At, e.Failure = SyncFailed, &now, AsFailure(err)
		}
	})
	return errors.Join(err, noted)
}

func (s *Service) noteEmployees(ctx context.Context, o *opened, set func(*EmployeesSync)) error {
	return s.noteSync(ctx, o, func(i *Integration) {
		e := EmployeesSync{State: SyncNever}
		if i.Sync.Employees != nil {
			e = *i.Sync.Employees
		}
		set(&e)
		i.Sync.Employees = &e
	})
}

func (s *Service) readEmployees(ctx context.Context, o *opened, lister Employees) (int, employees.Imported, error) {
	users, err := lister.Employees(ctx)
	if err != nil {
		return 0, employees.Imported{}, err
	}
	list := make([]employees.Remote, len(users))
	for i := range users {
		list[i] = users[i].remote()
	}
	done, err := s.cfg.Staff.Import(ctx, o.AccountID, o.ID, o.driver.Import.Mark, list, o.driver.Import.Policy)
	if err == nil {
		err = s.readStatuses(ctx, o)
	}
	return len(users), done, err
}

// remote is a user as employees are made of them. Who has no parts of a name is called by the whole.
func (u *RemoteEmployee) remote() employees.Remote {
	r := employees.Remote{
		ID: u.ID, LastName: u.LastName, FirstName: u.FirstName, Patronymic: u.Patronymic, Email: string(u.Email), Phones: slices.Clone(u.Phones), Extension: u.Extension,
		IsActive: u.IsActive,
	}
	if strings.TrimSpace(u.LastName+u.FirstName) == "" {
		r.LastName = u.Name
	}
	if len(r.Phones) == 0 && u.Phone != "" {
		r.Phones = []employees.RemotePhone{{Number: u.Phone}}
	}
	return r
}

// readStatuses asks for the statuses of the employees an integration is on for, as far as the system tells them (RC-12).
func (s *Service) readStatuses(ctx context.Context, o *opened) error {
	teller, ok := o.connector.(EmployeeStatuses)
	if !ok {
		return nil
	}
	links, err := s.cfg.Staff.ListLinks(ctx, o.AccountID, o.ID)
	if err != nil {
		return err
	}
	for _, l := range links {
		if !l.IsEnabled {
			continue
		}
		status, err := teller.EmployeeStatus(ctx, l.RemoteID)
		if f := AsFailure(err); f != nil && f.Kind == FailGone {
			continue
		}
		if err != nil {
			return err
		}
		if err := s.setStatus(ctx, o, l.EmployeeID, status.Status); err != nil {
			return err
		}
	}
	return nil
}

// setStatus gives an employee the status a system tells; what it does not know changes nothing.
func (s *Service) setStatus(ctx context.Context, o *opened, id core.EmployeeID, status string) error {
	to := employees.Status(cmp.Or(status, string(employees.StatusUnknown)))
	if !to.IsKnown() || to == employees.StatusUnknown {
		return nil
	}
	_, err := s.cfg.Staff.SetStatus(ctx, o.AccountID, id, to, 0, employees.OriginCRM)
	if core.KindOf(err) == core.KindNotFound { // deleted meanwhile
		return nil
	}
	return err
}

// followStatuses gives employees the statuses a webhook told of.
func (s *Service) followStatuses(ctx context.Context, o *opened, told []HookStatus) error {
	if len(told) == 0 || s.cfg.Staff == nil {
		return nil
	}
	for _, t := range told {
		id, err := s.linked(ctx, o.AccountID, o.ID, t.Employee)
		if err == nil && id != 0 {
			err = s.setStatus(ctx, o, id, t.Status)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
