package telephony

import "github.com/skvoz/skvoz/core"

// Topic is what a change is about.
type Topic string

// The topics; the words travel between replicas.
const (
	TopicCall       Topic = "call"
	TopicLine       Topic = "line"
	TopicEmployee   Topic = "employee"
	TopicConnection Topic = "connection"
	// TopicAll: changes may have been missed, of any account; whoever shows something reads it anew.
	TopicAll Topic = "all"
)

// The words of Change.What for calls; several of them are separated by commas.
const (
	WhatStarted   = "started"
	WhatRings     = "rings"
	WhatAnswered  = "answered"
	WhatHeld      = "held"
	WhatFinished  = "finished"
	WhatTag       = "tag"
	WhatRecording = "recording"
	// WhatCalledBack: somebody reached the caller of a lost call.
	WhatCalledBack = "called_back"
	// WhatAttribution: somebody corrected whose visit it was.
	WhatAttribution = "attribution"
)

// Change tells that something of an account was changed by a committed transaction. It names what to read, it carries no data: who is told reads the state as it
// is then.
type Change struct {
	AccountID core.AccountID
	Topic     Topic
	// CallID is set for TopicCall, ConnectionID for calls, lines and connections, EmployeeID for employees.
	CallID       core.CallID
	ConnectionID core.ConnectionID
	EmployeeID   core.EmployeeID
	// Version is that of the call.
	Version int64
	// What says what changed of a call (WhatStarted …, separated by commas); empty when nothing a watcher waits for did.
	What string
}

// Changes carries changes to all replicas.
type Changes interface {
	// Publish tells of a change made outside a transaction of the store. It does not block; the store tells of its own by itself.
	Publish(Change)
	// Listen calls back for each change of all replicas, once for each commit, in the order of commits of one replica. The function must be quick and must not
	// block: it is called from one goroutine.
	Listen(func(Change)) (stop func())
}
