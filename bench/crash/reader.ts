import { setTimeout as wait } from 'node:timers/promises'
import { Wire } from '../clients/wire'
import type { Room } from '../targets/target'
import type { Ledger } from './ledger'

const RETRY_MS = 20

/**
 * Listens, marks what it has as read, and resumes after the last event it has: the next must be the one
 * after it, whatever happened.
 */
export class Reader {
  seq = 0
  /** How far its marker is acknowledged to be. */
  marked = 0
  #isMarking = false

  constructor(
    private readonly room: Room,
    private readonly index: number,
    private readonly ledger: Ledger,
  ) {}

  async listen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#session(signal)
      await wait(RETRY_MS)
    }
  }

  #session(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { path, protocols } = this.room.dialect.socket(this.room, this.index, this.seq)
    const wire = new Wire(new URL(path, this.room.url), protocols, {
      frame: (bytes) => {
        this.#take(JSON.parse(bytes.toString()))
        this.#mark(wire)
      },
      end: () => resolve(),
    })
    this.#isMarking = false
    signal.addEventListener('abort', () => {
      wire.close()
      resolve()
    })
    return promise
  }

  #take({ ready, events = [], answers = [] }: Frame): void {
    if (ready?.resumed === 'limited') {
      this.ledger.fail('limited', `too far behind to resume: ${this.seq}`)
    }
    for (const { seq, message } of events) {
      if (seq !== this.seq + 1) this.ledger.fail('gap', `${seq} came after ${this.seq}`)
      this.seq = seq
      this.ledger.deliver(seq, message?.nonce ?? null)
    }
    for (const { ref, problem } of answers) {
      this.#isMarking = false
      if (problem) this.ledger.fail('refused', `a marker at ${ref}: ${problem.code}`)
      else this.marked = Math.max(this.marked, ref)
      this.ledger.mark(this.index, this.marked)
    }
  }

  /** One at a time, so that a reader never floods. */
  #mark(wire: Wire): void {
    if (this.#isMarking || this.marked === this.seq) return
    this.#isMarking = true
    wire.send(JSON.stringify({ do: 'read.mark', ref: this.seq, seq: this.seq }))
  }
}

interface Frame {
  ready?: { resumed: boolean | 'limited' }
  events?: { seq: number; message?: { nonce: string } }[]
  answers?: { ref: number; problem?: { code: string } }[]
}
