import Type, { type TSchema } from 'typebox';
import { type PublicAttempt, publicSchema } from '../export/project.ts';
import { Problem } from './problem.ts';

/** The published record, for the OpenAPI document. */
export const PublicAttemptSchema = Type.Unsafe<PublicAttempt>(withoutIdentity(publicSchema()));

/** Names belong to the stand-alone schema document: inside another one they would be resolved against. */
function withoutIdentity({ $id: _id, $schema: _schema, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}

/** A response with one schema per media type. */
export function describe(description: string, content: Record<string, TSchema>): ResponseSchema {
  return {
    description,
    content: Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, { schema }])),
  };
}

interface ResponseSchema {
  description: string;
  content: Record<string, { schema: TSchema }>;
}

/** What any data route may answer instead. */
export const problems = {
  '4xx': describe('The request cannot be answered', { 'application/problem+json': Problem }),
  '5xx': describe('It cannot be answered now', { 'application/problem+json': Problem }),
};

/** A JSON response. */
export function json(description: string, schema: TSchema): ResponseSchema {
  return describe(description, { 'application/json': schema });
}
