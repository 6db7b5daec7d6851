// peer FOLDER: Go's crypto/tls with the guest's policy. Prints its port and its version; gives the document to whoever completes a handshake;
// ends with its standard input.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
)

var suites = []uint16{tls.TLS_AES_128_GCM_SHA256, tls.TLS_CHACHA20_POLY1305_SHA256}

func main() {
	config := configure(os.Args[1])
	document := file(os.Args[1], "document")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port, runtime.Version())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	for {
		socket, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		serve(socket.(*net.TCPConn), config, document)
	}
}

func file(folder, name string) []byte {
	bytes, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		panic(err)
	}
	return bytes
}

func configure(folder string) *tls.Config {
	ca, err := x509.ParseCertificate(file(folder, "ca.der"))
	if err != nil {
		panic(err)
	}
	key, err := x509.ParsePKCS8PrivateKey(file(folder, "server.key.der"))
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	return &tls.Config{
		MinVersion:             tls.VersionTLS13,
		Certificates:           []tls.Certificate{{Certificate: [][]byte{file(folder, "server.der")}, PrivateKey: key}},
		ClientAuth:             tls.RequireAndVerifyClientCert,
		ClientCAs:              roots,
		CurvePreferences:       []tls.CurveID{tls.X25519MLKEM768, tls.X25519, tls.CurveP256},
		SessionTicketsDisabled: true,
		GetConfigForClient:     hasOurSuite,
		VerifyConnection:       isOurs,
	}
}

// Go's suites of TLS 1.3 cannot be chosen.
func hasOurSuite(hello *tls.ClientHelloInfo) (*tls.Config, error) {
	if !slices.ContainsFunc(hello.CipherSuites, func(suite uint16) bool { return slices.Contains(suites, suite) }) {
		return nil, errors.New("no suite in common")
	}
	return nil, nil
}

// What the guest demands beyond a valid chain: the extended key usage, and ECDSA on P-256 with SHA-256.
func isOurs(state tls.ConnectionState) error {
	leaf := state.PeerCertificates[0]
	if !slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageClientAuth) {
		return errors.New("not a client's certificate")
	}
	key, ok := leaf.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() || leaf.SignatureAlgorithm != x509.ECDSAWithSHA256 {
		return errors.New("another algorithm")
	}
	return nil
}

func serve(socket *net.TCPConn, config *tls.Config, document []byte) {
	defer socket.Close()
	conn := tls.Server(socket, config)
	if conn.Handshake() == nil {
		conn.Write(document)
		conn.CloseWrite()
	}
	// A socket with unread bytes would reset the connection, and lose the alert.
	socket.CloseWrite()
	io.Copy(io.Discard, socket)
}
