import type { Installation } from '../e2e/installation.ts';
import { Observer } from '../e2e/observer.ts';
import type { Source } from '../e2e/peers/line.ts';
import type { Hostile } from './corpus.ts';
import { FIELDS, type Field } from './fields.ts';

/** Connections at a time: well below what one address, one network and a guest allow. */
const AT_ONCE = 6;

/** A string that came in by a field, and the attempt that it became. */
export interface Delivered {
  readonly field: Field;
  readonly hostile: Hostile;
  readonly id: string;
}

/** Sends each string through each of the fields of practice, each from an address of its own, and waits for the rows. */
export async function deliver(
  it: Installation,
  strings: readonly Hostile[],
  fields: readonly Field[] = FIELDS,
): Promise<Delivered[]> {
  const ports = { server: it.ports.practice, client: it.ports.practice + 2 };
  const todo = strings.flatMap(hostile => fields.map(field => ({ field, hostile })));
  const sent: { field: Field; hostile: Hostile; source: Source }[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < todo.length; at = next++) {
      const one = todo[at];
      if (!one) return;
      const source = await one.field.send(one.hostile, ports, `127.${20 + (at % 200)}.${Math.floor(at / 200)}.1`);
      sent.push({ ...one, source });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const observer = await Observer.open(it);
  try {
    const found: Delivered[] = [];
    for (const { field, hostile, source } of sent) {
      const { record } = await observer.attempt(source);
      found.push({ field, hostile, id: record.id });
    }
    return found;
  } finally {
    await observer.close();
  }
}
