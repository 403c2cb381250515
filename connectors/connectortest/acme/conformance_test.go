package acme_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/skvoz/skvoz/connectors/connectortest"
	"github.com/skvoz/skvoz/connectors/connectortest/acme"
	"github.com/skvoz/skvoz/connectors/connectortest/acme/emulator"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/internal/httpclient"
)

func TestConformance(t *testing.T) { //nolint:paralleltest // it looks for goroutines that are left
	connectortest.Run(t, connectortest.Way{
		Name: "key", DealPage: 50, UserPage: 50, Start: start,
		Driver: func(http *httpclient.Client, clock core.Clock) integrations.Driver {
			return acme.Driver(acme.Deps{HTTP: http, Clock: clock})
		},
	})
}

func start(_ testing.TB, kit *emulation.Kit) *connectortest.Vendor {
	crm := emulator.New(kit, "")
	kinds := map[deals.StageStatus]string{deals.StageInProcess: "open", deals.StageSuccess: "won", deals.StageFailed: "lost"}
	return &connectortest.Vendor{
		Handler: crm, Secrets: map[string]string{"api_key": crm.Credentials()[1].Value},
		Place:    func(url string, settings integrations.Values, _ map[string]string) { settings.Set("address", url) },
		SpoilKey: func(secrets map[string]string) { secrets["api_key"] = "wrong-key-of-nobody" },
		Changes:  func(e emulation.Entry) bool { return e.Method == http.MethodPost },
		Made:     crm.Made, Revoke: crm.Revoke, LeaveUnpaid: crm.LeaveUnpaid,
		AddUsers: func(_ testing.TB, n int) {
			for i := range n {
				crm.AddUser(fmt.Sprint("Сотрудник ", i))
			}
		},
		AddContact: func(_ testing.TB, name string, phones ...string) string { return crm.AddContact(name, phones...) },
		AddDeals: func(_ testing.TB, n int) []string {
			ids := make([]string, n)
			for i := range ids {
				ids[i] = crm.AddDeal(fmt.Sprint("Заказ ", i), fmt.Sprint("Покупатель ", i), fmt.Sprintf("+7916%07d", i))
			}
			return ids
		},
		Move:     func(_ testing.TB, id string, to deals.StageStatus) { crm.MoveDeal(id, kinds[to]) },
		FunnelID: "again", StageID: "call", Responsible: "user-1",
	}
}
