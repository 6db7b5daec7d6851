import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { practiceAuthority } from '../../server/src/keys/practice-authority.ts';
import { ensureTools, QEMU, type Tool } from '../../server/src/up/tools.ts';
import { GUEST_SERVER_PORT } from '../../server/src/wire/targets.ts';
import { startBareGuest } from './parts/bare-guest.ts';
import { compareUnderLoad } from './parts/guest-loads.ts';
import { builtImage } from './parts/image.ts';
import { Load } from './parts/load.ts';
import { makeTapNamespace, type TapNamespace } from './parts/namespace.ts';
import { printMachine, printOthers } from './parts/report.ts';
import { qemuOnTap } from './parts/tap-qemu.ts';

/**
 * The same guest on a tap device in a namespace of its own and on QEMU's user network, in turn: what the second one costs. The
 * processor time is QEMU's, and leaves out what the kernel does for the tap outside of it.
 */
const ROUNDS = 3;
const GUEST_ADDRESS = '10.0.2.15';

const TOOLS: Tool[] = [QEMU, { program: 'ip', debian: 'iproute2' }];

const say = (line: string) => console.error(line);
await ensureTools(TOOLS, say);
const folder = mkdtempSync(join(tmpdir(), 'pinata-bench-'));
try {
  const namespace = await makeTapNamespace().catch((error: Error) => error);
  if (namespace instanceof Error) console.log(`\n# tap\nleft out: ${namespace.message}`);
  else await compare(namespace).finally(() => namespace.release());
} finally {
  rmSync(folder, { recursive: true });
}

async function compare(namespace: TapNamespace): Promise<void> {
  const authority = await practiceAuthority(folder);
  const image = await builtImage(say);
  printMachine('tap');
  await printOthers();
  const onTap = await startBareGuest({ image, authority, binary: await qemuOnTap(folder, namespace) });
  const onUser = await startBareGuest({ image, authority });
  const loads = [await Load.start(folder, namespace.within), await Load.start(folder)] as const;
  try {
    // Everything but the forwards and the care that they need.
    const way = { ...onTap.way, host: GUEST_ADDRESS, ports: [GUEST_SERVER_PORT], turns: false, source: '' };
    await compareUnderLoad(
      { load: loads[0], server: { pid: onTap.pid, way }, title: 'tap' },
      { load: loads[1], server: onUser, title: 'user' },
      { rounds: ROUNDS, hasGoals: false },
    );
  } finally {
    await Promise.all([onTap.stop(), onUser.stop(), ...loads.map(load => load.stop())]);
  }
}
