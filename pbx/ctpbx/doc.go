// Package ctpbx speaks ct-pbx/1, the contract for any PBX: it reads and checks the events a PBX sends and the questions it asks, and sends it commands.
// docs/dev/ct-pbx-1.md is the contract for those who write the other side.
package ctpbx
