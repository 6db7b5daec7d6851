import de.rub.nds.modifiablevariable.util.Modifiable;
import de.rub.nds.tlsattacker.core.certificate.CertificateKeyPair;
import de.rub.nds.tlsattacker.core.certificate.PemUtil;
import de.rub.nds.tlsattacker.core.config.Config;
import de.rub.nds.tlsattacker.core.connection.OutboundConnection;
import de.rub.nds.tlsattacker.core.constants.*;
import de.rub.nds.tlsattacker.core.protocol.ProtocolMessage;
import de.rub.nds.tlsattacker.core.protocol.message.*;
import de.rub.nds.tlsattacker.core.protocol.message.extension.*;
import de.rub.nds.tlsattacker.core.record.Record;
import de.rub.nds.tlsattacker.core.state.State;
import de.rub.nds.tlsattacker.core.workflow.DefaultWorkflowExecutor;
import de.rub.nds.tlsattacker.core.workflow.WorkflowTrace;
import de.rub.nds.tlsattacker.core.workflow.action.*;
import de.rub.nds.tlsattacker.transport.ConnectionEndType;
import java.io.File;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Workflows of TLS-Attacker (Maven: de.rub.nds.tls.attacker:tls-core:5.3.0) that make it send what a class is about.
 *
 *   java -cp '<folder of its jars>/*' Attacks.java <port> <attack> [<certificate.pem> <key.pem>]
 */
class Attacks {
    static Config config;
    static final List<TlsAction> steps = new ArrayList<>();

    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        String attack = args[1];
        config = attack.startsWith("tls13-") ? tls13() : tls12();
        OutboundConnection connection = new OutboundConnection(Integer.valueOf(args[0]), "127.0.0.1");
        connection.setTimeout(600);
        connection.setIp("127.0.0.1");
        config.setDefaultClientConnection(connection);
        if (args.length > 3) {
            CertificateKeyPair pair = new CertificateKeyPair(
                PemUtil.readCertificate(new File(args[2])), PemUtil.readPrivateKey(new File(args[3])));
            config.setDefaultExplicitCertificateKeyPair(pair);
            config.setAutoSelectCertificate(false);
            pair.adjustInConfig(config, ConnectionEndType.CLIENT);
            config.setClientAuthentication(true);
        }
        script(attack);
        WorkflowTrace trace = new WorkflowTrace();
        trace.addTlsActions(steps);
        config.setWorkflowExecutorShouldClose(true);
        new DefaultWorkflowExecutor(new State(config, trace)).executeWorkflow();
    }

    static void script(String attack) throws Exception {
        switch (attack) {
            // The record layer.
            case "record-type" -> {
                send(hello());
                send(alert(1, 90), with(r -> r.setContentType(Modifiable.explicit((byte) 99))));
            }
            case "record-version" -> send(hello(), with(r -> r.setProtocolVersion(Modifiable.explicit(bytes(5, 5)))));
            case "record-oversize" -> {
                send(hello());
                Record big = new Record();
                big.setMaxRecordLengthConfig(1 << 15);
                ApplicationMessage data = new ApplicationMessage();
                data.setData(Modifiable.explicit(new byte[(1 << 14) + 400]));
                send(data, big);
            }
            case "empty-record" -> {
                send(hello(), with(r -> r.setProtocolMessageBytes(Modifiable.explicit(new byte[0]))));
                send(hello());
            }
            case "fragmented" -> send(hello(), sized(64), sized(64), sized(64));
            case "interleaved" -> {
                Record first = sized(40);
                Record alert = sized(40);
                alert.setContentType(Modifiable.explicit((byte) 21));
                alert.setProtocolMessageBytes(Modifiable.explicit(bytes(1, 90)));
                send(hello(), first, alert, sized(400));
            }
            case "trailing" -> {
                ClientHelloMessage hello = hello();
                Record both = new Record();
                both.setProtocolMessageBytes(Modifiable.insert(bytes(20, 0, 0, 0), -1));
                send(hello, both);
            }
            case "length-bomb" -> {
                ClientHelloMessage hello = hello();
                hello.setLength(Modifiable.explicit(0xffffff));
                send(hello);
            }
            case "tls13-plaintext" -> {
                send(hello());
                receive();
                send(new ChangeCipherSpecMessage());
                steps.add(new DeactivateEncryptionAction());
                send(new FinishedMessage());
            }
            case "slow" -> {
                send(hello(), with(r -> r.setCompleteRecordBytes(Modifiable.delete(40, 60))));
                steps.add(new WaitAction(11_000));
            }
            // The hello alone.
            case "unknown-version" -> {
                ClientHelloMessage hello = hello();
                hello.setProtocolVersion(Modifiable.explicit(bytes(3, 9)));
                send(hello);
            }
            case "zero-random" -> {
                ClientHelloMessage hello = hello();
                hello.setRandom(Modifiable.explicit(new byte[32]));
                send(hello);
            }
            case "static-dh" -> {
                config.setDefaultClientSupportedCipherSuites(
                    CipherSuite.TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA, CipherSuite.TLS_ECDH_RSA_WITH_AES_128_CBC_SHA);
                send(hello());
            }
            case "renegotiation-info" -> {
                config.setDefaultClientRenegotiationInfo(new byte[] {12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
                send(hello());
            }
            case "tls13-early-data" -> {
                config.setAddEarlyDataExtension(true);
                send(hello());
            }
            case "tls13-low-order" -> {
                config.setDefaultClientNamedGroups(NamedGroup.ECDH_X25519);
                config.setDefaultClientKeyShareNamedGroups(NamedGroup.ECDH_X25519);
                ClientHelloMessage hello = hello();
                for (ExtensionMessage extension : hello.getExtensions())
                    if (extension instanceof KeyShareExtensionMessage share)
                        share.setKeyShareListBytes(Modifiable.explicit(share(29, new byte[32])));
                send(hello);
            }
            case "tls13-short-share" -> {
                ClientHelloMessage hello = hello();
                for (ExtensionMessage extension : hello.getExtensions())
                    if (extension instanceof KeyShareExtensionMessage share)
                        share.setKeyShareListBytes(Modifiable.explicit(share(29, new byte[31])));
                send(hello);
            }
            case "tls13-no-share" -> {
                config.setDefaultClientKeyShareNamedGroups(new ArrayList<>());
                send(hello());
            }
            case "tls13-psk-without-modes" -> {
                config.setAddPreSharedKeyExtension(true);
                config.setAddPSKKeyExchangeModesExtension(false);
                send(hello());
            }
            case "duplicate-extension" -> {
                ClientHelloMessage hello = hello();
                hello.addExtension(new ECPointFormatExtensionMessage());
                hello.addExtension(new ECPointFormatExtensionMessage());
                send(hello);
            }
            case "malformed-hello" -> {
                ClientHelloMessage hello = hello();
                hello.setExtensionsLength(Modifiable.explicit(7));
                send(hello);
            }
            case "oversized-hello" -> {
                config.setAddPaddingExtension(true);
                config.setDefaultPaddingExtensionBytes(new byte[8_400]);
                send(hello());
            }
            // The state of the handshake.
            case "ccs-first" -> {
                send(new ChangeCipherSpecMessage());
                send(hello());
            }
            case "tls13-ccs-flood" -> {
                send(hello());
                receive();
                ProtocolMessage[] many = new ProtocolMessage[5];
                for (int i = 0; i < many.length; i++) many[i] = new ChangeCipherSpecMessage();
                send(many);
            }
            case "heartbeat" -> {
                config.setAddHeartbeatExtension(true);
                send(hello());
                receive();
                send(new HeartbeatMessage());
            }
            case "heartbleed" -> {
                config.setAddHeartbeatExtension(true);
                send(hello());
                receive();
                HeartbeatMessage beat = new HeartbeatMessage();
                beat.setPayloadLength(Modifiable.explicit(20_000));
                beat.setPayload(Modifiable.explicit(new byte[] {1, 3}));
                send(beat);
            }
            case "skip-key-exchange" -> {
                send(hello());
                receive();
                send(new FinishedMessage());
            }
            case "wrong-order" -> {
                send(hello());
                receive();
                send(keyExchange());
                send(new CertificateMessage());
            }
            case "role-confusion" -> send(new ServerHelloMessage());
            case "two-hellos" -> {
                send(hello());
                send(hello());
            }
            case "early-data" -> {
                send(hello());
                send(new ApplicationMessage());
            }
            case "renegotiation" -> {
                send(hello());
                receive();
                send(hello());
            }
            case "warnings" -> {
                send(hello());
                receive();
                ProtocolMessage[] many = new ProtocolMessage[8];
                for (int i = 0; i < many.length; i++) many[i] = alert(1, 41);
                send(many);
            }
            case "alert-level" -> {
                send(hello());
                send(alert(7, 40));
            }
            // Under keys of TLS 1.3, with a certificate that is honoured.
            case "tls13-key-updates" -> {
                agree();
                for (int i = 0; i < 40; i++) {
                    KeyUpdateMessage update = new KeyUpdateMessage();
                    update.setRequestMode(KeyUpdateRequest.UPDATE_REQUESTED);
                    send(update);
                }
            }
            case "tls13-finished" -> {
                meet();
                FinishedMessage finished = new FinishedMessage();
                finished.setVerifyData(Modifiable.xor(bytes(1), 0));
                send(new ProtocolMessage[] {new CertificateMessage(), new CertificateVerifyMessage(), finished});
            }
            case "tls13-tampered" -> {
                meet();
                Record record = new Record();
                record.setProtocolMessageBytes(Modifiable.xor(bytes(1), 20));
                send(new CertificateMessage(), record);
            }
            case "tls13-bad-verify" -> {
                meet();
                CertificateVerifyMessage verify = new CertificateVerifyMessage();
                verify.setSignature(Modifiable.xor(bytes(1), 20));
                send(new ProtocolMessage[] {new CertificateMessage(), verify, new FinishedMessage()});
            }
            case "tls13-scheme" -> {
                meet();
                CertificateVerifyMessage verify = new CertificateVerifyMessage();
                verify.setSignatureHashAlgorithm(Modifiable.explicit(bytes(2, 1)));
                send(new ProtocolMessage[] {new CertificateMessage(), verify, new FinishedMessage()});
            }
            case "tls13-garbage-certificate" -> {
                meet();
                CertificateMessage certificate = new CertificateMessage();
                certificate.setCertificatesListBytes(Modifiable.xor(bytes(0x55, 0x55, 0x55, 0x55), 5));
                send(new ProtocolMessage[] {certificate, new CertificateVerifyMessage(), new FinishedMessage()});
            }
            default -> throw new IllegalArgumentException(attack);
        }
        receive();
    }

    static Config tls12() {
        Config made = Config.createConfig();
        made.setHighestProtocolVersion(ProtocolVersion.TLS12);
        made.setDefaultClientSupportedCipherSuites(
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);
        made.setAddRenegotiationInfoExtension(true);
        return made;
    }

    static Config tls13() {
        Config made = Config.createConfig();
        made.setHighestProtocolVersion(ProtocolVersion.TLS13);
        made.setSupportedVersions(ProtocolVersion.TLS13);
        made.setDefaultClientSupportedCipherSuites(CipherSuite.TLS_AES_128_GCM_SHA256);
        made.setDefaultClientNamedGroups(NamedGroup.SECP256R1, NamedGroup.ECDH_X25519);
        made.setDefaultClientKeyShareNamedGroups(NamedGroup.SECP256R1);
        made.setDefaultClientSupportedSignatureAndHashAlgorithms(
            SignatureAndHashAlgorithm.ECDSA_SHA256, SignatureAndHashAlgorithm.RSA_PSS_RSAE_SHA256);
        made.setAddSupportedVersionsExtension(true);
        made.setAddKeyShareExtension(true);
        made.setAddRenegotiationInfoExtension(false);
        return made;
    }

    /** Up to the target's Finished. */
    static void meet() {
        send(hello());
        steps.add(new ReceiveTillAction(new FinishedMessage()));
    }

    static void agree() {
        meet();
        send(new ProtocolMessage[] {new CertificateMessage(), new CertificateVerifyMessage(), new FinishedMessage()});
    }

    static ClientHelloMessage hello() {
        return new ClientHelloMessage(config);
    }

    static ECDHClientKeyExchangeMessage keyExchange() {
        return new ECDHClientKeyExchangeMessage();
    }

    static AlertMessage alert(int level, int code) {
        AlertMessage made = new AlertMessage();
        made.setLevel(Modifiable.explicit((byte) level));
        made.setDescription(Modifiable.explicit((byte) code));
        return made;
    }

    static void send(ProtocolMessage message, Record... records) {
        SendAction action = new SendAction(message);
        if (records.length > 0) action.setRecords(new ArrayList<>(Arrays.asList(records)));
        steps.add(action);
    }

    static void send(ProtocolMessage[] messages) {
        steps.add(new SendAction(messages));
    }

    static void receive() {
        steps.add(new GenericReceiveAction());
    }

    static Record with(java.util.function.Consumer<Record> change) {
        Record made = new Record();
        change.accept(made);
        return made;
    }

    static Record sized(int most) {
        Record made = new Record();
        made.setMaxRecordLengthConfig(most);
        return made;
    }

    static byte[] share(int group, byte[] key) {
        byte[] made = new byte[4 + key.length];
        made[1] = (byte) group;
        made[3] = (byte) key.length;
        System.arraycopy(key, 0, made, 4, key.length);
        return made;
    }

    static byte[] bytes(int... values) {
        byte[] made = new byte[values.length];
        for (int i = 0; i < values.length; i++) made[i] = (byte) values[i];
        return made;
    }
}
