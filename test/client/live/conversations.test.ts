// Three people, one of them in two tabs, talk at random on a bad network: frames and requests are cut, late and unanswered, laptops
// are closed, somebody is offline for ten minutes, and clocks are wrong. In the end each has what the service has: nothing lost,
// doubled or out of order.
// CLIENT_SEEDS=1000 npm run test:client runs the long form, CLIENT_AT_ONCE=8 of them at once; CLIENT_SEED=17 one of them again.
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { type Service, start } from '../../proof/service.ts'

const { CLIENT_SEED, CLIENT_SEEDS = 3, CLIENT_AT_ONCE = 4 } = process.env
const FIRST = Number(CLIENT_SEED ?? 1)
const LAST = Number(CLIENT_SEED ?? CLIENT_SEEDS)
const AT_ONCE = Math.min(Number(CLIENT_AT_ONCE), LAST - FIRST + 1)

let service: Service
let lanes: Lane[]

before(async () => {
  // Hashing is as slow as it should be in production; each lane registers three.
  service = await start({ PASSWORD_COST: '4' })
  lanes = Array.from({ length: AT_ONCE }, (_, lane) => new Lane(lane))
})

after(async () => {
  await Promise.all(lanes.map((lane) => lane.stop()))
  await service.stop()
})

/** Has one conversation after the other, always among the same people, until an error that nobody caught. */
class Lane {
  #worker: Worker | undefined

  constructor(readonly number: number) {}

  async run(seed: number): Promise<void> {
    try {
      const worker = this.#worker ?? (await this.#start())
      worker.postMessage(seed)
      const [{ error }] = await once(worker, 'message')
      if (error) throw error
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate()
    this.#worker = undefined
  }

  async #start(): Promise<Worker> {
    const workerData = { url: service.url, lane: this.number }
    this.#worker = new Worker(new URL('./conversation.ts', import.meta.url), { workerData })
    await once(this.#worker, 'message')
    return this.#worker
  }
}

describe('conversations', { concurrency: AT_ONCE }, () => {
  for (let seed = FIRST; seed <= LAST; seed += 1) {
    it(`conversation ${seed} ends with the same list everywhere`, async () => {
      const lane = lanes.pop() as Lane
      try {
        await lane.run(seed)
      } catch (error) {
        console.log(`Again: CLIENT_SEED=${seed} npm run test:client`)
        throw error
      } finally {
        lanes.push(lane)
      }
    })
  }
})
