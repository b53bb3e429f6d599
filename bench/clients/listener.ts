import type { Room } from '../targets/target'
import { newNonce } from './member'
import { Wire } from './wire'

/** One socket that may be refused or ended, which is no failure here: it is what is looked at. */
export class Listener {
  /** How many are online in the room, as it was told. */
  online = 0
  /** Why the socket ended. */
  closed: number | undefined
  /** Codes of refused commands. */
  refusals: string[] = []
  acknowledged = 0
  readonly wire: Wire
  readonly ready: Promise<void>
  #awaited = new Map<string, () => void>()

  constructor(
    private readonly room: Room,
    private readonly index: number,
  ) {
    const { path, protocols } = room.dialect.socket(room, index, undefined)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.ready = promise
    this.wire = new Wire(new URL(path, room.url), protocols, {
      frame: (bytes) => {
        const text = bytes.toString()
        if (text !== 'pong') this.#take(JSON.parse(text), resolve)
      },
      end: (code) => {
        this.closed = code
        resolve()
      },
    })
  }

  post(text: string, nonce = newNonce()): string {
    this.wire.send(this.room.dialect.post(this.room, this.index, nonce, text))
    return nonce
  }

  /** Waits until the message with this nonce arrives here. */
  arrival(nonce: string): Promise<void> {
    return new Promise((resolve) => this.#awaited.set(nonce, resolve))
  }

  #take({ ready, events = [], answers = [], live = [] }: Frame, resolve: () => void): void {
    if (ready) {
      this.online = ready.online.count
      resolve()
    }
    for (const { message } of events) {
      if (!message) continue
      this.#awaited.get(message.nonce)?.()
      this.#awaited.delete(message.nonce)
    }
    for (const { problem } of answers) {
      if (problem) this.refusals.push(problem.code)
      else this.acknowledged += 1
    }
    for (const { type, count } of live) if (type === 'presence') this.online = count ?? 0
  }
}

interface Frame {
  ready?: { online: { count: number } }
  events?: { message?: { nonce: string } }[]
  answers?: { problem?: { code: string } }[]
  live?: { type: string; count?: number }[]
}
