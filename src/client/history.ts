import { pause, waitOf } from './connection/back-off'
import { ProblemError } from './connection/problem-error'
import type { Context } from './context'
import type { RoomAddress } from './room-address'
import type { RoomLog } from './store/room-log'

const PAGE = 50
const ATTEMPTS = 5

interface Place {
  readonly chat: Pick<Context, 'request' | 'backOff'>
  readonly log: RoomLog
  readonly address: RoomAddress
  isReady: () => boolean
  changed: () => void
}

/** Pages of messages that are read over HTTP. */
export class History {
  #loading: Promise<void> | undefined
  /** Of two pages that are read at once, the first would be dropped. */
  #refreshing: Promise<void> = Promise.resolve()
  #snapshots = 0
  #refreshed = 0

  constructor(readonly place: Place) {}

  /** Reads the page before the oldest message. One at a time. */
  loadOlder(): Promise<void> {
    if (!this.place.log.hasOlder) return Promise.resolve()
    this.#loading ??= this.#refreshing
      .then(() => this.#load('older'))
      .then(() => {})
      .finally(() => {
        this.#loading = undefined
      })
    return this.#loading
  }

  /**
   * The socket is ready, maybe with a snapshot. That says, like all that everyone is sent, nothing of which reactions are
   * the user's: they are asked for until they are known, however often the network fails meanwhile.
   */
  continue(isNew: boolean): void {
    const { log } = this.place
    const hasReactions = () => log.messages.list().some(({ reactions }) => reactions.length > 0)
    if (isNew && hasReactions()) this.#snapshots += 1
    if (this.isBehind) this.#refreshing = this.#refreshing.then(() => this.#refresh())
  }

  /** Whether it is not known yet which reactions are the user's. */
  get isBehind(): boolean {
    return this.#refreshed < this.#snapshots
  }

  async #refresh(): Promise<void> {
    while (this.isBehind && this.place.isReady()) {
      const snapshot = this.#snapshots
      try {
        if (await this.#load('latest')) this.#known(snapshot)
      } catch (error) {
        // Nobody who is refused will be told, however often they ask.
        if (error instanceof ProblemError && !error.isTemporary) this.#known(snapshot)
      }
    }
  }

  #known(snapshot: number): void {
    this.#refreshed = snapshot
    this.place.changed()
  }

  /** Whether the page was taken: not one that a snapshot, or another page, made useless meanwhile. */
  async #load(what: 'older' | 'latest'): Promise<boolean> {
    const { chat, log, address, changed } = this.place
    for (let attempt = 1; ; attempt += 1) {
      try {
        await address.find()
        const isTaken = await log.loadOlder((before) => {
          const cursor = what === 'older' && before !== undefined ? `&before=${before}` : ''
          return chat.request('GET', address.path(`messages?limit=${PAGE}${cursor}`))
        })
        changed()
        return isTaken
      } catch (error) {
        if (attempt === ATTEMPTS) throw error
        await pause(waitOf(chat.backOff, attempt))
      }
    }
  }
}
