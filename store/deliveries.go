package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/integrations"
)

// Deliveries of reached goals are enqueued in the transaction that stores the communication: there is either both or neither.

// deliverWithin is how old a communication may be when it becomes known: nobody calls back those of an import.
const deliverWithin = 3 * 24 * time.Hour

// reachedGoal is a new communication of a reached goal, with the integrations that make deals from it, separated by commas.
type reachedGoal struct {
	communication core.CommunicationID
	goal          core.GoalID
	at            int64
	phone, email  string
	integrations  string
}

// deliver enqueues deliveries; a communication is delivered to an integration once. Those of one person keep their order.
func (c conn) deliver(ctx context.Context, ids *core.IDs, account core.AccountID, now int64, reached []reachedGoal) error {
	var jobs []integrations.NewJob
	for i := range reached {
		jobs = append(jobs, reached[i].deliveries(account, now)...)
	}
	if len(jobs) == 0 {
		return nil
	}
	_, err := c.enqueue(ctx, ids, now, jobs)
	return err
}

func (g *reachedGoal) deliveries(account core.AccountID, now int64) (jobs []integrations.NewJob) {
	person := g.phone
	if person == "" {
		person = g.email
	}
	if person == "" || g.integrations == "" || g.at < now-deliverWithin.Milliseconds() {
		return nil
	}
	payload, _ := json.Marshal(integrations.DeliverPayload{CommunicationID: g.communication, GoalID: g.goal}) // numbers always marshal
	for _, text := range strings.Split(g.integrations, ",") {
		id, err := core.ParseID[core.IntegrationID](text)
		if err != nil {
			continue
		}
		jobs = append(jobs, integrations.NewJob{
			AccountID: account, IntegrationID: id, Kind: integrations.JobDeliver, Key: "goal:" + g.communication.String(), Lane: "p:" + person,
			Payload: payload, CommunicationID: g.communication,
		})
	}
	return jobs
}

// deliverSystemGoal enqueues deliveries of a request or chat for the goal of the site that it reached.
func (t commsTx) deliverSystemGoal(ctx context.Context, r comms.SystemReach, goal core.GoalID) error {
	if r.CommunicationID == 0 {
		return nil
	}
	var reached []reachedGoal
	q := `SELECT c.at, c.phone, c.email, CAST(i.integration_id AS TEXT) FROM integration_goals i JOIN communications c ON c.account_id = i.account_id AND c.id = $3
WHERE i.account_id = $1 AND i.goal_id = $2`
	err := t.query(ctx, q, []any{r.AccountID, goal, r.CommunicationID}, func(row scanner) error {
		g := reachedGoal{communication: r.CommunicationID, goal: goal}
		err := row.Scan(&g.at, &g.phone, &g.email, &g.integrations)
		reached = append(reached, g)
		return err
	})
	if err != nil {
		return err
	}
	return t.deliver(ctx, t.db.ids, r.AccountID, t.db.now(), reached)
}
