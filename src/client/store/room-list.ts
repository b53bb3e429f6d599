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

interface TotalsSource {
  request(method: 'GET', path: string): Promise<UnreadTotals>
  changed(): void
}

/** The rooms of the user. Of two values of a room the one with the greater version is the newer, whatever came last. */
export class RoomList {
  readonly #byId = new Map<string, Room>()
  /** The version at which the user ceased to be in a room. */
  readonly #removed = new Map<string, number>()
  /** What is unread in rooms that are not in the list. */
  #elsewhere = NONE
  /** Whether there are rooms that are not in the list. */
  more = false

  #isCounted = false
  #reading: { again: boolean } | undefined

  constructor(readonly source?: TotalsSource) {}

  /** The room with the latest message first. */
  list(): Room[] {
    return [...this.#byId.values()].sort((a, b) => latest(b).localeCompare(latest(a)))
  }

  get(roomId: string): Room | undefined {
    return this.#byId.get(roomId)
  }

  /** Takes the first screen. Rooms that it lacks are gone, unless they are below it. */
  replace(rooms: Room[], more: boolean, totals: UnreadTotals): void {
    const named = new Set(rooms.map(({ id }) => id))
    const last = rooms.at(-1)
    for (const room of this.#byId.values()) {
      const isBelow = more && last && latest(room) <= latest(last)
      if (!named.has(room.id) && !isBelow) this.#byId.delete(room.id)
    }
    this.#isCounted = true
    this.#reading = undefined
    this.addPage(rooms, more, totals)
  }

  /** Reads them, as it is not known what was counted as elsewhere: one request at a time, and one more for what came meanwhile. */
  async doubtTotals(): Promise<void> {
    // The first screen brings them.
    if (!this.source || !this.#isCounted) return
    if (this.#reading) {
      this.#reading.again = true
      return
    }
    const reading = { again: true }
    this.#reading = reading
    try {
      while (reading.again) {
        reading.again = false
        const totals = await this.source.request('GET', '/v1/me/unread')
        // A new first screen is newer, or somebody else's.
        if (this.#reading !== reading) return
        this.#setTotals(totals)
        this.source.changed()
      }
    } catch {
      // The next doubt reads them, or the next first screen brings them.
    }
    if (this.#reading === reading) this.#reading = undefined
  }

  /** Adds older rooms of the list, which were counted as elsewhere. */
  addPage(rooms: Room[], more: boolean, totals = this.totals()): void {
    for (const room of rooms) this.#take(room)
    this.more = more
    this.#setTotals(totals)
  }

  put(room: Room): void {
    const isNew = !this.#byId.has(room.id)
    if (!this.#take(room) || !isNew) return
    this.#elsewhere = minus(this.#elsewhere, countsOf(room.me))
    this.doubtTotals()
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
    if (!this.#byId.has(roomId)) this.doubtTotals()
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
    this.more = false
    this.#isCounted = false
    this.#reading = undefined
  }

  #setTotals(totals: UnreadTotals): void {
    this.#elsewhere = minus(totals, sum(this.list()))
  }

  /** A whole room is taken at the version that is known, too: an update told the counts of it and nothing else. */
  #take(room: Room): boolean {
    const { id, me } = room
    if (!me || !(this.#isNewer(id, me.version) || this.#byId.get(id)?.me?.version === me.version))
      return false
    this.#removed.delete(id)
    this.#byId.set(id, room)
    return true
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
