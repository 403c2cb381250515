// Package scenarios decides what happens to calls: scenarios are graphs of operations an account draws, and the engine leads each call through one. The
// state of a call's way is in the database after each answer, so any replica goes on with it.
package scenarios

import (
	"slices"
	"strconv"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Limits of scenarios.
const (
	MaxScenarios  = 500
	MaxOperations = 200
	MaxNameLength = 100
	// maxSteps bounds the operations of one call, maxStepsAtOnce those between two questions of the PBX, maxJumps the scenarios.
	maxSteps       = 500
	maxStepsAtOnce = 60
)

// Type is a type of operation; the words are stored.
type Type string

// The types of operations.
const (
	TypePlay        Type = "play"
	TypeMenu        Type = "menu"
	TypeSchedule    Type = "schedule"
	TypeForward     Type = "forward"
	TypeManager     Type = "crm_manager"
	TypeHTTPRequest Type = "http_request"
	TypeVoicemail   Type = "voicemail"
	TypeTag         Type = "tag"
	TypeBlacklist   Type = "blacklist"
	TypeGoto        Type = "goto"
	TypeHangup      Type = "hangup"
)

// Values are an operation's settings by key; a setting has no, one or several values.
type Values map[string][]string

// First returns the first value of a setting; empty when it has none.
func (v Values) First(key string) string {
	if list := v[key]; len(list) > 0 {
		return list[0]
	}
	return ""
}

// Int returns a whole number; the default when the setting has none.
func (v Values) Int(key string, otherwise int) int {
	n, err := strconv.Atoi(v.First(key))
	if err != nil {
		return otherwise
	}
	return n
}

// ID reads an identifier; zero when there is none.
func idOf[T ~int64](v Values, key string) T {
	id, err := core.ParseID[T](v.First(key))
	if err != nil {
		return 0
	}
	return id
}

// Operation is a node of a scenario. The JSON form is stored.
type Operation struct {
	// ID is unique in the scenario: letters, digits and hyphens.
	ID       string `json:"id"`
	Type     Type   `json:"type"`
	Title    string `json:"title,omitempty"`
	Settings Values `json:"settings,omitempty"`
	// Exits name the operation that follows by the exit's name; a missing one ends the call.
	Exits map[string]string `json:"exits,omitempty"`
	// X and Y are its place in the editor.
	X int `json:"x,omitempty"`
	Y int `json:"y,omitempty"`
}

// Graph is what a scenario does. The JSON form is stored.
type Graph struct {
	// Start is the first operation.
	Start      string      `json:"start"`
	Operations []Operation `json:"operations"`
	// Fallback is a number the PBX rings when we can't be asked; empty = none.
	Fallback core.Phone `json:"fallback,omitempty"`
}

// Operation returns an operation; nil when there is none of that id.
func (g *Graph) Operation(id string) *Operation {
	if i := slices.IndexFunc(g.Operations, func(o Operation) bool { return o.ID == id }); i >= 0 {
		return &g.Operations[i]
	}
	return nil
}

// Scenario is a graph with a name.
type Scenario struct {
	ID        core.ScenarioID
	AccountID core.AccountID
	Name      string
	Graph     Graph
	// Version grows with each change.
	Version int
	// Numbers are the virtual numbers whose calls go through it; filled when scenarios are read.
	Numbers              int
	CreatedAt, ChangedAt time.Time
}

// Media is a sound that scenarios play.
type Media struct {
	ID          core.MediaID
	AccountID   core.AccountID
	Name        string
	ContentType string
	Bytes       int64
	Duration    time.Duration
	SHA256      string
	Path        string
	CreatedAt   time.Time
}

// BlockedCaller is a phone the blacklist refuses.
type BlockedCaller struct {
	Phone     core.Phone
	Note      string
	UserID    core.UserID
	CreatedAt time.Time
}
