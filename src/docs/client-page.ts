import { html, raw } from 'hono/html'
import { article } from './page'

/** What the package for front ends exports. `npm run reference` makes the list of it from the types. */
export const clientPage = (reference: string) =>
  article(
    '/docs/client',
    'Client',
    html`<p>
        The package for browsers, Node and Workers in <code>src/client/</code>, whose README begins with a chat in ten lines.
        <code>npm run build:client</code> makes it in <code>dist/client</code>. What events hold is on the page of
        <a href="/docs/events">events</a>, and each <code>code</code> of a <code>ProblemError</code> on that of
        <a href="/docs/problems">problems</a>.
      </p>
      ${raw(reference)}`,
  )
