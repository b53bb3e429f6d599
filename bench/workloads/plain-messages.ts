import type { Row } from '../report'
import type { Workload } from '../workload'
import * as counts from './counts'
import { FRAMES_PER_REQUEST, priceOfAMillion } from './price'
import { populated, settled } from './rooms'

const MEMBERS = 200
const SENDERS = 64
const MS = 12_000

/** Rows and statements of messages at full rate, and what a million would cost of these. */
export const plainMessages: Workload = {
  name: 'counted, plain messages at full rate',
  async run({ pool, progress }) {
    progress(`${this.name}: preparing`)
    const target = await pool.counted()
    const members = await populated(target, MEMBERS)
    const before = await counts.read(target)
    let messages = 0
    const startedAt = performance.now()
    await Promise.all(
      members.slice(0, SENDERS).map(async (member) => {
        while (performance.now() - startedAt < MS) {
          await member.post('How is the sea today?')
          messages += 1
        }
      }),
    )
    await settled(members)
    const after = await counts.read(target)
    const seconds = (performance.now() - startedAt) / 1000
    const rows = (after.rows - before.rows) / messages
    const statements = (after.statements - before.statements) / messages
    const directoryRows = (after.directoryRows - before.directoryRows) / messages
    const requests = 1 / FRAMES_PER_REQUEST
    const perMessage = { rows, directoryRows, requests, seconds: seconds / messages }
    return [
      row('counted: rows a room writes per plain message', rows, '2', rows < 2.05),
      row('counted: D1 statements per message', statements, '< 0.1', statements < 0.1),
      row(`counted: messages/s while counting (${seconds.toFixed(0)} s)`, messages / seconds),
      row('counted: rows the directory writes per message', directoryRows),
      row(
        'cost of a million messages in a room of 200',
        priceOfAMillion(perMessage),
        undefined,
        undefined,
        'USD',
      ),
    ]
  },
}

function row(workload: string, ours: number, aim?: string, met?: boolean, unit = ''): Row {
  return { workload, unit, ours, ...(aim && { aim }), ...(met !== undefined && { met }) }
}
