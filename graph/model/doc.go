// Package model holds the inputs, payloads and connections gqlgen makes from the schema.
package model
