import { type Schema, typesOf } from './schema-types.ts';

interface Operation {
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema?: Schema }>> }>>;
}

/** The part of an OpenAPI document that types are made of. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** A type's place: an operation, then properties of its answer; `*` is what a list is of. */
type Place = readonly [path: string, ...steps: string[]];

const SNAPSHOT = '/live/snapshot.json';
const FLOW = '/api/v1/attempts/{id}/flow';
const CLASSES = '/api/v1/classes';

/** What the dashboard calls the API's answers and their parts. */
const PLACES: Readonly<Record<string, Place>> = {
  Snapshot: [SNAPSHOT],
  ListedAttempt: [SNAPSHOT, 'attempts', '*'],
  TargetStatus: [SNAPSHOT, 'targets', '*'],
  Summary: [SNAPSHOT, 'summary'],
  First: [SNAPSHOT, 'firsts', '*'],
  Announcement: [SNAPSHOT, 'announcements', '*'],
  FeedState: [SNAPSHOT, 'feed'],
  AttemptRecord: ['/api/v1/attempts', 'rows', '*'],
  Attempts: ['/api/v1/attempts'],
  Meta: ['/status.json', 'log'],
  Flow: [FLOW],
  Step: [FLOW, 'steps', '*'],
  Held: [FLOW, 'steps', '*', 'holds', '*'],
  Stop: [FLOW, 'stop'],
  Leaf: ['/api/v1/attempts/{id}/leaf'],
  TargetView: ['/api/v1/targets', 'rows', '*'],
  Boot: ['/api/v1/boots', 'rows', '*'],
  Classes: [CLASSES],
  ClassView: [CLASSES, 'rows', '*'],
  ClassCounts: [CLASSES, 'attempts'],
  ClassPage: ['/api/v1/classes/{id}'],
  ClassExample: ['/api/v1/classes/{id}', 'example'],
  ClassDays: ['/api/v1/classes/{id}', 'perDay'],
  StatsSummary: ['/api/v1/stats/summary'],
  Series: ['/api/v1/stats/timeseries'],
  Top: ['/api/v1/stats/top'],
  Status: ['/status.json'],
  Installation: ['/.well-known/pinata.json'],
  Privacy: ['/.well-known/pinata.json', 'privacy'],
  MadeProof: ['/api/v1/targets/{target}/proofs', 'rows', '*'],
  AttemptTexts: ['/api/v1/attempts/{id}/text'],
  Me: ['/api/v1/me'],
  ExportJob: ['/api/v1/exports/{id}'],
};

const STREAM = '/api/v1/stream';
const HEAD = `/**
 * Types of the public API, made from its OpenAPI document. Not to be edited: \`node infra/api/write-dashboard-types.ts\`.
 */
`;

/** The dashboard's types. Throws where the document has nothing at a place. */
export function dashboardTypes(document: ApiDocument): string {
  const named = new Map(Object.entries(PLACES).map(([name, place]) => [name, schemaAt(document, place)]));
  named.set('StreamEvents', eventsOf(document));
  return `${HEAD}\n${typesOf(named)}`;
}

function schemaAt(document: ApiDocument, [path, ...steps]: Place): Schema {
  let schema = answerOf(document, path, 'application/json');
  for (const step of steps) {
    const next = step === '*' ? schema.items : schema.properties?.[step];
    if (!next) throw new RangeError(`${path} has no ${steps.join('.')}`);
    schema = present(next);
  }
  return schema;
}

/** Without the null that may stand in its place. */
function present(schema: Schema): Schema {
  const some = schema.anyOf?.filter(({ type }) => type !== 'null');
  return some?.length === 1 && some[0] ? some[0] : schema;
}

function answerOf({ paths }: ApiDocument, path: string, mediaType: string): Schema {
  const schema = paths[path]?.get?.responses['200']?.content?.[mediaType]?.schema;
  if (!schema) throw new RangeError(`GET ${path} answers with no ${mediaType}`);
  return schema;
}

/** One property for each kind of event. */
function eventsOf(document: ApiDocument): Schema {
  const schema: Schema & { 'x-events'?: Record<string, Schema> } = answerOf(document, STREAM, 'text/event-stream');
  const events = schema['x-events'];
  if (!events) throw new RangeError('the stream does not say what its events are');
  return { type: 'object', properties: events, required: Object.keys(events) };
}
