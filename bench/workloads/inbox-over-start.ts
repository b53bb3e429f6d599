import { setTimeout as wait } from 'node:timers/promises'
import pMap from 'p-map'
import { start } from '../../test/proof/service'
import { newNonce } from '../clients/member'
import type { Row } from '../report'
import { percentile } from '../statistics'
import type { Workload } from '../workload'

const PEOPLE = 200
const ROOMS_EACH = 20
const MESSAGES_A_SECOND = 20
const SECONDS = 15
const NOTICES = 40
const AIM_MS = 300
const AT_ONCE = 8
// Until rooms have been asked to tell, and the comparison after 15 seconds is over.
const SETTLE_MS = 25_000
const PATIENCE_MS = 30_000

interface Update {
  type: string
  roomId?: string
  seq?: number
}

interface Person {
  id: string
  token: string
  /** The socket for all rooms, Node's own. */
  device: Device
}

/** As `npm start` runs the service, with Node's `fetch` and `WebSocket`: from a request until the devices of others are told. */
export const inboxOverStart: Workload = {
  name: 'inbox over npm start',
  async run({ progress }) {
    progress(`${this.name}: preparing`)
    const service = await start()
    try {
      const everyone = await pMap(
        Array.from({ length: PEOPLE }),
        (_, i) => arrive(service.url, i),
        {
          concurrency: AT_ONCE,
        },
      )
      const rooms = await pMap(everyone, (_, i) => gather(service.url, membersOf(everyone, i)), {
        concurrency: AT_ONCE,
      })
      await wait(SETTLE_MS)
      progress(`${this.name}: ${MESSAGES_A_SECOND} messages a second`)
      const activity = await activities(service.url, everyone, rooms)
      progress(`${this.name}: notices`)
      const rows = [row('activity', activity), ...(await notices(service.url, everyone, rooms[0]))]
      for (const { device } of everyone) device.close()
      return rows
    } finally {
      await service.stop()
    }
  },
}

function row(kind: string, delays: number[]): Row {
  const p99 = percentile(delays, 0.99)
  const workload = `${inboxOverStart.name}: ${kind} (${delays.length}), p99`
  return { workload, unit: 'ms', ours: p99, aim: `< ${AIM_MS}`, met: p99 < AIM_MS }
}

/** From the time that a message is due until each other member's device hears of it, in rooms that nobody has open. */
async function activities(url: string, everyone: Person[], rooms: string[]): Promise<number[]> {
  const delays: number[] = []
  const posts: Promise<unknown>[] = []
  const startedAt = performance.now()
  for (let i = 0; i < MESSAGES_A_SECOND * SECONDS; i += 1) {
    const dueAt = startedAt + (i * 1000) / MESSAGES_A_SECOND
    await wait(Math.max(0, dueAt - performance.now()))
    // No room twice within its second.
    const at = (i * 7) % rooms.length
    const roomId = rooms[at] as string
    const [author, ...others] = membersOf(everyone, at) as [Person, ...Person[]]
    const posted = post(url, author, roomId)
    posts.push(posted)
    for (const { device } of others) {
      const heard = posted.then(({ seq }) =>
        device.heard((update) => update.type === 'activity' && update.roomId === roomId, seq),
      )
      posts.push(heard.then((at) => delays.push(at - dueAt)))
    }
  }
  await Promise.all(posts)
  return delays
}

/** One thing after the other, for each of many. */
async function notices(url: string, everyone: Person[], roomId = ''): Promise<Row[]> {
  const [owner, ...others] = everyone as [Person, ...Person[]]
  const inRoom = membersOf(everyone, 0).slice(1)
  const delays: Record<string, number[]> = {}
  const measure = async (
    kind: string,
    devices: Device[],
    type: string,
    act: () => Promise<unknown>,
  ) => {
    const heard = devices.map((device) => device.next(type))
    const startedAt = performance.now()
    await act()
    const last = Math.max(...(await Promise.all(heard)))
    delays[kind] = [...(delays[kind] ?? []), last - startedAt]
  }
  for (let i = 0; i < NOTICES; i += 1) {
    const { id, device } = others[i] as Person
    const member = inRoom[i % inRoom.length] as Person
    await measure('a mention', [member.device], 'mention', () =>
      post(url, owner, roomId, { mentions: [member.id] }),
    )
    await measure('a friend request', [device], 'friend.requested', () =>
      ask(url, 'PUT', `/v1/me/friend-requests/${id}`, owner.token),
    )
    await measure('a new direct room', [device], 'room.added', async () => {
      const direct = await ask<{ id: string }>(url, 'POST', `/v1/direct/${id}`, owner.token)
      return post(url, owner, direct.id)
    })
    const { seq } = await ask<{ seq: number }>(url, 'GET', `/v1/rooms/${roomId}`, member.token)
    const second = await Device.open(url, member.token)
    // Markers of a room are told once a second.
    await wait(1100)
    await measure('a marker, two devices', [member.device, second], 'read', () =>
      ask(url, 'PUT', `/v1/rooms/${roomId}/read-marker`, member.token, { seq }),
    )
    second.close()
  }
  return Object.entries(delays).map(([kind, all]) => row(kind, all))
}

const membersOf = (everyone: Person[], first: number): Person[] =>
  Array.from({ length: ROOMS_EACH }, (_, i) => everyone[(first + i) % everyone.length] as Person)

async function arrive(url: string, index: number): Promise<Person> {
  // One network may register 20 a minute.
  const from = { 'CF-Connecting-IP': `10.1.0.${index}` }
  const account = { password: 'correct horse battery staple', displayName: `Person ${index}` }
  const { me, session } = await ask<{ me: { id: string }; session: { accessToken: string } }>(
    ...([url, 'POST', '/v1/users', undefined, account, from] as const),
  )
  const token = session.accessToken
  await ask(url, 'PATCH', '/v1/me', token, { messagePolicy: 'everyone' })
  return { id: me.id, token, device: await Device.open(url, token) }
}

async function gather(url: string, [owner, ...others]: Person[]): Promise<string> {
  const { id } = await ask<{ id: string }>(url, 'POST', '/v1/rooms', owner?.token, {
    name: 'Bench',
  })
  for (const { token } of others) await ask(url, 'PUT', `/v1/rooms/${id}/members/@me`, token)
  return id
}

const post = (url: string, { token }: Person, roomId: string, more: object = {}) =>
  ask<{ seq: number }>(url, 'POST', `/v1/rooms/${roomId}/messages`, token, {
    nonce: newNonce(),
    text: 'How is the sea?',
    ...more,
  })

async function ask<T = unknown>(
  url: string,
  method: string,
  path: string,
  token?: string,
  body?: object,
  more: Record<string, string> = {},
): Promise<T> {
  const headers = {
    ...more,
    ...(token && { Authorization: `Bearer ${token}` }),
    ...(body && { 'Content-Type': 'application/json' }),
  }
  const answer = await fetch(url + path, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return (text ? JSON.parse(text) : undefined) as T
}

/** A socket for all rooms that remembers when it was told what. */
class Device {
  readonly #told: (Update & { at: number })[] = []
  readonly #waiting = new Set<() => void>()

  private constructor(private readonly socket: WebSocket) {}

  static async open(url: string, token: string): Promise<Device> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/me/socket`, [
      'chat.v1',
      `bearer.${token}`,
    ])
    const device = new Device(socket)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    socket.addEventListener('error', () => reject(new Error('The socket does not open.')))
    socket.addEventListener('message', ({ data }) => {
      const { ready, updates = [] } = JSON.parse(String(data)) as {
        ready?: object
        updates?: Update[]
      }
      if (ready) resolve()
      const at = performance.now()
      for (const update of updates) device.#told.push({ ...update, at })
      for (const look of device.#waiting) look()
    })
    await promise
    return device
  }

  /** When it was first told of this or something later. */
  heard(isMeant: (update: Update) => boolean, seq = 0): Promise<number> {
    return this.#find(0, (update) => isMeant(update) && (update.seq ?? 0) >= seq)
  }

  /** When it is told of something of this type from now on. */
  next(type: string): Promise<number> {
    return this.#find(this.#told.length, (update) => update.type === type)
  }

  close(): void {
    this.socket.close()
  }

  #find(from: number, isMeant: (update: Update) => boolean): Promise<number> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('A device was never told.')), PATIENCE_MS)
      let next = from
      const look = () => {
        for (; next < this.#told.length; next += 1) {
          const update = this.#told[next]
          if (!update || !isMeant(update)) continue
          clearTimeout(late)
          this.#waiting.delete(look)
          resolve(update.at)
          return
        }
      }
      this.#waiting.add(look)
      look()
    })
  }
}
