package bitrix24

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
)

// Employees implements integrations.Employees.
func (c *connector) Employees(ctx context.Context) ([]integrations.RemoteEmployee, error) {
	var out []integrations.RemoteEmployee
	for start := 0; ; {
		var rows []userRow
		a, err := c.one(ctx, "user.get", params{"sort": "ID", "order": "ASC", "start": start}, &rows)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			if rows[i].isPerson() {
				out = append(out, rows[i].employee())
			}
		}
		if a.Next <= start {
			return out, nil
		}
		start = a.Next
	}
}

// categoryRow is a funnel.
type categoryRow struct {
	ID        loose `json:"id"`
	Name      loose `json:"name"`
	Sort      loose `json:"sort"`
	IsDefault loose `json:"isDefault"`
}

// stageRow is a stage, or another choice of the vendor's lists.
type stageRow struct {
	StatusID  loose `json:"STATUS_ID"`
	Name      loose `json:"NAME"`
	Sort      loose `json:"SORT"`
	Semantics loose `json:"SEMANTICS"`
}

// status: besides the one failed stage every funnel has, people add more.
func (r *stageRow) status() deals.StageStatus {
	switch r.Semantics {
	case "S":
		return deals.StageSuccess
	case "F":
		return deals.StageFailed
	default:
		return deals.StageInProcess
	}
}

// Catalogue implements integrations.DealSource.
func (c *connector) Catalogue(ctx context.Context) (integrations.Catalogue, error) {
	funnels, err := c.funnels(ctx)
	if err != nil {
		return integrations.Catalogue{}, err
	}
	employees, err := c.Employees(ctx)
	return integrations.Catalogue{Funnels: funnels, Employees: employees}, err
}

// funnels reads all funnels with their stages.
func (c *connector) funnels(ctx context.Context) ([]integrations.RemoteFunnel, error) {
	out, err := c.categories(ctx)
	if err != nil {
		return nil, err
	}
	commands := map[string]command{}
	for i := range out {
		commands[out[i].ID] = stagesOf(out[i].ID)
	}
	got, err := c.batch(ctx, commands)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Stages, err = got.stages(out[i].ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// categories reads the funnels without stages, in the order people see.
func (c *connector) categories(ctx context.Context) ([]integrations.RemoteFunnel, error) {
	var list struct {
		Categories []categoryRow `json:"categories"`
	}
	if _, err := c.one(ctx, "crm.category.list", params{"entityTypeId": dealType}, &list); err != nil {
		return nil, err
	}
	slices.SortStableFunc(list.Categories, func(a, b categoryRow) int { return cmp.Compare(a.Sort.number(), b.Sort.number()) })
	out := make([]integrations.RemoteFunnel, len(list.Categories))
	for i, row := range list.Categories {
		out[i] = integrations.RemoteFunnel{ID: funnelID(row.ID), Name: string(row.Name), IsMain: row.IsDefault.isYes()}
	}
	return out, nil
}

// stagesOf asks for the stages of a funnel; those of the general one have a list without a number.
func stagesOf(funnel string) command {
	entity := "DEAL_STAGE"
	if funnel != "0" {
		entity += "_" + funnel
	}
	return command{"crm.status.list", params{"filter": params{"ENTITY_ID": entity}, "order": params{"SORT": "ASC"}}}
}

func (r *results) stages(name string) ([]integrations.RemoteStage, error) {
	var rows []stageRow
	if err := r.decode(name, &rows); err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b stageRow) int { return cmp.Compare(a.Sort.number(), b.Sort.number()) })
	out := make([]integrations.RemoteStage, len(rows))
	for i := range rows {
		out[i] = integrations.RemoteStage{ID: string(rows[i].StatusID), Name: string(rows[i].Name), Status: rows[i].status()}
	}
	return out, nil
}

// Options implements integrations.Options.
func (c *connector) Options(ctx context.Context, source string, settings integrations.Values) ([]integrations.Option, error) {
	switch source {
	case sourceFunnels:
		return c.funnelOptions(ctx)
	case sourceStages:
		return c.stageOptions(ctx, settings.Text(integrations.KeyFunnel))
	case sourceUsers:
		return c.userOptions(ctx)
	case sourceFields:
		return c.fieldOptions(ctx, settings)
	default:
		return nil, &integrations.Failure{Kind: integrations.FailInternal, Detail: fmt.Sprintf("no choices are called %q", source)}
	}
}

func (c *connector) funnelOptions(ctx context.Context) ([]integrations.Option, error) {
	funnels, err := c.categories(ctx)
	var out []integrations.Option
	for _, f := range funnels {
		out = append(out, integrations.Option{Value: f.ID, Title: f.Name})
	}
	return out, err
}

func (c *connector) stageOptions(ctx context.Context, funnel string) ([]integrations.Option, error) {
	if funnel == "" {
		return nil, nil
	}
	got, err := c.batch(ctx, map[string]command{"stages": stagesOf(funnel)})
	if err != nil {
		return nil, err
	}
	stages, err := got.stages("stages")
	var out []integrations.Option
	for _, s := range stages {
		out = append(out, integrations.Option{Value: s.ID, Title: s.Name})
	}
	return out, err
}

func (c *connector) userOptions(ctx context.Context) ([]integrations.Option, error) {
	users, err := c.Employees(ctx)
	var out []integrations.Option
	for i := range users {
		if users[i].IsActive {
			out = append(out, integrations.Option{Value: users[i].ID, Title: users[i].Name})
		}
	}
	return out, err
}

// fieldRow describes a field of a deal or lead.
type fieldRow struct {
	Type       loose `json:"type"`
	Title      loose `json:"title"`
	ListLabel  loose `json:"listLabel"`
	FormLabel  loose `json:"formLabel"`
	IsReadOnly loose `json:"isReadOnly"`
	IsMultiple loose `json:"isMultiple"`
}

// ownFields are fields of the vendor's own that may be mapped; the rest are set by other settings or are not texts.
var ownFields = []string{"COMMENTS", "SOURCE_ID", "SOURCE_DESCRIPTION", "UTM_SOURCE", "UTM_MEDIUM", "UTM_CAMPAIGN", "UTM_CONTENT", "UTM_TERM", "ADDITIONAL_INFO", "STATUS_DESCRIPTION"}

// fieldTypes are those of custom fields that take a text as it is.
var fieldTypes = []string{"string", "url", "integer", "double", "text"}

// fieldOptions are fields of what the settings being edited make: deals or leads.
func (c *connector) fieldOptions(ctx context.Context, settings integrations.Values) ([]integrations.Option, error) {
	if chosen := settings.Text(keyEntity); chosen != "" {
		c.session.Settings.Set(keyEntity, chosen)
	}
	if err := c.Prepare(ctx); err != nil {
		return nil, err
	}
	var rows dictionary[fieldRow]
	if _, err := c.one(ctx, "crm."+c.entity()+".fields", nil, &rows); err != nil {
		return nil, err
	}
	var out []integrations.Option
	for name, row := range rows {
		if row.isMappable(name) {
			out = append(out, integrations.Option{Value: name, Title: row.label(name)})
		}
	}
	slices.SortFunc(out, func(a, b integrations.Option) int {
		return cmp.Or(cmp.Compare(rank(a.Value), rank(b.Value)), cmp.Compare(a.Title, b.Title), cmp.Compare(a.Value, b.Value))
	})
	return out, nil
}

func isCustom(name string) bool { return strings.HasPrefix(name, "UF_CRM_") }

// rank puts fields people made first.
func rank(name string) int {
	if isCustom(name) {
		return 0
	}
	return 1
}

func (r *fieldRow) isMappable(name string) bool {
	if r.IsReadOnly.isYes() || r.IsMultiple.isYes() {
		return false
	}
	return slices.Contains(ownFields, name) || isCustom(name) && slices.Contains(fieldTypes, string(r.Type))
}

func (r *fieldRow) label(name string) string {
	for _, s := range []loose{r.ListLabel, r.FormLabel, r.Title} {
		if s != "" && string(s) != name {
			return string(s)
		}
	}
	return name
}
