"""Two separate sessions with copied randoms: two_sessions.py CLIENT_PORT SERVER_PORT FOLDER.

Stands between the target's client role and its server role with the published credentials, as the peer of each, and gives both
sessions the same client random and the same server random. Prints "same randoms" and how long each release document is.
"""
import socket
import sys

from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey
from tlslite.messages import ClientHello, ServerHello

CLIENT_RANDOM = slice(11, 43)  # record header 5, message header 4, legacy_version 2, then 32 bytes (RFC 8446 section 4.1.2)


class Randoms:
    """Gives the library's hellos the random that is set here, and notes the random of the ServerHello that it reads."""

    def __init__(self):
        self.client = self.server = self.seen = None
        make_client, make_server, parse = ClientHello.create, ServerHello.create, ServerHello.parse

        def create_client(hello, version, _random, *rest, **more):
            return make_client(hello, version, bytearray(self.client), *rest, **more)

        def create_server(hello, version, _random, *rest, **more):
            return make_server(hello, version, bytearray(self.server), *rest, **more)

        def parse_server(hello, parser):
            parsed = parse(hello, parser)
            self.seen = bytes(parsed.random)
            return parsed

        ClientHello.create, ServerHello.create, ServerHello.parse = create_client, create_server, parse_server


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
    settings.certificate_compression_send = []
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
    randoms = Randoms()
    randoms.client = hello[CLIENT_RANDOM]

    as_client = TLSConnection(socket.create_connection(("127.0.0.1", int(server_port)), timeout=30))
    as_client.handshakeClientCert(*identity(folder, "client"), settings=tls13())

    as_server = TLSConnection(towards_client)
    randoms.server = randoms.seen
    chain, key = identity(folder, "server")
    as_server.handshakeServer(certChain=chain, privateKey=key, reqCert=True, settings=tls13())

    print("same randoms", randoms.client.hex(), randoms.server.hex())
    print(len(read_all(as_client)), len(read_all(as_server)))


main(*sys.argv[1:])
