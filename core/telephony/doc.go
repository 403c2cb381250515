// Package telephony is about calls: the PBXs and providers that tell of them, the events a call is folded from, what employees see of it while it rings,
// and the commands that go back. A call is nothing but its events: folding all of them again, in any order and with repetitions, gives the same call.
package telephony
