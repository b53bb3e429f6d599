import type { Directory } from '../directory/database'
import * as directPeers from '../directory/direct-peers'
import { ApiError, rootOf } from '../errors'
import type { TokenBuckets } from '../rate-limit/token-bucket'
import { type InboxFrame, type InboxReady, type InboxUpdate, READY_ROOMS } from '../schemas/inbox'
import type { Room } from '../schemas/rooms'
import type { Identity } from '../sockets/identity'
import { SocketRegistry } from '../sockets/socket-registry'
import { type FirstScreen, readFirstScreen } from './first-screen'
import { Presence } from './presence'
import type { PresenceNews } from './presence-row'
import * as presenceRow from './presence-row'
import type { NewsAnswer, RoomNews } from './room-news'
import { RoomWatch, type WatchAnswer } from './room-watch'
import { ToldRooms, type Version } from './told-rooms'
import { type ChangedCounts, countsOf, withCounts } from './unread-overlay'
import { directRoomsOf, updatesOf } from './updates'
import * as watching from './watching'

/** A room that told this often while no socket was open is told to stop. */
const MAX_IDLE_NEWS = 25
const MAX_IDLE_MS = 60 * 60_000

interface Ports {
  ctx: DurableObjectState
  directory: Directory
  /** Asks a room to tell of changes. Throws `not_found` for a deleted room, `unavailable`. */
  watch: (roomId: string, userId: string, epoch: number) => Promise<WatchAnswer | undefined>
  isAlive: (sessionId: string) => boolean
  /** Called when a comparison was put off or brought forward, or a socket opened. */
  reschedule: () => void
  /** Tells the inbox of a direct peer, which answers. */
  exchangePresence: (peerId: string, from: string, news: PresenceNews) => Promise<PresenceNews>
}

/** The inbox of a user whose sockets are open, or whom rooms still tell of changes. See docs/decisions/0024-inbox-leases.md. */
export class LiveInbox {
  readonly sockets: SocketRegistry<InboxFrame>
  readonly #told: ToldRooms
  readonly watch: RoomWatch
  readonly presence: Presence
  readonly #idleNews = new Map<string, number>()
  /** When the last socket closed, as far as known. */
  #idleSince: number
  /** Ends when everything that was said before is sent. */
  #sending: Promise<void> | null = null

  constructor(
    private readonly ports: Ports,
    readonly frames: TokenBuckets,
  ) {
    this.sockets = new SocketRegistry(ports.ctx, () => {
      this.#idleSince = Date.now()
      this.presence.closed(this.#idleSince)
    })
    const { sql } = ports.ctx.storage
    this.#idleSince = presenceRow.read(sql).lastSeenAt ?? Date.now()
    const kept = watching.read(sql)
    this.#told = new ToldRooms(kept ? versionsIn(kept) : {})
    this.watch = new RoomWatch(kept, this.#told, {
      sql,
      directory: ports.directory,
      ask: ports.watch,
      take: (news) => this.tell(news, Date.now()),
    })
    this.presence = new Presence({
      ctx: ports.ctx,
      directory: ports.directory,
      sockets: this.sockets,
      userId: () => this.watch.userId,
      blocks: () => this.watch.blocks,
      call: ports.exchangePresence,
      send: (updates) => this.send(updates),
      reschedule: ports.reschedule,
    })
  }

  get isOnline(): boolean {
    return this.sockets.onlineCount > 0
  }

  /** When the next comparison is due; null while no socket is open. */
  get compareAt(): number | null {
    return this.isOnline ? this.watch.compareAt : null
  }

  /** Opens a socket: `ready` first, then what changes. Throws `unauthenticated`, `too_many`. */
  async connect(identity: Identity, now: number): Promise<WebSocket> {
    const { userId, sessionId } = identity
    const screen = await readFirstScreen(this.ports.directory, userId, now)
    if (!this.ports.isAlive(sessionId)) {
      throw new ApiError('unauthenticated', 'This session has ended. Log in again.')
    }
    this.presence.judge(now)
    const comparison = this.compareAt
    const { client, server, isFirst } = this.sockets.accept(identity)
    if (isFirst) this.presence.begin(now)
    const { online } = this.presence
    const ready = this.#overlaid(screen, now)
    this.#told.note(screen.versions, isFirst)
    const { updates, unknown } = this.#told.beyond(screen.versions, ready.rooms, now)
    this.#told.miss(unknown)
    this.sockets.send(server, { ready: { ...ready, online } }, now)
    this.watch.open(userId, screen.ready.blocks, isFirst ? null : comparison, now)
    this.#idleNews.clear()
    if (isFirst) {
      this.ports.ctx.waitUntil(this.watch.watchMissing(screen.versions))
    }
    this.presence.opened(server, isFirst, now)
    this.send(updates)
    this.ports.reschedule()
    return client
  }

  /** Takes what a room tells. Never waits: the room waits for the answer. */
  tell(news: RoomNews, now: number): NewsAnswer {
    const { roomId, epoch } = news
    const isTheirs = this.#told.isTheirs(roomId)
    const isKnown = isTheirs || this.#told.versionOf(roomId) >= 0
    const isSure = this.watch.isSure(roomId)
    const isNews = this.#told.accept(news, now)
    if (!this.isOnline) return this.#tellNobody(news, now)
    const updates = isNews ? updatesOf(news, { isTheirs, isKnown, isSure }) : []
    if (news.mention && news.room && !this.watch.blocks.includes(news.mention.by.id)) {
      updates.push({ type: 'mention', roomId, ...news.mention })
    }
    this.send(updates)
    if (news.room === null) this.watch.release(roomId)
    else if (epoch === 0 && !this.watch.has(roomId)) return { watching: this.watch.lease(roomId) }
    return {}
  }

  #tellNobody({ roomId, epoch, room }: RoomNews, now: number): NewsAnswer {
    const count = (this.#idleNews.get(roomId) ?? 0) + 1
    this.#idleNews.set(roomId, count)
    const isOver = count >= MAX_IDLE_NEWS || now - this.#idleSince >= MAX_IDLE_MS || room === null
    if (!isOver) return {}
    this.#idleNews.delete(roomId)
    this.watch.release(roomId)
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
      .catch((error) => this.#withoutDirect(updates, direct, error))
      .then((complete) => this.#broadcast(complete))
    this.#sending = sent.finally(() => {
      if (this.#sending === sending) this.#sending = null
    })
    const sending = this.#sending
    this.ports.ctx.waitUntil(sent)
  }

  #broadcast(updates: InboxUpdate[]): void {
    if (updates.length === 0) return
    this.sockets.broadcast({ updates }, Date.now())
    this.presence.heard(updates)
  }

  async #withPeers(updates: InboxUpdate[]): Promise<InboxUpdate[]> {
    const direct = directRoomsOf(updates)
    const { userId } = this.watch
    if (direct.length === 0 || userId === undefined) return updates
    const { directory } = this.ports
    const shown = await directPeers.withPeers(directory, userId, direct, Date.now())
    const byId = new Map(shown.map((room) => [room.id, room]))
    return updates.map((update) =>
      'room' in update ? { ...update, room: byId.get(update.room.id) ?? update.room } : update,
    )
  }

  /** What can be told without the peers of direct rooms. The next comparison, which comes soon, tells those rooms. */
  #withoutDirect(updates: InboxUpdate[], direct: Room[], error: unknown): InboxUpdate[] {
    console.error({ level: 'error', work: 'inbox', message: rootOf(error).message })
    this.#told.miss(direct.map(({ id }) => id))
    this.watch.compareSoon(Date.now())
    this.ports.reschedule()
    return updates.filter((update) => !('room' in update && update.room.kind === 'direct'))
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
    this.watch.keepBlocks(blocks)
    this.send([{ type: 'blocks', blocks }])
  }

  /** What the directory has of the first screen, and what rooms told since. */
  #overlaid({ ready, versions }: FirstScreen, now: number): Omit<InboxReady, 'online'> {
    const known = new Set(versions.map(({ roomId }) => roomId))
    // Nobody waits for the peer of a direct room here: those come after `ready`.
    const added = this.#told
      .freshRooms(now)
      .filter(({ id, kind, me }) => !known.has(id) && kind !== 'direct' && !me?.archived)
    const changed: ChangedCounts[] = added.map((room) => ({
      before: undefined,
      after: countsOf(room),
    }))
    const rooms = ready.rooms.flatMap((room) => {
      const newer = this.#told.newerThan({ roomId: room.id, version: room.me?.version ?? 0 })
      if (newer === undefined) return [room]
      changed.push({ before: countsOf(room), after: newer ? countsOf(newer) : undefined })
      return newer ? [{ ...newer, peer: room.peer }] : []
    })
    const first = [...added, ...rooms].slice(0, READY_ROOMS)
    const more = ready.more || added.length + rooms.length > READY_ROOMS
    return { ...ready, rooms: first, more, unread: withCounts(ready.unread, changed) }
  }
}

/**
 * What sockets had been told when the object was here before. A room that tells and that has no version came after these were
 * kept: whatever was told of it, 0 is older.
 */
const versionsIn = ({ leases, versions }: watching.Watching): Record<string, number> => ({
  ...Object.fromEntries([...leases].map((roomId) => [roomId, 0])),
  ...versions,
})
