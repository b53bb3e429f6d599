import { setTimeout as wait } from 'node:timers/promises'
import { Listener } from '../clients/listener'
import { percentile } from '../statistics'
import type { Room } from '../targets/target'

const POSTS_PER_SECOND = 50

/** A room where people talk quietly, whatever goes on elsewhere. */
export class Bystander {
  #next = 0

  private constructor(private readonly members: Listener[]) {}

  static async in(room: Room): Promise<Bystander> {
    const members = room.tokens.map((_, index) => new Listener(room, index))
    await Promise.all(members.map(({ ready }) => ready))
    return new Bystander(members)
  }

  /** From the time each message was meant to leave until another member has it, in ms. */
  async latencies(ms: number): Promise<number[]> {
    const deliveries: Promise<number>[] = []
    const startedAt = performance.now()
    for (let due = startedAt; due < startedAt + ms; due += 1000 / POSTS_PER_SECOND) {
      const early = due - performance.now()
      if (early > 0) await wait(early)
      deliveries.push(this.#post(due))
    }
    return Promise.all(deliveries)
  }

  async #post(due: number): Promise<number> {
    const [writer, reader] = [this.#member(this.#next), this.#member(this.#next + 1)]
    this.#next += 1
    await reader.arrival(writer.post('How quiet it is here'))
    return performance.now() - due
  }

  #member(index: number): Listener {
    return this.members[index % this.members.length] as Listener
  }
}

export const p99 = (values: number[]): number => Math.round(percentile(values, 0.99) * 100) / 100
