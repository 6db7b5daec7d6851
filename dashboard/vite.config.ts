import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** Two builds of one source: `vite build` for the browser, `vite build --ssr src/ssr.ts` for the first page. */
export default defineConfig(({ isSsrBuild }) => ({
  plugins: [svelte()],
  build: {
    outDir: isSsrBuild ? 'dist/server' : 'dist/client',
    emptyOutDir: true,
    copyPublicDir: !isSsrBuild,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  ssr: { noExternal: true },
}));
