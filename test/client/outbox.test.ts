import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Chat } from '../../src/client/chatroom-client'
import type { SocketClass } from '../../src/client/connection/connection'
import { keepOutbox } from '../../src/client/outbox'
import { FakeSocket } from './fixtures/socket'

const claims = btoa(JSON.stringify({ sub: 'ana', exp: 4_102_444_800 }))
let posted: { path: string; nonce: string; text: string }[]
let answer: () => Response
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
function tab(): Chat {
  const chat = new Chat('http://chat.test', {
    session: {
      id: 's',
      userId: 'ana',
      accessToken: `h.${claims}.s`,
      expiresAt: 4e12,
      refreshToken: 'r',
    },
    WebSocket: FakeSocket as unknown as SocketClass,
    fetch: async (url, { body } = {}) => {
      const { nonce, text } = JSON.parse(String(body))
      posted.push({ path: new URL(String(url)).pathname, nonce, text })
      return answer()
    },
  })
  stops.push(keepOutbox(chat))
  return chat
}

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
