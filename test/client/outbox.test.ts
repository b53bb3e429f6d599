import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Chat } from '../../src/client/chatroom-client'
import type { SocketClass } from '../../src/client/connection/connection'
import { keepOutbox, type OutboxOptions } from '../../src/client/outbox'
import { FakeSocket } from './fixtures/socket'

const claims = btoa(JSON.stringify({ sub: 'ana', exp: 4_102_444_800 }))
let posted: { path: string; nonce: string; text: string; token: string | undefined }[]
let answer: () => Response | Promise<Response>
let stops: (() => void)[]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval', 'Date'] })
  vi.stubGlobal('indexedDB', new IDBFactory())
  posted = []
  answer = () => Response.json({ seq: posted.length })
  stops = []
})

afterEach(() => {
  for (const stop of stops) stop()
  vi.useRealTimers()
})

/** A tab of the same user. */
function tab(options: OutboxOptions = {}): Chat {
  const chat = new Chat('http://chat.test', {
    session: {
      id: 's',
      userId: 'ana',
      accessToken: `h.${claims}.s`,
      expiresAt: 4e12,
      refreshToken: 'r',
    },
    WebSocket: FakeSocket as unknown as SocketClass,
    storage: null,
    fetch: async (url, { body, headers } = {}) => {
      const path = new URL(String(url)).pathname
      const { nonce, text, username } = JSON.parse(String(body))
      if (path === '/v1/sessions/refresh') return unauthenticated()
      if (path === '/v1/sessions') return Response.json(loggedIn(username))
      const token = new Headers(headers).get('Authorization')?.replace('Bearer ', '')
      posted.push({ path, nonce, text, token })
      return answer()
    },
  })
  stops.push(keepOutbox(chat, options))
  return chat
}

const unauthenticated = () =>
  Response.json({ code: 'unauthenticated', detail: 'Log in.' }, { status: 401 })

const loggedIn = (id: string) => ({
  me: { id, username: id, displayName: id, avatarUrl: null },
  session: { id: `of ${id}`, accessToken: `of ${id}`, accessExpiresIn: 600, refreshToken: 'r' },
  deviceToken: 'd',
})

const logIn = (chat: Chat, username: string) => chat.logIn({ username, password: 'low tide' })

const close = () => {
  for (const stop of stops.splice(0)) stop()
}
/** Lets IndexedDB, whose turns are of the real clock, do its work. */
const settle = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)))
async function pass(ms: number) {
  for (let i = 0; i < 20; i += 1) await settle()
  await vi.advanceTimersByTimeAsync(ms)
  for (let i = 0; i < 20; i += 1) await settle()
}
const statuses = (chat: Chat, room: string) =>
  chat
    .room(room)
    .unsent()
    .map(({ text, status }) => [text, status])

it('what was written without a network is shown and sent by the next page, in order and with the same nonce', async () => {
  const first = tab()
  const nonces = ['one', 'two'].map((text) => first.room('harbour').send(text))
  await pass(0)
  close()
  const next = tab()
  await pass(0)
  expect(statuses(next, 'harbour')).toEqual([
    ['one', 'pending'],
    ['two', 'pending'],
  ])
  expect(posted).toEqual([])
  await pass(31_000)
  expect(posted.map(({ nonce }) => nonce)).toEqual(nonces)
  expect(posted[0]).toMatchObject({ path: '/v1/rooms/harbour/messages', text: 'one' })
  expect(statuses(next, 'harbour')).toEqual([])
  close()
  const last = tab()
  await pass(31_000)
  expect(statuses(last, 'harbour')).toEqual([])
  expect(posted).toHaveLength(2)
})

it('what is refused is shown as failed and not sent again, until its author wants it', async () => {
  answer = () => Response.json({ code: 'muted', detail: 'You are muted.' }, { status: 403 })
  const chat = tab()
  const nonce = chat.room('harbour').send('one')
  await pass(61_000)
  expect(statuses(chat, 'harbour')).toEqual([['one', 'failed']])
  await pass(61_000)
  expect(posted).toHaveLength(1)
  answer = () => Response.json({ seq: 1 })
  chat.room('harbour').retry(nonce)
  await pass(61_000)
  expect(posted.map((one) => one.nonce)).toEqual([nonce, nonce])
  expect(statuses(chat, 'harbour')).toEqual([])
})

it('without a network it tries again later, and what was discarded is not sent', async () => {
  answer = () => {
    throw new TypeError('no network')
  }
  const chat = tab()
  const [nonce] = ['one', 'two'].map((text) => chat.room('harbour').send(text))
  await pass(31_000)
  expect(posted).toHaveLength(1)
  chat.room('harbour').discard(nonce ?? '')
  answer = () => Response.json({ seq: 1 })
  await pass(31_000)
  expect(posted.map(({ text }) => text)).toEqual(['one', 'two'])
})

it('of two tabs one sends, and the other goes on when that one is closed', async () => {
  const first = tab()
  const [stopFirst] = stops
  const second = tab()
  await pass(0)
  second.room('harbour').send('one')
  await pass(31_000)
  expect(posted.map(({ text }) => text)).toEqual(['one'])
  stopFirst?.()
  expect(first.room('harbour').unsent()).toEqual([])
  await pass(0)
  second.room('harbour').send('two')
  await pass(31_000)
  expect(posted.map(({ text }) => text)).toEqual(['one', 'two'])
})

it('what a session that has ended could not send is kept, and goes out at once when its author logs in again', async () => {
  answer = unauthenticated
  const refused: string[] = []
  const chat = tab({ onRefused: ({ draft }) => refused.push(draft.text ?? '') })
  const nonces = ['one', 'two'].map((text) => chat.room('harbour').send(text))
  await pass(31_000)
  expect(chat.userId).toBeUndefined()
  expect(posted).toHaveLength(1)
  expect(refused).toEqual([])
  answer = () => Response.json({ seq: 1 })
  await logIn(chat, 'ana')
  await pass(0)
  expect(posted.slice(1).map(({ nonce, token }) => [nonce, token])).toEqual(
    nonces.map((nonce) => [nonce, 'of ana']),
  )
  await pass(61_000)
  expect(posted).toHaveLength(3)
})

it('what was written just before the session ended is shown again at the next log-in', async () => {
  const chat = tab()
  answer = unauthenticated
  chat.room('harbour').send('one')
  await pass(0)
  await chat.request('GET', '/v1/me', {}).catch(() => {})
  expect(statuses(chat, 'harbour')).toEqual([])
  answer = () => {
    throw new TypeError('no network')
  }
  await logIn(chat, 'ana')
  await pass(0)
  expect(statuses(chat, 'harbour')).toEqual([['one', 'pending']])
})

it('nobody else sends it who logs in meanwhile, not even while it is under way', async () => {
  const chat = tab()
  for (const text of ['one', 'two']) chat.room('harbour').send(text)
  let refuse = (_: Response) => {}
  const underWay = new Promise<Response>((resolve) => {
    refuse = resolve
  })
  answer = () => underWay
  await pass(31_000)
  expect(posted).toHaveLength(1)
  answer = () => Response.json({ seq: 1 })
  await logIn(chat, 'bo')
  refuse(unauthenticated())
  await pass(61_000)
  expect(posted).toHaveLength(1)
  expect(statuses(chat, 'harbour')).toEqual([])
  await logIn(chat, 'ana')
  await pass(0)
  expect(posted.slice(1).map(({ text, token }) => [text, token])).toEqual([
    ['one', 'of ana'],
    ['two', 'of ana'],
  ])
})
