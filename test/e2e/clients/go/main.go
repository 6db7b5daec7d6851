// Go's crypto/tls: client PORT [CERT KEY]. Prints what the peer said, or the error.
package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"os"
)

func main() {
	config := &tls.Config{InsecureSkipVerify: true}
	if len(os.Args) > 2 {
		certificate, err := tls.LoadX509KeyPair(os.Args[2], os.Args[3])
		if err != nil {
			panic(err)
		}
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &certificate, nil }
	}
	conn, err := tls.Dial("tcp", "127.0.0.1:"+os.Args[1], config)
	if err != nil {
		fmt.Println("error:", err)
		return
	}
	defer conn.Close()
	text, err := io.ReadAll(conn)
	fmt.Print(string(text))
	if err != nil {
		fmt.Println("error:", err)
	}
}
