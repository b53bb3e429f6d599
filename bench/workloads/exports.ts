import { setTimeout as wait } from 'node:timers/promises'
import { Connections } from '../clients/connections'
import { Frames } from '../clients/frames'
import { newNonce } from '../clients/member'
import type { Row } from '../report'
import { percentile } from '../statistics'
import { dialect } from '../targets/ours'
import * as people from '../targets/people'
import type { Target } from '../targets/target'
import type { Workload } from '../workload'
import { conversationIn } from './quiet-room'

const ROOMS = 50
const BATCHES = 50
const BATCH = 20
/** Of each room, in each turn. */
const MESSAGES = 6
const AIM = 1.5

type Ask = <T>(method: string, path: string, body?: unknown) => Promise<T>

/** Two people talk in each of fifty rooms, one room after the other, while somebody's 50,000 messages in them are exported. */
export const exports: Workload = {
  name: 'export of 50,000 messages',
  async run({ pool, rounds, progress }) {
    progress(`${this.name}: preparing`)
    const target = await pool.ours(await pool.elsewhere())
    const connections = new Connections(target.server.url, 8)
    const { ask, talks } = await prepare(target, connections)
    const talk = async () => {
      const times: number[] = []
      for (const deliver of talks) times.push(...(await deliver(MESSAGES)))
      return times
    }
    await talk()
    const database = await target.server.database('DB')
    const [alone, beside, seconds]: [number[], number[], number[]] = [[], [], []]
    for (let round = 1; round <= rounds; round += 1) {
      progress(`${this.name}: round ${round}/${rounds}`)
      alone.push(...(await talk()))
      await database.prepare('delete from exports').run()
      const startedAt = performance.now()
      await ask('POST', '/v1/me/export')
      let isReady = false
      const ready = (async () => {
        while (!isReady) {
          await wait(250)
          isReady = (await ask<{ state: string }>('GET', '/v1/me/export')).state === 'ready'
        }
        seconds.push((performance.now() - startedAt) / 1000)
      })()
      while (!isReady) beside.push(...(await talk()))
      await ready
    }
    connections.close()
    const ratio = percentile(beside, 0.99) / percentile(alone, 0.99)
    return [
      {
        workload: `chat beside an export of 50,000 messages, p99 of ${beside.length}`,
        unit: 'x',
        ours: ratio,
        aim: `<= ${AIM} x`,
        met: ratio <= AIM,
      },
      {
        workload: 'the same p99; as floor, alone',
        unit: 'ms',
        ours: percentile(beside, 0.99),
        floor: percentile(alone, 0.99),
      },
      { workload: 'an export of 50,000 messages', unit: 's', ours: percentile(seconds, 0.5) },
    ] satisfies Row[]
  },
}

/** Somebody who wrote a thousand messages in each of the rooms, and two others in each. */
async function prepare({ server }: Target, connections: Connections) {
  const { url } = server
  const { session } = await connections.json<{ session: { accessToken: string } }>(
    'POST',
    '/v1/users',
    undefined,
    { password: 'correct horse battery staple' },
  )
  const ask: Ask = (method, path, body) => connections.json(method, path, session.accessToken, body)
  const tokens = await people.signedIn(await server.database('DB'), 2)
  const talks: ((count: number) => Promise<number[]>)[] = []
  for (let room = 0; room < ROOMS; room += 1) {
    const roomId = await people.gather(url, [session.accessToken, ...tokens])
    const steps = () =>
      Array.from({ length: BATCH }, () => ({
        do: 'message.post',
        nonce: newNonce(),
        text: 'How is the sea today?',
      }))
    for (let batch = 0; batch < BATCHES; batch += 1)
      await ask('POST', `/v1/rooms/${roomId}/batch`, { steps: steps() })
    const address = { dialect, url, roomId, tokens, frames: new Frames(dialect) }
    talks.push(await conversationIn(address))
  }
  return { ask, talks }
}
