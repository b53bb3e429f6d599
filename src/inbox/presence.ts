import type { Directory } from '../directory/database'
import type { InboxFrame, InboxUpdate } from '../schemas/inbox'
import { iso } from '../schemas/primitives'
import type { Attachment } from '../sockets/identity'
import type { SocketRegistry } from '../sockets/socket-registry'
import { KnownPeers } from './known-peers'
import { PeerCalls } from './peer-calls'
import type { PresenceNews } from './presence-row'
import * as presenceRow from './presence-row'

const SWEEP_MS = 5 * 60_000
/** Between two tellings of a change of one's own. The first is told at once. */
const PAUSE_MS = 1000

interface Ports {
  ctx: Pick<DurableObjectState, 'id' | 'storage' | 'getWebSockets' | 'waitUntil'>
  directory: Directory
  sockets: SocketRegistry<InboxFrame>
  /** undefined before the first socket. */
  userId: () => string | undefined
  /** Whom the user blocks. */
  blocks: () => string[]
  /** Tells a peer's inbox, which answers the peer's own presence and calls nobody. */
  call: (peerId: string, from: string, news: PresenceNews) => Promise<PresenceNews>
  /** Tells the user's devices. */
  send: (updates: InboxUpdate[]) => void
  reschedule: () => void
}

/**
 * Whether a user is online, told from inbox to inbox: to the latest direct peers when they come online, then to those who are
 * online, too. No room and no row of the directory knows. See docs/decisions/0025-presence-from-inbox-to-inbox.md.
 */
export class Presence {
  readonly #peers: KnownPeers
  /** What peers were told last. */
  #isAway: boolean
  /** Whether storage says that peers were told, for the case that this object is killed. */
  #isMarked: boolean
  #pause: ReturnType<typeof setTimeout> | null = null
  readonly #calls: PeerCalls

  constructor(private readonly ports: Ports) {
    const kept = ports.ctx.getWebSockets().map((socket) => {
      const attachment = socket.deserializeAttachment() as Attachment | null
      return attachment?.peers
    })
    this.#peers = new KnownPeers(Object.assign({}, ...kept))
    this.#isMarked = this.#peers.told.length > 0
    this.#isAway = this.#isAwayNow
    this.#calls = new PeerCalls({
      directory: ports.directory,
      userId: ports.userId,
      call: ports.call,
      waitUntil: (work) => ports.ctx.waitUntil(work),
      isOnline: () => this.#isOnline,
      isBlocked: (userId) => ports.blocks().includes(userId),
      told: () => this.#peers.told,
      own: () => this.#own(),
      hidden: () => this.#hidden(),
      answered: (userId, answer) => this.#answered(userId, answer),
      done: () => this.#save(),
    })
  }

  /** Who of the direct peers is online, as far as known. */
  get online(): string[] {
    return this.#peers.online
  }

  /** When sockets are looked at next. The same at whatever time it is asked, and another for each inbox. */
  sweepAt(now: number): number | null {
    if (this.#peers.told.length === 0) return null
    const offset = Number.parseInt(this.ports.ctx.id.toString().slice(0, 8), 16) % SWEEP_MS
    return Math.floor((now - offset) / SWEEP_MS + 1) * SWEEP_MS + offset
  }

  /** Call this when the first socket has opened, before it is sent anything. */
  begin(now: number): void {
    const stored = presenceRow.read(this.#sql)
    const state = presenceRow.isLingering(stored, now) ? 'online' : 'unreached'
    const told = (stored.told ?? []).slice(0, presenceRow.MAX_TOLD)
    for (const userId of told) this.#peers.set(userId, state, 0)
    this.#isMarked = stored.told !== null
    // Else an end that nobody sees would count from the absence that is over.
    if (stored.dueAt !== null) presenceRow.write(this.#sql, { ...stored, dueAt: null })
    this.#isAway = false
  }

  /** Call this after a socket was sent `ready`. */
  opened(socket: WebSocket, isFirst: boolean, now: number): void {
    this.#save()
    if (isFirst) {
      this.#calls.start({ latest: true, others: [] })
      return
    }
    const updates = this.#peers.away.map((userId) => ({ ...present(userId), away: true }))
    if (updates.length > 0) this.ports.sockets.send(socket, { updates }, now)
    this.changed()
  }

  /** Call this when the last socket has closed. `seenAt`: when the user was last heard of. */
  closed(seenAt: number): void {
    const { told } = this.#peers
    const isTold = told.length > 0
    const dueAt = isTold ? seenAt + presenceRow.ABSENCE_MS : null
    presenceRow.write(this.#sql, { lastSeenAt: seenAt, told: isTold ? told : null, dueAt })
    this.#peers.clear()
    this.ports.reschedule()
  }

  /** Closes the sockets of devices that have vanished. */
  judge(now: number): void {
    const seenAt = this.ports.sockets.closeDead(now)
    if (seenAt === null || this.#isOnline) {
      this.changed()
      return
    }
    const { told } = presenceRow.read(this.#sql)
    presenceRow.write(this.#sql, { lastSeenAt: seenAt, told, dueAt: told && now })
    this.ports.reschedule()
  }

  /** Call this when a device may have come, gone, or said whether somebody is there. */
  changed(): void {
    if (this.#pause || !this.#isOnline || this.#isAway === this.#isAwayNow) return
    this.#isAway = this.#isAwayNow
    const told = this.#peers.told.map((userId) => ({ userId }))
    this.ports.ctx.waitUntil(this.#calls.exchangeAll(told))
    this.#pause = setTimeout(() => {
      this.#pause = null
      this.changed()
    }, PAUSE_MS)
  }

  /** What a peer says, and the user's own presence in answer. */
  take(from: string, news: PresenceNews, now: number): PresenceNews {
    this.judge(now)
    if (!this.#isOnline) return presenceRow.answerAbsent(this.#sql, from, news, now)
    if (this.ports.blocks().includes(from)) return this.#hidden()
    this.#note(from, news)
    return this.#own()
  }

  /** The user's own presence. */
  read(now: number): PresenceNews {
    this.judge(now)
    return this.#isOnline ? this.#own() : presenceRow.absent(this.#sql, now)
  }

  /** Call this with what the devices were told: some of it says who sees whom. */
  heard(updates: InboxUpdate[]): void {
    const others = updates.flatMap((update) => {
      if ('user' in update) return [update.user.id]
      return update.type === 'room.added' && update.room.peer ? [update.room.peer.id] : []
    })
    const isOther = updates.some(({ type }) => type === 'me.updated')
    const isHidden = updates.some(({ type }) => type === 'blocks')
    if (isOther || isHidden || others.length > 0) this.#calls.start({ latest: isOther, others })
  }

  /** Asks those who were told, and whoever could not be reached, for what was lost on the way. */
  compare(): void {
    const { told } = this.#peers
    if (told.length > 0) this.#calls.start({ latest: false, others: told })
  }

  /** Tells peers that the user is offline, if that is due. */
  async expire(now: number): Promise<void> {
    const stored = presenceRow.read(this.#sql)
    const { told } = stored
    if (this.#isOnline || told === null || presenceRow.isLingering(stored, now)) return
    // Without a time, nobody saw the sockets close.
    const lastSeenAt = stored.dueAt === null ? now : stored.lastSeenAt
    presenceRow.write(this.#sql, { lastSeenAt, told: null, dueAt: null })
    await this.#calls.tellAll(told, this.#hidden(), lastSeenAt)
  }

  #answered(userId: string, answer: PresenceNews | undefined): void {
    if (!this.#isOnline) {
      // The last socket closed meanwhile, and the peer may believe that the user is online.
      if (answer?.online !== false) presenceRow.addTold(this.#sql, userId, Date.now())
      this.ports.reschedule()
    } else if (answer) this.#note(userId, answer)
    else this.#peers.missed(userId)
    this.#mark()
  }

  #note(userId: string, news: PresenceNews): void {
    if (!this.#peers.accept(userId, news)) return
    // First, so that nobody hears of what an eviction forgets.
    this.#save()
    const { online, away, lastSeenAt } = news
    const seen = lastSeenAt === null ? null : iso(lastSeenAt)
    this.ports.send([{ ...present(userId), online, away, lastSeenAt: seen }])
    this.#mark()
  }

  #own(): PresenceNews {
    return { ...this.#hidden(), online: true, away: this.#isAwayNow }
  }

  /** What those are told who do not see the user. */
  #hidden(): PresenceNews {
    return { online: false, away: false, lastSeenAt: null, asOf: Date.now() }
  }

  /** Lets the sockets keep what is known: they outlive this object, and cost no row. */
  #save(): void {
    this.ports.sockets.renewAll({ peers: this.#peers.kept })
  }

  /** Notes in storage that somebody was told, once for as long as the user is online, and starts to sweep. */
  #mark(): void {
    const { told } = this.#peers
    if (this.#isMarked || told.length === 0) return
    this.#isMarked = true
    presenceRow.write(this.#sql, { ...presenceRow.read(this.#sql), told, dueAt: null })
    this.ports.reschedule()
  }

  get #isOnline(): boolean {
    return this.ports.sockets.onlineCount > 0
  }

  get #isAwayNow(): boolean {
    return !this.ports.sockets.isAnyonePresent
  }

  get #sql(): SqlStorage {
    return this.ports.ctx.storage.sql
  }
}

const present = (userId: string) => ({
  type: 'presence' as const,
  userId,
  online: true,
  away: false,
  lastSeenAt: null,
})
