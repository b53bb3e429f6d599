import pMap from 'p-map'
import type { Directory } from '../directory/database'
import * as directPeers from '../directory/direct-peers'
import * as myRooms from '../directory/my-rooms'
import { ApiError } from '../errors'
import type { TokenBuckets } from '../rate-limit/token-bucket'
import type { InboxFrame, InboxReady, InboxUpdate } from '../schemas/inbox'
import type { Room } from '../schemas/rooms'
import { type Identity, SocketRegistry } from '../sockets/socket-registry'
import { type FirstScreen, readFirstScreen } from './first-screen'
import type { NewsAnswer, RoomNews } from './room-news'
import { ToldRooms, type Version } from './told-rooms'
import { directRoomsOf, updatesOf } from './updates'
import * as watching from './watching'

// A replica of the directory may be behind when a socket opens.
const FIRST_COMPARISON_MS = 15_000
const COMPARISON_MS = 15 * 60_000
/** A room that told this often while no socket was open is told to stop. */
const MAX_IDLE_NEWS = 25
const MAX_IDLE_MS = 60 * 60_000
const CONCURRENT_ROOMS = 20
const MAX_ROOMS = 1000

/** What the room answers an inbox that asks to be told. */
export type WatchAnswer = Pick<RoomNews, 'version' | 'room' | 'removed'>

interface Ports {
  ctx: DurableObjectState
  directory: Directory
  /** Asks a room to tell of changes. Throws `not_found` for a deleted room, `unavailable`. */
  watch: (roomId: string, userId: string, epoch: number) => Promise<WatchAnswer | undefined>
  isAlive: (sessionId: string) => boolean
  /** Called when a comparison was put off or brought forward, or a socket opened. */
  reschedule: () => void
  presenceChanged: () => void
}

/** The inbox of a user whose sockets are open, or whom rooms still tell of changes. See docs/decisions/0023-inbox-leases.md. */
export class LiveInbox {
  readonly sockets: SocketRegistry<InboxFrame>
  readonly #told: ToldRooms
  #watching: watching.Watching | undefined
  readonly #idleNews = new Map<string, number>()
  /** When the last socket closed, or this object woke without one. */
  #idleSince = Date.now()
  /** Ends when everything that was said before is sent. */
  #sending: Promise<void> | null = null

  constructor(
    private readonly ports: Ports,
    readonly frames: TokenBuckets,
  ) {
    this.sockets = new SocketRegistry(ports.ctx, () => {
      this.#idleSince = Date.now()
      ports.presenceChanged()
    })
    this.#watching = watching.read(this.#sql)
    this.#told = new ToldRooms(this.#watching?.versions ?? {})
  }

  get isOnline(): boolean {
    return this.sockets.onlineCount > 0
  }

  /** When the next comparison is due; null while no socket is open. */
  get compareAt(): number | null {
    return this.isOnline ? (this.#watching?.compareAt ?? null) : null
  }

  /** Opens a socket: `ready` first, then what changes. Throws `unauthenticated`, `too_many`. */
  async connect(identity: Identity, online: string[], now: number): Promise<WebSocket> {
    const { userId, sessionId } = identity
    const screen = await readFirstScreen(this.ports.directory, userId, now)
    if (!this.ports.isAlive(sessionId)) {
      throw new ApiError('unauthenticated', 'This session has ended. Log in again.')
    }
    const { client, server, isFirst } = this.sockets.accept(identity)
    const ready = this.#overlaid(screen)
    this.#told.note(screen.versions)
    this.sockets.send(server, { ready: { ...ready, online } }, now)
    this.#keep(userId, {
      blocks: screen.ready.blocks,
      compareAt: Math.min(this.compareAt ?? Infinity, now + FIRST_COMPARISON_MS),
    })
    this.#idleNews.clear()
    if (isFirst) {
      this.ports.presenceChanged()
      this.ports.ctx.waitUntil(this.#watchMissing(screen.versions))
    }
    this.ports.reschedule()
    return client
  }

  /** Takes what a room tells. Never waits: the room waits for the answer. */
  tell(news: RoomNews, now: number): NewsAnswer {
    const { roomId, epoch } = news
    const wasTheirs = this.#told.isTheirs(roomId)
    const isNews = this.#told.accept(news, now)
    if (!this.isOnline) return this.#tellNobody(news, now)
    const updates = isNews ? updatesOf(news, wasTheirs) : []
    if (news.mention && news.room && !this.#watching?.blocks.includes(news.mention.by.id)) {
      updates.push({ type: 'mention', roomId, ...news.mention })
    }
    this.send(updates)
    if (news.room === null) this.#release(roomId)
    else if (epoch === 0 && !this.#watching?.leases.has(roomId))
      return { watching: this.#lease(roomId) }
    return {}
  }

  #tellNobody({ roomId, epoch, room }: RoomNews, now: number): NewsAnswer {
    const count = (this.#idleNews.get(roomId) ?? 0) + 1
    this.#idleNews.set(roomId, count)
    const isOver = count >= MAX_IDLE_NEWS || now - this.#idleSince >= MAX_IDLE_MS || room === null
    if (!isOver) return {}
    this.#release(roomId)
    return { ended: epoch }
  }

  /** Tells every socket. Direct rooms get their peer first, and what comes after them waits. */
  send(updates: InboxUpdate[]): void {
    if (updates.length === 0 || !this.isOnline) return
    const direct = directRoomsOf(updates)
    if (direct.length === 0 && !this.#sending) {
      this.#broadcast(updates)
      return
    }
    const sent = Promise.resolve(this.#sending)
      .then(() => this.#withPeers(updates))
      .then(
        (complete) => this.#broadcast(complete),
        (error) => console.error({ level: 'error', work: 'inbox', message: String(error) }),
      )
    this.#sending = sent.finally(() => {
      if (this.#sending === sending) this.#sending = null
    })
    const sending = this.#sending
    this.ports.ctx.waitUntil(sent)
  }

  #broadcast(updates: InboxUpdate[]): void {
    this.sockets.broadcast({ updates }, Date.now())
  }

  async #withPeers(updates: InboxUpdate[]): Promise<InboxUpdate[]> {
    const direct = directRoomsOf(updates)
    const userId = this.#watching?.userId
    if (direct.length === 0 || userId === undefined) return updates
    const { directory } = this.ports
    const shown = await directPeers.withPeers(directory, userId, direct, Date.now())
    const byId = new Map(shown.map((room) => [room.id, room]))
    return updates.map((update) =>
      'room' in update ? { ...update, room: byId.get(update.room.id) ?? update.room } : update,
    )
  }

  /** Of these rooms, those that are told to be other than at these versions; null for those that are gone. */
  newerThan(versions: Version[]): { roomId: string; room: Room | null }[] {
    return versions.flatMap((version) => {
      const room = this.#told.newerThan(version)
      return room === undefined ? [] : [{ roomId: version.roomId, room }]
    })
  }

  freshRooms(now: number): Room[] {
    return this.#told.freshRooms(now)
  }

  setBlocks(blocks: string[]): void {
    if (!this.#watching) return
    this.#keep(this.#watching.userId, { blocks })
    this.send([{ type: 'blocks', blocks }])
  }

  /** Compares what the sockets were told with the directory, asks the rooms that differ, and tells what they answer. */
  async compare(now: number): Promise<void> {
    const kept = this.#watching
    if (!kept || !this.isOnline) return
    const { userId } = kept
    this.#keep(userId, { compareAt: now + COMPARISON_MS })
    const versions = await myRooms.selectVersions(this.ports.directory, userId)
    const known = new Set(versions.map(({ roomId }) => roomId))
    const differing = [
      ...versions.filter(({ roomId, version }) => version > this.#told.versionOf(roomId)),
      // The directory may not have them yet, or no longer.
      ...this.#told.theirs.filter(({ roomId }) => !known.has(roomId)),
    ]
    await this.#watchAll(userId, differing)
    this.#keep(userId, {
      versions: Object.fromEntries(
        this.#told.theirs.map(({ roomId, version }) => [roomId, version]),
      ),
    })
  }

  async #watchMissing(versions: Version[]): Promise<void> {
    const { userId, leases } = this.#watching ?? {}
    if (userId === undefined) return
    const missing = versions.filter(({ roomId }) => !leases?.has(roomId))
    if (missing.length > 0) await this.#watchAll(userId, missing)
  }

  /** Asks rooms to tell of changes, and takes what they answer. */
  async #watchAll(userId: string, rooms: Version[]): Promise<void> {
    if (rooms.length === 0) return
    const epoch = (this.#watching?.epoch ?? 0) + 1
    this.#keep(userId, { epoch })
    const watched = await pMap(
      rooms.slice(0, MAX_ROOMS),
      async ({ roomId }) => ((await this.#watch(roomId, userId, epoch)) ? [roomId] : []),
      { concurrency: CONCURRENT_ROOMS },
    )
    const leases = new Set([...(this.#watching?.leases ?? []), ...watched.flat()])
    this.#keep(userId, { leases })
  }

  /** Whether the room tells of changes from now on. */
  async #watch(roomId: string, userId: string, epoch: number): Promise<boolean> {
    try {
      const answer = await this.ports.watch(roomId, userId, epoch)
      this.#takeAnswer(roomId, answer ?? { version: 0, room: null, removed: 'left' })
      return Boolean(answer?.room)
    } catch (error) {
      const isGone = error instanceof ApiError && error.code === 'not_found'
      if (isGone) this.#takeAnswer(roomId, { version: 0, room: null, removed: 'deleted' })
      else console.error({ level: 'error', work: 'inbox', roomId, message: String(error) })
      return false
    }
  }

  #takeAnswer(roomId: string, answer: WatchAnswer): void {
    // Whoever is not in a room is told no version there: this is later than what was told before.
    const version = answer.room
      ? answer.version
      : Math.max(answer.version, this.#told.versionOf(roomId) + 1)
    this.tell({ roomId, epoch: -1, why: 'settings', ...answer, version }, Date.now())
  }

  #lease(roomId: string): number {
    const { userId = '', epoch = 0, leases = [] } = this.#watching ?? {}
    this.#keep(userId, { epoch: epoch + 1, leases: new Set([...leases, roomId]) })
    return epoch + 1
  }

  #release(roomId: string): void {
    const { userId, leases } = this.#watching ?? {}
    this.#idleNews.delete(roomId)
    if (userId === undefined || !leases?.has(roomId)) return
    this.#keep(userId, { leases: new Set([...leases].filter((id) => id !== roomId)) })
  }

  #keep(userId: string, changes: Partial<watching.Watching>): void {
    const none = { epoch: 0, leases: new Set<string>(), versions: {}, compareAt: null, blocks: [] }
    this.#watching = { ...none, ...this.#watching, userId, ...changes }
    watching.write(this.#sql, this.#watching)
  }

  /** What the directory has of the first screen, and what rooms told since. */
  #overlaid({ ready }: FirstScreen): Omit<InboxReady, 'online'> {
    const total = { ...ready.unread }
    const rooms = ready.rooms.flatMap((room) => {
      const newer = this.#told.newerThan({ roomId: room.id, version: room.me?.version ?? 0 })
      if (newer === undefined) return [room]
      for (const count of ['unread', 'unreadMentions'] as const) {
        total[count] += (newer?.me?.[count] ?? 0) - (room.me?.[count] ?? 0)
      }
      total.rooms += Number((newer?.me?.unread ?? 0) > 0) - Number((room.me?.unread ?? 0) > 0)
      return newer ? [{ ...newer, peer: room.peer }] : []
    })
    return { ...ready, rooms, unread: total }
  }

  get #sql(): SqlStorage {
    return this.ports.ctx.storage.sql
  }
}
