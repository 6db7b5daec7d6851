import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { settleClientConfig, settleConfig } from './data-folder.ts';
import { checkImage } from './guest-image.ts';
import { tellSettings } from './running-settings.ts';
import { hashSources, unlessDone } from './sources.ts';
import { checkSpace } from './space.ts';
import { ensureTools, findProgram, installLine, QEMU } from './tools.ts';

function folder(t: TestContext, mode = 0o755): string {
  const path = mkdtempSync(join(tmpdir(), 'pinata-checks-'));
  chmodSync(path, mode);
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('a disk with too little room is said so, also for a folder that is not there yet', async t => {
  const where = join(folder(t), 'not', 'yet');
  await checkSpace(where, 1);
  await assert.rejects(checkSpace(where, 1e9), {
    code: 'DATA_NO_SPACE',
    message: /at least 1000000000 MiB are needed/,
  });
});

test('an image that is not what was built is refused', async t => {
  const path = join(folder(t), 'pinata.elf');
  const sha256 = createHash('sha256').update('image').digest('hex');
  writeFileSync(path, 'image');
  writeFileSync(`${path}.sha256`, `${sha256}\n`);
  assert.equal(await checkImage(path), sha256);
  writeFileSync(path, 'imagf');
  await assert.rejects(checkImage(path), { code: 'IMAGE_CORRUPT', remedy: 'Build it again: ./pinata image --rebuild' });
});

test('an image that is not there is a wrong setting', async t => {
  await assert.rejects(checkImage(join(folder(t), 'none.elf')), { code: 'CONFIG_INVALID' });
});

test('a missing tool is named with the line that installs it', async t => {
  const path = process.env.PATH;
  t.after(() => {
    process.env.PATH = path;
  });
  process.env.PATH = folder(t);
  const tool = { program: 'socat', debian: 'socat' };
  await assert.rejects(
    ensureTools([QEMU], () => {}),
    { code: 'QEMU_MISSING' },
  );
  await assert.rejects(
    ensureTools([tool], () => {}),
    {
      code: 'TOOL_MISSING',
      remedy: 'Install it: apt-get install --no-install-recommends socat',
    },
  );
  await ensureTools([], () => {});
});

test('a program is found only where it can be run', t => {
  const where = folder(t);
  writeFileSync(join(where, 'tool'), '', { mode: 0o644 });
  assert.equal(findProgram('tool', where), null);
  chmodSync(join(where, 'tool'), 0o755);
  assert.equal(findProgram('tool', `/nowhere:${where}`), join(where, 'tool'));
  assert.equal(installLine([QEMU, QEMU]), 'apt-get install --no-install-recommends qemu-system-x86');
});

test('work is done again when a source changed, moved or went, and only then', async t => {
  const where = folder(t);
  mkdirSync(join(where, 'src'));
  const [a, b] = [join(where, 'src/a'), join(where, 'src/b')];
  writeFileSync(a, 'one');
  const stamp = join(where, 'stamp');
  const done = async () => unlessDone(stamp, await hashSources([join(where, 'src')]), async () => {});
  assert.equal(await done(), true);
  assert.equal(await done(), false);
  writeFileSync(a, 'two');
  assert.equal(await done(), true);
  rmSync(a);
  writeFileSync(b, 'two');
  assert.equal(await done(), true);
});

test('work that failed is done again', async t => {
  const stamp = join(folder(t), 'stamp');
  await assert.rejects(unlessDone(stamp, 'x', () => Promise.reject(new Error('no'))));
  assert.equal(await unlessDone(stamp, 'x', async () => {}), true);
});

test('as root, a data folder that the service users cannot reach is refused', {
  skip: process.getuid?.() !== 0 && 'as another user there are no service users',
}, t => {
  const data = join(folder(t, 0o700), 'data');
  assert.throws(() => settleConfig({ PINATA_DATA: data }), { code: 'DATA_UNREACHABLE' });
});

test('a command finds the running installation by its data folder, unless it is told otherwise', async t => {
  const data = folder(t);
  const { settings } = settleConfig({ PINATA_DATA: data, PINATA_HTTP_PORT: '18089', PINATA_PRIZE_PORT: '20009' });
  const untell = await tellSettings(data, settings);
  const portOf = (env: NodeJS.ProcessEnv) =>
    settleClientConfig({ PINATA_DATA: data, ...env }).settings.PINATA_HTTP_PORT;
  assert.equal(portOf({}), 18089);
  assert.equal(portOf({ PINATA_HTTP_PORT: '8081' }), 8081);
  await untell();
  assert.equal(portOf({}), 8080);
});
