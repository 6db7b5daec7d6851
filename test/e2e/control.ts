import { Client } from 'undici';
import { readConfig } from '../../server/src/config.ts';
import type { Installation } from './installation.ts';

/** How many attempts ingest has read of and not published. */
export async function ingestStatus({ data }: Installation): Promise<{ waiting: number }> {
  const { ingestControl: socketPath } = readConfig({ PINATA_DATA: data }).layout.sockets;
  const client = new Client('http://localhost', { socketPath });
  try {
    const { body } = await client.request({ method: 'GET', path: '/status' });
    return (await body.json()) as { waiting: number };
  } finally {
    await client.close();
  }
}

/** Asks the supervisor to restart a target's guest, as its operator may. */
export async function restart({ data }: Installation, target: string): Promise<void> {
  const { supervisorControl: socketPath } = readConfig({ PINATA_DATA: data }).layout.sockets;
  const client = new Client('http://localhost', { socketPath });
  try {
    const { statusCode, body } = await client.request({ method: 'POST', path: `/targets/${target}/restart` });
    const text = await body.text();
    if (statusCode !== 202) throw new Error(`${statusCode}: ${text}`);
  } finally {
    await client.close();
  }
}
