import { setPriority } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { Connections } from '../../clients/connections'
import { Frames } from '../../clients/frames'
import { Listener } from '../../clients/listener'
import { newNonce } from '../../clients/member'
import type { Call } from '../../targets/dialect'
import { dialect } from '../../targets/ours'
import type { Room } from '../../targets/target'
import type { Flooded, Kind, Orders, Tally } from './flood'

const orders = JSON.parse(process.argv[2] ?? '') as Orders
const room: Room = {
  dialect,
  url: new URL(orders.url),
  roomId: orders.roomId,
  tokens: [orders.token],
  frames: new Frames(dialect),
}
const connections = new Connections(room.url, 64)
let tally: Tally = {}
let listener: Listener | undefined

function note(what: string): void {
  tally[what] = (tally[what] ?? 0) + 1
}

async function call(call: Call): Promise<void> {
  const { status, headers, body } = await connections.call(call)
  const { code } = status < 300 ? { code: 'ok' } : JSON.parse(body)
  note(
    `${status} ${code}${status === 429 && !headers['retry-after'] ? ' without Retry-After' : ''}`,
  )
}

const json = (path: string, content: object): Call => ({
  method: 'POST',
  path,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(content),
})

/** Posts on one socket, and comes back whenever that is ended. */
async function shout(): Promise<void> {
  if (listener?.closed !== undefined) {
    note(`closed with ${listener.closed}`)
    count(listener)
    listener = undefined
  }
  listener ??= new Listener(room, 0)
  await listener.ready
  if (listener.closed === undefined) listener.post('Hear me!')
}

function count(socket: Listener): void {
  tally.acknowledged = (tally.acknowledged ?? 0) + socket.acknowledged
  for (const code of socket.refusals.splice(0)) note(code)
  socket.acknowledged = 0
}

const authorization = { Authorization: `Bearer ${orders.token}` }
const somebody = {
  username: `u${newNonce().replace(/\W/g, '').slice(0, 20)}`,
  password: 'battery staple',
}
let attempts = 0
let registered: Promise<void> | undefined

/** Has the passwords of rooms hashed that are not there, and once in six seconds somebody logs in. */
async function guard(): Promise<void> {
  registered ??= call(json('/v1/users', somebody))
  await registered
  attempts += 1
  if (attempts % 150 === 0) {
    const { status } = await connections.call(json('/v1/sessions', somebody))
    note(`log-in ${status}`)
  }
  const change = json('/v1/rooms/none1', { password: 'abcd' })
  await call({ ...change, method: 'PATCH', headers: { ...change.headers, ...authorization } })
}

const kinds: Record<Kind, { perSecond: number; act: () => Promise<void> }> = {
  'posts over a socket': { perSecond: 1000, act: shout },
  'posts over HTTP': {
    perSecond: 1000,
    act: () => call(dialect.httpPost(room, newNonce(), 'Hear me!')),
  },
  'log-ins': {
    perSecond: 100,
    act: () => call(json('/v1/sessions', { username: 'somebody', password: 'a wrong password' })),
  },
  registrations: {
    perSecond: 50,
    act: () => call(json('/v1/users', { displayName: 'Di', password: 'battery staple' })),
  },
  sockets: {
    perSecond: 100,
    act: async () => {
      const socket = new Listener(room, 0)
      await socket.ready
      // A refusal is an upgrade and a close.
      await wait(200)
      note(socket.closed === undefined ? 'open' : `closed with ${socket.closed}`)
    },
  },
  'made-up rooms': {
    perSecond: 1000,
    act: () =>
      call({ method: 'GET', path: `/v1/rooms/${crypto.randomUUID()}`, headers: authorization }),
  },
  'passwords for made-up rooms': { perSecond: 25, act: guard },
}

async function flood(ms: number): Promise<Flooded> {
  tally = {}
  const { perSecond, act } = kinds[orders.kind]
  const acts: Promise<void>[] = []
  const startedAt = performance.now()
  for (let due = startedAt; due < startedAt + ms; due += 1000 / perSecond) {
    const early = due - performance.now()
    if (early > 1) await wait(early)
    acts.push(act())
  }
  await Promise.all(acts)
  if (listener) count(listener)
  return { tried: acts.length, seconds: (performance.now() - startedAt) / 1000, answers: tally }
}

// The runtime and who measures it go first where cores are few.
setPriority(10)
process.on('message', (ms: number) => void flood(ms).then((flooded) => process.send?.(flooded)))
process.send?.('ready')
