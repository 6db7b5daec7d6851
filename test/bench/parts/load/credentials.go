package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
)

// serverName is the name in the servers' certificates.
const serverName = "pinata"

type credentials struct {
	roots  *x509.CertPool
	client tls.Certificate
}

func readCredentials(ca, certificate, key string) (credentials, error) {
	client, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return credentials{}, err
	}
	pem, err := os.ReadFile(ca)
	if err != nil {
		return credentials{}, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return credentials{}, errors.New("no certificate in " + ca)
	}
	return credentials{roots, client}, nil
}

// config offers one group and no session to resume. Peers are verified as any client does.
func (own credentials) config(group tls.CurveID, withCertificate bool) *tls.Config {
	config := &tls.Config{
		RootCAs:          own.roots,
		ServerName:       serverName,
		MinVersion:       tls.VersionTLS13,
		CurvePreferences: []tls.CurveID{group},
	}
	if withCertificate {
		config.Certificates = []tls.Certificate{own.client}
	}
	return config
}
