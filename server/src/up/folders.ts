import { chmod, lchown, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Layout, Settings } from '../config.ts';
import { handOver } from './hand-over.ts';
import type { Accounts, Role } from './roles.ts';

export interface Folder {
  readonly path: string;
  readonly mode: number;
  /** Whose it is; null: of whoever started us. */
  readonly owner: Role | null;
  /** The role whose group may connect to the socket inside; null: the owner's own group. */
  readonly readers: Role | null;
  /** A group of the host's that may connect instead. */
  readonly group?: number;
}

const PRIVATE = 0o700;
/** Others may pass through, not look. */
const PASSAGE = 0o711;
/** A socket made inside gets the folder's group. */
const SOCKET_FOLDER = 0o2750;

type FolderSettings = Partial<Pick<Settings, 'PINATA_GATEWAY_PROCESSES' | 'PINATA_OPERATOR_GID'>>;

/** Every folder below the data folder with its owner: who may read what, in one place. */
export function planFolders(layout: Layout, settings: FolderSettings = {}): Folder[] {
  const { PINATA_GATEWAY_PROCESSES: gateways = 1, PINATA_OPERATOR_GID: operators = 0 } = settings;
  const own = (path: string, owner: Role | null): Folder => ({ path, mode: PRIVATE, owner, readers: null });
  const socket = (path: string, owner: Role, readers: Role): Folder => ({
    path: dirname(path),
    mode: SOCKET_FOLDER,
    owner,
    readers,
  });
  const { sockets } = layout;
  return [
    { path: layout.data, mode: PASSAGE, owner: null, readers: null },
    own(layout.logs, null),
    own(layout.postgres, 'postgres'),
    own(layout.secrets, 'supervisor'),
    own(layout.supervisor, 'supervisor'),
    ...layout.gateways.slice(0, gateways).map(({ folder }) => own(folder, 'gateway')),
    own(layout.ingest, 'ingest'),
    own(layout.api, 'api'),
    { path: join(layout.data, 'run'), mode: PASSAGE, owner: null, readers: null },
    ...layout.gateways.slice(0, gateways).map(place => socket(place.socket, 'gateway', 'ingest')),
    socket(sockets.supervisorSpool, 'supervisor', 'ingest'),
    socket(sockets.targets, 'supervisor', 'gateway'),
    socket(sockets.supervisorControl, 'supervisor', 'supervisor'),
    socket(sockets.supervisorProofs, 'supervisor', 'api'),
    socket(sockets.ingestControl, 'ingest', 'ingest'),
    socket(sockets.claims, 'ingest', 'api'),
    socket(sockets.supervisorRestarts, 'supervisor', 'ingest'),
    socket(sockets.bans, 'ingest', 'gateway'),
    { ...socket(sockets.admin, 'ingest', 'ingest'), ...(operators > 0 && { group: operators }) },
  ];
}

/**
 * Makes the folders, or mends their modes. With accounts (as root) it also sets owners; a folder that belonged to somebody else
 * (an earlier start as a plain user) is handed over with all that is in it.
 */
export async function makeFolders(folders: readonly Folder[], accounts: Accounts | null): Promise<void> {
  for (const { path, mode, owner, readers, group } of folders) {
    await mkdir(path, { recursive: true, mode });
    if (accounts && owner) {
      const { uid, gid } = accounts[owner];
      if ((await stat(path)).uid !== uid) await handOver(path, { uid, gid });
      await lchown(path, uid, group ?? (readers ? accounts[readers].gid : gid));
    }
    await chmod(path, mode);
  }
}
