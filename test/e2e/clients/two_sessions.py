"""Two separate sessions with copied randoms: two_sessions.py CLIENT_PORT SERVER_PORT FOLDER.

Stands between the target's client role and its server role with the published credentials, as the peer of each, and gives both
sessions the same client random and the same server random. Prints "same randoms" and how long each release document is.
"""
import socket
import sys

import tlslite.tlsconnection as tlsconnection
from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey

CLIENT_RANDOM = slice(11, 43)  # record header 5, message header 4, legacy_version 2, then 32 bytes (RFC 8446 section 4.1.2)
real_random = tlsconnection.getRandomBytes


def give_once(value):
    """The next 32 random bytes that the library asks for are these."""
    pending = [value]

    def random(count):
        return bytearray(pending.pop()) if count == 32 and pending else real_random(count)

    tlsconnection.getRandomBytes = random


def identity(folder, name):
    chain = X509CertChain()
    with open(f"{folder}/{name}.pem") as file:
        chain.parsePemList(file.read())
    with open(f"{folder}/{name}.key") as file:
        return chain, parsePEMKey(file.read(), private=True)


def tls13():
    settings = HandshakeSettings()
    settings.minVersion = settings.maxVersion = (3, 4)
    settings.cipherNames = ["aes128gcm"]
    settings.eccCurves = ["x25519", "secp256r1"]
    settings.keyShares = ["x25519"]
    return settings


def read_all(connection):
    text = bytearray()
    while data := connection.recv(4096):
        text += data
    return text


def main(client_port, server_port, folder):
    towards_client = socket.create_connection(("127.0.0.1", int(client_port)), timeout=30)
    hello = b""
    while len(hello) < CLIENT_RANDOM.stop:
        hello = towards_client.recv(512, socket.MSG_PEEK)
    client_random = hello[CLIENT_RANDOM]

    as_client = TLSConnection(socket.create_connection(("127.0.0.1", int(server_port)), timeout=30))
    give_once(client_random)
    as_client.handshakeClientCert(*identity(folder, "client"), settings=tls13())

    as_server = TLSConnection(towards_client)
    give_once(as_client._serverRandom)
    chain, key = identity(folder, "server")
    as_server.handshakeServer(certChain=chain, privateKey=key, reqCert=True, settings=tls13())

    assert as_client._clientRandom == as_server._clientRandom and as_client._serverRandom == as_server._serverRandom
    print("same randoms")
    print(len(read_all(as_client)), len(read_all(as_server)))


main(*sys.argv[1:])
