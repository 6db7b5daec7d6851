import { GUEST_SERVER_PORT } from '../../../server/src/wire/targets.ts';

/** Kernel modules in the order in which they need each other: a network card on PCI. */
export const MODULES = [
  ...['virtio_ring', 'virtio', 'virtio_pci_legacy_dev', 'virtio_pci_modern_dev', 'virtio_pci'],
  ...['failover', 'net_failover', 'virtio_net'],
] as const;

/** Of the release document of the other guest. */
export const DOCUMENT_BYTES = 600;
/** Asks for the document. */
export const DOCUMENT_REQUEST = 'GET /document HTTP/1.0\r\n\r\n';
/** What the guest writes on its serial line once its server listens. */
export const LISTENING_WORD = 'listening';

/** As the kernel prints a port in /proc/net/tcp. */
const PORT_HEX = GUEST_SERVER_PORT.toString(16).toUpperCase().padStart(4, '0');
const LISTENING_STATE = '0A';

/**
 * The first program of the Linux guest, for busybox's shell: one address, one `openssl s_server` that asks for a certificate,
 * gives no tickets, and answers a request with a file. It is silent, because each character on an emulated serial line costs time.
 * What fails ends it, and the machine with it.
 */
export const INIT = `#!/bin/busybox sh
set -e
B=/bin/busybox
$B mount -t proc proc /proc
$B mount -t devtmpfs dev /dev
for module in ${MODULES.join(' ')}; do $B insmod /modules/$module.ko; done
$B ip link set lo up
$B ip link set eth0 up
$B ip addr add 10.0.2.15/24 dev eth0
cd /served
/bin/openssl s_server -accept ${GUEST_SERVER_PORT} -tls1_3 -num_tickets 0 -cert /tls/server.pem -key /tls/server.key \\
  -CAfile /tls/ca.pem -Verify 1 -verify_return_error -WWW -quiet >/dev/null 2>&1 &
until $B grep -q ':${PORT_HEX} .* ${LISTENING_STATE} ' /proc/net/tcp /proc/net/tcp6; do $B usleep 10000; done
echo ${LISTENING_WORD}
wait
`;
