import type { Connection } from './connection/connection'
import type { Context } from './context'
import type { InboxFrame, InboxReady, InboxUpdate, Presence, Room, Unread } from './protocol'

export type PresenceState = 'online' | 'away' | 'offline'

const OFFLINE: Presence = { online: false, away: false, lastSeenAt: null }

/** What the user is told of all rooms and people, over one socket. */
export class Inbox {
  readonly #connection: Connection
  readonly #listeners = new Set<(update: InboxUpdate) => void>()
  readonly #presence = new Map<string, Presence>()
  readonly #asked = new Set<string>()
  #markers = new Map<string, number>()
  #isReady = false
  #state: 'online' | 'away' = 'online'
  blocks: ReadonlySet<string> = new Set()

  constructor(readonly chat: Context) {
    this.#connection = chat.connection(() => '/v1/me/socket', {
      onFrame: (frame) => this.#receive(frame as InboxFrame),
      onLost: () => this.#lost(),
      onRefused: () => this.#lost(),
    })
  }

  get isReady(): boolean {
    return this.#isReady
  }

  get isOpen(): boolean {
    return this.#connection.isOpen
  }

  open(): void {
    this.#connection.open()
  }

  close(): void {
    this.#connection.close()
    this.#lost()
  }

  /** Calls back with each update, after the store has taken it: for a sound, a banner, a badge. */
  onUpdate = (listener: (update: InboxUpdate) => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Goes out at once, or when there is a connection again. */
  markRead(roomId: string, seq: number): void {
    const known = this.chat.roomList.get(roomId)?.me?.readSeq ?? 0
    if (seq <= Math.max(known, this.#markers.get(roomId) ?? 0)) return
    this.#markers.set(roomId, seq)
    this.#connection.send({ do: 'read.mark', roomId, seq })
  }

  /** Says whether somebody is at this device. */
  setPresence(state: 'online' | 'away'): void {
    this.#state = state
    this.#connection.send({ do: 'presence', state })
  }

  presenceOf(userId: string): PresenceState {
    const { online, away } = this.#presence.get(userId) ?? OFFLINE
    return online ? (away ? 'away' : 'online') : 'offline'
  }

  /** When the last socket of somebody closed. null while they are online, and where it is not known. */
  lastSeenOf(userId: string): string | null {
    return this.#presence.get(userId)?.lastSeenAt ?? null
  }

  /** Asks about somebody who has not been online meanwhile: of those nothing is told. */
  async askPresence(userId: string): Promise<void> {
    if (this.#presence.has(userId)) return
    this.#presence.set(userId, OFFLINE)
    try {
      const path = `/v1/users/${encodeURIComponent(userId)}/presence`
      const presence = await this.chat.request<Presence>('GET', path)
      // What was told meanwhile is newer.
      if (this.#presence.get(userId) === OFFLINE) this.#presence.set(userId, presence)
      this.chat.changed()
    } catch {
      this.#presence.delete(userId)
    }
  }

  #receive(frame: InboxFrame): void {
    if ('ready' in frame) this.#begin(frame.ready)
    if ('updates' in frame) {
      for (const update of frame.updates) {
        this.#take(update)
        for (const listener of this.#listeners) listener(update)
      }
    }
    this.chat.changed()
  }

  #begin({ me, rooms, more, unread, online, blocks }: InboxReady): void {
    this.chat.setMe(me)
    this.chat.roomList.replace(rooms, more, unread)
    for (const [userId, { lastSeenAt }] of this.#presence) {
      if (lastSeenAt) this.#presence.set(userId, { ...OFFLINE, lastSeenAt })
      else this.#presence.delete(userId)
    }
    for (const userId of online) this.#presence.set(userId, { ...OFFLINE, online: true })
    this.blocks = new Set(blocks)
    this.#isReady = true
    if (this.#state === 'away') this.setPresence('away')
    for (const [roomId, seq] of this.#markers)
      this.#connection.send({ do: 'read.mark', roomId, seq })
  }

  #take(update: InboxUpdate): void {
    const { roomList } = this.chat
    switch (update.type) {
      case 'activity':
        if (!roomList.count(update)) this.#ask(update.roomId)
        break
      case 'read':
        if (update.readSeq >= (this.#markers.get(update.roomId) ?? 0))
          this.#markers.delete(update.roomId)
        roomList.count(update)
        break
      case 'room.added':
      case 'room.updated':
        roomList.put(update.room)
        break
      case 'room.removed':
        roomList.remove(update.roomId, update.version)
        break
      case 'presence':
        this.#presence.set(update.userId, update)
        break
      case 'blocks':
        this.blocks = new Set(update.blocks)
        break
      case 'me.updated':
        this.chat.setMe(update.me)
    }
  }

  /** A room below the first page of the list has come to its top. Its counts are among those of elsewhere. */
  async #ask(roomId: string): Promise<void> {
    if (this.#asked.has(roomId)) return
    this.#asked.add(roomId)
    try {
      const [room, totals] = await Promise.all([
        this.chat.request<Room>('GET', `/v1/rooms/${encodeURIComponent(roomId)}`),
        this.chat.request<Unread>('GET', '/v1/me/unread'),
      ])
      this.chat.roomList.put(room)
      this.chat.roomList.setTotals(totals)
      this.chat.changed()
    } catch {
      // The next activity asks again.
    } finally {
      this.#asked.delete(roomId)
    }
  }

  #lost(): void {
    if (!this.#isReady) return
    this.#isReady = false
    this.chat.changed()
  }
}
