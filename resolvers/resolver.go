// Package resolvers answers the fields of the GraphQL schema: decode, one call of a service, return. No queries, no rules, no rights here: rights
// stand in the schema (@auth), rules in core, queries in store.
package resolvers

import (
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/scenarios"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/core/visits"
)

// Resolver holds the services the fields are answered by.
type Resolver struct {
	// Accounts manages accounts, users, sign-in and API tokens.
	Accounts *accounts.Service
	// SignIns sets and clears the session's cookie.
	SignIns SignIns
	// Devices puts User-Agents into words.
	Devices Devices
	// Version is that of the program.
	Version string
	// PublicURL is where browsers reach the server, without a trailing slash.
	PublicURL string
	// Sites manages sites and campaigns.
	Sites *sites.Service
	// Goals manages goals.
	Goals *goals.Service
	// Arrivals previews what a visit would be counted to.
	Arrivals *visits.Previewer
	// Visits reads visits and says what joins visitors.
	Visits *visits.Service
	// Comms reads visitors' cards and communications, and takes chats in.
	Comms *comms.Service
	// Deals takes deals of CRMs in and reads them.
	Deals *deals.Service
	// Calltracking manages virtual numbers, pools and blocks.
	Calltracking *calltracking.Service
	// Employees manages who takes calls.
	Employees *employees.Service
	// Integrations attaches outside systems and shows their work.
	Integrations *integrations.Service
	// Connections attaches PBXs; Calls shows calls, Live as they happen; Commander begins and leads them.
	Connections *telephony.Connections
	Calls       *telephony.Calls
	Live        *telephony.Live
	Commander   *telephony.Commander
	// Recordings are those of calls.
	Recordings *telephony.Recordings
	// Scenarios keeps what happens to calls.
	Scenarios *scenarios.Service
	// ReadPhone reads a phone written in any way.
	ReadPhone func(raw string) (core.Phone, bool)
	// Reports counts.
	Reports *reports.Service
	// Sheets reads spreadsheets that are sent in.
	Sheets SheetReader
}

// SheetReader reads a spreadsheet.
type SheetReader interface {
	// ReadRows returns the rows of the first sheet of a .csv or .xlsx file, by the ending of its name. Anything else is KindInvalid.
	ReadRows(fileName string, content []byte) ([][]string, error)
}
