// Package jsapi carries the browser script that sites embed: the current file, its frozen versions and their
// Subresource Integrity hashes. The TypeScript source beside this file builds them into dist with `npm run build`;
// the built files are committed, so building the server needs no Node.
package jsapi

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
)

// ScriptFile is the name of the current script in [FS].
const ScriptFile = "cs.min.js"

// VersionsFile is the name of the list of versions in [FS].
const VersionsFile = "versions.json"

// PhonesFile is the name in [FS] of the current part of the script that replaces numbers.
const PhonesFile = "cs.phones.min.js"

// Budget is how many bytes the script may take, compressed with gzip -9.
const Budget = 3072

// TotalBudget is how many bytes the script may take together with the part that replaces numbers.
const TotalBudget = 5120

// Version describes a versioned copy of the script. The last one of the list equals the current script;
// the others never change.
type Version struct {
	// Version counts from 1.
	Version int `json:"version"`
	// File is the name in [FS].
	File string `json:"file"`
	// Integrity is the value of a script tag's integrity attribute: "sha384-" and the hash in base64.
	Integrity string `json:"integrity"`
	// GzipBytes is the size, compressed with gzip -9.
	GzipBytes int `json:"gzip_bytes"`
	// Phones is the part that replaces numbers, of the same version.
	Phones Part `json:"phones"`
}

// Part describes a versioned copy of a part of the script, in the words of [Version].
type Part struct {
	File      string `json:"file"`
	Integrity string `json:"integrity"`
	GzipBytes int    `json:"gzip_bytes"`
}

//go:embed dist
var dist embed.FS

var (
	files    = mustSub(dist, "dist")
	script   = mustRead(files, ScriptFile)
	versions = mustParse(mustRead(files, VersionsFile))
)

// FS gives the built files: [ScriptFile], [PhonesFile], [VersionsFile] and the files of each version.
func FS() fs.FS { return files }

// Script returns the current script. The caller owns the bytes.
func Script() []byte { return slices.Clone(script) }

// Versions returns the versioned copies, oldest first. The caller owns the list.
func Versions() []Version { return slices.Clone(versions) }

// What follows can only fail if the binary was built from a broken tree; the tests of this package hold that off.

func mustSub(fsys fs.FS, dir string) fs.FS {
	sub, err := fs.Sub(fsys, dir)
	if err != nil {
		panic(fmt.Sprintf("jsapi: %v", err))
	}
	return sub
}

func mustRead(fsys fs.FS, name string) []byte {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		panic(fmt.Sprintf("jsapi: %v", err))
	}
	return data
}

func mustParse(data []byte) []Version {
	var list []Version
	if err := json.Unmarshal(data, &list); err != nil {
		panic(fmt.Sprintf("jsapi: %s: %v", VersionsFile, err))
	}
	return list
}
