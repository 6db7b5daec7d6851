import Type, { type Static } from 'typebox';
import type { Config } from '../config.ts';
import { SEGMENT_AGE_MS } from '../spool/segments.ts';
import { TOKEN_KEY_LIFE_MS } from '../trust/token-keys.ts';

const HOUR_MS = 3_600_000;

/** How long this installation keeps what is not public: the numbers of the privacy page, for machines as well. */
export const Privacy = Type.Object(
  {
    policy: Type.String({ format: 'uri' }),
    addressDays: Type.Integer({ description: 'addresses are removed everywhere after so many days' }),
    sourceTokenKeyHours: Type.Integer({
      description: 'keys behind the tokens of addresses are destroyed so long after they were made',
    }),
    spoolHours: Type.Integer({ description: 'what was read of the raw spool is deleted after so long at the latest' }),
    attemptDays: Type.Integer({ description: 'days for which single attempts are kept; 0: for ever' }),
  },
  { additionalProperties: false, title: 'Privacy' },
);
export type Privacy = Static<typeof Privacy>;

/** The same from the settings. `url` is the public address. */
export function privacyOf({ settings }: Pick<Config, 'settings'>, url: string): Privacy {
  return {
    policy: `${url}/privacy`,
    addressDays: settings.PINATA_ADDRESS_DAYS,
    sourceTokenKeyHours: TOKEN_KEY_LIFE_MS / HOUR_MS,
    spoolHours: SEGMENT_AGE_MS / HOUR_MS,
    attemptDays: settings.PINATA_KEEP_DAYS,
  };
}
