// Package emulation is what emulators of outside systems have in common: a clock that can be moved, faults that can be switched on, a journal of
// requests, and how a person or a test acts on the vendor's side. It knows no vendor; those are in connectors/*/emulator. All of it is safe for
// concurrent use.
package emulation

import (
	"context"
	"net/http"
)

// Vendor is the emulator of one outside system: its state lives in memory and begins with a few made-up rows.
//
// ServeHTTP answers the vendor's own interface and nothing else: neither faults nor the journal, which Kit.Wrap puts around it, nor the control API,
// which has a port of its own. Calls out (webhooks) go through Kit.Client.
type Vendor interface {
	http.Handler
	// Kind is the folder of the connector, e.g. "amocrm"; Title is the system's name.
	Kind() string
	Title() string
	// Credentials are what a person types into the connect wizard, in order: names of settings as the connector has them, and values.
	Credentials() []Credential
	// Tables show the state on the emulator's page, newest rows first.
	Tables() []Table
	// Actions are what people at the vendor do: move a deal, add a user, revoke a token.
	Actions() []Action
	// Reset brings the state back to the beginning. Clock, faults and journal are not its business.
	Reset()
}

// Credential is one setting of the wizard and a value the emulator accepts.
type Credential struct {
	Setting string `json:"setting"`
	Value   string `json:"value"`
	// Hint says in words what it is for.
	Hint string `json:"hint,omitempty"`
}

// Table is a part of the state as people see it.
type Table struct {
	Name    string     `json:"name"`
	Title   string     `json:"title"`
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// Action is something a person does at the vendor's. Do returns what to show and to give back as JSON; its error is what the person did wrong.
type Action struct {
	Name   string  `json:"name"`
	Title  string  `json:"title"`
	Params []Param `json:"params"`

	Do func(ctx context.Context, values map[string]string) (any, error) `json:"-"`
}

// Param is a parameter of an action. One that is left out or empty has its default; without a default it is required,
// unless it is Optional.
type Param struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	Default  string `json:"default"`
	Optional bool   `json:"optional,omitempty"`
}

// Kit is what one vendor's emulator works with.
type Kit struct {
	Clock   *Clock
	Faults  *Faults
	Journal *Journal
	// Client makes the vendor's calls out, such as webhooks. Tests replace it before the vendor is made.
	Client *http.Client
}
