import type { Connection } from './connection/connection'
import type { Context } from './context'
import type { InboxFrame, InboxReady, InboxUpdate, Room } from './protocol'
import { Presences } from './store/presences'

export type PresenceState = 'online' | 'away' | 'offline'

/** What the user is told of all rooms and people, over one socket. */
export class Inbox {
  readonly #connection: Connection
  readonly #listeners = new Set<(update: InboxUpdate) => void>()
  readonly #presences = new Presences()
  /** The rooms that are asked for. Another user has another set: what comes for this one is not theirs. */
  #asked = new Set<string>()
  /** What was read, until the service says so. */
  readonly #markers = new Map<string, number>()
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

  /** Somebody else is signed in: nothing of this is theirs. */
  forget(): void {
    this.#markers.clear()
    this.#presences.clear()
    this.#asked = new Set()
    this.blocks = new Set()
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

  /** The service has said how far the room is read. */
  confirmRead(roomId: string, readSeq = 0): void {
    if (readSeq >= (this.#markers.get(roomId) ?? 0)) this.#markers.delete(roomId)
  }

  /** Says whether somebody is at this device. */
  setPresence(state: 'online' | 'away'): void {
    this.#state = state
    this.#connection.send({ do: 'presence', state })
  }

  presenceOf(userId: string): PresenceState {
    const { online, away } = this.#presences.get(userId)
    return online ? (away ? 'away' : 'online') : 'offline'
  }

  /** When the last socket of somebody closed. null while they are online, and where it is not known. */
  lastSeenOf(userId: string): string | null {
    return this.#presences.get(userId).lastSeenAt
  }

  /** Asks about somebody who has not been online meanwhile: of those nothing is told. */
  async askPresence(userId: string): Promise<void> {
    const path = `/v1/users/${encodeURIComponent(userId)}/presence`
    await this.#presences.ask(userId, () => this.chat.request('GET', path))
    this.chat.changed()
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
    for (const room of rooms) this.confirmRead(room.id, room.me?.readSeq)
    this.#presences.replace(online)
    this.blocks = new Set(blocks)
    this.#isReady = true
    if (this.#state === 'away') this.setPresence('away')
    for (const [roomId, seq] of this.#markers)
      this.#connection.send({ do: 'read.mark', roomId, seq })
  }

  #take(update: InboxUpdate): void {
    const { roomList } = this.chat
    if ('readSeq' in update) this.confirmRead(update.roomId, update.readSeq)
    switch (update.type) {
      case 'activity':
        if (!roomList.count(update)) this.#ask(update.roomId)
        break
      case 'read':
        if (!roomList.count(update)) roomList.doubtTotals()
        break
      case 'room.added':
      case 'room.updated':
        this.confirmRead(update.room.id, update.room.me?.readSeq)
        roomList.put(update.room)
        break
      case 'room.removed':
        this.#markers.delete(update.roomId)
        roomList.remove(update.roomId, update.version)
        break
      case 'presence':
        this.#presences.put(update.userId, update)
        break
      case 'blocks':
        this.blocks = new Set(update.blocks)
        break
      case 'me.updated':
        this.chat.setMe(update.me)
    }
  }

  /** A room below the first page of the list has come to its top. */
  async #ask(roomId: string): Promise<void> {
    const asked = this.#asked
    if (asked.has(roomId)) return
    asked.add(roomId)
    try {
      const room = await this.chat.request<Room>('GET', `/v1/rooms/${encodeURIComponent(roomId)}`)
      if (asked !== this.#asked) return
      this.chat.roomList.put(room)
      this.chat.changed()
    } catch {
      // The next activity asks again.
    } finally {
      asked.delete(roomId)
    }
  }

  #lost(): void {
    if (!this.#isReady) return
    this.#isReady = false
    this.chat.changed()
  }
}
