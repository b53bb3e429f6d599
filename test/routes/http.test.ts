import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { app } from '../../src/app'
import { call } from '../fixtures/api'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { createUser, PASSWORD } from '../fixtures/users'

const ORIGIN = { Origin: 'https://front.example' }

describe('a request id', () => {
  it('is given to every answer, and told in a problem', async () => {
    const { headers, body } = await call('GET', '/nowhere')
    expect(headers.get('X-Request-Id')).toBe(body.requestId)
    expect((await call('GET', '/health')).headers.get('X-Request-Id')).toMatch(/^[\w-]{36}$/)
  })

  it('of the caller is kept, unless it is no id', async () => {
    const ask = async (id: string) =>
      (await call('GET', '/nowhere', { headers: { 'X-Request-Id': id } })).body.requestId
    expect(await ask('mine-1')).toBe('mine-1')
    expect(await ask('x'.repeat(1000))).not.toContain('xxx')
    expect(await ask('a b')).not.toBe('a b')
  })
})

describe('reading again', () => {
  it('is answered 304 without a body while nothing changed', async () => {
    const { ana, bo, path } = await createScenario()
    const first = await ana.get(path)
    const etag = first.headers.get('ETag') ?? ''
    const again = await ana.get(path, { headers: { 'If-None-Match': etag, ...ORIGIN } })
    expect([again.status, again.body]).toEqual([304, null])
    expect(again.headers.get('ETag')).toBe(etag)
    expect(again.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(again.headers.get('Access-Control-Expose-Headers')).toContain('ETag')
    expect(again.headers.get('X-Request-Id')).not.toBeNull()
    await bo.post(`${path}/messages`, newMessage('news'))
    expect((await ana.get(path, { headers: { 'If-None-Match': etag } })).status).toBe(200)
  })
})

describe('a page of another origin', () => {
  it('may ask before it asks', async () => {
    const headers = { ...ORIGIN, 'Access-Control-Request-Method': 'PATCH' }
    const reply = await call('OPTIONS', '/v1/me', { headers })
    expect(reply.status).toBe(204)
    expect(reply.headers.get('Access-Control-Allow-Methods')).toContain('PATCH')
    for (const name of ['Authorization', 'Content-Type', 'If-None-Match']) {
      expect(reply.headers.get('Access-Control-Allow-Headers')).toContain(name)
    }
    expect(reply.headers.get('Access-Control-Allow-Credentials')).toBeNull()
  })

  it('can read problems, those of no route and of a wrong method too', async () => {
    const wrong = [
      call('GET', '/v1/me', { headers: ORIGIN }),
      call('GET', '/no', { headers: ORIGIN }),
    ]
    wrong.push(call('POST', '/v1/me', { headers: ORIGIN, body: {} }))
    for (const { status, headers } of await Promise.all(wrong)) {
      expect(headers.get('Access-Control-Allow-Origin'), String(status)).toBe('*')
      expect(headers.get('Access-Control-Expose-Headers')).toMatch(/\bDate\b.*\bRetry-After\b/)
    }
  })
})

describe('where origins are listed', () => {
  const listing = { ...env, CORS_ORIGINS: 'https://front.example, https://admin.example' }
  const ask = (Origin: string, path = '/health', headers = {}) =>
    app.request(`https://chat.test${path}`, { headers: { Origin, ...headers } }, listing)

  it('those may call and others may not, and caches are told that it depends', async () => {
    for (const origin of [
      'https://front.example',
      'https://admin.example',
      'https://evil.example',
    ]) {
      const { headers } = await ask(origin)
      const isListed = !origin.includes('evil')
      expect(headers.get('Access-Control-Allow-Origin')).toBe(isListed ? origin : null)
      expect(headers.get('Vary')).toContain('Origin')
    }
  })

  it('sockets open', async () => {
    const { status, webSocket } = await ask('https://front.example', '/v1/rooms/no/socket', {
      Upgrade: 'websocket',
    })
    expect([status, webSocket !== null]).toEqual([101, true])
    webSocket?.accept()
    webSocket?.close()
  })
})

describe('a body', () => {
  const post = async (body: string, headers = {}) => {
    const ana = await createUser('Ana')
    return call('POST', '/v1/rooms', { token: ana.token, body, headers })
  }

  it('of more than 64 KB is refused', async () => {
    const { status, body } = await post(JSON.stringify({ name: 'x'.repeat(65_536) }))
    expect([status, body.code]).toEqual([413, 'too_large'])
  })

  it('that is not UTF-8 is refused, whatever takes it, and stored nowhere', async () => {
    const { bo, path } = await createScenario()
    const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0))
    const sent = (method: string, to: string, json: object, token?: string) =>
      call(method, to, { token, body: latin1(JSON.stringify(json)) })
    for (const { status, body } of [
      await sent('POST', `${path}/messages`, { nonce: 'latin', text: 'café' }, bo.token),
      await sent('PATCH', '/v1/me', { bio: 'café' }, bo.token),
      await sent('PUT', `${path}/members/@me`, { password: 'café' }, bo.token),
      await sent('POST', '/v1/users', { password: PASSWORD, displayName: 'Zoë' }),
    ]) {
      expect([status, body.code, body.detail]).toEqual([
        400,
        'malformed',
        'Send JSON as UTF-8. This body has other bytes.',
      ])
    }
    expect((await bo.get(`${path}/messages`)).body.items).toEqual([])
    const body = new TextEncoder().encode('\ufeff{"nonce":"utf8","text":"café"}')
    const posted = await call('POST', `${path}/messages`, { token: bo.token, body })
    expect([posted.status, posted.body.text]).toEqual([201, 'café'])
  })

  it('that is not JSON, or does not say that it is, is refused', async () => {
    const ana = await createUser('Ana')
    expect((await post('{ "name": ')).body.code).toBe('malformed')
    expect((await post('')).body.code).toBe('malformed')
    expect((await post('[]')).body.code).toBe('invalid')
    expect((await post('null')).body.code).toBe('invalid')
    const plain = await post('{}', { 'Content-Type': 'text/plain' })
    expect([plain.status, plain.body.code]).toEqual([415, 'unsupported_type'])
    const none = await call('POST', '/v1/rooms', { token: ana.token })
    expect([none.status, none.body.code]).toEqual([415, 'unsupported_type'])
  })

  it('with a field that nobody knows is refused by its name', async () => {
    const { body } = await post('{ "name": "Pier", "colour": "blue" }')
    expect(body).toMatchObject({ code: 'invalid', detail: expect.stringContaining('colour') })
  })
})

it('every path answers the methods it lacks with 405 and those it has', async () => {
  for (const [path, allow] of [
    ['/v1/me', 'DELETE, GET, HEAD, PATCH'],
    ['/v1/rooms', 'GET, HEAD, POST'],
    ['/v1/sessions/refresh', 'POST'],
    ['/openapi.json', 'GET, HEAD'],
  ] as const) {
    const { status, headers, body } = await call('PUT', path, { body: {} })
    expect([status, body.code, headers.get('Allow')]).toEqual([405, 'method_not_allowed', allow])
  }
})

it('HEAD is GET without the body', async () => {
  const { status, body } = await call('HEAD', '/openapi.json')
  expect([status, body]).toEqual([200, null])
})

it('a problem says what it is in the media type of problems, and that nothing may sniff it', async () => {
  const { headers } = await call('GET', '/v1/me')
  expect(headers.get('Content-Type')).toBe('application/problem+json')
  expect(headers.get('WWW-Authenticate')).toBe('Bearer')
  expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
})
