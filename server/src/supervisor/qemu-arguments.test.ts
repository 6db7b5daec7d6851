import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseForwards, qemuArguments } from './qemu-arguments.ts';

test('the command line gives the guest the listed devices and nothing else', () => {
  const argv = qemuArguments({ name: 'prize', accelerator: 'tcg', memoryMiB: 16 });
  const values = (option: string) => argv.filter((_, at) => argv[at - 1] === option);
  assert.deepEqual(values('-device'), [
    'virtio-serial-device,max_ports=2',
    'virtserialport,chardev=channel,nr=1,name=pinata',
    'virtio-rng-device',
    'pvpanic',
    'virtio-net-device,netdev=net',
  ]);
  assert.deepEqual(values('-serial'), ['chardev:words']);
  assert.match(values('-netdev')[0] ?? '', /^user,id=net,restrict=on,/);
  assert.match(values('-sandbox')[0] ?? '', /^on,.*spawn=deny/);
  for (const option of ['-nodefaults', '-no-user-config', '-no-reboot']) assert.ok(argv.includes(option), option);
  for (const option of ['-drive', '-hda', '-cdrom', '-append', '-usb', '-vga'])
    assert.ok(!argv.includes(option), option);
});

test('the forwarded ports are read from the monitor, or nothing is', () => {
  const line = (host: number, guest: number) =>
    `  TCP[HOST_FORWARD]  11       127.0.0.1 ${host}       10.0.2.15 ${guest}     0     0\r\n`;
  const serverPorts = Array.from({ length: 16 }, (_, i) => 42_000 + i);
  const clientPorts = Array.from({ length: 16 }, (_, i) => 35_000 + i);
  const lines = [...serverPorts.map(port => line(port, 10000)), ...clientPorts.map(port => line(port, 10002))];
  assert.deepEqual(parseForwards(lines.join('')), { serverPorts, clientPorts });
  assert.equal(parseForwards(lines.slice(1).join('')), null);
  assert.equal(parseForwards(''), null);
});
