// What a full mutual handshake costs a server of Go's crypto/tls: main FOLDER GROUP HANDSHAKES. As the Rust program beside it:
// in memory, one thread of Go, and printed in microseconds of processor time per handshake in the server alone. Garbage that is
// collected meanwhile counts for whoever was running.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"
)

// Fills caches and grows the heap to its size; not counted.
const warmUp = 30

var groups = map[string]tls.CurveID{"X25519": tls.X25519, "X25519MLKEM768": tls.X25519MLKEM768}

func main() {
	if err := measure(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "native:", err)
		os.Exit(1)
	}
}

func measure(arguments []string) error {
	if len(arguments) != 3 {
		return errors.New("usage: native FOLDER GROUP HANDSHAKES")
	}
	runtime.GOMAXPROCS(1)
	server, client, err := configs(arguments[0], groups[arguments[1]])
	if err != nil {
		return err
	}
	handshakes, err := strconv.Atoi(arguments[2])
	if err != nil {
		return err
	}
	var spent time.Duration
	for made := -warmUp; made < handshakes; made++ {
		took, err := handshake(server, client)
		if err != nil {
			return err
		}
		if made >= 0 {
			spent += took
		}
	}
	fmt.Printf("%.2f\n", float64(spent.Nanoseconds())/1000/float64(handshakes))
	return nil
}

// handshake runs the client as a coroutine of the server: whoever lacks bytes lets the other run.
func handshake(serverConfig, clientConfig *tls.Config) (time.Duration, error) {
	var toServer, toClient []byte
	var clientError error
	resume, stop := iter.Pull(func(yield func(struct{}) bool) {
		pause := func() bool { return yield(struct{}{}) }
		clientError = tls.Client(&memory{in: &toClient, out: &toServer, wait: pause}, clientConfig).Handshake()
	})
	defer stop()
	var spent time.Duration
	since := cpuTime()
	wait := func() bool {
		spent += cpuTime() - since
		_, running := resume()
		since = cpuTime()
		return running || len(toServer) > 0
	}
	err := tls.Server(&memory{in: &toServer, out: &toClient, wait: wait}, serverConfig).Handshake()
	spent += cpuTime() - since
	return spent, errors.Join(err, clientError)
}

func configs(folder string, group tls.CurveID) (server, client *tls.Config, err error) {
	file := func(name string) string { return filepath.Join(folder, name) }
	pem, err := os.ReadFile(file("ca.pem"))
	if err != nil {
		return nil, nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	theirs, err := tls.LoadX509KeyPair(file("client.pem"), file("client.key"))
	if err != nil {
		return nil, nil, err
	}
	ours, err := tls.LoadX509KeyPair(file("server.pem"), file("server.key"))
	if err != nil {
		return nil, nil, err
	}
	server = &tls.Config{
		Certificates:           []tls.Certificate{ours},
		ClientAuth:             tls.RequireAndVerifyClientCert,
		ClientCAs:              roots,
		MinVersion:             tls.VersionTLS13,
		SessionTicketsDisabled: true,
	}
	client = &tls.Config{
		Certificates:     []tls.Certificate{theirs},
		RootCAs:          roots,
		ServerName:       "pinata",
		MinVersion:       tls.VersionTLS13,
		CurvePreferences: []tls.CurveID{group},
	}
	return server, client, nil
}
