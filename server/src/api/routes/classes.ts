import Type from 'typebox';
import { CLASSES, classNamed } from '../../classify/classes/registry.ts';
import { PinataError } from '../../errors.ts';
import { attemptPage } from '../../export/attempt-pages.ts';
import { nullable } from '../../wire/nullable.ts';
import { cached, cachedBy } from '../cached.ts';
import { ClassExample, ClassView, classExample, classView } from '../class-view.ts';
import type { ApiContext, App } from '../context.ts';
import { etagOf, isKnown } from '../etag.ts';
import {
  ClassCounts,
  ClassDays,
  NO_CLASS,
  NO_COUNTS,
  readAttemptCounts,
  readClassCounts,
  readClassDays,
} from '../queries/classes.ts';
import { Meta, readMeta } from '../queries/log-state.ts';
import { json, PublicAttemptSchema, problems } from '../responses.ts';

const COUNTS_TTL_MS = 5_000;
const ONE_TTL_MS = 5_000;
const KEPT = 256;
const CACHE = 'public, max-age=5';
const ID_MAX_CHARACTERS = 48;

const closed = { additionalProperties: false } as const;

const List = Type.Object(
  {
    rows: Type.Array(ClassView),
    attempts: { ...ClassCounts, description: 'all attempts' },
    unclassified: { ...ClassCounts, description: 'attempts that look like none of the classes' },
    meta: Meta,
  },
  { ...closed, title: 'Classes' },
);
const One = Type.Object(
  {
    ...ClassView.properties,
    perDay: ClassDays,
    example: nullable(ClassExample),
    newest: nullable(PublicAttemptSchema),
  },
  { ...closed, title: 'ClassPage' },
);
const Params = Type.Object({ id: Type.String({ maxLength: ID_MAX_CHARACTERS }) }, closed);

/** `GET /api/v1/classes` and one of them. Counts come from the roll-up by day, so that their cost does not grow with the log. */
export function classRoutes(app: App, { database }: ApiContext): void {
  const counts = cached(COUNTS_TTL_MS, () => readClassCounts(database, Date.now()));
  const attempts = cached(COUNTS_TTL_MS, () => readAttemptCounts(database, Date.now()));
  const meta = cached(COUNTS_TTL_MS, () => readMeta(database));
  const one = cachedBy(
    () => ONE_TTL_MS,
    KEPT,
    async (id: string) => ({
      perDay: await readClassDays(database, id, Date.now()),
      newest: (
        await attemptPage(database, { filter: { class: id, selfTest: false }, order: 'desc', limit: 1, snapshot: null })
      )[0],
    }),
  );

  app.get(
    '/api/v1/classes',
    {
      schema: {
        tags: ['classes'],
        summary: 'What attempts look like: every class, with its counts',
        description:
          'Most severe first, then most specific. An attempt counts once for each of its classes; by whole UTC days.',
        response: { 200: json('The classes', List), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const [known, all, state] = await Promise.all([counts(), attempts(), meta()]);
      const rows = CLASSES.map(found => classView(found, known.get(found.id) ?? NO_COUNTS));
      const unclassified = known.get(NO_CLASS) ?? NO_COUNTS;
      reply.header('cache-control', CACHE);
      if (isKnown(request, reply, etagOf(JSON.stringify([rows, all, unclassified])))) return reply.code(304).send();
      return { rows, attempts: all, unclassified, meta: state };
    },
  );

  app.get(
    '/api/v1/classes/:id',
    {
      schema: {
        tags: ['classes'],
        summary: 'One class: its rule, an example, its attempts by day, and the newest',
        params: Params,
        response: { 200: json('The class', One), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { id } = request.params;
      const found = classNamed(id);
      if (!found) throw new PinataError('CLASS_UNKNOWN', { id });
      const [known, { perDay, newest }] = await Promise.all([counts(), one(id)]);
      const view = classView(found, known.get(id) ?? NO_COUNTS);
      reply.header('cache-control', CACHE);
      const tag = etagOf(JSON.stringify([view, perDay, newest?.change]));
      if (isKnown(request, reply, tag)) return reply.code(304).send();
      return { ...view, perDay, example: classExample(id), newest: newest ?? null };
    },
  );
}
