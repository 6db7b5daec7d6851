import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FastifyBaseLogger } from 'fastify';
import { etagOf } from './etag.ts';
import { dataBlock } from './html.ts';
import type { SnapshotText } from './live/feed.ts';
import { plainPage } from './plain-page.ts';
import type { Snapshot } from './snapshot.ts';

/** What the dashboard's server build makes of a snapshot. */
interface Rendered {
  head: string;
  html: string;
}
type Render = (snapshot: Snapshot) => Rendered;

/** A page as it is sent. `tag` changes when its content does; the time that it was made at does not count. */
export interface Page {
  readonly html: string;
  readonly tag: string;
}

/** The built dashboard, or what stands in for it. */
export interface Dashboard {
  /** Folder of its static files; null: it was not built. */
  readonly files: string | null;
  /** The first page, rendered from the snapshot, so that it says something without JavaScript. */
  firstPage(snapshot: SnapshotText | null): Page;
  /** The frame of every other page; the app fills it. */
  page(snapshot: SnapshotText | null): Page;
}

/** The element that the app reads its first snapshot from. */
export const SNAPSHOT_ELEMENT = 'snapshot';

/** Loads `client/index.html` and `server/ssr.js` below `folder`. A dashboard that is not there gives a plain page instead. */
export async function openDashboard(folder: string, log: Pick<FastifyBaseLogger, 'warn'>): Promise<Dashboard> {
  const template = join(folder, 'client/index.html');
  if (!existsSync(template)) {
    log.warn({ template }, 'the dashboard is not built');
    const plain = (snapshot: SnapshotText | null) => ({
      html: plainPage(snapshot?.value ?? null),
      tag: etagOf(`plain ${snapshot?.tag}`),
    });
    return { files: null, firstPage: plain, page: plain };
  }
  const render = await loadRender(join(folder, 'server/ssr.js'), log);
  return builtDashboard(join(folder, 'client'), await readFile(template, 'utf8'), render, log);
}

/** A dashboard from its parts. One rendering per snapshot, however many ask. */
export function builtDashboard(
  files: string,
  template: string,
  render: Render | null,
  log: Pick<FastifyBaseLogger, 'warn'>,
): Dashboard {
  const build = etagOf(template);
  let last: { tag: string; page: Page } | null = null;
  const rendered = (snapshot: Snapshot): Rendered => {
    try {
      return render?.(snapshot) ?? EMPTY;
    } catch (error) {
      // The app takes over in the browser and renders it there.
      log.warn({ err: error }, 'the first page could not be rendered');
      return EMPTY;
    }
  };
  return {
    files,
    firstPage(snapshot) {
      const tag = etagOf(`first ${build} ${snapshot?.tag}`);
      if (last?.tag !== tag) {
        const first = snapshot ? rendered(snapshot.value) : EMPTY;
        last = { tag, page: { html: fill(template, first, snapshot), tag } };
      }
      return last.page;
    },
    page: snapshot => ({
      html: fill(template, EMPTY, snapshot),
      tag: etagOf(`page ${build} ${snapshot?.tag}`),
    }),
  };
}

const EMPTY: Rendered = { head: '', html: '' };

function fill(template: string, { head, html }: Rendered, snapshot: SnapshotText | null): string {
  // Functions: a replacement text would give `$&` in the content a meaning.
  return template
    .replace('<!--head-->', () => head)
    .replace('<!--app-->', () => html)
    .replace('<!--data-->', () => (snapshot ? dataBlock(SNAPSHOT_ELEMENT, snapshot.json) : ''));
}

async function loadRender(path: string, log: Pick<FastifyBaseLogger, 'warn'>): Promise<Render | null> {
  if (!existsSync(path)) {
    log.warn({ path }, 'the dashboard has no server build: its first page is empty without JavaScript');
    return null;
  }
  const module: unknown = await import(pathToFileURL(path).href);
  if (!isRenderer(module)) throw new TypeError(`${path} does not export render()`);
  return module.render;
}

function isRenderer(module: unknown): module is { render: Render } {
  return typeof module === 'object' && module !== null && 'render' in module && typeof module.render === 'function';
}
