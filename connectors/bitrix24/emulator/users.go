package emulator

import (
	"slices"
	"strings"
	"time"
)

// user is an employee of the portal.
type user struct {
	id                                   int
	name, lastName, email, mobile, inner string
	position                             string
	active, admin                        bool
	since                                time.Time
}

func (u *user) fullName() string { return strings.TrimSpace(u.name + " " + u.lastName) }

func (s *Server) user(id int) *user {
	i := slices.IndexFunc(s.state.users, func(u *user) bool { return u.id == id })
	if i < 0 {
		return nil
	}
	return s.state.users[i]
}

func (s *Server) active(id int) bool {
	u := s.user(id)
	return u != nil && u.active
}

// people are those who can sign in.
func (s *Server) people() []pageUser {
	var out []pageUser
	for _, u := range s.state.users {
		if u.active {
			out = append(out, pageUser{u.id, u.fullName()})
		}
	}
	return out
}

func (s *Server) userMethods() map[string]method {
	return map[string]method{
		"user.get":     {scope: "user", run: (*call).userGet},
		"user.current": {scope: "user", run: (*call).userCurrent},
		"profile":      {run: (*call).profile},
	}
}

func userEntity() *entity {
	return newEntity(0, "USER", "", `ID:integer ACTIVE:char NAME:string LAST_NAME:string SECOND_NAME:string EMAIL:string DATE_REGISTER:datetime WORK_PHONE:string
		PERSONAL_MOBILE:string PERSONAL_PHONE:string WORK_POSITION:string UF_PHONE_INNER:string USER_TYPE:string`)
}

func (c *call) userGet() (any, *refusal) {
	t := newTable(userEntity())
	byID := map[int]*user{}
	for _, u := range c.state.users {
		r := &record{id: u.id, vals: map[string]any{
			"ID": u.id, "ACTIVE": char(u.active), "NAME": u.name, "LAST_NAME": u.lastName, "EMAIL": u.email, "DATE_REGISTER": u.since,
			"PERSONAL_MOBILE": u.mobile, "WORK_POSITION": u.position, "UF_PHONE_INNER": u.inner, "USER_TYPE": "employee",
		}}
		byID[u.id] = u
		t.rows = append(t.rows, r)
		t.byID[u.id] = r
	}
	filter, _ := c.params.get("filter").(*arr)
	if filter == nil {
		filter = c.plainUserFilter(t)
	}
	p := c.page()
	if f := t.byName[strings.ToUpper(text(c.params.get("sort")))]; f != nil {
		p.sort = []sorting{{f, strings.EqualFold(text(c.params.get("order")), "desc")}}
	}
	var known []condition
	var tests []match
	for _, cond := range conditions(filter) {
		f := t.byName[strings.ToUpper(cond.name)]
		if f == nil {
			continue
		}
		if f.name == "ACTIVE" {
			cond.value = char(yes(cond.value))
		}
		test, ok := cond.compile(f)
		if !ok {
			test = func(*record) bool { return false }
		}
		known, tests = append(known, cond), append(tests, test)
	}
	out := &arr{}
	for _, r := range c.find(t, known, tests, p) {
		out.push(c.userRow(byID[r.id]))
	}
	return out, nil
}

// plainUserFilter: user.get takes its conditions at the top level, too.
func (c *call) plainUserFilter(t *table) *arr {
	filter := &arr{}
	for _, name := range c.params.names() {
		if _, field := splitKey(name); t.byName[strings.ToUpper(field)] != nil {
			filter.set(strings.ToUpper(name), c.params.get(name))
		}
	}
	return filter
}

// userRow shows what the scope allows: user_brief has no contacts, user_basic no extension.
func (c *call) userRow(u *user) *arr {
	full := slices.Contains(c.who.scopes, "user")
	row := obj("ID", itoa(u.id), "ACTIVE", u.active, "NAME", u.name, "LAST_NAME", u.lastName, "SECOND_NAME", "")
	if full || slices.Contains(c.who.scopes, "user_basic") {
		row.set("EMAIL", u.email)
		row.set("PERSONAL_MOBILE", u.mobile)
		row.set("WORK_PHONE", "")
	}
	row.set("DATE_REGISTER", stamp(u.since))
	row.set("IS_ONLINE", "N")
	row.set("TIMESTAMP_X", struct{}{})
	row.set("LAST_ACTIVITY_DATE", struct{}{})
	row.set("WORK_POSITION", u.position)
	row.set("UF_EMPLOYMENT_DATE", "")
	row.set("UF_DEPARTMENT", list(1))
	if full {
		row.set("UF_PHONE_INNER", u.inner)
	}
	row.set("USER_TYPE", "employee")
	return row
}

func (c *call) userCurrent() (any, *refusal) { return c.userRow(c.user(c.who.user)), nil }

func (c *call) profile() (any, *refusal) {
	u := c.user(c.who.user)
	return obj("ID", itoa(u.id), "ADMIN", u.admin, "NAME", u.name, "LAST_NAME", u.lastName, "PERSONAL_GENDER", "", "TIME_ZONE", ""), nil
}
