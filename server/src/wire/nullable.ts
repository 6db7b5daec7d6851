import Type, { type TSchema } from 'typebox';

/** The schema of what may be unknown: a missing fact is null, never left out and never guessed. */
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
