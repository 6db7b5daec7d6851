import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findQemu, type QemuBinary } from '../../../server/src/supervisor/qemu-binary.ts';
import type { TapNamespace } from './namespace.ts';

/**
 * QEMU in a namespace, with the guest's network card on the tap there instead of the user network: by a shell script, so that the
 * supervisor's own code starts it. The user network stays, with nothing on it, because the supervisor asks for its ports.
 */
export async function qemuOnTap(folder: string, { tap, within }: TapNamespace): Promise<QemuBinary> {
  const { path: real, sha256 } = await findQemu();
  const path = join(folder, 'qemu-on-tap');
  const card = 's/virtio-net-device,netdev=net/virtio-net-device,netdev=tap/';
  const netdev = `tap,id=tap,ifname=${tap},script=no,downscript=no`;
  // No argument holds a space or a line end.
  const script = `#!/bin/sh\nexec ${within.join(' ')} '${real}' $(printf '%s\\n' "$@" | sed '${card}') -netdev ${netdev}\n`;
  await writeFile(path, script, { mode: 0o755 });
  return { path, sha256 };
}
