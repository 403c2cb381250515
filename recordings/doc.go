// Package recordings is the door recordings and sounds go through: in from PBXs, out to people who are signed in, and to CRMs and PBXs by signed links.
package recordings
