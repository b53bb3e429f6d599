import { setTimeout as wait } from 'node:timers/promises'
import { Connections } from '../clients/connections'
import { Inbox } from '../clients/inbox'
import { newNonce } from '../clients/member'
import type { Row } from '../report'
import { percentile } from '../statistics'
import * as people from '../targets/people'
import type { Target } from '../targets/target'
import type { Bench, Workload } from '../workload'
import * as counts from './counts'
import { priceOfAMillion } from './price'

const PEOPLE = 200
const ROOMS_EACH = 20
const MESSAGES_A_SECOND = 20
const SECONDS = 15
const AIM_MS = 300
// Until every room has been asked to tell, and D1 has what was joined.
const SETTLE_MS = 20_000

interface Place {
  roomId: string
  tokens: string[]
}

/** As many rooms as people, each with as many members as anybody has rooms. */
async function scattered(target: Target, tokens: string[], size: number): Promise<Place[]> {
  const places: Place[] = []
  for (let first = 0; first < tokens.length; first += 1) {
    const members = Array.from(
      { length: size },
      (_, i) => tokens[(first + i) % tokens.length] ?? '',
    )
    places.push({ roomId: await people.gather(target.server.url, members), tokens: members })
  }
  return places
}

async function online(target: Target, tokens: string[]): Promise<Inbox[]> {
  const inboxes = tokens.map((token) => new Inbox(target.server.url, token))
  for (const inbox of inboxes) await inbox.connect()
  return inboxes
}

const post = (connections: Connections, { roomId, tokens }: Place, member = 0) =>
  connections.json<{ seq: number }>('POST', `/v1/rooms/${roomId}/messages`, tokens[member], {
    nonce: newNonce(),
    text: 'How is the sea?',
  })

/** From the time a message is due until each member's device hears of activity in the room, which they have not open. */
const activity: Workload = {
  name: `inbox, ${PEOPLE} people in ${ROOMS_EACH} rooms each: activity`,
  async run({ pool, progress }) {
    progress(`${this.name}: preparing`)
    const target = await pool.ours()
    const tokens = await people.signedIn(await target.server.database('DB'), PEOPLE)
    const places = await scattered(target, tokens, ROOMS_EACH)
    const inboxes = await online(target, tokens)
    await wait(SETTLE_MS)
    const waiting = new Map<string, { seq: number; dueAt: number }[]>()
    const delays: number[] = []
    for (const [index, inbox] of inboxes.entries()) {
      inbox.onUpdate = ({ type, roomId, seq = 0 }) => {
        if (type !== 'activity') return
        const key = `${index} ${roomId}`
        const late = waiting.get(key) ?? []
        const now = performance.now()
        for (const { seq: due, dueAt } of late) if (due <= seq) delays.push(now - dueAt)
        waiting.set(
          key,
          late.filter(({ seq: due }) => due > seq),
        )
      }
    }
    const connections = new Connections(target.server.url, 16)
    const seqs = new Map<string, number>()
    for (const {
      roomId,
      tokens: [owner],
    } of places) {
      const { seq } = await connections.json<{ seq: number }>('GET', `/v1/rooms/${roomId}`, owner)
      seqs.set(roomId, seq)
    }
    const startedAt = performance.now()
    const posts: Promise<unknown>[] = []
    const total = MESSAGES_A_SECOND * SECONDS
    for (let i = 0; i < total; i += 1) {
      const dueAt = startedAt + (i * 1000) / MESSAGES_A_SECOND
      await wait(Math.max(0, dueAt - performance.now()))
      const place = places[(i * 7) % places.length] as Place
      const seq = (seqs.get(place.roomId) ?? 0) + 1
      seqs.set(place.roomId, seq)
      for (let member = 0; member < ROOMS_EACH; member += 1) {
        const index = ((i * 7) % places.length) + member
        const key = `${index % PEOPLE} ${place.roomId}`
        waiting.set(key, [...(waiting.get(key) ?? []), { seq, dueAt }])
      }
      posts.push(post(connections, place))
    }
    await Promise.all(posts)
    await wait(3000)
    connections.close()
    for (const inbox of inboxes) inbox.close()
    const missing = total * ROOMS_EACH - delays.length
    const p99 = percentile(delays, 0.99)
    return [
      row(`${this.name}: p50`, percentile(delays, 0.5), 'ms'),
      row(`${this.name}: p99`, p99, 'ms', `< ${AIM_MS}`, p99 < AIM_MS),
      row(`${this.name}: not told`, missing, '', '0', missing === 0),
    ]
  },
}

const WATCHERS = 40
const BUSY_MS = 6000
const IN_FLIGHT = 16

/** What a message costs where nobody watches, and where 40 do: in a quiet room and in a busy one. */
const cost: Workload = {
  name: `inbox, a room of ${WATCHERS}: cost a message`,
  async run(bench) {
    const rows: Row[] = []
    for (const isWatched of [false, true]) rows.push(...(await costRows(bench, isWatched)))
    return rows
  },
}

async function costRows({ pool, progress }: Bench, isWatched: boolean): Promise<Row[]> {
  const name = `${cost.name}, ${isWatched ? 'all watch' : 'nobody watches'}`
  progress(`${name}: preparing`)
  const target = await pool.counted()
  const tokens = await people.signedIn(await target.server.database('DB'), WATCHERS)
  const place = { roomId: await people.gather(target.server.url, tokens), tokens }
  const inboxes = isWatched ? await online(target, tokens) : []
  const connections = new Connections(target.server.url, IN_FLIGHT)
  await post(connections, place)
  await wait(SETTLE_MS)
  const measure = async (kind: string, work: () => Promise<number>) => {
    const [before, cpu] = [await counts.read(target), target.server.cpuMs]
    const messages = await work()
    // The last round of telling, and the sync.
    await wait(8000)
    const after = await counts.read(target)
    const each = (count: number) => count / messages
    const price = priceOfAMillion({
      rows: each(after.rows - before.rows),
      directoryRows: each(after.directoryRows - before.directoryRows),
      requests: 1 + each(after.tells - before.tells),
      seconds: 0,
    })
    return [
      row(`${name}, ${kind}: CPU`, each((target.server.cpuMs - cpu) * 1000), 'us'),
      row(`${name}, ${kind}: calls of inboxes`, each(after.tells - before.tells)),
      row(`${name}, ${kind}: rows`, each(after.rows - before.rows)),
      row(`${name}, ${kind}: D1 statements`, each(after.statements - before.statements)),
      row(`${name}, ${kind}: rows and calls of a million`, price, 'USD'),
    ]
  }
  const quiet = await measure('quiet', async () => {
    for (let i = 0; i < 10; i += 1) {
      await post(connections, place)
      await wait(1500)
    }
    return 10
  })
  const busy = await measure('busy', async () => {
    const until = performance.now() + BUSY_MS
    let messages = 0
    await Promise.all(
      Array.from({ length: IN_FLIGHT }, async (_, member) => {
        while (performance.now() < until) {
          await post(connections, place, member)
          messages += 1
        }
      }),
    )
    return messages
  })
  connections.close()
  for (const inbox of inboxes) inbox.close()
  await pool.stop()
  return [...quiet, ...busy]
}

const MANY_ROOMS = 200

/** What opening an inbox costs for someone in many rooms: at first, and again while the rooms still tell. */
const opening: Workload = {
  name: `inbox, ready of a person in ${MANY_ROOMS} rooms`,
  async run({ pool, progress }) {
    progress(`${this.name}: preparing`)
    const target = await pool.counted()
    const [token = ''] = await people.signedIn(await target.server.database('DB'), 1)
    const connections = new Connections(target.server.url, 16)
    const names = Array.from({ length: MANY_ROOMS }, (_, index) => ({ name: `Room ${index}` }))
    await Promise.all(names.map((room) => connections.json('POST', '/v1/rooms', token, room)))
    connections.close()
    await wait(8000)
    const rows: Row[] = []
    for (const [time, calls] of [
      ['the first time', MANY_ROOMS],
      ['again', 0],
    ] as const) {
      const before = await counts.read(target)
      const startedAt = performance.now()
      const inbox = new Inbox(target.server.url, token)
      await inbox.connect()
      const took = performance.now() - startedAt
      await wait(5000)
      const after = await counts.read(target)
      const watches = after.watches - before.watches
      rows.push(
        row(`${this.name}, ${time}`, took, 'ms'),
        row(`${this.name}, ${time}: D1 statements`, after.statements - before.statements),
        row(`${this.name}, ${time}: calls of rooms`, watches, '', `${calls}`, watches === calls),
      )
      inbox.close()
      await wait(1000)
    }
    return rows
  },
}

const IDLE = 2000
const MINUTE_MS = 60_000
const PING_EVERY_MS = 20_000
// The comparison that follows opening, and the ten seconds after which an object sleeps.
const FALL_ASLEEP_MS = 40_000

/** A minute of inboxes that only ping: what wakes them, and what they write. */
const idle: Workload = {
  name: `inbox, ${IDLE.toLocaleString('en')} idle for a minute`,
  async run({ pool, progress }) {
    progress(`${this.name}: preparing`)
    const target = await pool.counted()
    const inboxes = await online(
      target,
      await people.signedIn(await target.server.database('DB'), IDLE),
    )
    await wait(FALL_ASLEEP_MS)
    const before = await counts.read(target)
    for (let elapsed = 0; elapsed < MINUTE_MS; elapsed += PING_EVERY_MS) {
      for (const inbox of inboxes) inbox.ping()
      await wait(PING_EVERY_MS)
    }
    const after = await counts.read(target)
    for (const inbox of inboxes) inbox.close()
    const woken = after.inboxWakes - before.inboxWakes + (after.alarms - before.alarms)
    const written = after.rows - before.rows
    return [
      row(`${this.name}: wake-ups`, woken, '', '0', woken === 0),
      row(`${this.name}: rows`, written, '', '0', written === 0),
    ]
  },
}

export const inbox = [activity, cost, opening, idle]

function row(workload: string, ours: number, unit = '', aim?: string, met?: boolean): Row {
  return { workload, unit, ours, ...(aim && { aim }), ...(met !== undefined && { met }) }
}
