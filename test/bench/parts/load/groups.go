package main

import "crypto/tls"

// groups are the key exchanges that a load can be told to offer, as the only one.
var groups = map[string]tls.CurveID{"X25519": tls.X25519, "X25519MLKEM768": tls.X25519MLKEM768}
