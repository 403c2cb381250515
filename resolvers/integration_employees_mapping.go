package resolvers

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/graph/model"
)

// warnedEmployee is the employee a user became in spite of a warning; nil = none.
func warnedEmployee(w *employees.Warning) *string {
	if w.EmployeeID == 0 {
		return nil
	}
	id := w.EmployeeID.String()
	return &id
}

// integrationEmployees lists the employees who are users of a system.
func (r *Resolver) integrationEmployees(ctx context.Context, account core.AccountID, id core.IntegrationID) ([]model.IntegrationEmployee, error) {
	links, err := r.Integrations.EmployeesOf(ctx, account, id)
	if err != nil || len(links) == 0 {
		return nil, err
	}
	ids := make([]core.EmployeeID, len(links))
	for i := range links {
		ids[i] = links[i].EmployeeID
	}
	found, err := r.Employees.ByID(ctx, account, ids)
	if err != nil {
		return nil, err
	}
	out := make([]model.IntegrationEmployee, 0, len(links))
	for i := range links {
		if e, ok := found[links[i].EmployeeID]; ok && e.DeletedAt == nil {
			out = append(out, model.IntegrationEmployee{Employee: &e, RemoteID: links[i].RemoteID, IsEnabled: links[i].IsEnabled})
		}
	}
	return out, nil
}
