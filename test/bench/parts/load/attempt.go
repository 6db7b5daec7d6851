package main

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

const (
	deadline     = 30 * time.Second
	garbageBytes = 64
	// Neither type nor version of a TLS record (RFC 8446, section 5.1), so that every server can tell at once; noise alone may look
	// like the beginning of one, whose rest a server then waits for.
	garbageStart = "GARBAGE"
)

var errNothing = errors.New("ended without an answer")

// attempt is one connection from its dial to its end, to be made again and again.
type attempt struct {
	asked  order
	config *tls.Config
	dialer *dialler
	key    []byte
}

func newAttempt(asked order, own credentials) (*attempt, error) {
	group, known := groups[asked.Group]
	if !known && asked.Kind != "garbage" {
		return nil, fmt.Errorf("no group %q", asked.Group)
	}
	key, err := hex.DecodeString(asked.PrefaceKey)
	if err != nil {
		return nil, err
	}
	return &attempt{
		asked:  asked,
		config: own.config(group, asked.Kind == "mutual"),
		dialer: newDialler(asked.Host, asked.Ports, asked.Source, asked.Turns),
		key:    key,
	}, nil
}

// once gives the agreed cipher suite. An attempt is good if it came to the end that its kind must have: an answer under a
// complete handshake, an alert for want of a certificate, or for garbage any end at all.
func (a *attempt) once() (string, error) {
	conn, err := a.dialer.dial()
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(deadline)); err != nil {
		return "", err
	}
	if len(a.key) > 0 {
		preface, err := newPreface(a.key, a.asked.GuestPort)
		if err != nil {
			return "", err
		}
		// The preface and what follows leave together.
		conn = &prefaced{conn, preface}
	}
	switch a.asked.Kind {
	case "mutual":
		return a.mutual(tls.Client(conn, a.config))
	case "refused":
		return "", a.refused(tls.Client(conn, a.config))
	default:
		return "", a.garbage(conn)
	}
}

func (a *attempt) mutual(session *tls.Conn) (string, error) {
	if err := session.Handshake(); err != nil {
		return "", short(err)
	}
	if _, err := io.WriteString(session, a.asked.Request); err != nil {
		return "", short(err)
	}
	// Only the answer shows that the server has taken our certificate: it says so by going on.
	answer, err := io.ReadAll(session)
	if err != nil {
		return "", short(err)
	}
	if len(answer) == 0 {
		return "", errNothing
	}
	return tls.CipherSuiteName(session.ConnectionState().CipherSuite), nil
}

func (a *attempt) refused(session *tls.Conn) error {
	_, err := io.ReadAll(session)
	if err == nil {
		return errNothing
	}
	if strings.Contains(err.Error(), "certificate required") {
		return nil
	}
	return short(err)
}

func (a *attempt) garbage(conn net.Conn) error {
	noise := make([]byte, garbageBytes)
	if _, err := rand.Read(noise); err != nil {
		return err
	}
	copy(noise, garbageStart)
	if _, err := conn.Write(noise); err != nil {
		return short(err)
	}
	_, err := io.Copy(io.Discard, conn)
	if isTimeout(err) {
		return short(err)
	}
	return nil
}

func isTimeout(err error) bool {
	var network net.Error
	return errors.As(err, &network) && network.Timeout()
}

// short leaves out addresses, so that equal errors are counted together.
func short(err error) error {
	if isTimeout(err) {
		return errors.New("timeout")
	}
	text := err.Error()
	if at := strings.LastIndex(text, "->"); at >= 0 {
		if colon := strings.Index(text[at:], ": "); colon >= 0 {
			text = text[at+colon+2:]
		}
	}
	return errors.New(text)
}
