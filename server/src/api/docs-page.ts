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
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<h1>${e(document.info?.title ?? '')}: API</h1>
<p>${e(document.info?.description ?? '')}</p>
<p>For machines: <a href="/openapi.json">openapi.json</a>, <a href="/schema/attempt-1.json">schema of an attempt</a>.</p>
${operations.join('\n')}
<h2 id="errors">Errors</h2>
<p>Every error is a problem document (RFC 9457) with one of these codes.</p>
<dl>
${Object.entries(ERRORS).map(errorEntry).join('\n')}
</dl>
</body>
</html>
`;
}

export const DOCS_STYLE = `:root { color-scheme: light dark; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
code, pre, h2.path { font-family: ui-monospace, monospace; }
h2 { margin-top: 2.5rem; border-top: 1px solid; padding-top: 0.5rem; font-size: 1.1rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: 0.2rem 1rem 0.2rem 0; }
.text { white-space: pre-line; }
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
