import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import type { AppEnv } from '../http/context'

const STYLE = `
  :root { color-scheme: light dark; --ink: light-dark(#1c2024, #eceef0); --soft: light-dark(#5a6169, #a0a7ae);
    --line: light-dark(#dfe3e6, #33383d); --link: light-dark(#0b62c4, #7db8ff); --ground: light-dark(#fff, #16181a); }
  * { box-sizing: border-box; }
  body { margin: 0 auto; max-width: 42rem; padding: clamp(2rem, 10vh, 6rem) 1.25rem 3rem; background: var(--ground);
    color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
  h1 { margin: 0 0 .5rem; font-size: 2rem; line-height: 1.2; letter-spacing: -.02em; }
  p { margin: 0; color: var(--soft); text-wrap: pretty; }
  ul { margin: 2rem 0 0; padding: 0; list-style: none; border-bottom: 1px solid var(--line); }
  a { display: block; padding: .75rem 0; border-top: 1px solid var(--line); color: var(--soft); text-decoration: none; }
  a b { display: block; color: var(--link); font-weight: 600; }
  a:hover b { text-decoration: underline; }
  a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
`

const LINKS = [
  ['/docs', 'API reference', 'Every endpoint, to read and to try out.'],
  ['/docs/socket', 'Socket reference', 'Every frame a client sends and receives.'],
  ['/docs/events', 'Events', 'Every change of a room, and who is told.'],
  ['/docs/problems', 'Problems', 'Every refusal, and what to do about it.'],
  ['/docs/client', 'Client', 'A package for front ends: a chat in ten lines.'],
  ['/openapi.json', 'OpenAPI document', 'The endpoints, for programs.'],
  ['/asyncapi.json', 'AsyncAPI document', 'The socket, for programs.'],
  ['/health', 'Health', 'Which parts of the service answer right now.'],
] as const

const page = html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>chatroom</title>
    <link rel="icon" href="data:," />
    <style>${raw(STYLE)}</style>
  </head>
  <body>
    <h1>chatroom</h1>
    <p>This is the back end of a chat: an HTTP API, one WebSocket per room, and one for all of a user's rooms. To build a front end on it, start with the
      references.</p>
    <ul>${LINKS.map(
      ([path, name, what]) => html`
      <li><a href="${path}"><b>${name}</b>${what}</a></li>`,
    )}
    </ul>
  </body>
</html>`

// The one style is named by its hash, so that no other counts.
const policyOf = async () => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(STYLE))
  const hash = btoa(String.fromCharCode(...new Uint8Array(digest)))
  return `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
}

/** A page that says what this is, for whoever opens the address of the API in a browser. */
export const home = new Hono<AppEnv>().get('/', async (c) =>
  c.html(page, 200, { 'Content-Security-Policy': await policyOf() }),
)
