// Package core holds the values every part of Skvoz speaks in: typed identifiers, errors with a closed list of kinds, phones, money, periods,
// pages of lists and the clock. It depends on the standard library alone.
package core
