import { render as renderApp } from 'svelte/server';
import App from './App.svelte';
import type { Snapshot } from './lib/generated/api.ts';

/** The first page as HTML, so that it says something before (or without) any script. */
export function render(snapshot: Snapshot): { head: string; html: string } {
  const { head, body } = renderApp(App, { props: { path: '/', query: '', snapshot } });
  // The frame of the page has a title already; the app changes it when it takes over.
  return { head: head.replace(/<title>.*?<\/title>/s, ''), html: body };
}
