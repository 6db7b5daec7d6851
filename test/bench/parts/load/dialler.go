package main

import (
	"errors"
	"math/rand"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	firstSource = 1024
	sources     = 65_536 - firstSource
	sourcesMax  = 16
	dialWait    = 10 * time.Second
	// So long a port is kept for a server that was dialled and says nothing.
	answerWait = 100 * time.Millisecond
)

// dialler comes as the gateway does: through QEMU's user network, which has room for one connection that is not accepted yet at
// each host port, and which tells connections apart by their source port alone.
type dialler struct {
	host   string
	source net.IP
	next   uint32
	ports  []int
	at     uint32
	free   chan int
}

func newDialler(host string, ports []int, source string, turns bool) *dialler {
	d := &dialler{host: host, ports: ports, source: net.ParseIP(source), next: rand.Uint32() % sources}
	if turns {
		d.free = make(chan int, len(ports))
		for _, port := range ports {
			d.free <- port
		}
	}
	return d
}

func (d *dialler) dial() (net.Conn, error) {
	if d.free == nil {
		at := atomic.AddUint32(&d.at, 1)
		return d.from(d.ports[int(at)%len(d.ports)])
	}
	port := <-d.free
	leave := sync.OnceFunc(func() { d.free <- port })
	conn, err := d.from(port)
	if err != nil {
		leave()
		return nil, err
	}
	time.AfterFunc(answerWait, leave)
	return &heard{conn, leave}, nil
}

// from dials from the next source port that nobody else has.
func (d *dialler) from(port int) (net.Conn, error) {
	address := net.JoinHostPort(d.host, strconv.Itoa(port))
	for tried := 1; ; tried++ {
		dialer := net.Dialer{Timeout: dialWait, Control: reuse}
		if d.source != nil {
			at := atomic.AddUint32(&d.next, 1)
			dialer.LocalAddr = &net.TCPAddr{IP: d.source, Port: firstSource + int(at%sources)}
		}
		conn, err := dialer.Dial("tcp", address)
		taken := errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, syscall.EADDRNOTAVAIL)
		if err == nil || !taken || tried == sourcesMax {
			return conn, shorten(err)
		}
	}
}

func shorten(err error) error {
	if err == nil {
		return nil
	}
	return short(err)
}

// reuse: a source port comes round again before the system has forgotten its last connection.
func reuse(_, _ string, raw syscall.RawConn) error {
	var failed error
	err := raw.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	})
	return errors.Join(err, failed)
}

// heard gives its port back at the server's first byte, or at its end.
type heard struct {
	net.Conn
	leave func()
}

func (h *heard) Read(bytes []byte) (int, error) {
	n, err := h.Conn.Read(bytes)
	h.leave()
	return n, err
}

func (h *heard) Close() error {
	h.leave()
	return h.Conn.Close()
}
