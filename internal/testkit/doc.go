// Package testkit helps tests: temporary databases, clocks, waiting.
package testkit
