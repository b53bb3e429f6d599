import pMap from 'p-map'
import type { Directory } from '../directory/database'
import { type PresencePeer, readPeers } from '../directory/presence-peers'
import { rootOf } from '../errors'
import type { PresenceNews } from './presence-row'

const CONCURRENT_CALLS = 20
const TIMEOUT_MS = 5000

interface Ports {
  directory: Directory
  /** undefined before the first socket. */
  userId: () => string | undefined
  /** Tells a peer's inbox, which answers the peer's own presence and calls nobody. */
  call: (peerId: string, from: string, news: PresenceNews) => Promise<PresenceNews>
  waitUntil: (work: Promise<unknown>) => void
  isOnline: () => boolean
  isBlocked: (userId: string) => boolean
  /** Those who were told that the user is online. */
  told: () => string[]
  /** The user's presence as of now, and what those are told who do not see it. */
  own: () => PresenceNews
  hidden: () => PresenceNews
  /** Takes what a peer is to the user; undefined where they did not answer. */
  answered: (userId: string, answer: PresenceNews | undefined) => void
  /** Called when all of a round have answered. */
  done: () => void
}

type Called = Pick<PresencePeer, 'userId'> & Partial<PresencePeer>

interface Round {
  /** Whether to call those of the latest direct rooms. */
  latest: boolean
  /** Whom else to call. */
  others: string[]
}

/** What an inbox calls the inboxes of direct peers for. A call that fails is logged; what it lost, a later one tells. */
export class PeerCalls {
  #pending: Round | null = null
  #isRunning = false

  constructor(private readonly ports: Ports) {}

  /** Calls peers in rounds, one after the other, so that there are few calls at a time whatever happens how often. */
  start({ latest, others }: Round): void {
    const before = this.#pending ?? { latest: false, others: [] }
    this.#pending = {
      latest: latest || before.latest,
      others: [...new Set([...before.others, ...others])],
    }
    if (this.#isRunning) return
    this.#isRunning = true
    this.ports.waitUntil(this.#runPending())
  }

  async #runPending(): Promise<void> {
    while (this.#pending) {
      const round = this.#pending
      this.#pending = null
      await this.#run(round).catch(logged)
    }
    this.#isRunning = false
  }

  async #run({ latest, others }: Round): Promise<void> {
    if (!this.ports.isOnline()) return
    const told = this.ports.told()
    const peers = await this.#readPeers({ latest, others: [...told, ...others] })
    const visible = new Set(peers.map(({ userId }) => userId))
    const hidden = told.filter((userId) => !visible.has(userId))
    await pMap(hidden, (userId) => this.#hide(userId), { concurrency: CONCURRENT_CALLS })
    await this.exchangeAll(latest ? peers : peers.filter(({ userId }) => others.includes(userId)))
  }

  /** Tells peers how the user is, and takes how they are. */
  async exchangeAll(peers: Called[]): Promise<void> {
    await pMap(peers, (peer) => this.#exchange(peer), { concurrency: CONCURRENT_CALLS })
    this.ports.done()
  }

  /** Tells peers that the user is offline, and since when those who may know. */
  async tellAll(told: string[], news: PresenceNews, lastSeenAt: number | null): Promise<void> {
    const peers = await this.#readPeers({ latest: false, others: told }).catch(logged)
    const shown = new Set(peers?.flatMap((peer) => (peer.showsLastSeen ? [peer.userId] : [])))
    const newsFor = (userId: string) => (shown.has(userId) ? { ...news, lastSeenAt } : news)
    await pMap(told, (userId) => this.#tell(userId, newsFor(userId)), {
      concurrency: CONCURRENT_CALLS,
    })
  }

  async #exchange({ userId, seesLastSeen }: Called): Promise<void> {
    if (!this.ports.isOnline()) return
    if (this.ports.isBlocked(userId)) return this.#hide(userId)
    const answer = await this.#tell(userId, this.ports.own())
    if (this.ports.isBlocked(userId)) return this.#hide(userId)
    const lastSeenAt = seesLastSeen ? answer?.lastSeenAt : null
    this.ports.answered(userId, answer && { ...answer, lastSeenAt: lastSeenAt ?? null })
  }

  /** Makes the user and a peer offline to each other. */
  async #hide(userId: string): Promise<void> {
    const news = this.ports.hidden()
    this.ports.answered(userId, news)
    await this.#tell(userId, news)
  }

  /** Tells one peer, and returns what they answer; undefined where they do not. */
  async #tell(peerId: string, news: PresenceNews): Promise<PresenceNews | undefined> {
    const from = this.ports.userId()
    if (from === undefined) return undefined
    const answered = new AbortController()
    const timeout = scheduler.wait(TIMEOUT_MS, { signal: answered.signal }).then(
      () => Promise.reject(new Error('The inbox of a peer did not answer in time.')),
      () => undefined,
    )
    try {
      return await Promise.race([this.ports.call(peerId, from, news), timeout])
    } catch (error) {
      return logged(error)
    } finally {
      // A timer that still runs keeps the object awake.
      answered.abort()
    }
  }

  async #readPeers(query: Round): Promise<PresencePeer[]> {
    const userId = this.ports.userId()
    return userId === undefined ? [] : readPeers(this.ports.directory, userId, query)
  }
}

function logged(error: unknown): undefined {
  console.error({ level: 'error', work: 'presence', message: rootOf(error).message })
}
