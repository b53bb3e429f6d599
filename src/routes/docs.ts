import type { OpenAPIHono } from '@hono/zod-openapi'
import { type Context, Hono } from 'hono'
import * as asyncapi from '../docs/asyncapi'
import { clientPage } from '../docs/client-page'
import { eventsPage } from '../docs/events-page'
import { documentOf } from '../docs/openapi'
import type { Html } from '../docs/page'
import { problemsPage } from '../docs/problems-page'
import { referencePage } from '../docs/reference-page'
import { socketPage } from '../docs/socket-page'
import type { AppEnv } from '../http/context'

const ASSETS = ['icon.svg', 'scalar.js', 'start.js', 'style.css']

const NOTHING_FROM_OUTSIDE =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const READING = `${NOTHING_FROM_OUTSIDE}; style-src 'self'; img-src 'self'`
// Scalar writes its styles into elements and attributes, draws icons from data: URLs and shows pictures it fetched
// from blob: URLs. It needs no eval, no worker and no other host.
const TRYING = `${NOTHING_FROM_OUTSIDE}; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'`

const show = (c: Context<AppEnv>, content: Html, policy = READING) =>
  c.html(content, 200, { 'Content-Security-Policy': policy })

/** The contract by machine and for people, without any outside host. */
export const docs = (app: OpenAPIHono<AppEnv>) => {
  const openapi = { value: '' }
  return new Hono<AppEnv>()
    .get('/openapi.json', (c) => {
      openapi.value ||= JSON.stringify(documentOf(app))
      return c.body(openapi.value, 200, { 'Content-Type': 'application/json' })
    })
    .get('/asyncapi.json', (c) => c.json(asyncapi.documentOf(c.req.url), 200))
    .get('/docs', (c) => show(c, referencePage, TRYING))
    .get('/docs/socket', (c) => show(c, socketPage))
    .get('/docs/events', (c) => show(c, eventsPage))
    .get('/docs/problems', (c) => show(c, problemsPage))
    .get('/docs/client', async (c) => {
      const reference = await c.env.ASSETS.fetch(new URL('/docs/client-reference.txt', c.req.url))
      return show(c, clientPage(await reference.text()))
    })
    .get(`/docs/:file{${ASSETS.join('|')}}`, async (c) => {
      const asset = await c.env.ASSETS.fetch(new Request(c.req.url, { headers: c.req.raw.headers }))
      return new Response(asset.body, asset)
    })
}
