package demo

import (
	"context"
	"fmt"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/scenarios"
	"github.com/skvoz/skvoz/core/telephony"
)

// ConnectionName is the connection of the simulated provider; OwnerLine is the line of the account's owner, whose cards one sees.
const (
	ConnectionName = "Симулятор телефонии"
	OwnerLine      = "101"
)

// PageNumbers are the numbers of the demo site: two that are lent to visits, and one for when both are taken.
func PageNumbers() []string { return []string{"74950000001", "74950000002", "74950000003"} }

// Phones are the use cases of calls the demo is set up with.
type Phones struct {
	Employees   *employees.Service
	Numbers     *calltracking.Service
	Scenarios   *scenarios.Service
	Connections *telephony.Connections
	Calls       *telephony.Calls
	// Address and Token are where commands go and what they bear.
	Address, Token string
}

// takerPlan is an employee to make: the first is the owner of the account.
type takerPlan struct {
	last, first, extension string
	isSeller               bool
	status                 employees.Status
}

var takers = []takerPlan{
	{"Демидова", "Анна", OwnerLine, false, employees.StatusAvailable},
	{"Ковалёва", "Марина", "102", true, employees.StatusAvailable},
	{"Орехов", "Денис", "103", true, employees.StatusAvailable},
	{"Белых", "Жанна", "104", true, employees.StatusAvailable},
	{"Гусев", "Артём", "105", true, employees.StatusBreak},
	{"Скворцов", "Лев", "106", false, employees.StatusAvailable},
	{"Маркина", "Софья", "107", false, employees.StatusNotAtWorkplace},
	{"Лыков", "Игорь", "108", false, employees.StatusNotAtWork},
}

// Lines are the employees' lines with their names, as the provider has them.
func Lines() (lines [][2]string) {
	for _, t := range takers {
		lines = append(lines, [2]string{t.extension, t.first + " " + t.last})
	}
	return lines
}

// setUpPhones makes employees, groups, statuses, hours, scenarios, numbers and tags, and lets the plan know of them.
func setUpPhones(ctx context.Context, p Phones, plan *Plan, pages core.SiteID, owner core.UserID) error {
	account, calls := plan.AccountID, &CallPlan{}
	e, err := p.Connections.Create(ctx, account, telephony.ConnectionInput{
		Kind: telephony.KindCTPBX, Name: ConnectionName, Settings: telephony.ConnectionSettings{Address: p.Address}, Secrets: telephony.Secrets{telephony.SecretToken: p.Token},
	})
	if err != nil {
		return err
	}
	calls.Connection = e.ID
	for _, name := range []string{"Заказ", "Вопрос по цене", "Жалоба", "Нужен замер", "Не целевой"} {
		tag, err := p.Calls.CreateTag(ctx, account, name)
		if err != nil {
			return err
		}
		calls.Tags = append(calls.Tags, tag.ID)
	}
	sellers, others, own, err := setUpTakers(ctx, p.Employees, account, owner, calls)
	if err != nil {
		return fmt.Errorf("employees: %w", err)
	}
	direct, err := setUpScenarios(ctx, p, account, calls, sellers, others, own)
	if err != nil {
		return fmt.Errorf("scenarios: %w", err)
	}
	if err := setUpNumbers(ctx, p.Numbers, plan, calls, pages, direct); err != nil {
		return fmt.Errorf("numbers: %w", err)
	}
	plan.Calls = calls
	return nil
}

// setUpTakers makes the employees and their groups, and returns these and the owner's employee.
func setUpTakers(ctx context.Context, s *employees.Service, account core.AccountID, owner core.UserID, calls *CallPlan) (sellers, others core.EmployeeGroupID, own core.EmployeeID, err error) {
	var members [2][]core.EmployeeID
	for i, t := range takers {
		in := employees.Create{LastName: t.last, FirstName: t.first, Extension: t.extension, Phones: []employees.Phone{{Kind: employees.PhoneLine, Number: t.extension, IsActive: true}}}
		if i == 0 {
			in.UserID = owner
		}
		e, err := s.Create(ctx, account, in)
		if err != nil {
			return 0, 0, 0, err
		}
		if _, err := s.SetStatus(ctx, account, e.ID, t.status, 0, employees.OriginCabinet); err != nil {
			return 0, 0, 0, err
		}
		taker := CallTaker{ID: e.ID, Extension: t.extension}
		switch {
		case i == 0:
			own = e.ID
			fallthrough
		case !t.isSeller:
			calls.Others, members[1] = append(calls.Others, taker), append(members[1], e.ID)
		default:
			calls.Sellers, members[0] = append(calls.Sellers, taker), append(members[0], e.ID)
		}
	}
	var groups [2]core.EmployeeGroupID
	for i, name := range []string{"Продажи", "Поддержка"} {
		g, err := s.CreateGroup(ctx, account, employees.GroupUpdate{Name: core.Some(name), Members: core.Some(members[i])})
		if err != nil {
			return 0, 0, 0, err
		}
		groups[i] = g.ID
	}
	for _, own := range []struct {
		name, color string
		base        employees.Status
	}{{"Обед", "#e8590c", employees.StatusBreak}, {"Совещание", "#7048e8", employees.StatusDoNotDisturb}} {
		if _, err := s.CreateStatus(ctx, account, own.name, own.base, own.color); err != nil {
			return 0, 0, 0, err
		}
	}
	return groups[0], groups[1], own, nil
}

// setUpScenarios makes the scenario most numbers have, and one that rings the owner at any hour, which it returns.
func setUpScenarios(ctx context.Context, p Phones, account core.AccountID, calls *CallPlan, sellers, others core.EmployeeGroupID, own core.EmployeeID) (core.ScenarioID, error) {
	var week [7][]employees.Interval
	for day := range week {
		week[day] = []employees.Interval{{From: workFrom * 60, Till: workTill * 60}}
	}
	hours, err := p.Employees.CreateSchedule(ctx, account, employees.ScheduleUpdate{Name: core.Some("Ежедневно с 9 до 21"), Timezone: core.Some("Europe/Moscow"), Week: core.Some(week)})
	if err != nil {
		return 0, err
	}
	group := func(id core.EmployeeGroupID, strategy string) scenarios.Values {
		return scenarios.Values{"to": {"group"}, "group": {id.String()}, "strategy": {strategy}, "ring_seconds": {"20"}}
	}
	bye := scenarios.Operation{ID: opBye, Type: scenarios.TypeHangup, X: 560, Y: 300}
	main := scenarios.Graph{Start: opHours, Operations: []scenarios.Operation{
		{ID: opHours, Type: scenarios.TypeSchedule, Settings: scenarios.Values{"schedule": {hours.ID.String()}}, Exits: map[string]string{"open": opSales, "closed": opBye}, X: 40, Y: 120},
		{ID: opSales, Type: scenarios.TypeForward, Title: "Продажи", Settings: group(sellers, "parallel"), Exits: map[string]string{"no_answer": opOthers, "busy": opBye}, X: 300, Y: 60},
		{ID: opOthers, Type: scenarios.TypeForward, Title: "Поддержка", Settings: group(others, "sequence"), Exits: map[string]string{"no_answer": opBye}, X: 560, Y: 60},
		bye,
	}}
	made, err := p.Scenarios.Create(ctx, account, "Основной", main)
	if err != nil {
		return 0, err
	}
	calls.Scenario = made.ID
	direct := scenarios.Graph{Start: "owner", Operations: []scenarios.Operation{
		{ID: "owner", Type: scenarios.TypeForward, Title: "Анна", Settings: scenarios.Values{"to": {"employee"}, "employee": {own.String()}, "ring_seconds": {"30"}, "respect_status": {"false"}}, Exits: map[string]string{"no_answer": opSales}, X: 40, Y: 120},
		{ID: opSales, Type: scenarios.TypeForward, Title: "Продажи", Settings: group(sellers, "parallel"), Exits: map[string]string{"no_answer": opBye}, X: 300, Y: 120},
		bye,
	}}
	made, err = p.Scenarios.Create(ctx, account, "Демо-сайт: сразу Анне", direct)
	return made.ID, err
}

// setUpNumbers makes a pool with an overflow number for each site, and a static number for one campaign of each.
func setUpNumbers(ctx context.Context, s *calltracking.Service, plan *Plan, calls *CallPlan, pages core.SiteID, direct core.ScenarioID) error {
	for i := range plan.Sites {
		site := &plan.Sites[i]
		digits := func(n int) string { return fmt.Sprintf("749500%02d%03d", i+1, n) }
		var list []string
		for n := range 8 {
			list = append(list, digits(n+1))
		}
		var err error
		site.Numbers.Pool, site.Numbers.Overflow, err = setUpPool(ctx, s, plan.AccountID, site.ID, calls, calls.Scenario, list, digits(99))
		if err != nil {
			return err
		}
		campaign := site.Campaigns[len(site.Campaigns)-1]
		made, err := s.CreateNumbers(ctx, plan.AccountID, calltracking.NumbersInput{
			List: digits(50), Name: campaign.Name, ConnectionID: calls.Connection, SiteID: site.ID, Usage: calltracking.UsageStatic, CampaignID: campaign.ID, ScenarioID: calls.Scenario, Records: true,
		})
		if err != nil {
			return err
		}
		site.Numbers.Static = map[string]Number{campaign.Name: {made[0].ID, made[0].Number}}
	}
	own := PageNumbers()
	last := len(own) - 1
	_, _, err := setUpPool(ctx, s, plan.AccountID, pages, calls, direct, own[:last], own[last])
	return err
}

func setUpPool(
	ctx context.Context, s *calltracking.Service, account core.AccountID, site core.SiteID, calls *CallPlan, scenario core.ScenarioID, numbers []string, overflow string,
) (list []Number, last Number, err error) {
	if _, err := s.CreateBlock(ctx, account, calltracking.BlockInput{SiteID: site, Name: "Телефон в шапке", By: calltracking.PlaceByClass, Value: "phone", Template: calltracking.TemplateText}); err != nil {
		return nil, last, err
	}
	pool, err := s.CreatePool(ctx, account, calltracking.PoolInput{SiteID: site, Name: "Все визиты"})
	if err != nil {
		return nil, last, err
	}
	in := calltracking.NumbersInput{List: strings.Join(numbers, "\n"), ConnectionID: calls.Connection, Usage: calltracking.UsagePool, PoolID: pool.ID, ScenarioID: scenario, Records: true}
	made, err := s.CreateNumbers(ctx, account, in)
	if err != nil {
		return nil, last, err
	}
	for _, n := range made {
		list = append(list, Number{n.ID, n.Number})
	}
	in.List, in.IsOverflow, in.Name = overflow, true, "Общий"
	if made, err = s.CreateNumbers(ctx, account, in); err != nil {
		return nil, last, err
	}
	return list, Number{made[0].ID, made[0].Number}, nil
}
