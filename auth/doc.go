// Package auth tells who makes a request: sessions of browsers by cookie (gorilla/sessions over an own store), programs by API token. It also
// keeps other sites from acting in a browser's name, hashes passwords and counts tries.
package auth
