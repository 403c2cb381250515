package integrations

import (
	"context"
	"fmt"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/scenarios"
)

// EmployeeLinks finds the employees an integration's users are; employees.Service does.
type EmployeeLinks interface {
	ListLinks(ctx context.Context, account core.AccountID, integration core.IntegrationID) ([]employees.Link, error)
}

// PersonalManager asks a CRM who looks after a caller (RC-4, MP-4). An integration that is off, or can't be asked, is no error: the answer says so.
func (s *Service) PersonalManager(ctx context.Context, account core.AccountID, id core.IntegrationID, phone core.Phone) (scenarios.ManagerAnswer, error) {
	o, err := s.open(ctx, account, id, nil)
	if o == nil {
		if err != nil && core.KindOf(err) == core.KindNotFound {
			return scenarios.ManagerAnswer{Raw: "the integration was deleted"}, nil
		}
		return scenarios.ManagerAnswer{}, err
	}
	if o.State != StateActive {
		return scenarios.ManagerAnswer{Raw: "the integration is " + string(o.State)}, nil
	}
	asked, ok := o.connector.(PersonalManagers)
	if !ok && err == nil {
		return scenarios.ManagerAnswer{Raw: o.driver.Title.EN + " does not tell managers"}, nil
	}
	if err != nil {
		return scenarios.ManagerAnswer{}, told(err)
	}
	manager, found, err := asked.PersonalManager(ctx, phone)
	if err != nil {
		return scenarios.ManagerAnswer{}, told(err)
	}
	a := scenarios.ManagerAnswer{IsEnabled: true, HasContact: found, HasManager: found && manager.ID != "", Name: manager.Name, Phone: manager.Phone, Extension: manager.Extension}
	a.Raw = fmt.Sprintf("%s: user %s", o.driver.Title.EN, manager.ID)
	if !a.HasManager {
		a.Raw = o.driver.Title.EN + ": nobody"
		return a, nil
	}
	if a.EmployeeID, err = s.linked(ctx, account, id, manager.ID); err != nil {
		return a, err
	}
	teller, ok := o.connector.(EmployeeStatuses)
	if !ok {
		return a, nil
	}
	status, err := teller.EmployeeStatus(ctx, manager.ID)
	if err != nil {
		return a, told(err)
	}
	a.TellsStatus, a.IsOnline, a.IsFree = true, status.IsOnline, employees.Status(status.Status).TakesCalls()
	a.Raw += fmt.Sprintf(", online %t, status %s", status.IsOnline, status.Status)
	return a, nil
}

// linked is the employee a user of a system is; zero when it is nobody's or the integration is switched off for them.
func (s *Service) linked(ctx context.Context, account core.AccountID, id core.IntegrationID, remote string) (core.EmployeeID, error) {
	if s.cfg.Employees == nil {
		return 0, nil
	}
	links, err := s.cfg.Employees.ListLinks(ctx, account, id)
	for _, l := range links {
		if l.RemoteID == remote && l.IsEnabled {
			return l.EmployeeID, nil
		}
	}
	return 0, err
}
