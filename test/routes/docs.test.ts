import { expect, it } from 'vitest'
import { call } from '../fixtures/api'

it('serves its contract, the page that shows it and the script of that page', async () => {
  const document = await call('GET', '/openapi.json')
  expect(document.body.openapi).toBe('3.1.0')
  const page = await call('GET', '/docs')
  const scripts = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url)
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

it('links every page of its docs from the others, and none of them to another host', async () => {
  for (const path of ['/docs', '/docs/socket', '/docs/problems']) {
    const { body } = await call('GET', path)
    expect(body).not.toMatch(/https?:\/\//)
    for (const [, link] of body.matchAll(/(?:href|src)="([^"#]+)"/g)) {
      expect((await call('GET', link)).status, link).toBe(200)
    }
  }
})
