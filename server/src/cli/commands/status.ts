import { Health } from '../answers.ts';
import { getJson } from '../api.ts';
import type { Command } from '../command.ts';

export const status: Command = {
  usage: 'status',
  summary: 'how the running installation is; exit status 0 only if all is well',
  flags: {},
  words: { min: 0, max: 0 },
  run: async ({ clientConfig, print }) => {
    const now = await getJson(clientConfig(), '/status.json', Health);
    print(`overall    ${now.overall}, database ${now.database}`);
    for (const { name, state, ageS, stale } of now.components) {
      print(`${name.padEnd(10)} ${state}, last beat ${ageS} s ago${stale ? ' (stale)' : ''}`);
    }
    for (const target of now.targets) {
      const test = target.selfTest ? `self-test ${target.selfTest.passed ? 'passed' : 'FAILED'}` : 'no self-test yet';
      const won = target.released ? `, RELEASED to ${target.released.id}` : '';
      print(
        `${target.target.padEnd(10)} ${target.state}, up ${target.uptimeS ?? 0} s, ${target.accelerator ?? '?'}, ${test}${won}`,
      );
    }
    for (const { raisedAt, kind, target } of now.alarms) print(`alarm      ${raisedAt} ${kind} ${target ?? ''}`);
    return now.overall === 'ok' ? 0 : 1;
  },
};
