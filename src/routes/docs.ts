import type { OpenAPIHono } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { html } from 'hono/html'
import * as asyncapi from '../docs/asyncapi'
import { documentOf } from '../docs/openapi'
import { statusOf, titleOf } from '../errors'
import type { AppEnv } from '../http/context'
import { closeCodes, PROTOCOL } from '../schemas/socket'

const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js']

// The page's own start-up script is a file so that the policy can refuse inline scripts.
const START = `window.addEventListener('load', () => {
  window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, persistAuthorization: true })
})`

const page = html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>chatroom API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="docs"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>`

type Html = ReturnType<typeof html>

/** A page to read, without a script. */
const article = (title: string, content: Html) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>chatroom: ${title}</title>
    <style>
      body { font: 16px/1.5 sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
      pre { background: #f4f4f4; padding: 0.75rem; overflow-x: auto; }
      td, th { text-align: left; padding: 0.25rem 1rem 0.25rem 0; vertical-align: top; }
    </style>
  </head>
  <body>
    <p><a href="/docs">Endpoints</a> · <a href="/docs/socket">Socket</a> · <a href="/docs/problems">Problems</a></p>
    <h1>${title}</h1>
    ${content}
  </body>
</html>`

const problems = article(
  'Problem codes',
  html`<dl>
    ${Object.entries(statusOf).map(
      ([code, status]) =>
        html`<dt id="${code}"><code>${code}</code> (${status})</dt>
          <dd>${titleOf[code as keyof typeof titleOf]}.</dd>`,
    )}
  </dl>`,
)

const messages = (all: typeof asyncapi.commands) =>
  all.map(
    ({ name, summary, examples }) =>
      html`<h3 id="${name}"><code>${name}</code></h3>
        <p>${summary}</p>
        <pre>${examples.map(({ payload }) => (typeof payload === 'string' ? payload : JSON.stringify(payload, null, 2)))}</pre>`,
  )

const socket = article(
  `Socket ${PROTOCOL}`,
  html`<p>Open <code>GET /v1/rooms/{roomId}/socket?after={seq}</code> with the subprotocols
      <code>${PROTOCOL}</code> and <code>bearer.&lt;access token&gt;</code>. Leave <code>after</code> out the first
      time; give the last seq you have when you return, and nothing is missed.
      <a href="/asyncapi.json">/asyncapi.json</a> holds the schema of every frame.</p>
    <h2>What a client may send</h2>
    ${messages(asyncapi.commands)}
    <h2>What the room sends</h2>
    ${messages(asyncapi.frames)}
    <h2>Why it closes</h2>
    <table>
      <tr><th>code</th><th>why</th><th>what to do</th></tr>
      ${Object.entries(closeCodes).map(
        ([code, { why, next }]) => html`<tr><td>${code}</td><td>${why}</td><td>${next}</td></tr>`,
      )}
    </table>`,
)

// Swagger UI writes style attributes and draws its icons from data: URLs; everything else comes from here.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"

/** The contract by machine and for people, without any outside host. */
export const docs = (app: OpenAPIHono<AppEnv>) => {
  const openapi = { value: '' }
  return new Hono<AppEnv>()
    .get('/openapi.json', (c) => {
      openapi.value ||= JSON.stringify(documentOf(app))
      return c.body(openapi.value, 200, { 'Content-Type': 'application/json' })
    })
    .get('/asyncapi.json', (c) => c.json(asyncapi.documentOf(c.req.url), 200))
    .get('/docs', (c) => c.html(page, 200, { 'Content-Security-Policy': POLICY }))
    .get('/docs/socket', (c) => c.html(socket, 200, { 'Content-Security-Policy': POLICY }))
    .get('/docs/problems', (c) => c.html(problems, 200, { 'Content-Security-Policy': POLICY }))
    .get('/docs/start.js', (c) => c.body(START, 200, { 'Content-Type': 'text/javascript' }))
    .get(`/docs/:file{${ASSETS.join('|')}}`, async (c) => {
      const file = new URL(`/${c.req.param('file')}`, c.req.url)
      const asset = await c.env.ASSETS.fetch(file)
      return new Response(asset.body, asset)
    })
}
