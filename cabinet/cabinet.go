// Package cabinet holds the built web app of the product, embedded in the binary.
//
// The app's source lives next to this file; `npm run build` writes it to dist,
// which is not kept in version control except for a placeholder.
package cabinet

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files returns the built app with index.html at its root.
// Without a build the file system holds nothing to serve: see Built.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		// Impossible: the directory's name is fixed at compile time.
		return dist
	}
	return files
}

// Built tells whether the app was built before the binary was.
func Built() bool {
	_, err := fs.Stat(Files(), "index.html")
	return err == nil
}
