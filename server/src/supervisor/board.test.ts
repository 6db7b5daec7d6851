import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { Board } from './board.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'pinata-small-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('each reader of the board gets the whole picture at once and at each change', async t => {
  const board = new Board(['prize', 'practice']);
  t.after(() => board.close());
  const path = join(folder(t), 'targets', 'socket');
  await board.serve(path);
  const socket = connect(path);
  t.after(() => socket.destroy());
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const picture = async () =>
    JSON.parse(String((await lines.next()).value)).targets.map((each: object) => Object.values(each)[1]);
  assert.deepEqual(await picture(), ['booting', 'booting']);
  board.show({ target: 'practice', state: 'down', guest: null });
  assert.deepEqual(await picture(), ['booting', 'down']);
  const late = connect(path);
  t.after(() => late.destroy());
  const [data] = await once(late, 'data');
  assert.match(String(data), /"down"/);
});
