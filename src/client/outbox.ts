import type { Chat } from './chat'
import { ProblemError } from './connection/problem-error'
import type { UnsentMessage } from './store/unsent'

interface Entry extends Pick<UnsentMessage, 'roomId' | 'nonce' | 'draft'> {
  /** Empty where it was written before anybody was signed in. */
  userId: string
  writtenAt: number
}

export interface OutboxOptions {
  /** The service refused a message that this outbox sent; its room shows it as failed. */
  onRefused?: (message: Pick<Entry, 'roomId' | 'draft'>, problem: ProblemError) => void
}

/** Before that, the page that it was written on sends it. */
const GRACE_MS = 10_000
const EVERY_MS = 30_000
const STORE = 'messages'

/**
 * Keeps unsent messages in IndexedDB and sends them whenever there is a network again, also after the page was closed.
 * Of several tabs one does so; that a message may go out twice does not matter, for it has a nonce. Answers how to stop.
 */
export function keepOutbox(chat: Chat, options: OutboxOptions = {}): () => void {
  const outbox = new Outbox(chat, options)
  outbox.start()
  return () => outbox.stop()
}

class Outbox {
  readonly #stops: (() => void)[] = []
  readonly #database: Promise<IDBDatabase>
  #sending: Promise<void> | undefined
  #last = 0
  #userId: string | undefined

  constructor(
    readonly chat: Chat,
    readonly options: OutboxOptions,
  ) {
    this.#database = opened(`chat-outbox:${chat.address}`)
  }

  start(): void {
    this.#stops.push(
      this.chat.onUnsent({
        added: (message) => this.#keep(message),
        removed: (nonce) => this.#drop(nonce),
      }),
    )
    this.#userId = this.chat.userId
    this.#restore()
    this.#stops.push(this.chat.me.subscribe(() => this.#follow()))
    const stopped = new Promise<void>((resolve) => this.#stops.push(resolve))
    const lead = () => {
      const send = () => this.#send()
      send()
      const timer = setInterval(send, EVERY_MS)
      globalThis.addEventListener?.('online', send)
      return stopped.then(() => {
        clearInterval(timer)
        globalThis.removeEventListener?.('online', send)
      })
    }
    // The next tab leads when this one is closed.
    const locks = globalThis.navigator?.locks
    if (locks) locks.request(`chat-outbox:${this.chat.address}`, lead).catch(() => {})
    else lead()
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop()
  }

  /** Shows what was written before, as messages that are under way. */
  async #restore(): Promise<void> {
    for (const { roomId, nonce, draft } of await this.#entries())
      this.chat.room(roomId).send(draft, nonce)
  }

  /** Who signs in again, maybe after the service ended their session, waits no longer. */
  #follow(): void {
    const { userId } = this.chat
    if (userId === this.#userId) return
    this.#userId = userId
    if (!userId) return
    this.#restore()
    // What is under way belongs to who was there before.
    Promise.resolve(this.#sending).finally(() => this.#send(0))
  }

  #send(grace = GRACE_MS): Promise<void> {
    this.#sending ??= this.#sendAll(grace).finally(() => {
      this.#sending = undefined
    })
    return this.#sending
  }

  async #sendAll(grace: number): Promise<void> {
    const { userId } = this.chat
    for (const entry of await this.#entries()) {
      if (Date.now() - entry.writtenAt < grace) continue
      const { roomId, nonce, draft } = entry
      const room = this.chat.room(roomId)
      try {
        await room.find()
        if (this.chat.userId !== userId) return
        await this.chat.request('POST', room.path('messages'), { text: '', ...draft, nonce })
        room.discard(nonce)
      } catch (error) {
        // Without a network, or a session, the others would fare no better.
        if (!(error instanceof ProblemError) || error.isTemporary || error.retryAfter) return
        if (error.isOfToken) return
        room.refuse(nonce, error)
        this.options.onRefused?.(entry, error)
      }
      await this.#drop(nonce)
    }
  }

  async #keep({ roomId, nonce, draft }: UnsentMessage): Promise<void> {
    const userId = this.chat.userId ?? ''
    // Two messages of one millisecond keep their order.
    this.#last = Math.max(Date.now(), this.#last + 0.001)
    const entry: Entry = { roomId, nonce, draft, userId, writtenAt: this.#last }
    // One that was restored keeps its place.
    const store = await this.#store()
    const known = await answered(store.get(nonce))
    if (!known) await answered(store.put(entry))
  }

  async #drop(nonce: string): Promise<void> {
    await answered((await this.#store()).delete(nonce))
  }

  async #entries(): Promise<Entry[]> {
    const all: Entry[] = await answered((await this.#store()).getAll())
    const own = all.filter(({ userId }) => !userId || userId === this.chat.userId)
    return own.sort((a, b) => a.writtenAt - b.writtenAt)
  }

  async #store(): Promise<IDBObjectStore> {
    return (await this.#database).transaction(STORE, 'readwrite').objectStore(STORE)
  }
}

function opened(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'nonce' })
  return answered(request)
}

const answered = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
