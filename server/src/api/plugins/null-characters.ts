import { PinataError } from '../../errors.ts';
import type { App } from '../context.ts';

const NULL = '\0';

/** Refuses a null character in any parameter: no name of ours has one, and PostgreSQL takes none in a text. */
export function refuseNullCharacters(app: App): void {
  app.addHook('preValidation', async ({ params, query }) => {
    for (const [name, value] of Object.entries({ ...Object(params), ...Object(query) })) {
      if (typeof value === 'string' && value.includes(NULL)) {
        throw new PinataError('REQUEST_INVALID', { why: `The parameter ${name} contains a null character.` });
      }
    }
  });
}
