import { ERRORS } from '../errors.ts';
import { escapeHtml as e } from './html.ts';

/** The parts of an OpenAPI document that the page shows. */
interface Operation {
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: object }[];
}
interface ApiDocument {
  info?: { title?: string; description?: string };
  paths?: Record<string, Record<string, unknown> | undefined>;
}

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);

/** The human page of the API, made from its OpenAPI document and the catalogue of errors. No script. */
export function docsPage(document: ApiDocument): string {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods ?? {})
      .filter(([method]) => METHODS.has(method))
      .map(([method, operation]) =>
        operationSection(`${method.toUpperCase()} ${path}`, isOperation(operation) ? operation : {}),
      ),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${e(document.info?.title ?? '')}: API</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<main>
<p><a href="/">The live page</a></p>
<h1>${e(document.info?.title ?? '')}: API</h1>
<p>${e(document.info?.description ?? '')}</p>
<p>For machines: <a href="/openapi.json">openapi.json</a>, <a href="/schema/attempt-1.json">schema of an attempt</a>.</p>
${operations.join('\n')}
<h2 id="errors">Errors</h2>
<p>Every error is a problem document (RFC 9457) with one of these codes.</p>
<dl>
${Object.entries(ERRORS).map(errorEntry).join('\n')}
</dl>
</main>
</body>
</html>
`;
}

/** The dashboard's colours; the page stands for itself, so that it works where no dashboard was built. */
export const DOCS_STYLE = `:root {
  color-scheme: dark light;
  --ground: light-dark(#fbfaf7, #0b1024);
  --ink: light-dark(#171a29, #eef0fb);
  --quiet: light-dark(#555a70, #a2abcc);
  --line: light-dark(#d8d4c8, #2b3564);
  --teal: light-dark(#0a6a78, #58c7d6);
  --amber: light-dark(#8a5a00, #f0b93f);
}
html { background: var(--ground); color: var(--ink); }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1.25rem; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--teal); text-underline-offset: 0.2em; }
a:focus-visible { outline: 2px solid var(--amber); outline-offset: 2px; }
h1 { line-height: 1.15; }
code, pre, h2.path { font-family: ui-monospace, monospace; }
h2 { margin: 3rem 0 0.5rem; border-top: 1px solid var(--line); padding-top: 1rem; font-size: 1.1rem; }
p { max-width: 65ch; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 1rem 0.3rem 0; border-top: 1px solid var(--line); }
th { color: var(--quiet); font-weight: 400; font-size: 0.8125rem; border: 0; }
dt { margin-top: 0.75rem; }
dd { margin: 0; color: var(--quiet); }
.text { white-space: pre-line; }
@media (max-width: 40rem) {
  table, tbody { display: block; }
  tr { display: flex; flex-wrap: wrap; gap: 0 0.75rem; padding-block: 0.4rem; border-top: 1px solid var(--line); }
  tr:first-child { display: none; }
  td { border: 0; padding: 0; }
  td:nth-child(3) { flex-basis: 100%; order: 1; }
}
`;

function operationSection(title: string, { summary, description, parameters }: Operation): string {
  const rows = (parameters ?? [])
    .map(
      ({ name, in: where, description: text, schema }) =>
        `<tr><td><code>${e(name)}</code></td><td>${e(where)}</td><td>${e(text ?? '')}</td><td><code>${e(typeOf(schema))}</code></td></tr>`,
    )
    .join('\n');
  return `<h2 class="path">${e(title)}</h2>
<p>${e(summary ?? '')}</p>
${description ? `<p class="text">${e(description)}</p>` : ''}
${rows ? `<table>\n<tr><th>parameter</th><th>in</th><th>meaning</th><th>form</th></tr>\n${rows}\n</table>` : ''}`;
}

function errorEntry([code, { status, message, remedy }]: [
  string,
  { status: number; message: string; remedy: string },
]): string {
  return `<dt id="${e(code)}"><code>${e(code)}</code> (${status})</dt><dd>${e(message)} ${e(remedy)}</dd>`;
}

function typeOf(schema: object | undefined): string {
  if (!schema) return '';
  if ('enum' in schema && Array.isArray(schema.enum)) return schema.enum.join(' | ');
  return 'type' in schema ? String(schema.type) : '';
}

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null;
}
