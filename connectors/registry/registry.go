// Package registry is the one list of the systems that can be attached. A new connector is its folder and a line here.
package registry

import (
	"github.com/skvoz/skvoz/connectors/amocrm"
	"github.com/skvoz/skvoz/connectors/bitrix24"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/httpclient"
)

// Deps is what connectors are made of.
type Deps struct {
	// HTTP makes one attempt per request: whether to repeat is for the queue to say.
	HTTP  *httpclient.Client
	Clock core.Clock
}

// Drivers returns all systems in the order of the catalogue.
func Drivers(d Deps) []integrations.Driver {
	return []integrations.Driver{
		amocrm.Driver(amocrm.Deps{HTTP: d.HTTP, Clock: d.Clock}),
		bitrix24.Driver(bitrix24.Deps{HTTP: d.HTTP, Clock: d.Clock}),
	}
}
