import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { createCallerScenario } from './access/callers'
import { openToAll, policies } from './access/policy'
import { normalize, outcomeOf, parseRows } from './access/rows'
import { spyOnD1 } from './fixtures/d1-spy'
import * as traffic from './fixtures/traffic'
import { logIn, registerUser, setSiteRole } from './fixtures/users'

const PASSWORD = 'plover-password-9d1'
const ROOM_PASSWORD = 'curlew-password-7e2'
const ADDRESS = 'sandpiper'
const NETWORK = '203.0.113.77'
const secrets = new RegExp([PASSWORD, ROOM_PASSWORD, 'scrypt', 'password_hash'].join('|'), 'i')
const privates = new RegExp([ADDRESS, NETWORK, 'eyJ[\\w-]+\\.eyJ'].join('|'), 'i')

/** Endpoints that answer with your own private data. */
const OWN =
  /^(GET|PATCH) \/v1\/me$|^GET \/v1\/me\/export$|^PUT \/v1\/me\/email\/verification$|^(PUT|DELETE) \/v1\/me\/avatar$|^POST \/v1\/(users|sessions|sessions\/refresh)$|media-token$|^INBOX own$/

const seen: { from: string; text: string }[] = []

let addresses = 0
const address = () => {
  addresses += 1
  return `${ADDRESS}${addresses}@example.com`
}

const signUp = () => registerUser('jo', { email: address(), password: PASSWORD })

beforeAll(async () => {
  for (const level of ['debug', 'log', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((...words) => {
      seen.push({ from: `console.${level}`, text: words.map(shown).join(' ') })
    })
  }
  traffic.observe((from, text) => seen.push({ from, text }))
  await setSiteRole(await signUp(), 'admin')
})

// An error's own text and stack are not enumerable.
const shown = (word: unknown) =>
  word instanceof Error ? `${word.message} ${word.stack}` : JSON.stringify(word)

afterEach(() => {
  expect(seen.length).toBeGreaterThan(0)
  for (const { from, text } of seen.splice(0)) {
    expect(text, from).not.toMatch(secrets)
    if (!OWN.test(from)) expect(text, from).not.toMatch(privates)
  }
})

// The documents show made-up tokens and nobody's data.
const rows = new Set(
  [
    ...openToAll.map(normalize),
    ...policies.flatMap(({ table }) => parseRows(table).map((r) => r.row)),
  ].filter((row) => row.includes(' /v1/') || row.startsWith('SOCKET')),
)

it.each([...rows])('%s tells nothing private', async (row) => {
  const room = { access: 'closed', listed: true, password: ROOM_PASSWORD }
  const scenario = await createCallerScenario('own', room)
  await env.DB.prepare(
    `update users set email = '${ADDRESS}.' || id || '@example.com' where email is null`,
  ).run()
  await outcomeOf(row, scenario)
})

it('registering, logging in and failing at either tell nothing private', async () => {
  const jo = await signUp()
  const email = (await jo.get('/v1/me')).body.email
  const headers = { 'CF-Connecting-IP': NETWORK }
  await logIn({ email, password: PASSWORD }, headers)
  await logIn({ email, password: `${PASSWORD}x` }, headers)
  await logIn({ username: jo.username, password: PASSWORD, email }, headers)
  const other = await signUp()
  await other.patch('/v1/me', { email })
  await other.patch('/v1/me', { password: `${PASSWORD}2`, currentPassword: PASSWORD })
  await other.patch('/v1/me', { password: PASSWORD, currentPassword: 'wrong' })
  await jo.get(`/v1/users?search=${ADDRESS}`)
  await jo.get('/v1/sessions')
})

it('a failure of the directory is logged without what was sent to it', async () => {
  const jo = await signUp()
  const d1 = spyOnD1()
  d1.isDown = true
  const away = await jo.patch('/v1/me', { email: address() })
  d1.restore()
  expect(away.status).toBe(503)
  // D1 quotes a statement that it refuses, parameters and all.
  await env.DB.prepare('alter table users rename column email to mail').run()
  await jo.patch('/v1/me', { email: address() }).catch(() => 'an answer that no endpoint declares')
  await env.DB.prepare('alter table users rename column mail to email').run()
  expect(seen.some(({ from }) => from === 'console.error')).toBe(true)
})

it('a wrong password of a room is shown to nobody', async () => {
  const [ana, bo] = await Promise.all([signUp(), signUp()])
  const settings = { name: 'Pier', access: 'closed', listed: true, password: ROOM_PASSWORD }
  const { body } = await ana.post('/v1/rooms', settings)
  await bo.put(`/v1/rooms/${body.id}/members/@me`, { password: `${ROOM_PASSWORD}x` })
  await bo.put(`/v1/rooms/${body.id}/members/@me`, { password: ROOM_PASSWORD })
  await ana.patch(`/v1/rooms/${body.id}`, { password: `${ROOM_PASSWORD}2` })
  await ana.get(`/v1/rooms/${body.id}/events?after=0`)
  await ana.get(`/v1/rooms/${body.id}/audit`)
})
