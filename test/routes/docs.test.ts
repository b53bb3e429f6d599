import { expect, it } from 'vitest'
import { statusOf } from '../../src/errors'
import { closeCodes } from '../../src/schemas/close-codes'
import { Event } from '../../src/schemas/events'
import { InboxCommand, InboxFrame, InboxUpdate } from '../../src/schemas/inbox'
import { Command, Frame } from '../../src/schemas/socket'
import { call } from '../fixtures/api'

const PAGES = ['/docs', '/docs/socket', '/docs/events', '/docs/problems', '/docs/client']

/** The entries of a page, by their anchors, with the text up to the next. */
async function entriesOf(path: string): Promise<Map<string, string>> {
  const { body } = await call('GET', path)
  const [, ...entries] = body.split(/(?=<(?:h3|dt) id=")/)
  return new Map(
    entries.map((entry: string) => [/id="([^"]+)"/.exec(entry)?.[1] ?? '', entry] as const),
  )
}

it('serves its contract, the page that shows it and the script of that page', async () => {
  const document = await call('GET', '/openapi.json')
  expect(document.body.openapi).toBe('3.1.0')
  const page = await call('GET', '/docs')
  const scripts = [...page.body.matchAll(/(?:src|stylesheet" href)="([^"]+)"/g)].map(
    ([, url]) => url,
  )
  expect(scripts.length).toBe(3)
  for (const url of scripts) {
    expect(url).toMatch(/^\/docs\//)
    expect((await call('GET', url)).status).toBe(200)
  }
})

it('answers 405 with Allow, and 404 as a problem', async () => {
  const wrong = await call('DELETE', '/health')
  expect(wrong.status).toBe(405)
  expect(wrong.headers.get('Allow')).toBe('GET, HEAD')
  expect(wrong.body.code).toBe('method_not_allowed')
  expect((await call('GET', '/nowhere')).body.code).toBe('not_found')
})

it('serves the socket by machine, named for the host that was asked, and for people', async () => {
  const { body } = await call('GET', '/asyncapi.json')
  expect(body.asyncapi).toBe('3.0.0')
  expect(body.servers.here).toMatchObject({ host: 'chat.test', protocol: 'wss' })
  const page = (await call('GET', '/docs/socket')).body
  for (const word of ['message.post', 'ready', '4401']) expect(page).toContain(word)
})

it('says what the client exports, with its types', async () => {
  const entries = await entriesOf('/docs/client')
  expect(entries.get('useRoom')).toContain(
    'useRoom(of: string | KeyedRoom): RoomView &amp; RoomActions',
  )
  for (const name of ['Chat', 'Message', 'keepOutbox', 'upload', 'faults'])
    expect(entries.has(name), name).toBe(true)
})

it('links every page of its docs from the others, and none of them to another host', async () => {
  for (const path of PAGES) {
    const { body, headers } = await call('GET', path)
    expect(headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'; /)
    for (const other of PAGES) expect(body).toContain(`href="${other}"`)
    expect(body).not.toMatch(/https?:\/\//)
    for (const [, link] of body.matchAll(/(?:href|src)="([^"#]+)"/g)) {
      expect((await call('GET', link)).status, link).toBe(200)
    }
  }
})

it('has every problem on its page, where the type of a problem leads', async () => {
  const entries = await entriesOf('/docs/problems')
  expect([...entries.keys()]).toEqual(Object.keys(statusOf))
  for (const [code, status] of Object.entries(statusOf)) {
    expect(entries.get(code)).toContain(String(status))
    expect(entries.get(code)).toContain('What to do')
  }
  const [page, anchor] = (await call('GET', '/nowhere')).body.type.split('#')
  expect([page, entries.has(anchor)]).toEqual(['/docs/problems', true])
})

it('has every event on its page, with who causes it, its fields and an example', async () => {
  const entries = await entriesOf('/docs/events')
  expect([...entries.keys()]).toEqual(Event.options.map(({ shape }) => shape.type.value))
  for (const { shape } of Event.options) {
    const entry = entries.get(shape.type.value)
    expect(entry).toContain('Caused by')
    for (const field of Object.keys(shape)) expect(entry).toContain(`<dt><code>${field}</code>`)
    expect(entry).toContain(`&quot;type&quot;: &quot;${shape.type.value}&quot;`)
  }
})

it('has every command, frame and close code on the page of the socket', async () => {
  const entries = await entriesOf('/docs/socket')
  const commands = Command.options.map(({ shape }) => shape.do.value)
  const frames = Frame.options.flatMap(({ shape }) => Object.keys(shape))
  const inbox = [
    ...InboxCommand.options.map(({ shape }) => shape.do.value),
    ...InboxFrame.options.flatMap(({ shape }) => Object.keys(shape)),
  ]
  const updates = InboxUpdate.options.map(({ shape }) => shape.type.value)
  expect([...entries.keys()]).toEqual([
    ...[...commands, 'ping'],
    ...[...frames, 'pong'],
    ...inbox.map((name) => `inbox.${name}`),
    ...updates.map((name) => `update.${name}`),
    ...Object.keys(closeCodes),
  ])
})

it('answers 304 for the script of its page that a browser has already', async () => {
  const first = await call('GET', '/docs/start.js')
  const headers = { 'If-None-Match': first.headers.get('ETag') ?? '' }
  expect((await call('GET', '/docs/start.js', { headers })).status).toBe(304)
})
