import { Hono } from 'hono'
import { html } from 'hono/html'
import { ApiError } from '../errors'
import type { AppEnv } from '../http/context'
import { type KeptMessage, list } from '../mail/kept-mail'

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

const POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Only `npm start` sets the variable, and only this machine reaches such a host. */
const isLocal = (env: Env, url: string): boolean =>
  env.LOCAL_MAIL === 'on' && LOOPBACK.includes(new URL(url).hostname)

// The link of a letter can be followed; nothing else of it is more than text.
const withLinks = (text: string) =>
  text
    .split(/(https?:\/\/\S+)/)
    .map((part, i) => (i % 2 === 1 ? html`<a href="${part}">${part}</a>` : part))

const article = ({ to, subject, text, sentAt }: KeptMessage) => html`
  <article>
    <h2>${subject}</h2>
    <p>To ${to}, ${new Date(sentAt).toISOString()}</p>
    <pre>${withLinks(text)}</pre>
  </article>`

const page = (messages: readonly KeptMessage[]) => html`<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Local mail</title></head>
  <body>
    <h1>Local mail</h1>
    <p>What this local run has sent, the latest first. Nothing has left this machine.</p>
    ${messages.map(article)}
  </body>
</html>`

/** What a local run has sent, as a page or, if asked, as JSON. There is none of it anywhere else. */
export const localMail = new Hono<AppEnv>().get('/_local/mail', (c) => {
  if (!isLocal(c.env, c.req.url)) throw new ApiError('not_found', 'There is nothing at this path.')
  c.header('Cache-Control', 'no-store')
  if (c.req.header('Accept')?.includes('application/json')) return c.json({ items: list() })
  return c.html(page(list()), 200, { 'Content-Security-Policy': POLICY })
})
