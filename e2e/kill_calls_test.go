package e2e

import (
	"context"
	"database/sql"
	"encoding/base64"
	bytesof "encoding/binary"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the database behind the server's back
	_ "github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/emulators/stand"
	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/internal/testkit"
	pbxsim "github.com/skvoz/skvoz/pbx/ctpbx/emulator"
)

const (
	killedCalls = 60
	// callPace is how often somebody calls: so that some eight calls run at any time.
	callPace  = 300 * time.Millisecond
	calledDID = "74950000001"
	employed  = 8
)

// TestKill_callsGoOn kills servers in the middle of calls, again and again: of three that share a PostgreSQL, two take turns in dying; of SQLite there is one. No event
// may be lost or counted twice, every call must be what the provider says it was, and no card may be shown twice.
func TestKill_callsGoOn(t *testing.T) {
	t.Parallel()
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		newCalling(t, testkit.Postgres(t), 3).prove()
	})
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		newCalling(t, "", 1).prove()
	})
}

// calling is a company whose telephones ring while its servers die.
type calling struct {
	t        *testing.T
	balancer *balancer
	servers  []*server
	sim      *pbxsim.Server
	account  *server
	token    string
	// employees and tokens are those of lines 101, 102, …
	employees, tokens []string

	mu      sync.Mutex
	streams []*stream
}

func newCalling(t *testing.T, dsn string, servers int) *calling {
	t.Helper()
	c := &calling{t: t, balancer: newBalancer(t)}
	for n := range servers {
		s := newServer(t, dsn)
		if n > 0 { // several servers share recordings and the key of secrets
			s.dataDir, s.dsn = c.servers[0].dataDir, c.servers[0].dsn
		}
		c.servers = append(c.servers, s)
		c.start(s)
		c.balancer.servers = append(c.balancer.servers, s.url)
	}
	c.account = c.servers[0]
	c.sim = startExchange(t)
	c.found()
	return c
}

// startExchange runs a provider whose telephones answer by themselves, soon or never.
func startExchange(t *testing.T) *pbxsim.Server {
	t.Helper()
	lines := make([]pbxsim.Line, employed)
	for n := range lines {
		lines[n] = pbxsim.Line{Ext: ext(n), Name: "Line " + ext(n)}
	}
	r, err := stand.Start(t.Context(), stand.Config{Makers: []stand.Maker{{Kind: "pbxsim", New: func(kit *emulation.Kit, base string) emulation.Vendor {
		return pbxsim.New(kit, pbxsim.Options{
			BaseURL: base, Numbers: []string{calledDID}, Lines: lines, Fallback: []string{ext(0)}, PlayLength: 50 * time.Millisecond, ReadyAfter: 100 * time.Millisecond,
			RouteTimeout: 6 * time.Second,
		})
	}}}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	sim := r.Vendor("pbxsim").(*pbxsim.Server)
	for n, rule := range []pbxsim.Rule{
		{Act: pbxsim.Answers, After: 500 * time.Millisecond, HangUpAfter: 2 * time.Second},
		{Act: pbxsim.Answers, After: 900 * time.Millisecond, HangUpAfter: 1500 * time.Millisecond},
		{Act: pbxsim.Answers, After: 700 * time.Millisecond, HangUpAfter: 2500 * time.Millisecond},
		{Act: pbxsim.Ignores},
		{Act: pbxsim.IsBusy, After: 200 * time.Millisecond},
		{Act: pbxsim.Declines, After: 400 * time.Millisecond},
		{Act: pbxsim.Answers, After: 300 * time.Millisecond, HangUpAfter: 2 * time.Second},
		{Act: pbxsim.Answers, After: 600 * time.Millisecond, HangUpAfter: 3 * time.Second},
	} {
		require.NoError(t, sim.SetRule(ext(n), rule))
	}
	return sim
}

func ext(n int) string { return fmt.Sprint(101 + n) }

func (c *calling) start(s *server) {
	c.t.Helper()
	s.start("--limit-per-ip", "0", "--integration-networks", "loopback", "--integration-lease", "3s", "--public-url", c.balancer.URL)
}

// found makes the company: employees with accounts of their own, two groups, a menu, a number.
func (c *calling) found() {
	s := c.account
	_, _, c.token = s.account("kill.example")
	ids := make([]string, employed)
	for n := range employed {
		email := fmt.Sprintf("operator%d@kill.example", n)
		var invited struct {
			InviteUser struct {
				User      struct{ ID string }
				InviteURL string
			}
		}
		s.graphql(c.token, `mutation($email: String!) { inviteUser(input: {email: $email, role: OPERATOR}) { user { id } inviteUrl } }`, map[string]any{"email": email}, &invited)
		_, token, _ := strings.Cut(invited.InviteUser.InviteURL, "token=")
		if token == "" {
			token = invited.InviteUser.InviteURL[strings.LastIndex(invited.InviteUser.InviteURL, "/")+1:]
		}
		s.graphql("", `mutation($token: String!, $password: String!) { acceptInvitation(input: {token: $token, name: "Operator", password: $password}) { user { id } } }`,
			map[string]any{"token": token, "password": password}, &struct{}{})
		c.tokens = append(c.tokens, s.cli("", "token", "create", "--email", email, "--scope", "read")["token"].(string))
		var made struct {
			CreateEmployee struct{ Employee struct{ ID string } }
		}
		s.graphql(c.token, `mutation($ext: String!, $user: ID!) { createEmployee(input: {lastName: $ext, extension: $ext, userId: $user, phones: [{kind: LINE, number: $ext}]}) { employee { id } } }`,
			map[string]any{"ext": ext(n), "user": invited.InviteUser.User.ID}, &made)
		ids[n] = made.CreateEmployee.Employee.ID
	}
	c.employees = ids
	c.connect(c.group("Sales", ids[0], ids[1], ids[3], ids[4]), c.group("Support", ids[4], ids[5], ids[2], ids[6]), ids[7])
}

func (c *calling) group(name string, members ...string) string {
	var made struct {
		CreateEmployeeGroup struct{ Group struct{ ID string } }
	}
	c.account.graphql(c.token, `mutation($name: String!, $members: [ID!]!) { createEmployeeGroup(input: {name: $name, memberIds: $members}) { group { id } } }`,
		map[string]any{"name": name, "members": members}, &made)
	return made.CreateEmployeeGroup.Group.ID
}

// connect attaches the provider and draws the scenario: a menu; 1 rings sales all at once, 2 support one after the other, a wrong key one employee; calls are tagged on their way.
func (c *calling) connect(sales, support, last string) {
	var made struct {
		CreatePbxConnection struct {
			Connection    struct{ ID, EventsURL string }
			SigningSecret string
		}
		UploadMediaFile struct{ MediaFile struct{ ID string } }
		CreateCallTag   struct{ Tag struct{ ID string } }
	}
	c.account.graphql(c.token, `mutation($address: String!, $token: String!, $wav: String!) {
		createPbxConnection(input: {kind: CTPBX, name: "PBX", address: $address, token: $token}) { connection { id eventsUrl } signingSecret }
		uploadMediaFile(input: {fileName: "menu.wav", content: $wav}) { mediaFile { id } } createCallTag(input: {name: "Menu"}) { tag { id } } }`,
		map[string]any{"address": c.sim.Credentials()[0].Value, "token": c.sim.Token(), "wav": base64.StdEncoding.EncodeToString(silence())}, &made)
	setting := func(key string, values ...string) map[string]any { return map[string]any{"key": key, "values": values} }
	exit := func(name, to string) map[string]any { return map[string]any{"name": name, "to": to} }
	forward := func(id, to, key, whom, strategy, otherwise string) map[string]any {
		return map[string]any{
			"id": id, "type": "forward", "settings": []any{setting("to", to), setting(key, whom), setting("strategy", strategy), setting("ring_seconds", "5"), setting("respect_status", "false")},
			"exits": []any{exit("no_answer", otherwise), exit("busy", otherwise), exit("unavailable", otherwise), exit("answered", "bye")},
		}
	}
	graph := map[string]any{"start": "menu", "operations": []any{
		map[string]any{
			"id": "menu", "type": "menu", "settings": []any{setting("media", made.UploadMediaFile.MediaFile.ID), setting("wait_seconds", "1"), setting("repeats", "2")},
			"exits": []any{exit("1", "tag"), exit("2", "support"), exit("wrong", "last"), exit("timeout", "bye")},
		},
		map[string]any{"id": "tag", "type": "tag", "settings": []any{setting("tag", made.CreateCallTag.Tag.ID)}, "exits": []any{exit("done", "sales")}},
		forward("sales", "group", "group", sales, "parallel", "support"), forward("support", "group", "group", support, "sequence", "last"),
		forward("last", "employee", "employee", last, "parallel", "bye"),
		map[string]any{"id": "bye", "type": "hangup"},
	}}
	var drawn struct {
		CreateScenario struct{ Scenario struct{ ID string } }
	}
	c.account.graphql(c.token, `mutation($graph: ScenarioGraphInput!) { createScenario(input: {name: "Main", graph: $graph}) { scenario { id } } }`, map[string]any{"graph": graph}, &drawn)
	p := made.CreatePbxConnection
	c.account.graphql(c.token, `mutation($did: String!, $pbx: ID!, $scenario: ID!) { createVirtualNumbers(input: {numbers: $did, connectionId: $pbx, scenarioId: $scenario}) { numbers { id } } }`,
		map[string]any{"did": calledDID, "pbx": p.Connection.ID, "scenario": drawn.CreateScenario.Scenario.ID}, &struct{}{})
	require.True(c.t, strings.HasPrefix(p.Connection.EventsURL, c.balancer.URL), p.Connection.EventsURL)
	require.NoError(c.t, c.sim.Connect(strings.TrimSuffix(p.Connection.EventsURL, "/events"), p.SigningSecret))
}

// silence is a tenth of a second of it.
func silence() []byte {
	const rate, size = 8000, 1600
	out := []byte("RIFF")
	out = bytesof.LittleEndian.AppendUint32(out, 36+size)
	out = append(out, "WAVEfmt "...)
	out = bytesof.LittleEndian.AppendUint32(out, 16)
	for _, n := range []uint16{1, 1, rate, 0, 2 * rate, 0, 2, 16} {
		out = bytesof.LittleEndian.AppendUint16(out, n)
	}
	out = append(out, "data"...)
	out = bytesof.LittleEndian.AppendUint32(out, size)
	return append(out, make([]byte, size)...)
}

// watch lets every employee's cabinet listen to a server.
func (c *calling) watch(n int) {
	for k, token := range c.tokens {
		s := follow(c.t, c.servers[n].url, n, c.employees[k], token)
		c.mu.Lock()
		c.streams = append(c.streams, s)
		c.mu.Unlock()
	}
}

func (c *calling) prove() {
	for n := range c.servers {
		c.watch(n)
	}
	ended := make(chan struct{})
	go c.call(ended)
	kills := c.killUntil(ended)
	c.settle()
	calls := c.folded()
	c.compareEvents()
	for _, was := range c.sim.Calls() {
		c.compare(was, calls[was.ID])
	}
	require.Len(c.t, calls, killedCalls)
	c.compareRecordings()
	c.compareCards(calls)
	c.compareRouting()
	c.t.Logf("%d calls, %d events, some of %d calls sent again, %d talks recorded, %d servers killed %d times, %d calls led by several, %d cards",
		len(calls), len(c.sim.Events()), len(c.late()), recorded(c.sim.Calls()), len(c.servers), kills, c.balancer.wandered(), c.cards())
	for _, s := range c.servers {
		s.stop()
	}
}

// call lets people ring, press keys, give up, be transferred and be put on hold.
func (c *calling) call(ended chan<- struct{}) {
	defer close(ended)
	ticker := time.NewTicker(callPace)
	defer ticker.Stop()
	var presses sync.WaitGroup
	defer presses.Wait()
	for n := range killedCalls {
		from := fmt.Sprintf("7926%07d", 1_000_000+n)
		patience := time.Duration(0)
		if n%6 == 3 {
			patience = 2500 * time.Millisecond
		}
		if _, err := c.sim.PlaceCall(from, calledDID, patience); err != nil {
			c.t.Errorf("call %d: %v", n, err)
		}
		if key := []string{"1", "2", "", "1", "9", "1"}[n%6]; key != "" {
			presses.Go(func() { c.press(from, key) })
		}
		<-ticker.C
		c.disturb(n)
	}
}

// press presses a key when it is asked for: soon, and once more, as people do.
func (c *calling) press(from, key string) {
	for _, wait := range []time.Duration{700 * time.Millisecond, 900 * time.Millisecond} {
		timer := time.NewTimer(wait)
		<-timer.C
		_ = c.sim.Press(from, key) // the call may be over
	}
}

// disturb transfers a talk, or puts it on hold.
func (c *calling) disturb(n int) {
	for _, p := range c.sim.Phones() {
		if p.Ext == "" || !p.Talks {
			continue
		}
		switch n % 4 {
		case 1:
			_ = c.sim.Transfer(p.Ext, ext(7-n%2), false) // it may have hung up just now
		case 3:
			_ = c.sim.Hold(p.Ext)
		default:
			_ = c.sim.Resume(p.Ext)
		}
		return
	}
}

// killUntil kills a server every few seconds and starts it anew. The first of several lives on, so that somebody sees everything.
func (c *calling) killUntil(ended <-chan struct{}) (kills int) {
	for n := 0; ; n++ {
		timer := time.NewTimer(1500*time.Millisecond + rand.N(time.Second))
		select {
		case <-ended:
			timer.Stop()
			return kills
		case <-timer.C:
		}
		victim := 0
		if len(c.servers) > 1 {
			victim = 1 + n%(len(c.servers)-1)
		}
		s := c.servers[victim]
		s.kill()
		kills++
		c.start(s)
		c.watch(victim)
	}
}

// settle waits until all calls are over, all events delivered and folded, all recordings stored.
func (c *calling) settle() {
	c.eventually(func() bool {
		return !slices.ContainsFunc(c.sim.Calls(), func(one pbxsim.Call) bool { return one.EndedAt == nil })
	}, "the end of the last call")
	c.eventually(func() bool {
		return !slices.ContainsFunc(c.sim.Deliveries(), func(d pbxsim.Delivery) bool { return d.State == pbxsim.DeliveryWaiting })
	}, "the delivery of all events")
	c.eventually(func() bool { return c.query(`SELECT COUNT(*) FROM calls_to_fold`)[0] == "0" }, "the last folding")
	want := fmt.Sprint(recorded(c.sim.Calls()))
	c.eventually(func() bool { return c.query(`SELECT COUNT(*) FROM recordings WHERE state = 'stored'`)[0] == want }, want+" recordings")
}

func (c *calling) eventually(ok func() bool, what string) {
	c.t.Helper()
	testkit.Eventually(c.t, time.Minute, ok, what)
}

func recorded(calls []pbxsim.Call) (n int) {
	for i := range calls {
		for _, talk := range calls[i].Talks {
			n += len(talk.Recordings)
		}
	}
	return n
}

// query reads one column past the server.
func (c *calling) query(q string) (out []string) {
	c.t.Helper()
	driver, dsn := "pgx", c.account.dsn
	if path, isFile := strings.CutPrefix(dsn, "sqlite://"); isFile {
		driver, dsn = "sqlite3", "file:"+path+"?_busy_timeout=10000&mode=ro"
	}
	db, err := sql.Open(driver, dsn)
	require.NoError(c.t, err)
	defer func() { require.NoError(c.t, db.Close()) }()
	rows, err := db.QueryContext(context.WithoutCancel(c.t.Context()), q)
	require.NoError(c.t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var v string
		require.NoError(c.t, rows.Scan(&v))
		out = append(out, v)
	}
	require.NoError(c.t, rows.Err())
	return out
}

// storedFiles counts recordings on disk.
func (c *calling) storedFiles() (n int) {
	err := filepath.WalkDir(filepath.Join(c.account.dataDir, "files", "recordings"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(d.Name(), ".wav") {
			n++
		}
		return err
	})
	require.NoError(c.t, err)
	return n
}

// foldedCall is a call as the server shows it.
type foldedCall struct {
	ID, PBXCallID, State, Direction, ContactPhone, LostReason, EndReason string
	IsLost, IsIncomplete                                                 bool
	WaitMS, TalkMS, TotalMS                                              json.Number
	AnsweredAt, EndedAt                                                  *time.Time
	Legs                                                                 []struct {
		ID, Reason, State string
		Employee          *struct{ ID string }
		RangAt            *time.Time
		AnsweredAt        *time.Time
		EndedAt           *time.Time
	}
	Talks []struct {
		ID         string
		N          int
		LegIDs     []string
		DurationMS json.Number
	}
	Steps []struct {
		OperationID, Type, Exit string
		ExitedAt                *time.Time
	}
	Recordings []struct{ State, TalkID string }
}

const foldedFields = `id pbxCallId state direction contactPhone lostReason endReason isLost isIncomplete waitMs talkMs totalMs answeredAt endedAt
	legs { id reason state employee { id } rangAt answeredAt endedAt } talks { id n legIds durationMs } steps { operationId type exit exitedAt } recordings { state talkId }`

// folded reads all calls by the provider's ids.
func (c *calling) folded() map[string]foldedCall {
	var data struct{ Calls struct{ Nodes []foldedCall } }
	c.account.graphql(c.token, `{ calls(first: 100) { nodes { `+foldedFields+` } } }`, nil, &data)
	out := map[string]foldedCall{}
	for _, one := range data.Calls.Nodes {
		require.NotContains(c.t, out, one.PBXCallID, "a call was folded twice")
		out[one.PBXCallID] = one
	}
	return out
}
