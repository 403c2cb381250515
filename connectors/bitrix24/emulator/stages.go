package emulator

import (
	"slices"
	"strconv"
	"time"
)

// category is a funnel of deals.
type category struct {
	id, sort int
	name     string
}

// status is a stage, a lead's status, a source: a line of a reference book.
type status struct {
	id             int
	entity, code   string
	name, nameInit string
	sort           int
	system         bool
	category       int
	color          string
	semantics      string // S won, F lost, empty on the way
}

// stageRecord says when a record came to a stage.
type stageRecord struct {
	id, kind, typeID, owner, category int
	at                                time.Time
	stage, semantics                  string
}

// Kinds of lines in the history.
const (
	historyCreated  = 1
	historyMoved    = 2
	historyFinished = 3
	historyCategory = 5
)

func (st *status) meaning() string { return or(st.semantics, "P") }

// stageEntity is the reference book of the stages of a funnel, or of leads.
func stageEntity(typeID, category int) string {
	switch {
	case typeID == leadType:
		return "STATUS"
	case category == 0:
		return "DEAL_STAGE"
	}
	return "DEAL_STAGE_" + itoa(category)
}

func (s *Server) category(id int) *category {
	i := slices.IndexFunc(s.state.categories, func(c *category) bool { return c.id == id })
	if i < 0 {
		return nil
	}
	return s.state.categories[i]
}

func (s *Server) status(entity, code string) *status {
	i := slices.IndexFunc(s.state.statuses, func(st *status) bool { return st.entity == entity && st.code == code })
	if i < 0 {
		return nil
	}
	return s.state.statuses[i]
}

func (s *Server) firstStage(entity string) *status {
	i := slices.IndexFunc(s.state.statuses, func(st *status) bool { return st.entity == entity })
	return s.state.statuses[i]
}

// addCategory opens a funnel with the usual stages.
func (s *Server) addCategory(name string) *category {
	c := &category{id: s.state.id("category"), name: name, sort: 200 + 100*len(s.state.categories)}
	s.state.categories = append(s.state.categories, c)
	s.addStages(stageEntity(dealType, c.id), "C"+itoa(c.id)+":", c.id)
	return c
}

func (s *Server) addStages(entity, prefix string, category int) {
	for i, st := range []status{
		{code: "NEW", name: "Новая", color: "#39A8EF", system: true},
		{code: "PREPARATION", name: "Подготовка документов", color: "#2FC6F6"},
		{code: "PREPAYMENT_INVOICE", name: "Счёт на предоплату", color: "#55D0E0"},
		{code: "EXECUTING", name: "В работе", color: "#47E4C2"},
		{code: "FINAL_INVOICE", name: "Финальный счёт", color: "#FFA900"},
		{code: "WON", name: "Сделка успешна", color: "#7BD500", semantics: "S", system: true},
		{code: "LOSE", name: "Сделка провалена", color: "#FF5752", semantics: "F", system: true},
		{code: "APOLOGY", name: "Анализ причины провала", color: "#FF5752", semantics: "F"},
	} {
		st.code, st.sort, st.category = prefix+st.code, 10*(i+1), category
		s.addStatus(entity, st)
	}
}

func (s *Server) addStatus(entity string, st status) {
	st.id, st.entity, st.nameInit = 2*s.state.id("status")+99, entity, ""
	if st.system {
		st.nameInit = st.name
	}
	s.state.statuses = append(s.state.statuses, &st)
}

// remember writes a line of history.
func (s *Server) remember(typeID int, r *record, st *status, created, moved bool) {
	kind := historyMoved
	switch {
	case created:
		kind = historyCreated
	case moved:
		kind = historyCategory
	case st.semantics != "":
		kind = historyFinished
	}
	s.addHistory(&stageRecord{
		kind: kind, typeID: typeID, owner: r.id, category: r.int("CATEGORY_ID"), at: s.now().Truncate(time.Second), stage: st.code, semantics: st.meaning(),
	})
}

func (s *Server) addHistory(h *stageRecord) {
	h.id = s.state.id("history")
	s.state.history = append(s.state.history, h)
	owner := [2]int{h.typeID, h.owner}
	s.state.historyOf[owner] = append(s.state.historyOf[owner], h)
}

func (s *Server) lastStage(typeID, id int) string {
	lines := s.state.historyOf[[2]int{typeID, id}]
	if len(lines) == 0 {
		return ""
	}
	return lines[len(lines)-1].stage
}

func (s *Server) stageMethods() map[string]method {
	return map[string]method{
		"crm.category.list":     {scope: "crm", run: (*call).categoryList},
		"crm.status.list":       {scope: "crm", run: (*call).statusList},
		"crm.stagehistory.list": {scope: "crm", run: (*call).stageHistory},
	}
}

func (c *call) categoryList() (any, *refusal) {
	switch typeID := whole(c.params.get("entitytypeid")); typeID {
	case dealType:
	case leadType, contactType, companyType:
		return nil, &refusal{400, "ENTITY_TYPE_NOT_SUPPORTED", "Entity type `" + c.state.tables[typeID].name + "` is not supported"}
	default:
		return nil, notFound("Смарт-процесс не найден")
	}
	out := &arr{}
	for _, k := range c.state.categories {
		row := obj("id", k.id, "name", k.name, "sort", k.sort, "entityTypeId", dealType, "isDefault", char(k.id == 0))
		if k.id != 0 {
			row.set("originId", "")
			row.set("originatorId", "")
		}
		out.push(row)
	}
	c.total = out.len()
	return obj("categories", out), nil
}

func notFound(text string) *refusal { return &refusal{400, "NOT_FOUND", text} }

// statusEntity describes statuses to filters.
func statusEntity() *entity {
	return newEntity(0, "STATUS", "", "ID:integer ENTITY_ID:string STATUS_ID:string NAME:string NAME_INIT:string SORT:integer SYSTEM:char CATEGORY_ID:integer COLOR:string SEMANTICS:string")
}

func (c *call) statusList() (any, *refusal) {
	t := newTable(statusEntity())
	byID := map[int]*status{}
	for _, st := range c.state.statuses {
		vals := map[string]any{
			"ID": st.id, "ENTITY_ID": st.entity, "STATUS_ID": st.code, "NAME": st.name, "NAME_INIT": st.nameInit, "SORT": st.sort, "SYSTEM": char(st.system),
			"CATEGORY_ID": st.category, "COLOR": st.color, "SEMANTICS": st.semantics,
		}
		r := &record{id: st.id, vals: vals}
		byID[st.id] = st
		t.rows = append(t.rows, r)
		t.byID[st.id] = r
	}
	found, refused := c.classicFind(t)
	if refused != nil {
		return nil, refused
	}
	out := &arr{}
	for _, r := range found {
		out.push(byID[r.id].row())
	}
	return out, nil
}

func (st *status) row() *arr {
	var category, semantics any
	if st.category != 0 {
		category = itoa(st.category)
	}
	extra := "process"
	if st.semantics != "" {
		semantics = st.semantics
		extra = map[string]string{"S": "success", "F": "failure"}[st.semantics]
	}
	row := obj("ID", itoa(st.id), "ENTITY_ID", st.entity, "STATUS_ID", st.code, "NAME", st.name, "NAME_INIT", st.nameInit, "SORT", itoa(st.sort),
		"SYSTEM", char(st.system), "CATEGORY_ID", category, "COLOR", st.color, "SEMANTICS", semantics)
	if st.color != "" {
		row.set("EXTRA", obj("SEMANTICS", extra, "COLOR", st.color))
	}
	return row
}

func historyEntity(typeID int) *entity {
	if typeID == leadType {
		return newEntity(0, "HISTORY", "", "ID:integer TYPE_ID:integer OWNER_ID:integer CREATED_TIME:datetime STATUS_ID:string STATUS_SEMANTIC_ID:string")
	}
	return newEntity(0, "HISTORY", "", "ID:integer TYPE_ID:integer OWNER_ID:integer CREATED_TIME:datetime CATEGORY_ID:integer STAGE_ID:string STAGE_SEMANTIC_ID:string")
}

func (c *call) stageHistory() (any, *refusal) {
	typeID := whole(c.params.get("entitytypeid"))
	if typeID != leadType && typeID != dealType {
		return nil, &refusal{400, "ENTITY_TYPE_NOT_SUPPORTED", "Entity type `" + strconv.Itoa(typeID) + "` is not supported"}
	}
	t := newTable(historyEntity(typeID))
	for _, h := range c.historyLines(typeID) {
		vals := map[string]any{"ID": h.id, "TYPE_ID": h.kind, "OWNER_ID": h.owner, "CREATED_TIME": h.at}
		if typeID == leadType {
			vals["STATUS_ID"], vals["STATUS_SEMANTIC_ID"] = h.stage, h.semantics
		} else {
			vals["CATEGORY_ID"], vals["STAGE_ID"], vals["STAGE_SEMANTIC_ID"] = h.category, h.stage, h.semantics
		}
		r := &record{id: h.id, vals: vals}
		t.rows = append(t.rows, r)
		t.byID[h.id] = r
	}
	found, refused := c.strictFind(t, func(name string) *field { return t.byName[name] })
	if refused != nil {
		return nil, refused
	}
	chosen := c.selected(t.fields, func(f *field) string { return f.name })
	out := &arr{}
	for _, r := range found {
		row := &arr{}
		for _, f := range chosen {
			row.set(f.name, r.modern(f))
		}
		out.push(row)
	}
	return obj("items", out), nil
}

// historyLines are those of the records a filter names, or all of a type.
func (c *call) historyLines(typeID int) []*stageRecord {
	var lines []*stageRecord
	filter, _ := c.params.get("filter").(*arr)
	for _, cond := range conditions(filter) {
		if cond.name != "OWNER_ID" || cond.op != "=" && cond.op != "@" {
			continue
		}
		for _, option := range cond.options() {
			lines = append(lines, c.state.historyOf[[2]int{typeID, whole(option)}]...)
		}
		slices.SortFunc(lines, func(a, b *stageRecord) int { return a.id - b.id })
		return slices.Compact(lines)
	}
	for _, h := range c.state.history {
		if h.typeID == typeID {
			lines = append(lines, h)
		}
	}
	return lines
}
