import Type from 'typebox';
import { PinataError } from '../../errors.ts';
import { filterText, wholeText } from '../../text-filter/text-filter.ts';
import { readWordList } from '../../text-filter/words.ts';
import { nullable } from '../../wire/nullable.ts';
import type { ApiContext, App } from '../context.ts';
import { etagOf, isKnown } from '../etag.ts';
import { readTexts, type StoredTexts } from '../queries/claims.ts';
import { json, problems } from '../responses.ts';

const closed = { additionalProperties: false } as const;
const Params = Type.Object({ id: Type.String({ format: 'uuid' }) }, closed);
const Query = Type.Object(
  { reveal: Type.Optional(Type.Enum(['1'], { description: 'the texts without the filter as well, under `whole`' })) },
  closed,
);

const Texts = Type.Object(
  {
    subject: nullable(Type.String()),
    issuer: nullable(Type.String()),
    san: Type.Array(Type.String()),
    sni: nullable(Type.String()),
  },
  { ...closed, title: 'Texts' },
);
type Texts = Type.Static<typeof Texts>;

const AttemptTexts = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    erased: Type.Boolean({ description: 'what is private of the attempt was destroyed, these texts too' }),
    hidden: Type.Boolean({ description: 'an organiser took texts and credit off' }),
    credit: nullable(Type.String({ description: 'the name that whoever holds the claim wants to see here' })),
    text: nullable(Texts),
    whole: Type.Optional({ ...nullable(Texts), description: 'only with reveal=1' }),
  },
  { ...closed, title: 'AttemptTexts' },
);

const DESCRIPTION = `Names in its certificate and its hello. Whoever made the attempt chose them. In \`text\` characters that cannot be seen are
\`\\u{hex}\` (a backslash is doubled), what looks like an address, an e-mail address or a link, and words of a list, are marks in square
brackets, and the length is cut. In \`whole\` nothing is masked. Either is data, not markup.`;

/** `GET /api/v1/attempts/:id/text`: what an attempt's sender called itself and asked for, filtered. */
export function textRoute(app: App, { database }: ApiContext): void {
  const words = readWordList();
  const filtered = (text: string) => filterText(text, words);

  app.get(
    '/api/v1/attempts/:id/text',
    {
      schema: {
        tags: ['attempts'],
        summary: 'Texts that the sender of an attempt chose',
        description: DESCRIPTION,
        params: Params,
        querystring: Query,
        response: { 200: json('The texts', AttemptTexts), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { id } = request.params;
      const stored = await readTexts(database, id);
      if (!stored) throw new PinataError('ATTEMPT_UNKNOWN', { id });
      const { erased, hidden, credit } = stored;
      const view = {
        id,
        erased,
        hidden,
        credit: hidden ? null : credit,
        text: textsOf(stored, filtered),
        ...(request.query.reveal ? { whole: textsOf(stored, wholeText) } : {}),
      };
      reply.header('cache-control', 'no-cache');
      if (isKnown(request, reply, etagOf(JSON.stringify(view)))) return reply.code(304).send();
      return view;
    },
  );
}

function textsOf({ certificate, sni, erased, hidden }: StoredTexts, show: (text: string) => string): Texts | null {
  if (erased || hidden) return null;
  const shown = (text: string | null) => (text === null ? null : show(text));
  const { subject, issuer, san } = certificate;
  return { subject: shown(subject), issuer: shown(issuer), san: san.map(show), sni: shown(sni) };
}
