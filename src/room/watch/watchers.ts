import type { NewsAnswer, NewsReason, RoomNews } from '../../inbox/room-news'
import * as store from '../store/watchers'
import { RecentUsers } from './recent-users'
import { newWatcher, type Watcher } from './watcher'

/** Between two rounds of telling. The first change of a quiet room is told at once. */
const ROUND_MS = 1000
/** How many inboxes one round tells, and how many of them before the room does other work again. */
const TOLD_PER_ROUND = 100
const TOLD_PER_TURN = 20
const TURN_MS = 10
/** An inbox that does not answer by then is told again, a few times. */
const TIMEOUT_MS = 5000
const ATTEMPTS = 3

/** What the room is to a user: as of when they are told, not of when it changed. */
export type CurrentNews = Pick<RoomNews, 'version' | 'room' | 'removed'>

interface Ports {
  sql: SqlStorage
  roomId: () => string
  /** The room as these members see it now. */
  readFor: (userIds: string[]) => Map<string, CurrentNews>
  /** Tells the inbox of a user. */
  tell: (userId: string, news: RoomNews) => Promise<NewsAnswer>
  waitUntil: (work: Promise<unknown>) => void
  onError: (error: unknown) => void
  /** Whether the object may have fallen before it told everyone of everything. */
  mayHaveLost: boolean
}

/** What a commit changed of the room as lists show it. */
export type Change = Extract<NewsReason, 'settings' | 'messages'>

/** News that does not wait for a round, and goes to whoever it is about. */
export type Notice = Pick<RoomNews, 'why' | 'by' | 'removed' | 'mention'> & { userId: string }

/**
 * The inboxes that are told of what changes here, each by one RPC with the latest values. In a busy room they are told
 * once a second, a hundred at most and in turn. Nothing that is lost is lost for good: inboxes compare what they know
 * with the directory. See docs/decisions/0024-inbox-leases.md.
 */
export class Watchers {
  readonly #watchers: Map<string, Watcher>
  /** Counts changes; a watcher who was told of fewer is behind. */
  #changes = 0
  #settingsChanges = 0
  /** Those who are told of their own marker, by the last change of it. */
  readonly #markers = new Set<string>()
  /** Whose marker was told at once within the last second. */
  readonly #markersTold = new RecentUsers(ROUND_MS, TOLD_PER_ROUND)
  #lastRoundAt = 0
  /** Whether this object has told nobody yet. */
  #isFresh = true
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(private readonly ports: Ports) {
    const rows = store.list(ports.sql)
    this.#watchers = new Map(rows.map((row) => [row.userId, newWatcher(row, this.#changes)]))
    if (!ports.mayHaveLost) return
    for (const watcher of this.#watchers.values()) watcher.toldSettings = -1
  }

  has(userId: string): boolean {
    return this.#watchers.has(userId)
  }

  /** Starts to tell an inbox of what comes after the change that it knows, which is the last one unless said otherwise. */
  watch(userId: string, epoch: number, told = this.#changes): void {
    const known = this.#watchers.get(userId)
    if (known && known.epoch >= epoch) return
    store.add(this.ports.sql, { userId, epoch })
    const watcher = newWatcher({ userId, epoch }, told)
    this.#watchers.set(userId, watcher)
    if (this.#isBehind(watcher)) this.#startRound(Date.now())
  }

  forget(userId: string): void {
    if (!this.#watchers.delete(userId)) return
    store.remove(this.ports.sql, userId)
  }

  /** Call this after a commit that changed what lists of rooms show. */
  changed(reason: Change, now: number): void {
    this.count(reason)
    this.tellWatchers(now)
  }

  /** The first half of `changed`. Whoever is told between the two has this change. */
  count(reason: Change): void {
    this.#changes += 1
    if (reason === 'settings') this.#settingsChanges = this.#changes
  }

  /** The second half: the next round tells those who do not have it. */
  tellWatchers(now: number): void {
    if (this.#watchers.size > 0) this.#startRound(now)
  }

  /** Call this when a member's counts changed, and nothing else. */
  countsChanged(userId: string, now: number): void {
    const watcher = this.#watchers.get(userId)
    if (!watcher) return
    watcher.told = -1
    this.#startRound(now)
  }

  /** Call this when what was told before this object woke may have been lost. */
  repeat(now: number): void {
    if (this.#isFresh) this.changed('settings', now)
  }

  /** Call this when a member's own marker moved; their other devices want to know: at once, but once a second each. */
  markerMoved(userId: string, now: number): void {
    if (this.#markersTold.take(userId, now)) {
      this.notify({ userId, why: 'marker' })
      return
    }
    this.#markers.add(userId)
    this.#startRound(now)
  }

  /** Tells one user at once, whether their inbox asked for it or not. */
  notify({ userId, ...notice }: Notice, current = this.ports.readFor([userId]).get(userId)): void {
    if (!current) return
    this.ports.waitUntil(
      this.#deliver(userId, { ...current, ...notice, ...this.#why(userId, notice) }),
    )
  }

  /** Whoever was not told of the last settings is told the room whole: whatever tells of less has their version, too. */
  #why(userId: string, { why }: { why: NewsReason }): { why: NewsReason } {
    const { toldSettings = Infinity } = this.#watchers.get(userId) ?? {}
    const isEnough = why === 'added' || why === 'removed' || toldSettings >= this.#settingsChanges
    return { why: isEnough ? why : 'settings' }
  }

  #startRound(now: number): void {
    if (this.#timer !== null) return
    const wait = this.#lastRoundAt + ROUND_MS - now
    if (wait <= 0) this.#round(now)
    else this.#after(wait, () => this.#round(Date.now()))
  }

  #after(wait: number, work: () => void): void {
    this.#timer = setTimeout(() => {
      this.#timer = null
      work()
    }, wait)
  }

  #round(now: number): void {
    this.#lastRoundAt = now
    this.#isFresh = false
    const markers = new Set([...this.#markers].slice(0, TOLD_PER_ROUND))
    for (const userId of markers) this.#markers.delete(userId)
    const behind = this.#nextBehind(TOLD_PER_ROUND - markers.size)
    this.#turn([...new Set([...behind.map(({ userId }) => userId), ...markers])], markers)
  }

  /** Tells these few at a time: a hundred at once would keep posts waiting for as long as that takes. */
  #turn(userIds: string[], markers: Set<string>): void {
    const turn = userIds.slice(0, TOLD_PER_TURN)
    const current = this.ports.readFor(turn)
    for (const userId of turn) {
      const watcher = this.#watchers.get(userId)
      if (watcher && this.#isBehind(watcher)) this.#tellWatcher(watcher, current.get(userId))
      else if (markers.has(userId)) this.notify({ userId, why: 'marker' }, current.get(userId))
    }
    const rest = userIds.slice(TOLD_PER_TURN)
    if (rest.length > 0) this.#after(TURN_MS, () => this.#turn(rest, markers))
    else if (this.#markers.size > 0 || this.#isAnyoneBehind()) this.#startRound(Date.now())
  }

  /** Watchers who were not told of the last change, those who waited longest first. */
  #nextBehind(limit: number): Watcher[] {
    const found: Watcher[] = []
    for (const watcher of this.#watchers.values()) {
      if (found.length === limit) break
      if (this.#isBehind(watcher)) found.push(watcher)
    }
    // Whoever is told goes to the end.
    for (const watcher of found) {
      this.#watchers.delete(watcher.userId)
      this.#watchers.set(watcher.userId, watcher)
    }
    return found
  }

  #isAnyoneBehind(): boolean {
    for (const watcher of this.#watchers.values()) if (this.#isBehind(watcher)) return true
    return false
  }

  #isBehind({ told, isBusy }: Watcher): boolean {
    return told < this.#changes && !isBusy
  }

  #tellWatcher(watcher: Watcher, current: CurrentNews | undefined): void {
    const { userId } = watcher
    if (!current?.room) {
      this.notify({ userId, why: 'removed' }, current)
      this.forget(userId)
      return
    }
    const { why } = this.#why(userId, { why: 'messages' })
    const told = this.#changes
    Object.assign(watcher, { told, toldSettings: told, isBusy: true })
    const delivered = this.#deliver(userId, { ...current, why }).then((isDelivered) => {
      watcher.isBusy = false
      watcher.failures = isDelivered ? 0 : watcher.failures + 1
      if (!isDelivered) watcher.toldSettings = -1
      if (!isDelivered && watcher.failures < ATTEMPTS) watcher.told = -1
      if (this.#isBehind(watcher)) this.#startRound(Date.now())
    })
    this.ports.waitUntil(delivered)
  }

  /** Whether the inbox answered. */
  async #deliver(userId: string, news: Omit<RoomNews, 'roomId' | 'epoch'>): Promise<boolean> {
    const epoch = this.#watchers.get(userId)?.epoch ?? 0
    const told = this.#changes
    const answered = new AbortController()
    const timeout = scheduler.wait(TIMEOUT_MS, { signal: answered.signal }).then(
      () => null,
      () => null,
    )
    try {
      const telling = this.ports.tell(userId, { roomId: this.ports.roomId(), epoch, ...news })
      const answer = await Promise.race([telling, timeout])
      if (answer) this.#obey(userId, answer, told)
      return answer !== null
    } catch (error) {
      this.ports.onError(error)
      return false
    } finally {
      // A timer that still runs keeps the object awake.
      answered.abort()
    }
  }

  #obey(userId: string, { ended, watching }: NewsAnswer, told: number): void {
    // A late answer must not end what the inbox has asked for since.
    if (ended !== undefined && this.#watchers.get(userId)?.epoch === ended) this.forget(userId)
    if (watching !== undefined) this.watch(userId, watching, told)
  }
}
