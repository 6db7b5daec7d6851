"""peer.py FOLDER: the system's OpenSSL with the guest's policy, most of which is in openssl.cnf.

Prints its port and its version; gives the document to whoever completes a handshake; ends with its standard input.
"""

import base64
import os
import socket
import ssl
import sys
import threading

CLIENT_AUTH = bytes.fromhex("06082b06010505070302")
READ_BYTES = 1 << 16


def main(folder):
    context = configure(folder)
    document = read(folder, "document")
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], ssl.OPENSSL_VERSION, flush=True)
    threading.Thread(target=end_with_stdin, daemon=True).start()
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                serve(connection, context, document)
            except ConnectionError:
                pass  # A peer that breaks its connection is no reason to stop.


def end_with_stdin():
    sys.stdin.buffer.read()
    os._exit(0)


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def configure(folder):
    # It takes certificate and key from files in PEM alone.
    pem = os.path.join(folder, "server.pem")
    with open(pem, "w", encoding="ascii") as file:
        file.write(ssl.DER_cert_to_PEM_cert(read(folder, "server.der")))
        key = base64.encodebytes(read(folder, "server.key.der")).decode()
        file.write(f"-----BEGIN PRIVATE KEY-----\n{key}-----END PRIVATE KEY-----\n")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.num_tickets = 0
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=read(folder, "ca.der"))
    context.load_cert_chain(pem)
    return context


def serve(connection, context, document):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_side=True)
    if shake_hands(connection, tls, incoming, outgoing) and is_ours(tls):
        tls.write(document)
        try:
            tls.unwrap()
        except ssl.SSLError:
            pass  # Nobody waits for the peer's own farewell.
    connection.sendall(outgoing.read())
    # A socket with unread bytes would reset the connection, and lose the alert.
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(READ_BYTES):
        pass


def shake_hands(connection, tls, incoming, outgoing):
    while True:
        try:
            tls.do_handshake()
            return True
        except ssl.SSLWantReadError:
            connection.sendall(outgoing.read())
            arrived = connection.recv(READ_BYTES)
            if arrived:
                incoming.write(arrived)
            else:
                incoming.write_eof()
        except ssl.SSLError:
            return False


def is_ours(tls):
    """OpenSSL takes a certificate without extended key usage; the guest does not."""
    return CLIENT_AUTH in tls.getpeercert(binary_form=True)


main(sys.argv[1])
