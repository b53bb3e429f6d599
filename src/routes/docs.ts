import type { OpenAPIHono } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { html } from 'hono/html'
import type { AppEnv } from '../context'
import { statusOf, titleOf } from '../errors'
import { documentOf } from '../openapi'

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

const problems = html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>chatroom problems</title>
  </head>
  <body>
    <h1>Problem codes</h1>
    <dl>
      ${Object.entries(statusOf).map(
        ([code, status]) =>
          html`<dt id="${code}"><code>${code}</code> (${status})</dt>
            <dd>${titleOf[code as keyof typeof titleOf]}.</dd>`,
      )}
    </dl>
  </body>
</html>`

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
    .get('/docs', (c) => c.html(page, 200, { 'Content-Security-Policy': POLICY }))
    .get('/docs/problems', (c) => c.html(problems, 200, { 'Content-Security-Policy': POLICY }))
    .get('/docs/start.js', (c) => c.body(START, 200, { 'Content-Type': 'text/javascript' }))
    .get(`/docs/:file{${ASSETS.join('|')}}`, async (c) => {
      const file = new URL(`/${c.req.param('file')}`, c.req.url)
      const asset = await c.env.ASSETS.fetch(file)
      return new Response(asset.body, asset)
    })
}
