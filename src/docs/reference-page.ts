import { html } from 'hono/html'
import { page } from './page'

/** The endpoints and the socket side by side, to try out; public/docs/start.js fills it. */
export const referencePage = page(
  '/docs',
  html`<div id="reference"></div>
    <p class="article loading">Loading…</p>
    <noscript>
      <main class="article"><p>The reference needs a script. <a href="/openapi.json">openapi.json</a> and the pages above do not.</p></main>
    </noscript>
    <script src="/docs/scalar.js"></script>
    <script src="/docs/start.js"></script>`,
)
