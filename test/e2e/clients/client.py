"""Python's ssl: client.py PORT [CERT KEY]. Prints what the peer said, or the error."""
import socket
import ssl
import sys

context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
if len(sys.argv) > 2:
    context.load_cert_chain(sys.argv[2], sys.argv[3])
try:
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=30) as plain:
        with context.wrap_socket(plain) as tls:
            while data := tls.recv(4096):
                sys.stdout.write(data.decode())
except OSError as error:
    print("error:", error)
