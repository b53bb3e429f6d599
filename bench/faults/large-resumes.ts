import pMap from 'p-map'
import { newNonce } from '../clients/member'
import { Wire } from '../clients/wire'
import { percentile } from '../statistics'
import type { Room } from '../targets/target'
import { Bystander } from './bystander'
import type { Scenario } from './scenario'

const MESSAGES = 10
const EDITS = 940
const LONG = '海'.repeat(4000)
const ATTACKERS = 4
const SOCKETS = 20
const QUIET_MS = 4000
const MEGABYTE = 1024 * 1024
// Before messages were sent once per replay this was 13 MB for each of the 80 sockets. A user may hold 8 MB, a room 32.
const MAX_GROWTH = 100 * MEGABYTE
// 80 resumes of 940 events are half a second of work, and all rooms of a local runtime share one thread.
const MAX_P99 = 1000

/** Many sockets resume over edits of long messages and then read nothing. */
export const largeResumes: Scenario = {
  name: 'large resumes',
  async run(pool) {
    const target = await pool.ours()
    const [room, elsewhere] = [await target.room(1 + ATTACKERS), await target.room(4)]
    const from = await editMuch(room)
    const bystander = await Bystander.in(elsewhere)
    const quiet = await bystander.latencies(QUIET_MS)
    const memory = target.server.memory
    const closed: number[] = []
    let received = 0
    const attack = Array.from({ length: ATTACKERS * SOCKETS }, (_, index) => {
      const { path, protocols } = room.dialect.socket(room, 1 + (index % ATTACKERS), from)
      const handlers = {
        frame: (bytes: Buffer) => {
          received = Math.max(received, bytes.length)
        },
        end: (code: number) => void closed.push(code),
      }
      const wire = new Wire(new URL(path, room.url), protocols, handlers)
      wire.stall()
      return wire
    })
    const busy = await bystander.latencies(QUIET_MS)
    const growth = target.server.memory - memory
    for (const wire of attack) wire.resume()
    await bystander.latencies(1000)
    const p99 = percentile(busy, 0.99)
    return {
      facts: {
        'p50 and p99 in ms before': [0.5, 0.99].map((share) => round(percentile(quiet, share))),
        'p50 and p99 in ms meanwhile': [0.5, 0.99].map((share) => round(percentile(busy, share))),
        'megabytes the runtime grew by': round(growth / MEGABYTE),
        'sockets that were turned away': closed.length,
        'bytes of the largest frame': received,
      },
      problems: [
        ...(growth > MAX_GROWTH ? ['the runtime kept what they did not read'] : []),
        ...(p99 > Math.max(MAX_P99, 2 * percentile(quiet, 0.99)) ? [`p99 ${round(p99)} ms`] : []),
        ...closed.filter((code) => code !== 4429).map((code) => `closed with ${code}`),
      ],
    }
  },
}

/** Posts a few messages, edits them often, and at last to their full length. Returns the seq before the edits. */
async function editMuch(room: Room): Promise<number> {
  const at = new URL(`/v1/rooms/${room.roomId}/messages`, room.url)
  const headers = {
    Authorization: `Bearer ${room.tokens[0]}`,
    'Content-Type': 'application/json',
  }
  const call = async (method: string, url: string, body: object) => {
    const answer = await fetch(url, { method, headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${method} was answered ${answer.status}`)
    return (await answer.json()) as { seq: number }
  }
  const seqs: number[] = []
  for (let i = 0; i < MESSAGES; i += 1) {
    seqs.push((await call('POST', at.href, { nonce: newNonce(), text: `${i}` })).seq)
  }
  const edits = Array.from({ length: EDITS }, (_, i) => ({ seq: seqs[i % MESSAGES], text: `${i}` }))
  const edit = ({ seq, text }: (typeof edits)[number]) =>
    call('PATCH', `${at.href}/${seq}`, { text })
  await pMap(edits, edit, { concurrency: 20 })
  await pMap(
    seqs.map((seq) => ({ seq, text: LONG })),
    edit,
    { concurrency: 20 },
  )
  return seqs.at(-1) as number
}

const round = (value: number): number => Math.round(value * 100) / 100
