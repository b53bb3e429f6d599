import { setTimeout as wait } from 'node:timers/promises'
import { Connections } from '../clients/connections'
import { Frames } from '../clients/frames'
import { newNonce } from '../clients/member'
import type { Row } from '../report'
import { median, percentile } from '../statistics'
import { dialect } from '../targets/ours'
import * as people from '../targets/people'
import type { Target } from '../targets/target'
import type { Workload } from '../workload'
import { conversationIn } from './quiet-room'

const ROOMS = 50
const BATCHES = 50
const BATCH = 20
/** Of each room, in each lap. */
const MESSAGES = 2
/** Long enough for a p99, short enough that the machine is the same in the next one. */
const WINDOW_MS = 4_000
const PAIRS_OF_ROUND = 4
/** A part that is under way ends, and the queue waits for a second before it hands over the next. */
const SETTLE_MS = 1_500
const AIM = 1.5

/**
 * Two people talk in each of fifty rooms, one room after the other, while somebody's 50,000 messages in them are exported or
 * not, in turns of seconds: the export is held and let go on. Of each turn the p99 counts as a multiple of that of the two
 * beside it, in which nothing is exported; and the second of those as one of the first is what the machine does by itself.
 */
export const exports: Workload = {
  name: 'export of 50,000 messages',
  async run({ pool, rounds, progress }) {
    progress(`${this.name}: preparing`)
    const target = await pool.ours(await pool.elsewhere())
    const connections = new Connections(target.server.url, 8)
    const { userId, talks } = await prepare(target, connections)
    const exporting = await exportOf(target, userId)
    const window = async () => {
      const times: number[] = []
      const until = performance.now() + WINDOW_MS
      while (performance.now() < until)
        for (const deliver of talks) times.push(...(await deliver(MESSAGES)))
      return percentile(times, 0.99)
    }
    await window()
    const [ratios, noise]: [number[], number[]] = [[], []]
    const [alone, beside]: [number[], number[]] = [[], []]
    let before = await window()
    const pairs = rounds * PAIRS_OF_ROUND
    for (let pair = 1; pair <= pairs; pair += 1) {
      await exporting.goOn()
      const during = await window()
      await exporting.hold()
      const after = await window()
      ratios.push(during / Math.sqrt(before * after))
      noise.push(after / before)
      alone.push(before)
      beside.push(during)
      before = after
      progress(
        `${this.name}: ${pair}/${pairs}: p99 ${during.toFixed(1)} ms, ${median(ratios).toFixed(2)} x, ${exporting.parts} parts`,
      )
    }
    connections.close()
    const ratio = median(ratios)
    return [
      {
        workload: `chat beside an export of 50,000 messages, p99, median of ${pairs} turns (${spread(ratios)})`,
        unit: 'x',
        ours: ratio,
        aim: `<= ${AIM} x`,
        met: ratio <= AIM,
        rounds: { ours: beside, floor: alone },
      },
      {
        workload: `turns without an export, one after the other (${spread(noise)})`,
        unit: 'x',
        ours: median(noise),
      },
      {
        workload: 'the p99; as floor, without an export',
        unit: 'ms',
        ours: median(beside),
        floor: median(alone),
      },
      {
        workload: 'exported meanwhile',
        unit: 'parts/s',
        ours: exporting.parts / ((pairs * WINDOW_MS) / 1000),
      },
    ] satisfies Row[]
  },
}

/** Between which two values the middle half lies. */
const spread = (values: number[]) =>
  `half of them ${percentile(values, 0.25).toFixed(2)} to ${percentile(values, 0.75).toFixed(2)}`

/** An export that is held and goes on; one that is ready begins anew. It is made as the service makes it: by its queue. */
async function exportOf({ server }: Target, userId: string) {
  const database = await server.database('DB')
  const queue = await server.queue('PEOPLE')
  const now = Date.now()
  const restart = () =>
    database
      .prepare(
        `insert or replace into exports (user_id, id, position, parts, requested_at, stepped_at, expires_at, ready_at)
          values (?, ?, '{}', 0, ?, ?, ?, ?)`,
      )
      .bind(userId, newNonce(), now, now, now + 86_400_000, now)
      .run()
  const stored = () =>
    database
      .prepare('select parts, position from exports where user_id = ?')
      .bind(userId)
      .first<{ parts: number; position: string | null }>()
  const exporting = {
    parts: 0,
    goOn: async () => {
      if ((await stored())?.position == null) await restart()
      exporting.parts -= (await stored())?.parts ?? 0
      await database.prepare('update exports set ready_at = null').run()
      await queue.send({ exportOf: userId })
      await wait(SETTLE_MS)
    },
    // Of one that is ready nothing more is made, which is what the service asks before each part.
    hold: async () => {
      await database.prepare('update exports set ready_at = 1').run()
      await wait(SETTLE_MS)
      exporting.parts += (await stored())?.parts ?? 0
    },
  }
  return exporting
}

/** Somebody who wrote a thousand messages in each of the rooms, and two others in each. */
async function prepare({ server }: Target, connections: Connections) {
  const { url } = server
  const { me, session } = await connections.json<{
    me: { id: string }
    session: { accessToken: string }
  }>('POST', '/v1/users', undefined, { password: 'correct horse battery staple' })
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
      await connections.json('POST', `/v1/rooms/${roomId}/batch`, session.accessToken, {
        steps: steps(),
      })
    const address = { dialect, url, roomId, tokens, frames: new Frames(dialect) }
    talks.push(await conversationIn(address))
  }
  return { userId: me.id, talks }
}
