import type { Channel } from '../../../server/src/wire/facts.ts';
import { OUTCOMES } from '../../../server/src/wire/outcomes.ts';
import { type Cell, OUTCOME_TABLE } from './table.ts';

const CHANNELS: readonly (readonly [Channel, string])[] = [
  ['server', 'server'],
  ['client', 'client'],
  ['callback', 'called back'],
];

/** `docs/outcomes.md`, made of the table. */
export function outcomesDocument(): string {
  return [
    '# Outcomes',
    '',
    'How an attempt can end, by the role of the guest, and the test that shows it against a real guest. Made by',
    '`node test/e2e/outcomes/write-outcomes.ts` from `test/e2e/outcomes/table.ts`; a test holds it to that, and that to the tests.',
    '',
    '| outcome | guest as | how, or why not | shown by |',
    '|---|---|---|---|',
    ...OUTCOMES.flatMap(outcome => rowsOf(outcome)),
    '',
  ].join('\n');
}

/** Channels of which the same is to be said share a line. */
function rowsOf(outcome: (typeof OUTCOMES)[number]): string[] {
  const lines = new Map<string, string[]>();
  for (const [channel, word] of CHANNELS) {
    const text = describe(OUTCOME_TABLE[outcome][channel]);
    lines.set(text, [...(lines.get(text) ?? []), word]);
  }
  return [...lines].map(([text, words]) => `| \`${outcome}\` | ${words.join(', ')} | ${text} |`);
}

function describe({ why, shown }: Cell): string {
  return `${shown ? why : `Cannot: ${why}`} | ${shown ? `\`${shown.file}\`: ${shown.title}` : ''}`;
}
