package employees

import (
	"context"
	"slices"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
)

// Deps are what a Service needs.
type Deps struct {
	Store Store
	// Clock tells the time.
	Clock core.Clock
	// ReadPhone and ReadEmail bring phones and e-mails people wrote into their one form; false = it is none.
	ReadPhone, ReadEmail func(raw string) (string, bool)
	// Timezone tells the time zone of an account, an IANA name.
	Timezone func(ctx context.Context, account core.AccountID) (string, error)
	// Changed is called after each change of a card or status that others show; nil = nobody is told.
	Changed func(ctx context.Context, account core.AccountID, employee core.EmployeeID)
}

// Service manages employees, groups, statuses and working hours, and finds them for others. It is safe for concurrent use. Every method takes the
// account; what belongs to another one does not exist for it (KindNotFound).
type Service struct {
	Deps
}

// NewService returns a service.
func NewService(d Deps) *Service {
	if d.Changed == nil {
		d.Changed = func(context.Context, core.AccountID, core.EmployeeID) {}
	}
	return &Service{d}
}

// List returns one page of employees by name.
func (s *Service) List(ctx context.Context, account core.AccountID, f Filter, page core.PageRequest) (core.Page[Employee], error) {
	if f.Status != "" && !f.Status.IsKnown() {
		return core.Page[Employee]{}, core.Invalid("status", "bad_status", "%q is no status", f.Status)
	}
	return s.Store.Employees(ctx, account, f, page)
}

// Employee returns a card. KindNotFound: no such employee, or it is deleted.
func (s *Service) Employee(ctx context.Context, account core.AccountID, id core.EmployeeID) (Employee, error) {
	found, err := s.Store.EmployeesByID(ctx, account, []core.EmployeeID{id})
	if err != nil {
		return Employee{}, err
	}
	if len(found) == 0 || found[0].DeletedAt != nil {
		return Employee{}, core.NotFound("employee")
	}
	return found[0], nil
}

// Create is an employee to add.
type Create struct {
	LastName, FirstName, Patronymic string
	Email                           core.Email
	Extension                       string
	UserID                          core.UserID
	// Phones in the order they are rung; numbers in any writing. Zero Channels and DialSeconds are the defaults.
	Phones     []Phone
	GroupIDs   []core.EmployeeGroupID
	ScheduleID core.ScheduleID
}

// Create adds an employee with the status unknown. KindInvalid names the wrong field; KindConflict (email_taken, extension_taken, user_taken);
// KindNotFound: the user, schedule or a group.
func (s *Service) Create(ctx context.Context, account core.AccountID, in Create) (Employee, error) {
	e := Employee{
		AccountID: account, LastName: in.LastName, FirstName: in.FirstName, Patronymic: in.Patronymic, Email: in.Email, Extension: in.Extension,
		UserID: in.UserID, Phones: in.Phones, Groups: groupRefs(in.GroupIDs), ScheduleID: in.ScheduleID, Status: StatusUnknown,
	}
	if err := s.check(&e); err != nil {
		return Employee{}, err
	}
	e, err := s.Store.CreateEmployee(ctx, e, MaxEmployees)
	if err != nil {
		return Employee{}, err
	}
	s.Changed(ctx, account, e.ID)
	return e, nil
}

func groupRefs(ids []core.EmployeeGroupID) []GroupRef {
	var refs []GroupRef
	for _, id := range ids {
		if !slices.Contains(refs, GroupRef{ID: id}) {
			refs = append(refs, GroupRef{ID: id})
		}
	}
	return refs
}

// Update is what to change of an employee; what is absent stays.
type Update struct {
	LastName, FirstName, Patronymic core.Opt[string]
	Email                           core.Opt[core.Email]
	Extension                       core.Opt[string]
	// UserID 0 = nobody's.
	UserID core.Opt[core.UserID]
	// Phones replace all old ones.
	Phones core.Opt[[]Phone]
	// GroupIDs replace all old ones; in a new group the employee is the last.
	GroupIDs core.Opt[[]core.EmployeeGroupID]
	// ScheduleID 0 = always at work.
	ScheduleID core.Opt[core.ScheduleID]
}

// Update changes an employee. It fails as Create does; KindNotFound (id): no such employee.
func (s *Service) Update(ctx context.Context, account core.AccountID, id core.EmployeeID, u Update) (Employee, error) {
	e, err := s.Store.UpdateEmployee(ctx, account, id, func(e *Employee) error {
		e.LastName, e.FirstName, e.Patronymic = u.LastName.Or(e.LastName), u.FirstName.Or(e.FirstName), u.Patronymic.Or(e.Patronymic)
		e.Email, e.Extension, e.UserID = u.Email.Or(e.Email), u.Extension.Or(e.Extension), u.UserID.Or(e.UserID)
		e.Phones, e.ScheduleID = u.Phones.Or(e.Phones), u.ScheduleID.Or(e.ScheduleID)
		if u.GroupIDs.Set {
			e.Groups = groupRefs(u.GroupIDs.Value)
		}
		return s.check(e)
	})
	if err != nil {
		return Employee{}, err
	}
	s.Changed(ctx, account, id)
	return e, nil
}

// Delete removes an employee from lists, groups and integrations; calls keep the name. KindNotFound: no such employee.
func (s *Service) Delete(ctx context.Context, account core.AccountID, id core.EmployeeID) error {
	if err := s.Store.DeleteEmployee(ctx, account, id); err != nil {
		return err
	}
	s.Changed(ctx, account, id)
	return nil
}

// SetStatusBy is SetStatus by a user of the cabinet or a program: below the role ADMIN only of the employee the user is (KindForbidden,
// not_your_status).
func (s *Service) SetStatusBy(ctx context.Context, who accounts.Identity, id core.EmployeeID, status Status, own core.EmployeeStatusID) (Employee, error) {
	mine, found, err := s.ByUser(ctx, who.AccountID, who.UserID)
	if err != nil {
		return Employee{}, err
	}
	isOwn := found && mine.ID == id
	if !isOwn && who.Role < accounts.RoleAdmin {
		return Employee{}, core.E(core.KindForbidden, "only administrators set the status of others").WithReason("not_your_status").WithField("employeeId")
	}
	origin := OriginCabinet
	switch {
	case who.TokenID != 0:
		origin = OriginAPI
	case isOwn:
		origin = OriginEmployee
	}
	return s.SetStatus(ctx, who.AccountID, id, status, own, origin)
}

// SetStatus gives an employee a status: a built-in one, or with a StatusID not zero the account's own of that id. What a CRM or PBX sets leaves an
// own status that stands for the same as it is. KindInvalid (bad_status): no such built-in status; KindNotFound: the employee or own status.
func (s *Service) SetStatus(ctx context.Context, account core.AccountID, id core.EmployeeID, status Status, own core.EmployeeStatusID, origin Origin) (Employee, error) {
	if own == 0 && !status.IsKnown() {
		return Employee{}, core.Invalid("status", "bad_status", "%q is no status", status).WithValue(string(status))
	}
	e, changed, err := s.Store.SetEmployeeStatus(ctx, account, id, func(e Employee, customs []CustomStatus) (StatusChange, error) {
		change := StatusChange{EmployeeID: e.ID, At: s.Clock.Now(), Status: status, StatusID: own, Origin: origin}
		if own != 0 {
			n := slices.IndexFunc(customs, func(c CustomStatus) bool { return c.ID == own })
			if n < 0 {
				return StatusChange{}, core.NotFound("status").WithField("statusId")
			}
			change.Status = customs[n].Base
		}
		if (origin == OriginCRM || origin == OriginPBX) && own == 0 && e.Status == status {
			change.StatusID = e.StatusID
		}
		return change, nil
	})
	if err != nil {
		return Employee{}, err
	}
	if changed {
		s.Changed(ctx, account, id)
	}
	return e, nil
}
