import { existsSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SettingName, Settings } from '../config.ts';

/** What a command needs to find a running installation. Ports are written as they came out, where 0 was asked for. */
const TOLD: readonly SettingName[] = [
  'PINATA_HOST',
  'PINATA_HTTP_PORT',
  'PINATA_ATTACK_HOST',
  'PINATA_PRIZE_PORT',
  'PINATA_PRACTICE_PORT',
  'PINATA_CALLBACK_PORT',
  'PINATA_POSTGRES_PORT',
];

/** Leaves the addresses of a running installation in its data folder, readable to everybody; gives what takes them away again. */
export async function tellSettings(data: string, settings: Settings): Promise<() => Promise<void>> {
  const path = fileIn(data);
  const told = Object.fromEntries(TOLD.map(name => [name, String(settings[name])]));
  await writeFile(`${path}.new`, `${JSON.stringify(told, null, 2)}\n`, { mode: 0o644 });
  await rename(`${path}.new`, path);
  return () => rm(path, { force: true });
}

/** The addresses as environment variables; none if nothing runs there (or it was killed: then they are where it was). */
export function toldSettings(data: string): Partial<Record<SettingName, string>> {
  const path = fileIn(data);
  if (!existsSync(path)) return {};
  const read: Record<string, unknown> = JSON.parse(readFileSync(path, 'utf8'));
  return Object.fromEntries(TOLD.flatMap(name => (typeof read[name] === 'string' ? [[name, read[name]]] : [])));
}

function fileIn(data: string): string {
  return join(data, 'running.json');
}
