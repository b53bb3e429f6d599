import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, it, vi } from 'vitest'
import { Inbox } from '../../src/inbox/inbox'
import type { InboxUpdate } from '../../src/schemas/inbox'
import type { Room } from '../../src/schemas/rooms'
import { eventually } from '../fixtures/eventually'
import { compareNow, type InboxSocket, openInbox } from '../fixtures/inbox'
import { createRoom, newMessage, roomStub } from '../fixtures/rooms'
import { createUsers, type User } from '../fixtures/users'

afterEach(() => vi.restoreAllMocks())

const inboxOf = (userId: string) => env.INBOXES.get(env.INBOXES.idFromName(userId))

/** Whole numbers below a bound, the same for the same seed (mulberry32). */
function randomOf(seed: number) {
  let state = seed
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

type Mine = NonNullable<Room['me']>

type Shown = Pick<Room, 'name' | 'seq' | 'n' | 't'> & {
  text: string | null
  counts: Partial<Pick<Mine, 'readSeq' | 'unread' | 'unreadMentions'>>
  mine: Partial<Pick<Mine, 'role' | 'favourite'>>
}

const shownOf = ({ name, seq, n, t, lastMessage, me }: Room): Shown => ({
  name,
  seq,
  n,
  t,
  text: lastMessage?.preview ?? null,
  counts: pick(me, ['readSeq', 'unread', 'unreadMentions']),
  mine: pick(me, ['role', 'favourite']),
})

function pick<T extends object, const Key extends keyof T>(from: T | null, keys: Key[]) {
  return Object.fromEntries(keys.map((key) => [key, from?.[key]])) as Partial<Pick<T, Key>>
}

/** What a client has that keeps the contract: of two values that with the greater version. */
class Client {
  rooms = new Map<string, { version: number; shown: Shown | null }>()
  #seen = 0

  constructor(readonly socket: InboxSocket) {
    for (const room of socket.ready?.rooms ?? []) this.#put(room)
  }

  /** Takes what came since. */
  read(): void {
    const { updates } = this.socket
    for (const update of updates.slice(this.#seen)) this.#take(update)
    this.#seen = updates.length
  }

  get list(): Record<string, Shown> {
    this.read()
    return Object.fromEntries(
      [...this.rooms].flatMap(([id, { shown }]) => (shown ? [[id, shown]] : [])),
    )
  }

  #take(update: InboxUpdate): void {
    switch (update.type) {
      case 'room.added':
      case 'room.updated':
        this.#put(update.room)
        break
      case 'room.removed':
        this.#set(update.roomId, update.version, () => null)
        break
      case 'read': {
        const { readSeq, unread, unreadMentions } = update
        this.#change(update, () => ({ counts: { readSeq, unread, unreadMentions } }))
        break
      }
      case 'activity': {
        const { seq, n, t, lastMessage, readSeq, unread, unreadMentions } = update
        const counts = { readSeq, unread, unreadMentions }
        const text = lastMessage?.preview ?? null
        this.#change(update, () => ({ seq, n, t, counts, text }))
      }
    }
  }

  #put(room: Room): void {
    this.#set(room.id, room.me?.version ?? 0, () => shownOf(room))
  }

  #change(
    { roomId, version }: { roomId: string; version: number },
    change: () => Partial<Shown>,
  ): void {
    const known = this.rooms.get(roomId)?.shown
    // A part of a room that the client does not have: the whole of it comes.
    if (known) this.#set(roomId, version, () => ({ ...known, ...change() }))
  }

  #set(roomId: string, version: number, shown: () => Shown | null): void {
    if (version < (this.rooms.get(roomId)?.version ?? -1)) return
    this.rooms.set(roomId, { version, shown: shown() })
  }
}

/** What the rooms hold for a user. */
async function truthOf(user: User, roomIds: string[]): Promise<Record<string, Shown>> {
  const rooms = await Promise.all(roomIds.map((id) => user.get(`/v1/rooms/${id}`)))
  return Object.fromEntries(
    rooms.flatMap(({ status, body }) =>
      status === 200 && body.me ? [[body.id, shownOf(body)]] : [],
    ),
  )
}

/** Loses, delays or repeats what rooms tell, until it is restored. A room that gets no answer tells again, a few times. */
function breakTelling(random: (below: number) => number): void {
  const { tell } = Inbox.prototype
  const noAnswer = null as never
  vi.spyOn(Inbox.prototype, 'tell').mockImplementation(function (this: Inbox, news) {
    const fate = random(6)
    if (fate === 0) return noAnswer
    if (fate > 1) return Reflect.apply(tell, this, [news])
    // It arrives late, and the room hears nothing of it.
    setTimeout(() => Reflect.apply(tell, this, [news]), random(400))
    return noAnswer
  })
}

/** Evicts an object, if it is there. */
const evict = (object: DurableObjectStub) => evictDurableObject(object).catch(() => {})

async function run(seed: number): Promise<void> {
  const random = randomOf(seed)
  const one = <T>(from: readonly T[]): T => from[random(from.length)] as T
  const people = await createUsers('Ana', 'Bo', 'Cy')
  const [ana] = people
  const paths: string[] = []
  for (let i = 0; i < 3; i += 1) {
    const { path } = await createRoom(ana, { name: `Room ${i}` })
    for (const user of people.slice(1)) await user.put(`${path}/members/@me`)
    paths.push(path)
  }
  const ids = paths.map((path) => path.split('/').at(-1) as string)
  const clients = await Promise.all(
    people.map(async (user) => new Client(await openInbox(user.token))),
  )
  breakTelling(random)
  for (let step = 0; step < 40; step += 1) {
    const [path, user] = [one(paths), one(people)]
    const seq: number = (await ana.get(path)).body.seq ?? 0
    const others = people.filter(({ id }) => id !== user.id).map(({ id }) => id)
    const actions: (() => unknown)[] = [
      () => user.post(`${path}/messages`, newMessage(`message ${step}`)),
      () => user.post(`${path}/messages`, newMessage(`message ${step}`)),
      () =>
        user.post(`${path}/messages`, { ...newMessage(`hey ${step}`), mentions: [one(others)] }),
      () => user.put(`${path}/read-marker`, { seq: random(seq + 1), unread: random(2) === 0 }),
      () => user.patch(`${path}/messages/${1 + random(seq + 1)}`, { text: `edited ${step}` }),
      () => user.delete(`${path}/messages/${1 + random(seq + 1)}`),
      () => user.patch(`${path}/members/@me`, { favourite: random(2) === 0 }),
      () => ana.patch(path, { name: `Room ${step}` }),
      () => one(people.slice(1)).delete(`${path}/members/@me`),
      () => one(people.slice(1)).put(`${path}/members/@me`),
      () => ana.delete(`${path}/members/${one(people.slice(1)).id}`),
      () => evict(roomStub(one(ids))),
      () => evict(inboxOf(user.id)),
    ]
    await one(actions)()
  }
  vi.restoreAllMocks()
  // What is still on its way arrives.
  await scheduler.wait(500)
  for (const id of ids) await ana.get(`/v1/me/rooms?seen=${id}:999999`)
  for (const { id } of people) await compareNow(id)
  for (const [index, user] of people.entries()) {
    const truth = await truthOf(user, ids)
    await eventually(() => expect(clients[index]?.list, `seed ${seed}`).toEqual(truth))
  }
}

const SEEDS = Array.from({ length: env.THOROUGH ? 100 : 4 }, (_, i) => i + 1)

it.each(SEEDS)(
  'what inboxes told is in the end what the rooms hold, whatever was lost, late or evicted: seed %i',
  run,
)
