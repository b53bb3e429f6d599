import type { InboxUpdate, Room, RoomMe, SharedRoom } from '../protocol'

type Counts = Extract<InboxUpdate, { type: 'activity' | 'read' }>

interface Counted {
  /** Number of rooms with unread messages. */
  rooms: number
  unread: number
  unreadMentions: number
}

export interface UnreadTotals extends Counted {
  /** For the icon of an app: what the preferences of each room let through. */
  badge: number
  /** Number of followed threads with unread replies, in any room. */
  threads: number
  /** What is unread in snoozed rooms, which is in no other count. */
  snoozed: Counted
}

const NOTHING: Counted = { rooms: 0, unread: 0, unreadMentions: 0 }
const NONE: UnreadTotals = { ...NOTHING, badge: 0, threads: 0, snoozed: NOTHING }

/** The rooms of the user. Of two values of a room the one with the greater version is the newer, whatever came last. */
export class RoomList {
  readonly #byId = new Map<string, Room>()
  /** The version at which the user ceased to be in a room. */
  readonly #removed = new Map<string, number>()
  /** What is unread in rooms that are not in the list. */
  #elsewhere = NONE
  /** Whether there are rooms that are not in the list. */
  more = false

  /** The room with the latest message first. */
  list(): Room[] {
    return [...this.#byId.values()].sort((a, b) => latest(b).localeCompare(latest(a)))
  }

  get(roomId: string): Room | undefined {
    return this.#byId.get(roomId)
  }

  /** Takes the first screen. Rooms that it lacks are gone, unless it says that there are more. */
  replace(rooms: Room[], more: boolean, totals: UnreadTotals): void {
    const named = new Set(rooms.map(({ id }) => id))
    if (!more) {
      for (const id of this.#byId.keys()) if (!named.has(id)) this.#byId.delete(id)
    }
    this.more = more
    this.#elsewhere = minus(totals, sum(rooms))
    for (const room of rooms) this.put(room)
  }

  setTotals(totals: UnreadTotals): void {
    this.#elsewhere = minus(totals, sum(this.list()))
  }

  /** Adds older rooms of the list, which were counted as elsewhere. */
  addPage(rooms: Room[], more: boolean): void {
    const totals = this.totals()
    for (const room of rooms) this.put(room)
    this.more = more
    this.setTotals(totals)
  }

  put(room: Room): void {
    if (room.me && this.#isNewer(room.id, room.me.version)) {
      this.#removed.delete(room.id)
      this.#byId.set(room.id, room)
    }
  }

  /** What a room's own socket said of it. */
  putShared(room: SharedRoom, me: RoomMe | null): void {
    if (me) this.put({ ...room, me, peer: this.#byId.get(room.id)?.peer ?? null })
  }

  /** Whether the room is in the list: if not, it has to be asked for. */
  count(update: Counts): boolean {
    const { roomId, version, readSeq, unread, unreadMentions, unreadThreads } = update
    const room = this.#byId.get(roomId)
    if (!room?.me) return this.#removed.has(roomId)
    if (!this.#isNewer(roomId, version)) return true
    const { seq, n, t, lastMessage } = update.type === 'activity' ? update : room
    // A message of the timeline brings an archived room back, unless it is snoozed.
    const archived = room.me.archived && (t === room.t || isSnoozed(room.me))
    const counts = { readSeq, unread, unreadMentions, unreadThreads }
    const me = { ...room.me, ...counts, version, archived }
    this.#byId.set(roomId, { ...room, seq, n, t, lastMessage, me })
    return true
  }

  remove(roomId: string, version: number): void {
    if (!this.#isNewer(roomId, version)) return
    this.#removed.set(roomId, version)
    this.#byId.delete(roomId)
  }

  totals(): UnreadTotals {
    return plus(this.#elsewhere, sum(this.list()))
  }

  clear(): void {
    this.#byId.clear()
    this.#removed.clear()
    this.#elsewhere = NONE
  }

  #isNewer(roomId: string, version: number): boolean {
    const known = this.#byId.get(roomId)?.me?.version ?? this.#removed.get(roomId)
    return known === undefined || version > known
  }
}

const isSnoozed = ({ snoozedUntil }: RoomMe) =>
  snoozedUntil !== null && Date.parse(snoozedUntil) > Date.now()

const latest = ({ lastMessage, createdAt }: Room) => lastMessage?.createdAt ?? createdAt

const plus = (a: UnreadTotals, b: UnreadTotals) => combine(a, b, (one, other) => one + other)
/** A list that is ahead of the totals must not make them negative. */
const minus = (a: UnreadTotals, b: UnreadTotals) =>
  combine(a, b, (one, other) => Math.max(one - other, 0))

type Combine = (one: number, other: number) => number

const combine = (a: UnreadTotals, b: UnreadTotals, how: Combine): UnreadTotals => ({
  ...combineCounted(a, b, how),
  badge: how(a.badge, b.badge),
  threads: how(a.threads, b.threads),
  snoozed: combineCounted(a.snoozed, b.snoozed, how),
})

const combineCounted = (a: Counted, b: Counted, how: Combine): Counted => ({
  rooms: how(a.rooms, b.rooms),
  unread: how(a.unread, b.unread),
  unreadMentions: how(a.unreadMentions, b.unreadMentions),
})

const sum = (rooms: Room[]): UnreadTotals => rooms.map(({ me }) => countsOf(me)).reduce(plus, NONE)

function countsOf(me: RoomMe | null): UnreadTotals {
  if (!me) return NONE
  const { notify, unread, unreadMentions, unreadThreads: threads } = me
  if (me.archived) return { ...NONE, threads }
  const counted = { rooms: unread > 0 ? 1 : 0, unread, unreadMentions }
  if (isSnoozed(me)) return { ...NONE, threads, snoozed: counted }
  // A mention in a thread is no unread message of the timeline.
  const badge = { all: Math.max(unread, unreadMentions), mentions: unreadMentions, none: 0 }[notify]
  return { ...counted, badge, threads, snoozed: NOTHING }
}
