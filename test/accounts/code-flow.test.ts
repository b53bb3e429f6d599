import { env } from 'cloudflare:workers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { open } from '../../src/directory/database'
import * as logInCodes from '../../src/directory/log-in-codes'
import { call } from '../fixtures/api'
import { stopClock } from '../fixtures/clock'
import {
  CLIENT_SECRET,
  codeFlowSetting,
  comeBack,
  FakeProvider,
  knowIssuers,
  openTab,
  PAGE,
  start,
  stateOf,
  type Tab,
} from '../fixtures/code-flow'
import { createKeys } from '../fixtures/issuers'
import { clientAddress, logIn, signedIn } from '../fixtures/users'

let provider: FakeProvider
let forget: () => void

beforeAll(() => {
  forget = knowIssuers()
})
afterAll(() => forget())
beforeEach(() => {
  provider = new FakeProvider()
  provider.claims = { sub: crypto.randomUUID(), name: 'Ana López' }
  provider.listen()
})
afterEach(() => void vi.restoreAllMocks())

/** Logs in at the provider and comes back; answers with what the page is told. */
async function visit(tab: Tab, more: Record<string, string> = {}) {
  const { at } = await start(tab)
  return comeBack({ state: stateOf(at), code: provider.logIn(at), ...more })
}
const use = (code = '', { verifier: codeVerifier }: Tab) => logIn({ code, codeVerifier })

const refused = [403, 'identity_refused']
const resultOf = (reply: { status: number; body: { code?: string } }) => [
  reply.status,
  reply.body.code,
]

describe('a page that logs in at an issuer', () => {
  it('reads their names, and of none while the setting cannot be read', async () => {
    const names = async () => (await call('GET', '/v1/capabilities')).body.features.identityIssuers
    expect(await names()).toEqual(['example', 'public'])
    const repair = knowIssuers('[{')
    vi.spyOn(console, 'error').mockReturnValue()
    expect(await names()).toEqual([])
    repair()
  })

  it('ends with a session of the user whom the issuer names', async () => {
    const tab = await openTab()
    const { reply, page, told } = await visit(tab)
    expect([reply.status, page]).toEqual([302, PAGE])
    expect(reply.headers.get('Cache-Control')).toBe('no-store')
    expect(reply.headers.get('Set-Cookie')).toBeNull()
    expect(Object.keys(told)).toEqual(['code'])
    const first = await use(told.code, tab)
    expect(first.status).toBe(201)
    expect(first.body.me).toMatchObject({ displayName: 'Ana López', guest: false })
    expect((await signedIn(first).get('/v1/me')).status).toBe(200)
    const next = await openTab()
    const again = await use((await visit(next)).told.code, next)
    expect(again.body.me.id).toBe(first.body.me.id)
  })

  it('asks the issuer with a state, a nonce and a challenge of our own, new each time', async () => {
    const tab = await openTab()
    const { reply, at } = await start(tab)
    expect(reply.headers.get('Cache-Control')).toBe('no-store')
    const { state, nonce, code_challenge, ...rest } = Object.fromEntries(at.searchParams)
    expect(at.origin + at.pathname).toBe('https://provider.example.com/authorize')
    expect(rest).toEqual({
      tenant: '7',
      client_id: 'chatroom',
      redirect_uri: 'https://chat.test/v1/identity/example/callback',
      response_type: 'code',
      scope: 'openid profile',
      code_challenge_method: 'S256',
    })
    expect(code_challenge).not.toBe(tab.challenge)
    const { at: next } = await start(tab)
    for (const value of [state, nonce, code_challenge])
      expect([...next.searchParams.values()]).not.toContain(value)
    expect(
      Object.fromEntries((await start(tab, { prompt: 'login' })).at.searchParams),
    ).toMatchObject({ prompt: 'login', max_age: '600' })
  })

  it('stores nothing before the issuer has answered', async () => {
    const count = () => env.DB.prepare('select count(*) n from log_in_codes').first('n')
    const before = await count()
    await start(await openTab())
    expect(await count()).toBe(before)
  })

  it('shows the secret of the client, or none of a public one', async () => {
    await visit(await openTab())
    const tab = await openTab()
    const { at } = await start(tab, {}, 'public')
    provider.claims = { ...provider.claims, iss: 'https://provider.example.com1' }
    const answer = { state: stateOf(at), code: provider.logIn(at) }
    expect((await comeBack(answer, { name: 'public' })).told).toHaveProperty('code')
    const [secret, none] = provider.asked
    const form = new URLSearchParams({ s: CLIENT_SECRET }).toString().slice(2)
    expect(secret?.authorization).toBe(`Basic ${btoa(`chatroom:${form}`)}`)
    expect([none?.authorization, none?.body.get('client_id')]).toEqual([null, 'chatroom'])
  })

  it('is told why there is no code, but nothing that the issuer wrote', async () => {
    const { at } = await start(await openTab())
    const answer = { state: stateOf(at), error_description: '<b>Call this number</b>' }
    const errors = {
      access_denied: 'access_denied',
      server_error: 'unavailable',
      x: 'identity_refused',
    }
    for (const [error, told] of Object.entries(errors)) {
      const back = await comeBack({ ...answer, error })
      expect([back.page, back.told]).toEqual([PAGE, { error: told }])
    }
  })

  it('proves who its user is by a code', async () => {
    const tab = await openTab()
    const ana = signedIn(await use((await visit(tab)).told.code, tab))
    const proof = async (code = '') =>
      ana.put('/v1/sessions/current/proof', { code, codeVerifier: tab.verifier })
    expect((await proof((await visit(tab)).told.code)).status).toBe(204)
    provider.claims = { sub: crypto.randomUUID() }
    expect(resultOf(await proof((await visit(tab)).told.code))).toEqual(refused)
  })
})

describe('a code', () => {
  it('is good once, also of many at the same time', async () => {
    const tab = await openTab()
    const { told } = await visit(tab)
    const replies = await Promise.all(Array.from({ length: 10 }, () => use(told.code, tab)))
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(resultOf(await use(told.code, tab))).toEqual(refused)
  })

  it('is good for its page alone, and for nobody after a wrong verifier', async () => {
    const tab = await openTab()
    const { told } = await visit(tab)
    expect(resultOf(await use(told.code, await openTab()))).toEqual(refused)
    expect(resultOf(await use(told.code, tab))).toEqual(refused)
  })

  it('is good for a minute, and is swept with who it was', async () => {
    const clock = stopClock()
    const tab = await openTab()
    const [early, late] = [await visit(tab), await visit(tab)]
    clock.advance(59_000)
    expect((await use(early.told.code, tab)).status).toBe(201)
    clock.advance(1000)
    expect(resultOf(await use(late.told.code, tab))).toEqual(refused)
    const name = crypto.randomUUID()
    provider.claims = { ...provider.claims, name }
    const named = () =>
      env.DB.prepare('select count(*) n from log_in_codes where instr(identity, ?)')
        .bind(name)
        .first('n')
    await visit(tab)
    expect(await named()).toBe(1)
    clock.advance(12 * 60_000)
    await logInCodes.sweep(open(env.DB), Date.now())
    expect(await named()).toBe(0)
  })

  it('is stored as a hash, and nothing of who it was stays when it is used', async () => {
    const tab = await openTab()
    const name = crypto.randomUUID()
    provider.claims = { ...provider.claims, name }
    const { told } = await visit(tab)
    const rows = async () =>
      JSON.stringify((await env.DB.prepare('select * from log_in_codes').all()).results)
    expect(await rows()).not.toContain(told.code)
    expect(await rows()).toContain(name)
    await use(told.code, tab)
    expect(await rows()).not.toContain(name)
  })

  it.each([
    [{ codeVerifier: undefined }],
    [{ identityToken: 'x' }],
    [{ nonce: 'x' }],
    [{ username: 'ana' }],
    [{ password: 'x' }],
    [{ deviceToken: 'x' }],
    [{ codeVerifier: 'short' }],
  ])('does not go with %o', async (more) => {
    const { verifier: codeVerifier } = await openTab()
    const reply = await logIn({ code: 'x', codeVerifier, ...more })
    expect(resultOf(reply)).toEqual([400, 'invalid'])
  })
})

describe('an answer of an issuer is refused', () => {
  it('for the state of somebody else', async () => {
    const [mine, theirs] = [await start(await openTab()), await start(await openTab())]
    const code = provider.logIn(theirs.at)
    expect((await comeBack({ state: stateOf(mine.at), code })).told.error).toBe('identity_refused')
  })

  it('a second time, though the issuer would give another token', async () => {
    const { at } = await start(await openTab())
    const state = stateOf(at)
    expect((await comeBack({ state, code: provider.logIn(at) })).told).toHaveProperty('code')
    expect((await comeBack({ state, code: provider.logIn(at) })).told).toEqual({ error: 'expired' })
  })

  it('after ten minutes, and its page is told', async () => {
    const clock = stopClock()
    const { at } = await start(await openTab())
    const answer = { state: stateOf(at), code: provider.logIn(at) }
    clock.advance(10 * 60_000)
    const { page, told } = await comeBack(answer)
    expect([page, told]).toEqual([PAGE, { error: 'expired' }])
    clock.advance(24 * 60 * 60_000)
    expect(resultOf((await comeBack(answer)).reply)).toEqual([401, 'token_expired'])
    expect(provider.asked).toEqual([])
  })

  it('at the address of another issuer, or by the word of one', async () => {
    const { at } = await start(await openTab())
    const answer = { state: stateOf(at), code: provider.logIn(at) }
    const { reply } = await comeBack(answer, { name: 'public' })
    expect(resultOf(reply)).toEqual([404, 'not_found'])
    const iss = 'https://provider.example.com1'
    expect((await comeBack({ ...answer, iss })).told.error).toBe('identity_refused')
    expect(provider.asked).toEqual([])
  })

  it('for a state that is not ours, or is a token of another kind', async () => {
    const tab = await openTab()
    const signed = await use((await visit(tab)).told.code, tab)
    for (const state of ['x', signed.body.session.accessToken, signed.body.session.refreshToken]) {
      const { reply, page } = await comeBack({ state, code: 'x' })
      expect([...resultOf(reply), page]).toEqual([401, 'unauthenticated', ''])
    }
    expect((await call('GET', '/v1/identity/example/callback')).status).toBe(400)
  })

  it.each([
    ['of another nonce', { nonce: 'another' }],
    ['of another audience', { aud: 'another' }],
    ['of another issuer', { iss: 'https://provider.example.com1' }],
    ['that is too old', { iat: 1, exp: 2 }],
  ])('for a token %s', async (_, claims) => {
    provider.claims = { ...provider.claims, ...claims }
    expect((await visit(await openTab())).told).toEqual({ error: 'identity_refused' })
  })

  it('for a token that another key signed', async () => {
    const other = new FakeProvider(createKeys())
    provider.answer = async (claims) => Response.json(await other.tokens(claims))
    expect((await visit(await openTab())).told).toEqual({ error: 'identity_refused' })
  })

  it.each([
    ['none', () => new Response(null, { status: 502 })],
    ['no JSON', () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } })],
    ['a redirection', () => Response.redirect('https://elsewhere.example.com/token', 307)],
    [
      'that the client is unknown',
      () => Response.json({ error: 'invalid_client' }, { status: 401 }),
    ],
    ['more than there may be', () => Response.json({ access_token: 'x'.repeat(70_000) })],
  ])('when the token endpoint answers %s', async (_, answer) => {
    provider.answer = answer
    expect((await visit(await openTab())).told).toEqual({ error: 'unavailable' })
    expect(provider.asked).toHaveLength(1)
  })
})

describe('a way back', () => {
  const origins = (setting: string) => {
    const before = env.CORS_ORIGINS
    Object.assign(env, { CORS_ORIGINS: setting })
    return () => Object.assign(env, { CORS_ORIGINS: before })
  }
  const answerTo = async (returnTo: string) => {
    const { reply } = await start(await openTab(), { returnTo })
    return reply.status === 302 ? 'ok' : reply.body.code
  }

  it('leads to our own origin, and to those that are named; `*` names none', async () => {
    expect(await answerTo('https://chat.test/')).toBe('ok')
    expect(await answerTo('https://app.example.com/')).toBe('invalid')
    const restore = origins('https://app.example.com, http://localhost:5173')
    try {
      expect(await answerTo('https://app.example.com/x')).toBe('ok')
      expect(await answerTo('http://localhost:5173/x')).toBe('ok')
      expect(await answerTo('http://app.example.com/x')).toBe('invalid')
    } finally {
      restore()
    }
  })

  it.each([
    '//evil.example.com/',
    '/signed-in',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://chat.test@evil.example.com/',
    'https://chat.test.evil.example.com/',
    'https://evil.example.com\\@chat.test/',
    'https://ana:secret@chat.test/',
    'https://chat.test:444/',
    'http://chat.test/',
    `https://chat.test/${'x'.repeat(500)}`,
  ])('does not lead to %s', async (returnTo) => {
    expect(await answerTo(returnTo)).toBe('invalid')
  })

  it('is none without a challenge, and at an issuer that is none', async () => {
    for (const challenge of ['', 'x'.repeat(42), 'x'.repeat(44), `${'x'.repeat(42)}+`])
      expect((await start(await openTab(), { challenge })).reply.body.code).toBe('invalid')
    for (const name of ['nobody', 'Example', '__proto__'])
      expect((await start(await openTab(), {}, name)).reply.status).toBe(404)
  })

  it('is limited by address', async () => {
    const { challenge } = await openTab()
    const headers = clientAddress()
    const query = new URLSearchParams({ challenge, returnTo: PAGE })
    const replies = []
    for (let i = 0; i < 70; i += 1)
      replies.push(await call('GET', `/v1/identity/example/start?${query}`, { headers }))
    expect(replies.some(({ status }) => status === 429)).toBe(true)
    const { at } = await start(await openTab())
    const told = []
    for (let i = 0; i < 70; i += 1)
      told.push((await comeBack({ state: stateOf(at), error: 'access_denied' }, { headers })).told)
    expect(told).toContainEqual({ error: 'rate_limited' })
  })
})

describe('the setting of an issuer', () => {
  it.each([
    ['a client that is no audience', { clientId: 'another' }],
    ['a name that is no name', { name: 'Ex/ample' }],
    ['an endpoint without TLS', { tokenEndpoint: 'http://provider.example.com/token' }],
    ['a scope without openid', { scope: 'profile' }],
    ['a field that is none', { secret: 'x' }],
  ])('is refused for %s', async (_, change) => {
    const [issuer] = JSON.parse(codeFlowSetting())
    const setting = [{ ...issuer, codeFlow: { ...issuer.codeFlow, ...change } }]
    const restore = knowIssuers(JSON.stringify(setting))
    try {
      expect((await start(await openTab())).reply.body.code).toBe('unavailable')
    } finally {
      restore()
    }
  })
})
