// One TLS connection by Go's own library, configured by name: go run one-hello.go <port> <kind>.
package main

import (
	"crypto/tls"
	"os"
)

func main() {
	config := &tls.Config{InsecureSkipVerify: true}
	switch os.Args[2] {
	case "tls12":
		config.MaxVersion = tls.VersionTLS12
	case "tls10":
		config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS10
	case "tls13":
		config.MinVersion = tls.VersionTLS13
	case "sni":
		config.ServerName = "go.example"
	case "alpn":
		config.NextProtos = []string{"h2", "http/1.1"}
	case "curves":
		config.CurvePreferences = []tls.CurveID{tls.CurveP384}
	case "suites":
		config.MaxVersion = tls.VersionTLS12
		config.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
	case "insecure":
		config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS12
		for _, suite := range tls.InsecureCipherSuites() {
			config.CipherSuites = append(config.CipherSuites, suite.ID)
		}
	case "noticket":
		config.SessionTicketsDisabled = true
	case "roots":
		config.InsecureSkipVerify, config.ServerName = false, "go.example"
	}
	if connection, err := tls.Dial("tcp", "127.0.0.1:"+os.Args[1], config); err == nil {
		connection.Close()
	}
}
