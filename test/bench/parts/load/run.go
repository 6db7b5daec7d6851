package main

import (
	"sort"
	"sync"
	"syscall"
	"time"
)

// order says what to do. Of Seconds and Attempts one is zero: a load ends after a time or after so many attempts per lane.
type order struct {
	Host  string `json:"host"`
	Ports []int  `json:"ports"`
	// Kind is mutual, refused or garbage.
	Kind     string  `json:"kind"`
	Group    string  `json:"group"`
	Lanes    int     `json:"lanes"`
	Seconds  float64 `json:"seconds"`
	Attempts int     `json:"attempts"`
	// Request is sent after the handshake, to servers that say nothing unasked.
	Request string `json:"request"`
	// PrefaceKey (hex) and GuestPort: where the server wants a preface on each connection.
	PrefaceKey string `json:"prefaceKey"`
	GuestPort  int    `json:"guestPort"`
	// Source is the address whose ports are used in turn; empty: the system chooses address and port.
	Source string `json:"source"`
	// Turns: one unfinished dial per port, as the gateway does; without, each lane dials as it likes.
	Turns bool `json:"turns"`
}

type result struct {
	Good    int     `json:"good"`
	Bad     int     `json:"bad"`
	Seconds float64 `json:"seconds"`
	// Of single attempts, waiting for a turn included.
	MedianMs  float64 `json:"medianMs"`
	SlowestMs float64 `json:"slowestMs"`
	// Processor time of this program meanwhile.
	CPUSeconds float64        `json:"cpuSeconds"`
	Errors     map[string]int `json:"errors"`
	// What was agreed upon last.
	Suite string `json:"suite"`
}

// run makes one load.
func run(asked order, own credentials) (result, error) {
	try, err := newAttempt(asked, own)
	if err != nil {
		return result{}, err
	}
	var (
		guard sync.Mutex
		lanes sync.WaitGroup
		times []float64
		done  = result{Errors: map[string]int{}}
		begun = time.Now()
		cpu   = cpuSeconds()
	)
	lane := func() {
		defer lanes.Done()
		for made := 0; ; made++ {
			start := time.Now()
			if asked.Attempts > 0 && made == asked.Attempts || asked.Attempts == 0 && start.Sub(begun).Seconds() >= asked.Seconds {
				return
			}
			suite, err := try.once()
			took := float64(time.Since(start).Microseconds()) / 1000
			guard.Lock()
			times = append(times, took)
			if err == nil {
				done.Good++
				done.Suite = suite
			} else {
				done.Bad++
				done.Errors[err.Error()]++
			}
			guard.Unlock()
		}
	}
	lanes.Add(asked.Lanes)
	for range asked.Lanes {
		go lane()
	}
	lanes.Wait()
	done.Seconds = time.Since(begun).Seconds()
	done.CPUSeconds = cpuSeconds() - cpu
	if sort.Float64s(times); len(times) > 0 {
		done.MedianMs, done.SlowestMs = times[len(times)/2], times[len(times)-1]
	}
	return done, nil
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}
