import { Value } from 'typebox/value';
import { PinataError } from '../errors.ts';
import { AttemptFilter, wholeSecond } from './attempt-filter.ts';

/** Reads a filter as the API has it in its query: `target=prize&depthMin=3`. Throws USAGE. */
export function readFilter(text: string): AttemptFilter {
  const given = [...new URLSearchParams(text)];
  const names = given.map(([name]) => name);
  for (const name of names) {
    if (!Object.hasOwn(AttemptFilter.properties, name)) throw unusable(`there is no parameter ${name}`);
  }
  if (new Set(names).size < names.length) throw unusable('a parameter is there twice');
  const filter = Value.Convert(AttemptFilter, Object.fromEntries(given));
  if (!Value.Check(AttemptFilter, filter)) {
    const [first] = Value.Errors(AttemptFilter, filter);
    throw unusable(`${first?.instancePath.slice(1) ?? ''} ${first?.message ?? 'has a wrong value'}`);
  }
  for (const name of ['from', 'to'] as const) {
    const time = filter[name];
    if (time !== undefined && Number.isNaN(wholeSecond(time))) throw unusable(`${name} is not a time that exists`);
  }
  return filter;
}

/** The same filter, always as the same object: names in the order of the schema, times cut as they are when they are asked for. */
export function canonicalFilter(filter: AttemptFilter): AttemptFilter {
  const names = Object.keys(AttemptFilter.properties);
  const entries = Object.entries(filter).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries
      .map(([name, value]) => [name, name === 'from' || name === 'to' ? secondOf(String(value)) : value] as const)
      .sort(([one], [other]) => names.indexOf(one) - names.indexOf(other)),
  );
}

function secondOf(time: string): string {
  return `${new Date(wholeSecond(time)).toISOString().slice(0, 19)}Z`;
}

function unusable(why: string): PinataError {
  return new PinataError('USAGE', { why: `The filter cannot be used: ${why}.` });
}
