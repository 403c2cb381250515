package employees

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Filter says which employees a list has; what is zero lets all through.
type Filter struct {
	// Search is a part of a name, an e-mail, an extension or a phone.
	Search   string
	Group    core.EmployeeGroupID
	Status   Status
	StatusID core.EmployeeStatusID
}

// Cards keeps employees. Deleted ones exist only for EmployeesByID. Every method takes the account and sees nothing of another one.
type Cards interface {
	// Employees returns one page of employees by name.
	Employees(ctx context.Context, account core.AccountID, f Filter, page core.PageRequest) (core.Page[Employee], error)
	// CreateEmployee stores a card, gives it an id and returns it as it is then. KindConflict (email_taken, extension_taken, user_taken) with the
	// field; KindNotFound with the field: the user, schedule, status or a group; KindInvalid (too_many): there are limit employees already.
	CreateEmployee(ctx context.Context, e Employee, limit int) (Employee, error)
	// UpdateEmployee lets change alter a card and stores it, all in one transaction, and returns it as it is then. Status, marks and what the store
	// gave can't be changed. It fails with change's error, KindNotFound or as CreateEmployee.
	UpdateEmployee(ctx context.Context, account core.AccountID, id core.EmployeeID, change func(*Employee) error) (Employee, error)
	// DeleteEmployee marks a card as deleted; it leaves its groups and integrations. KindNotFound: no such employee.
	DeleteEmployee(ctx context.Context, account core.AccountID, id core.EmployeeID) error
	// SetEmployeeStatus stores the status choose returns for the card, with its place in the log, all in one transaction, and returns the card and
	// whether it changed anything. choose gets the account's own statuses, too.
	SetEmployeeStatus(ctx context.Context, account core.AccountID, id core.EmployeeID, choose func(Employee, []CustomStatus) (StatusChange, error)) (Employee, bool, error)
}

// Reader finds employees for others, each in a constant number of statements.
type Reader interface {
	// EmployeesByID returns those of the employees that exist, deleted ones included, in no particular order.
	EmployeesByID(ctx context.Context, account core.AccountID, ids []core.EmployeeID) ([]Employee, error)
	// EmployeesByNumber returns the employees whose extension or phone (active or not) is one of the numbers, oldest first.
	EmployeesByNumber(ctx context.Context, account core.AccountID, numbers []string) ([]Employee, error)
	// EmployeesByUser returns the employees whose pop-ups the users see, in no particular order.
	EmployeesByUser(ctx context.Context, account core.AccountID, users []core.UserID) ([]Employee, error)
	// EmployeesOfGroup returns the members of a group in order. KindNotFound: no such group.
	EmployeesOfGroup(ctx context.Context, account core.AccountID, group core.EmployeeGroupID) ([]Employee, error)
	// EmployeeStatusLog returns the changes of an employee's status at from and later, before the other moment, oldest first, at most limit.
	EmployeeStatusLog(ctx context.Context, account core.AccountID, id core.EmployeeID, from, before time.Time, limit int) ([]StatusChange, error)
}

// Groups keeps groups.
type Groups interface {
	// EmployeeGroups returns all groups of an account with their members in order, in no particular order.
	EmployeeGroups(ctx context.Context, account core.AccountID) ([]Group, error)
	// CreateEmployeeGroup stores a group, gives it an id and returns it. KindConflict: the name is in use; KindNotFound (members): a member;
	// KindInvalid (too_many): there are limit groups already.
	CreateEmployeeGroup(ctx context.Context, g Group, limit int) (Group, error)
	// UpdateEmployeeGroup lets change alter a group and stores it, all in one transaction. It fails with change's error, KindNotFound or as above.
	UpdateEmployeeGroup(ctx context.Context, account core.AccountID, id core.EmployeeGroupID, change func(*Group) error) (Group, error)
	// DeleteEmployeeGroup removes a group; its members stay. KindNotFound: no such group.
	DeleteEmployeeGroup(ctx context.Context, account core.AccountID, id core.EmployeeGroupID) error
}

// CustomStatuses keeps the accounts' own statuses.
type CustomStatuses interface {
	// CustomStatuses returns all of an account, in no particular order.
	CustomStatuses(ctx context.Context, account core.AccountID) ([]CustomStatus, error)
	// CreateCustomStatus stores a status as the last one, gives it an id and returns it. KindConflict: the name is in use; KindInvalid (too_many).
	CreateCustomStatus(ctx context.Context, c CustomStatus, limit int) (CustomStatus, error)
	// UpdateCustomStatus lets change alter a status and stores it, all in one transaction. KindNotFound, KindConflict or change's error.
	UpdateCustomStatus(ctx context.Context, account core.AccountID, id core.EmployeeStatusID, change func(*CustomStatus) error) (CustomStatus, error)
	// DeleteCustomStatus removes a status and returns the employees who had it: they have its base now. KindNotFound: no such status.
	DeleteCustomStatus(ctx context.Context, account core.AccountID, id core.EmployeeStatusID) ([]core.EmployeeID, error)
}

// Schedules keeps working hours.
type Schedules interface {
	// Schedules returns all schedules of an account, without Location, in no particular order.
	Schedules(ctx context.Context, account core.AccountID) ([]Schedule, error)
	// CreateSchedule stores a schedule, gives it an id and returns it. KindConflict: the name is in use; KindInvalid (too_many).
	CreateSchedule(ctx context.Context, x Schedule, limit int) (Schedule, error)
	// UpdateSchedule lets change alter a schedule and stores it, all in one transaction. KindNotFound, KindConflict or change's error.
	UpdateSchedule(ctx context.Context, account core.AccountID, id core.ScheduleID, change func(*Schedule) error) (Schedule, error)
	// DeleteSchedule removes a schedule; who had it is always at work then. KindNotFound: no such schedule.
	DeleteSchedule(ctx context.Context, account core.AccountID, id core.ScheduleID) error
}

// Links keeps which users of outside systems are which employees.
type Links interface {
	// EmployeeLinks returns the links of an integration, oldest first.
	EmployeeLinks(ctx context.Context, account core.AccountID, integration core.IntegrationID) ([]Link, error)
	// EnableEmployeeLinks switches an integration on for the employees and off for all others that are linked. KindNotFound: one of them is not linked.
	EnableEmployeeLinks(ctx context.Context, account core.AccountID, integration core.IntegrationID, employees []core.EmployeeID) error
	// ImportEmployees hands all present cards and the links of an integration to plan and stores what it returns, all in one transaction in which
	// no other one changes employees of the account. KindNotFound: no such integration.
	ImportEmployees(ctx context.Context, account core.AccountID, integration core.IntegrationID, plan func(Present) (Plan, error)) error
}

// Store keeps everything of this package.
type Store interface {
	Cards
	Reader
	Groups
	CustomStatuses
	Schedules
	Links
}

// Directory finds employees for others: who is it that rings, talks, watches? Every method reads in a constant number of statements.
type Directory interface {
	// ByID returns those of the employees that exist, deleted ones included (DeletedAt).
	ByID(ctx context.Context, account core.AccountID, ids []core.EmployeeID) (map[core.EmployeeID]Employee, error)
	// ByNumber returns whose extension, line or phone (digits) each of the numbers is, as far as it is anybody's. Where several share one, an
	// extension wins, then an active phone, then the older card.
	ByNumber(ctx context.Context, account core.AccountID, numbers []string) (map[string]Employee, error)
	// ByUser returns the employee whose pop-ups a user of the cabinet sees; false = nobody's.
	ByUser(ctx context.Context, account core.AccountID, user core.UserID) (Employee, bool, error)
	// Members returns the members of a group in the order they are rung. KindNotFound: no such group.
	Members(ctx context.Context, account core.AccountID, group core.EmployeeGroupID) ([]Employee, error)
	// Open tells which of the schedules are open at a moment; schedules that do not exist are always open, as is 0.
	Open(ctx context.Context, account core.AccountID, ids []core.ScheduleID, at time.Time) (map[core.ScheduleID]bool, error)
}

var _ Directory = (*Service)(nil)
