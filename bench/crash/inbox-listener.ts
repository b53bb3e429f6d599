import { setTimeout as wait } from 'node:timers/promises'
import { Wire } from '../clients/wire'
import type { Room } from '../targets/target'

const RETRY_MS = 20
const PING_EVERY_MS = 10_000

/** What somebody's inbox said of the room, by the contract: of two values that with the greater version. */
interface Told {
  version: number
  seq: number
  n: number
  unread: number
  readSeq: number
}

interface ListedRoom {
  id: string
  seq: number
  n: number
  me: { version: number; unread: number; readSeq: number } | null
}

interface Update extends Partial<Told> {
  roomId?: string
  room?: ListedRoom
}

/** Listens to an inbox, and connects again whenever it is cut off. */
export class InboxListener {
  told: Told | undefined

  constructor(
    private readonly room: Room,
    private readonly index: number,
  ) {}

  async listen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#session(signal)
      await wait(RETRY_MS)
    }
  }

  #session(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const protocols = ['chat.v1', `bearer.${this.room.tokens[this.index]}`]
    const wire = new Wire(new URL('/v1/me/socket', this.room.url), protocols, {
      frame: (bytes) => this.#take(bytes.toString()),
      end: () => resolve(),
    })
    const pings = setInterval(() => wire.send('ping'), PING_EVERY_MS)
    signal.addEventListener('abort', () => {
      wire.close()
      resolve()
    })
    return promise.finally(() => clearInterval(pings))
  }

  #take(text: string): void {
    if (text === 'pong') return
    const { ready, updates = [] } = JSON.parse(text) as {
      ready?: { rooms: ListedRoom[] }
      updates?: Update[]
    }
    // A first screen replaces what was there.
    if (ready) this.told = undefined
    for (const room of ready?.rooms ?? []) this.#takeRoom(room)
    for (const update of updates) {
      if (update.room) this.#takeRoom(update.room)
      else if (update.roomId === this.room.roomId) this.#put(update)
    }
  }

  #takeRoom({ id, seq, n, me }: ListedRoom): void {
    if (id === this.room.roomId && me) this.#put({ seq, n, ...me })
  }

  #put(values: Partial<Told>): void {
    if ((values.version ?? 0) < (this.told?.version ?? 0)) return
    const { version = 0, seq, n, unread, readSeq } = values
    const before = this.told ?? { seq: 0, n: 0, unread: 0, readSeq: 0 }
    this.told = {
      version,
      seq: seq ?? before.seq,
      n: n ?? before.n,
      unread: unread ?? before.unread,
      readSeq: readSeq ?? before.readSeq,
    }
  }
}
