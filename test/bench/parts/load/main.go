// Load on one TLS server: main FOLDER. For each order (a line of JSON on standard input) it makes attempts in several lanes and
// prints a result (a line of JSON). FOLDER holds ca.pem, client.pem and client.key. Its first line says which Go it was built with.
// Go's crypto/tls is a client that shares no code with any of the servers.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

type greeting struct {
	Version string `json:"version"`
}

func main() {
	if err := serve(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func serve(folder string) error {
	credentials, err := readCredentials(
		filepath.Join(folder, "ca.pem"), filepath.Join(folder, "client.pem"), filepath.Join(folder, "client.key"))
	if err != nil {
		return err
	}
	answers := json.NewEncoder(os.Stdout)
	if err := answers.Encode(greeting{runtime.Version()}); err != nil {
		return err
	}
	for orders := bufio.NewScanner(os.Stdin); orders.Scan(); {
		var asked order
		if err := json.Unmarshal(orders.Bytes(), &asked); err != nil {
			return err
		}
		done, err := run(asked, credentials)
		if err != nil {
			return err
		}
		if err := answers.Encode(done); err != nil {
			return err
		}
	}
	return nil
}
