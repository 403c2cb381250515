package telephony

// Where PBXs knock, as paths of this server's public address.
const (
	// DoorPath begins all of them.
	DoorPath = "/tel/v1/"
	// WeakDoorPath begins those of connections whose other side can't sign; their secret follows.
	WeakDoorPath = DoorPath + "w/"
)

// EventsPath is where the events of a connection are sent. Secret is its SecretPath; connections that are not weak need none.
func EventsPath(c Connection, secret string) string {
	if c.Kind == KindMango { // it adds /events/call and the like itself
		return doorOf(c, secret)
	}
	return doorOf(c, secret) + "/events"
}

// RoutePath is where a PBX of the contract asks what to do with a call; empty for providers that don't ask.
func RoutePath(c Connection, secret string) string {
	if c.Kind != KindCTPBX {
		return ""
	}
	return doorOf(c, secret) + "/route"
}

func doorOf(c Connection, secret string) string {
	if c.Settings.IsWeak || c.Kind == KindUIS {
		return WeakDoorPath + secret
	}
	return DoorPath + c.ID.String()
}
