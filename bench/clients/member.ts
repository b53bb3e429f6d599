import type { Reaction, Received } from '../targets/dialect'
import type { Room } from '../targets/target'
import { Wire } from './wire'

const PING_AFTER = 1024 * 1024

/**
 * One member's socket in a room. Throws, which ends the whole run, when an event is missing, doubled or
 * out of order, when a post is refused, or when the socket ends without having been asked to.
 */
export class Member {
  /** The last event that arrived here. */
  seq = 0
  /** Called for each event as it arrives. */
  onEvent: (nonce: string | undefined) => void = () => {}
  #wire: Wire | undefined
  /** How often a ping was answered. */
  pongs = 0
  /** Bytes received since the last ping of this kind. */
  #unsaid = 0
  #ready = Promise.withResolvers<void>()
  #unacknowledged = new Map<string, () => void>()
  #waiting: { seq: number; resolve: () => void }[] = []

  constructor(
    private readonly room: Room,
    private readonly index: number,
  ) {}

  /** Opens the socket; resumes when it was open before. */
  async connect(): Promise<void> {
    const { dialect, frames, url } = this.room
    const { path, protocols } = dialect.socket(this.room, this.index, this.seq || undefined)
    const read = frames.reader()
    this.#ready = Promise.withResolvers()
    this.#wire = new Wire(new URL(path, url), protocols, {
      frame: (bytes) => {
        this.#hear(bytes.length)
        this.#take(read(bytes))
      },
      end: (code) => {
        throw new Error(`A socket of ${dialect.name} ended by itself: ${code}`)
      },
    })
    await this.#wire.opened
    if (dialect.greets) await this.#ready.promise
  }

  /** Sends one message and waits until it is acknowledged. */
  post(text: string, nonce = newNonce()): Promise<void> {
    this.send(nonce, text)
    return new Promise((resolve) => this.#unacknowledged.set(nonce, resolve))
  }

  /** Sends one reaction and waits until it is acknowledged. */
  react(reaction: Reaction): Promise<void> {
    const ref = newNonce()
    this.#wire?.send(this.room.dialect.react(this.room, this.index, ref, reaction))
    return new Promise((resolve) => this.#unacknowledged.set(ref, resolve))
  }

  send(nonce: string, text: string): void {
    this.#wire?.send(this.room.dialect.post(this.room, this.index, nonce, text))
  }

  ping(): void {
    this.#wire?.send('ping')
  }

  /** Waits until everything up to `seq` arrived here. */
  reach(seq: number): Promise<void> {
    if (this.seq >= seq) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ seq, resolve }))
  }

  cut(): void {
    this.#wire?.cut()
  }

  /** Says now and then that somebody reads, as the service asks of its clients. */
  #hear(length: number): void {
    this.#unsaid += length
    if (this.#unsaid < PING_AFTER) return
    this.#unsaid = 0
    this.ping()
  }

  #take({ ready, events, acknowledged, isPong }: Received): void {
    if (isPong) this.pongs += 1
    if (ready !== undefined) this.#greet(ready)
    for (const { seq, nonce } of events) {
      if (seq !== this.seq + 1) {
        throw new Error(`${this.room.dialect.name}: event ${seq} came after ${this.seq}`)
      }
      this.seq = seq
      this.onEvent(nonce)
    }
    for (const nonce of acknowledged) {
      this.#unacknowledged.get(nonce)?.()
      this.#unacknowledged.delete(nonce)
    }
    if (this.#waiting.length > 0) this.#wake()
  }

  #greet(seq: number): void {
    if (this.seq === 0) this.seq = seq
    this.#ready.resolve()
  }

  #wake(): void {
    for (const { seq, resolve } of this.#waiting) if (this.seq >= seq) resolve()
    this.#waiting = this.#waiting.filter(({ seq }) => this.seq < seq)
  }
}

let counter = 0

/** Unique in the process, and across processes by the time it started. */
export function newNonce(): string {
  counter += 1
  return `${process.pid}.${started}.${counter}`
}

const started = Date.now().toString(36)
