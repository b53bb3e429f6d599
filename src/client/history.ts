import { pause, waitOf } from './connection/back-off'
import { ProblemError } from './connection/problem-error'
import type { Context } from './context'
import type { RoomAddress } from './room-address'
import type { MessagePage, RoomLog } from './store/room-log'

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
  /** The first message of the latest snapshot that somebody reacted to. */
  #from = 0
  #refreshed = 0

  constructor(readonly place: Place) {}

  /** Reads the page before the oldest message. One at a time. */
  loadOlder(): Promise<void> {
    if (!this.place.log.hasOlder) return Promise.resolve()
    this.#loading ??= this.#refreshing
      .then(() => this.#load((oldest) => oldest))
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
    const { messages } = this.place.log
    const first = isNew && messages.list().find(({ reactions }) => reactions.length > 0)
    if (first) {
      this.#snapshots += 1
      this.#from = first.seq
    }
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
        if (await this.#reread()) this.#known(snapshot)
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

  /** What the snapshot had, which may be more than the latest page: much may have been posted since. */
  async #reread(): Promise<boolean> {
    const from = this.#from
    for (let before: number | undefined; before === undefined || before > from; ) {
      const page = await this.#load(() => before)
      if (!page) return false
      before = page.older ?? 0
    }
    return true
  }

  /** Undefined where the page was not taken: a snapshot, or another page, made it useless meanwhile. */
  async #load(
    from: (oldest: number | undefined) => number | undefined,
  ): Promise<MessagePage | undefined> {
    const { chat, log, address, changed } = this.place
    for (let attempt = 1; ; attempt += 1) {
      try {
        await address.find()
        const page = await log.loadOlder((oldest) => {
          const before = from(oldest)
          const cursor = before === undefined ? '' : `&before=${before}`
          return chat.request('GET', address.path(`messages?limit=${PAGE}${cursor}`))
        })
        changed()
        return page
      } catch (error) {
        if (attempt === ATTEMPTS) throw error
        await pause(waitOf(chat.backOff, attempt))
      }
    }
  }
}
