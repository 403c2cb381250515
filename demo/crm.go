package demo

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// stagePlan is a stage of a made-up funnel: how many days deals stay in it and what part of them is lost there, and why.
type stagePlan struct {
	id, name string
	days     float64
	lost     float64
	reasons  []string
}

// funnelPlan is a made-up funnel; its stages are those in process.
type funnelPlan struct {
	id, name string
	stages   []stagePlan
}

// The stages that close deals, and the other words the made-up CRM has for its rows.
const (
	stageWon        = "won"
	stageLost       = "lost"
	leadOpen        = "lead-open"
	leadDone        = "lead-deal"
	fieldLostReason = "lost_reason"
)

var firstSales = funnelPlan{id: "sales", name: "Продажи", stages: []stagePlan{
	{"new", "Новая заявка", .7, .16, []string{"Не дозвонились", "Спам или ошибка", "Передумали"}},
	{"work", "В работе", 4, .28, []string{"Дорого", "Выбрали другую компанию", "Не подошли сроки"}},
	{"invoice", "Счёт", 5, .17, []string{"Не оплатили счёт", "Выбрали другую компанию", "Отложили покупку"}},
}}

var laterSales = funnelPlan{id: "repeat", name: "Повторные продажи", stages: []stagePlan{
	{"ask", "Обращение", .5, .07, []string{"Не дозвонились", "Вопрос, а не покупка"}},
	{"offer", "Предложение", 2, .14, []string{"Дорого", "Отложили покупку"}},
	{"bill", "Счёт", 3, .08, []string{"Не оплатили счёт"}},
}}

// employeePlan is somebody who works deals off: what part of them falls to him or her, how well, and how slowly.
type employeePlan struct {
	id, name string
	weight   float64
	// losses multiplies how many deals are lost, pace how long they take.
	losses, pace float64
}

var crmEmployees = []employeePlan{
	{"e1", "Марина Ковалёва", 28, .6, .75},
	{"e2", "Денис Орехов", 24, .9, 1},
	{"e3", "Жанна Белых", 20, 1, 1.1},
	{"e4", "Артём Гусев", 18, 1.35, 1.7},
	{"e5", "Лев Скворцов", 10, 1.7, .9},
}

// setUpCRM fills "Другая CRM" with funnels, employees, stages of leads and the field for why a deal was lost.
func setUpCRM(ctx context.Context, s *deals.Service, account core.AccountID) (core.CRMID, error) {
	crm, err := s.Custom(ctx, account)
	if err != nil {
		return 0, err
	}
	for _, f := range []funnelPlan{firstSales, laterSales} {
		if _, err := s.CreateFunnel(ctx, account, crm.ID, f.funnel()); err != nil {
			return 0, err
		}
	}
	list := make([]deals.Employee, len(crmEmployees))
	for i, e := range crmEmployees {
		list[i] = deals.Employee{ExternalID: e.id, Name: e.name}
	}
	if err := s.PutEmployees(ctx, account, crm.ID, list); err != nil {
		return 0, err
	}
	for i, st := range []deals.LeadStage{
		{ExternalID: leadOpen, Name: "Новый лид", Type: deals.StageInProcess},
		{ExternalID: leadDone, Name: "Стал сделкой", Type: deals.StageSuccess},
	} {
		st.Position = i * 10
		if _, err := s.CreateLeadStage(ctx, account, crm.ID, st); err != nil {
			return 0, err
		}
	}
	_, err = s.CreateField(ctx, account, crm.ID, deals.Field{Entity: deals.FieldOfDeal, ExternalID: fieldLostReason, Name: "Причина отказа", DataType: deals.FieldString})
	return crm.ID, err
}

func (f *funnelPlan) funnel() deals.NewFunnel {
	out := deals.NewFunnel{
		ExternalID: f.id, Name: f.name,
		Success: deals.NewStage{ExternalID: stageWon, Name: "Успешно"}, Failed: deals.NewStage{ExternalID: stageLost, Name: "Отказ"},
	}
	for i, st := range f.stages {
		out.InProcess = append(out.InProcess, deals.NewStage{ExternalID: st.id, Name: st.name, Position: (i + 1) * 10})
	}
	return out
}
