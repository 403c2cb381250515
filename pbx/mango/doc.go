// Package mango attaches the virtual PBX of Mango Office: it reads what its API sends to an outside system and sends its commands.
package mango
