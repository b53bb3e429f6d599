import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { call } from '../fixtures/api'

it('says what this is and links on, to nothing that is not there and to no other host', async () => {
  const { status, body } = await call('GET', '/')
  expect(status).toBe(200)
  expect(body).toContain('back end of a chat')
  const links = [...body.matchAll(/<a href="([^"]+)"/g)].map(([, path]) => path)
  expect(links).toEqual([
    '/docs',
    '/docs/socket',
    '/docs/events',
    '/docs/problems',
    '/docs/client',
    '/openapi.json',
    '/asyncapi.json',
    '/health',
  ])
  // How well the service is, while other tests leave their rooms, is a matter of test/routes/health.test.ts.
  for (const path of links) expect((await call('GET', path)).status, path).not.toBe(404)
  expect(body).not.toMatch(/https?:\/\/|<script/)
})

it('allows its own style and nothing else', async () => {
  const { headers, body } = await call('GET', '/')
  const style = /<style>([\s\S]*)<\/style>/.exec(body)?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  const policy = headers.get('Content-Security-Policy')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain(`style-src 'sha256-${hash}'`)
  expect(policy).not.toContain('unsafe')
})
