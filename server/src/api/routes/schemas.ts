import Type from 'typebox';
import { COLUMNS } from '../../export/columns.ts';
import { publicSchema } from '../../export/project.ts';
import type { App } from '../context.ts';
import { json } from '../responses.ts';

const CACHE = 'public, max-age=300';

const ColumnList = Type.Object(
  {
    columns: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          type: Type.Enum(['string', 'integer', 'number', 'boolean', 'json']),
          nullable: Type.Boolean(),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false, title: 'Columns' },
);

/** The published record: its JSON Schema, and the columns of its CSV form. */
export function schemaRoutes(app: App): void {
  const schema = JSON.stringify(publicSchema());
  const columns = COLUMNS.map(({ name, type, nullable }) => ({ name, type, nullable }));

  app.get(
    '/schema/attempt-1.json',
    {
      schema: {
        tags: ['attempts'],
        summary: 'JSON Schema of an attempt',
        response: {
          200: { description: 'The schema', content: { 'application/schema+json': { schema: Type.Unknown() } } },
        },
      },
    },
    (_request, reply) => reply.header('cache-control', CACHE).type('application/schema+json').send(schema),
  );

  app.get(
    '/schema/attempt-1.columns.json',
    {
      schema: {
        tags: ['attempts'],
        summary: 'Columns of the CSV form, in order',
        response: { 200: json('The columns', ColumnList) },
      },
    },
    async (_request, reply): Promise<unknown> => {
      reply.header('cache-control', CACHE);
      return { columns };
    },
  );
}
