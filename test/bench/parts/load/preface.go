package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"net"
	"time"
)

// What stands before id and MAC in the preface of each connection to a guest (PROXY protocol v2, section 2.2).
var (
	prefaceHead = []byte("\r\n\r\n\x00\r\nQUIT\n\x21\x00\x00\x26\x05\x00\x10")
	macHead     = []byte{0xe0, 0x00, 0x10}
)

const macBytes = 16

// newPreface names an attempt anew.
func newPreface(key []byte, port int) ([]byte, error) {
	id, err := newID(time.Now())
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(id)
	mac.Write(binary.BigEndian.AppendUint16(nil, uint16(port)))
	preface := append(append([]byte{}, prefaceHead...), id...)
	return append(append(preface, macHead...), mac.Sum(nil)[:macBytes]...), nil
}

// newID makes a UUID of version 7 (RFC 9562, section 5.7).
func newID(now time.Time) ([]byte, error) {
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return nil, err
	}
	var milliseconds [8]byte
	binary.BigEndian.PutUint64(milliseconds[:], uint64(now.UnixMilli()))
	copy(id, milliseconds[2:])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id, nil
}

// prefaced is a connection whose first bytes are the preface.
type prefaced struct {
	net.Conn
	preface []byte
}

func (p *prefaced) Write(bytes []byte) (int, error) {
	if p.preface == nil {
		return p.Conn.Write(bytes)
	}
	first := append(p.preface, bytes...)
	p.preface = nil
	written, err := p.Conn.Write(first)
	return max(0, written-(len(first)-len(bytes))), err
}
