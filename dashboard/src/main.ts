import './app.css';
import { hydrate, mount } from 'svelte';
import App from './App.svelte';
import type { Snapshot } from './lib/generated/api.ts';

const target = document.getElementById('app');
if (target) {
  const given = document.getElementById('snapshot')?.textContent;
  // The server's own rendering is taken over where it sent one; the other pages begin here.
  const snapshot = given ? (JSON.parse(given) as Snapshot) : null;
  const options = { target, props: { path: location.pathname, query: location.search, snapshot } };
  if (snapshot && target.firstElementChild) hydrate(App, options);
  else mount(App, options);
}
