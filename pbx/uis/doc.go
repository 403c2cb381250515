// Package uis attaches UIS, CoMagic and CallGear: it reads the HTTP notifications people set up there and speaks the Call API v4.0.
package uis
