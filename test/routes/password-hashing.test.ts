import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it, vi } from 'vitest'
import type * as passwords from '../../src/auth/passwords'
import { stopClock, withinOneMinute } from '../fixtures/clock'
import { createRoom } from '../fixtures/rooms'
import { clientAddress, createUsers, PASSWORD, registerUser } from '../fixtures/users'

// vitest tidies up after a mock by a function that workerd does not have.
await vi.hoisted(async () => {
  const { AsyncLocalStorage } = await import('node:async_hooks')
  AsyncLocalStorage.prototype.disable = () => {}
})

// As they are, but counted: a hash takes a tenth of a second of a thread that all share.
const counted = vi.hoisted(() => vi.fn())
vi.mock('../../src/auth/passwords', async (original) => {
  const real = await original<typeof passwords>()
  const noting =
    <In extends unknown[], Out>(work: (...input: In) => Out) =>
    (...input: In) => {
      counted()
      return work(...input)
    }
  return { ...real, hash: noting(real.hash), verify: noting(real.verify) }
})
// The service was loaded before this file, and so before there was anything to count by.
vi.resetModules()
const { default: worker } = await import('../../src/index')

interface Attempt {
  method?: string
  path: string
  body: object
  headers: Record<string, string>
}

async function codeOf({ method = 'POST', path, body, headers }: Attempt): Promise<string> {
  const request = new Request(`https://chat.test${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const response = await worker.fetch(request, env, createExecutionContext())
  const { code = 'ok' } = await response.json<{ code?: string }>()
  return code
}

/** How many hashes a hundred attempts at once take, and the codes of their answers. */
async function flood(attempt: (index: number) => Attempt) {
  counted.mockClear()
  const codes = await Promise.all(Array.from({ length: 100 }, (_, i) => codeOf(attempt(i))))
  const byCode: Record<string, number> = {}
  for (const code of codes) byCode[code] = (byCode[code] ?? 0) + 1
  return { hashes: counted.mock.calls.length, codes: byCode }
}

it.each([
  ['one network', 10],
  ['everywhere', 50],
])('a hundred log-ins to one account from %s take %i hashes', async (from, hashes) => {
  const found = await withinOneMinute(async () => {
    const { username } = await registerUser('ana')
    const body = { username, password: 'a guess' }
    const network = clientAddress()
    return flood(() => ({
      path: '/v1/sessions',
      body,
      headers: from === 'everywhere' ? clientAddress() : network,
    }))
  })
  expect(found).toEqual({
    hashes,
    codes: { wrong_password: hashes, rate_limited: 100 - hashes },
  })
})

it('a hundred log-ins from one address take thirty hashes, whomever they are for', async () => {
  const bodyOf = (i: number) => ({ username: `nobody${i}`, password: 'a guess' })
  const found = await withinOneMinute(() => {
    const headers = clientAddress()
    return flood((i) => ({ path: '/v1/sessions', body: bodyOf(i), headers }))
  })
  expect(found).toEqual({ hashes: 30, codes: { wrong_password: 30, rate_limited: 70 } })
})

it('a hundred registrations from one address take twenty hashes', async () => {
  const found = await withinOneMinute(() => {
    const headers = clientAddress()
    return flood(() => ({ path: '/v1/users', body: { password: PASSWORD }, headers }))
  })
  expect(found).toEqual({ hashes: 20, codes: { ok: 20, rate_limited: 80 } })
})

it('a hundred changes of a password by who does not know it take ten hashes', async () => {
  const body = { password: 'a new password', currentPassword: 'a guess' }
  const found = await withinOneMinute(async () => {
    const { token } = await registerUser('ana')
    const headers = { ...clientAddress(), Authorization: `Bearer ${token}` }
    return flood(() => ({ method: 'PATCH', path: '/v1/me', body, headers }))
  })
  expect(found).toEqual({ hashes: 10, codes: { wrong_password: 10, rate_limited: 90 } })
})

it("a hundred guesses at a room's password take five hashes", async () => {
  const [ana, cy] = [await registerUser('ana'), await registerUser('cy')]
  const { path } = await createRoom(ana, { access: 'closed', listed: true, password: 'low tide' })
  const headers = { ...clientAddress(), Authorization: `Bearer ${cy.token}` }
  const body = { password: 'high tide' }
  stopClock()
  const found = await flood(() => ({ method: 'PUT', path: `${path}/members/@me`, body, headers }))
  expect(found).toEqual({ hashes: 5, codes: { wrong_password: 5, rate_limited: 95 } })
})

const asUser = (token: string) => ({ ...clientAddress(), Authorization: `Bearer ${token}` })

it('setting the password of a room that is not theirs to change takes no hash', async () => {
  const [ana, cy] = [await registerUser('ana'), await registerUser('cy')]
  const { room } = await createRoom(ana, { access: 'closed', listed: true })
  const headers = asUser(cy.token)
  const body = { password: 'low tide' }
  for (const [roomId, code] of [
    ['none1', 'not_found'],
    [room.id, 'forbidden'],
  ]) {
    const path = `/v1/rooms/${roomId}`
    const found = await flood(() => ({ method: 'PATCH', path, body, headers }))
    expect(found).toEqual({ hashes: 0, codes: { [`${code}`]: 100 } })
  }
})

it('a suspended account has no password of a room hashed', async () => {
  const ana = await registerUser('ana')
  const until = Date.now() + 60_000
  const suspend = env.DB.prepare('update users set suspended_until = ? where id = ?')
  await suspend.bind(until, ana.id).run()
  const body = { name: 'Harbour', access: 'closed', password: 'low tide' }
  const found = await flood(() => ({ path: '/v1/rooms', body, headers: asUser(ana.token) }))
  expect(found).toEqual({ hashes: 0, codes: { suspended: 100 } })
})

it('a hundred passwords for rooms of one user take ten hashes', async () => {
  const found = await withinOneMinute(async () => {
    const ana = await registerUser('ana')
    const { path } = await createRoom(ana, { access: 'closed' })
    return flood((i) => ({
      ...(i % 2 ? { method: 'PATCH', path } : { path: '/v1/rooms' }),
      body: { name: 'Harbour', access: 'closed', password: 'low tide' },
      headers: asUser(ana.token),
    }))
  })
  expect(found).toEqual({ hashes: 10, codes: { ok: 10, rate_limited: 90 } })
})

it("a hundred guesses at a room's password by six users take twenty hashes", async () => {
  const ana = await registerUser('ana')
  const [some, others] = [await createUsers('bo', 'cy', 'di'), await createUsers('ed', 'fe', 'gus')]
  const guessers = [...some, ...others]
  const { path } = await createRoom(ana, { access: 'closed', listed: true, password: 'low tide' })
  const body = { password: 'high tide' }
  stopClock()
  const found = await flood((i) => ({
    method: 'PUT',
    path: `${path}/members/@me`,
    body,
    headers: asUser(guessers[i % 6]?.token ?? ''),
  }))
  expect(found).toEqual({ hashes: 20, codes: { wrong_password: 20, rate_limited: 80 } })
})
