/** The build that a page of ours belongs to: the name of its script, which the build derives from its content. Null: not ours. */
export function buildOf(html: string): string | null {
  return /<script[^>]*\ssrc="(\/assets\/[\w.-]+\.js)"/.exec(html)?.[1] ?? null;
}

/** The build that runs here. */
export function loadedBuild(): string | null {
  return document.querySelector('script[src^="/assets/"]')?.getAttribute('src') ?? null;
}
