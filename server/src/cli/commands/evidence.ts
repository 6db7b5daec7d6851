import { writeFile } from 'node:fs/promises';
import { PinataError } from '../../errors.ts';
import { captureOf } from '../../evidence/capture.ts';
import { capturePorts } from '../../evidence/capture-ports.ts';
import { parseTranscript } from '../../evidence/transcript.ts';
import { isUuidV7 } from '../../wire/ids.ts';
import { Evidence } from '../answers.ts';
import { usage } from '../arguments.ts';
import type { Command } from '../command.ts';
import { askControl } from '../control.ts';

const EXTENSIONS = { pcapng: 'pcapng', transcript: 'jsonl' } as const;
type Format = keyof typeof EXTENSIONS;

/** For whoever may see what the public may not. */
const FILE_MODE = 0o600;

const SECRETS_WORDS = {
  published: 'joined: the handshake can be read, nothing after it',
  held: 'held back: a connection that was open when this one ended may still be; ask again',
  none: 'none: the guest told none',
} as const;

export const evidence: Command = {
  usage: 'evidence ID [--out FILE] [--format pcapng|transcript]',
  summary: 'write what was kept of an attempt: a capture for Wireshark, or the transcript that its record commits to',
  flags: { out: { type: 'string' }, format: { type: 'string', default: 'pcapng' } },
  words: { min: 1, max: 1 },
  run: async ({ words: [id = ''], flags, clientConfig, print }) => {
    const format = formatOf(String(flags.format));
    if (!isUuidV7(id)) throw usage(`${id} is no id of an attempt.`);
    if (flags.out === '') throw usage('--out says which file it goes to.');
    const { settings, layout } = clientConfig();
    const path = `/evidence/${id}`;
    const { evidence: kept } = await askControl(layout.sockets.ingestControl, { method: 'GET', path }, Evidence);
    if (!kept) throw new PinataError('ATTEMPT_UNKNOWN', { id });
    const { transcript, target, ipVersion, secrets, secretsState } = kept;
    if (transcript === null) throw new PinataError('EVIDENCE_GONE', { id });

    const place = { ipVersion, ports: capturePorts(target, settings) };
    const bytes =
      format === 'pcapng' ? captureOf(parseTranscript(transcript), place, secrets) : Buffer.from(transcript);
    const file = typeof flags.out === 'string' ? flags.out : `${id}.${EXTENSIONS[format]}`;
    await writeFile(file, bytes, { mode: FILE_MODE }).catch((error: Error) => {
      throw usage(`${file} cannot be written: ${error.message}`);
    });
    print(`${file}: ${bytes.length} bytes`);
    if (format === 'pcapng') print(`secrets    ${SECRETS_WORDS[secretsState]}`);
    return 0;
  },
};

function formatOf(text: string): Format {
  if (text === 'pcapng' || text === 'transcript') return text;
  throw usage(`There is no format ${text}; there are: ${Object.keys(EXTENSIONS).join(', ')}.`);
}
