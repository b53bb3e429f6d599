import type { InboxUpdate } from '../../../src/schemas/inbox'
import type { Room } from '../../../src/schemas/rooms'
import type { Unread } from '../../../src/schemas/unread'
import type { InboxSocket } from '../../fixtures/inbox'
import type { User } from '../../fixtures/users'

type Me = NonNullable<Room['me']>
type Mine = Room & { me: Me }
type Counts = Extract<InboxUpdate, { type: 'activity' | 'read' }>

/** What an app shows outside an open room. */
export interface Screen {
  unread: Unread
  lists: Record<string, ReturnType<typeof shown>[] | undefined>
}

/** What an app shows of a room in a list. Reactions and newcomers are told with what is told next. */
export const shown = ({ id, name, n, t, lastMessage, me }: Room) => ({
  id,
  name,
  n,
  t,
  preview: lastMessage?.preview ?? null,
  role: me?.role,
  mutedUntil: me?.mutedUntil,
  readSeq: me?.readSeq,
  unread: me?.unread,
  unreadMentions: me?.unreadMentions,
  unreadThreads: me?.unreadThreads,
  notify: me?.notify,
  snoozedUntil: me?.snoozedUntil,
  favourite: me?.favourite,
  archived: me?.archived,
})

/**
 * An app that goes by `ready` and by the updates after it, as the docs say. It asks for nothing but rooms that `ready` does
 * not show and that something happens in: those archived before.
 */
export class App {
  readonly #rooms = new Map<string, Mine>()
  /** The versions of rooms, of those that are gone, too. */
  readonly #versions = new Map<string, number>()
  /** What is unread in rooms that `ready` does not show. */
  #elsewhere: Unread
  readonly #unknown = new Set<string>()
  #seen = 0

  constructor(
    readonly user: User,
    readonly socket: InboxSocket,
  ) {
    if (!socket.ready) throw new Error('there is no ready')
    const { rooms, unread } = socket.ready
    for (const room of rooms) this.#put(room)
    this.#elsewhere = minus(unread, sum(rooms))
  }

  has(roomId: string): boolean {
    return this.#rooms.has(roomId)
  }

  /** What the app shows now. */
  async screen(): Promise<Screen> {
    const { updates } = this.socket
    for (const update of updates.slice(this.#seen)) this.#take(update)
    this.#seen = updates.length
    for (const roomId of this.#unknown) await this.#ask(roomId)
    return { unread: this.#unread, lists: this.#lists }
  }

  get #unread(): Unread {
    return plus(this.#elsewhere, sum([...this.#rooms.values()]))
  }

  async #ask(roomId: string): Promise<void> {
    this.#unknown.delete(roomId)
    const [room, unread] = await Promise.all([
      this.user.get(`/v1/rooms/${roomId}`),
      this.user.get('/v1/me/unread'),
    ])
    if (room.status === 200) this.#put(room.body)
    this.#elsewhere = minus(unread.body, sum([...this.#rooms.values()]))
  }

  get #lists(): Screen['lists'] {
    const rooms = [...this.#rooms.values()].sort(byLatest)
    const here = rooms.filter(({ me }) => !me.archived)
    const of = (list: Mine[]) => list.map(shown)
    return {
      all: of(here),
      favourites: of(here.filter(({ me }) => me.favourite)),
      archived: of(rooms.filter(({ me }) => me.archived)),
      direct: of(here.filter(({ kind }) => kind === 'direct')),
      unread: of(here.filter(({ me }) => me.unread > 0 || me.unreadMentions > 0)),
    }
  }

  #take(update: InboxUpdate): void {
    switch (update.type) {
      case 'room.added':
      case 'room.updated':
        this.#put(update.room)
        break
      case 'room.removed':
        this.#unknown.delete(update.roomId)
        if (this.#isNewer(update.roomId, update.version)) this.#rooms.delete(update.roomId)
        break
      case 'activity':
      case 'read':
        this.#count(update)
    }
  }

  #put(room: Room): void {
    if (room.me && this.#isNewer(room.id, room.me.version)) {
      this.#rooms.set(room.id, { ...room, me: room.me })
    }
  }

  #count(update: Counts): void {
    const room = this.#rooms.get(update.roomId)
    // What is known of a room that is gone says so.
    if (!room && !this.#versions.has(update.roomId)) this.#unknown.add(update.roomId)
    if (!room || !this.#isNewer(update.roomId, update.version)) return
    const { version, readSeq, unread, unreadMentions, unreadThreads } = update
    const { seq, n, t, lastMessage } = update.type === 'activity' ? update : room
    const archived = room.me.archived && (t === room.t || room.me.snoozedUntil !== null)
    const counts = { version, readSeq, unread, unreadMentions, unreadThreads, archived }
    this.#rooms.set(room.id, { ...room, seq, n, t, lastMessage, me: { ...room.me, ...counts } })
  }

  #isNewer(roomId: string, version: number): boolean {
    if (version <= (this.#versions.get(roomId) ?? -1)) return false
    this.#versions.set(roomId, version)
    return true
  }
}

const latest = ({ lastMessage, createdAt }: Room) => lastMessage?.createdAt ?? createdAt

/** The latest first, and of two of the same time the greater id. */
export const byLatest = (a: Room, b: Room): number =>
  latest(a) === latest(b) ? (a.id < b.id ? 1 : -1) : latest(a) < latest(b) ? 1 : -1

const NOTHING = { rooms: 0, unread: 0, unreadMentions: 0 }
const NONE: Unread = { ...NOTHING, badge: 0, threads: 0, snoozed: NOTHING }

const sum = (rooms: Room[]): Unread =>
  rooms.map(({ me }) => (me ? adds(me) : NONE)).reduce(plus, NONE)

/** What a room adds to the counts over all rooms. */
function adds({
  notify,
  archived,
  snoozedUntil,
  unread,
  unreadMentions,
  unreadThreads,
}: Me): Unread {
  if (archived) return { ...NONE, threads: unreadThreads }
  const counts = { rooms: Number(unread > 0), unread, unreadMentions }
  if (snoozedUntil !== null) return { ...NONE, threads: unreadThreads, snoozed: counts }
  const badges = { all: Math.max(unread, unreadMentions), mentions: unreadMentions, none: 0 }
  return { ...counts, badge: badges[notify], threads: unreadThreads, snoozed: NOTHING }
}

const plus = (a: Unread, b: Unread): Unread => combine(a, b, 1)
const minus = (a: Unread, b: Unread): Unread => combine(a, b, -1)

const combine = (a: Unread, b: Unread, sign: number): Unread => ({
  ...combineCounts(a, b, sign),
  badge: a.badge + sign * b.badge,
  threads: a.threads + sign * b.threads,
  snoozed: combineCounts(a.snoozed, b.snoozed, sign),
})

const combineCounts = (a: Unread['snoozed'], b: Unread['snoozed'], sign: number) => ({
  rooms: a.rooms + sign * b.rooms,
  unread: a.unread + sign * b.unread,
  unreadMentions: a.unreadMentions + sign * b.unreadMentions,
})
