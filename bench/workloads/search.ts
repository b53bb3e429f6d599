import { Connections } from '../clients/connections'
import { Member } from '../clients/member'
import type { Row } from '../report'
import { median } from '../statistics'
import type { Call, Room } from '../targets/target'
import type { Workload } from '../workload'
import { filled, pages, read } from './pages'

const MESSAGES = 1_000_000
const PAGE = 50
// Each message says what all say and a word that about fifty do; ten say a rare one.
const STATEMENTS = [
  `update messages set text = text || ' wave' || (seq * 7919 % 20011)
    || iif(seq % 100000 = 99, ' lighthouse', '')`,
]
const QUERIES = [
  { name: 'a common word', q: 'sea', items: PAGE },
  { name: 'a rare word', q: 'lighthouse', items: 10 },
  { name: 'both', q: 'sea lighthouse', items: 10 },
  { name: 'a common prefix', q: 'tod*', items: PAGE },
]
const ORDERS = ['newest', 'relevance']

/** The first search of a long room while someone posts in it, and then pages of what is found. */
export const search: Workload = {
  name: 'search, of a million messages',
  async run({ pool, rounds, progress }) {
    progress(`${this.name}: preparing`)
    const room = await filled(pool, 'ours', MESSAGES, { statements: STATEMENTS })
    const rows = await indexing(room, progress)
    const searches = ORDERS.flatMap((order) => QUERIES.map((query) => ({ ...query, order })))
    const plain: number[] = []
    const found = searches.map((): number[] => [])
    for (let round = 0; round <= rounds; round += 1) {
      const rates = [await pages(room, MESSAGES)]
      for (const { q, order, items } of searches) {
        rates.push(await read(room, () => ({ call: call(room, q, order), items })))
      }
      progress(`${this.name}: round ${round}/${rounds}`)
      // The first round warms up what compiles itself as it runs.
      if (round === 0) continue
      for (const [index, rate] of rates.entries()) (found[index - 1] ?? plain).push(rate)
    }
    return [
      ...rows,
      ...searches.map(({ name, order }, index): Row => {
        const ratio = median(plain) / median(found[index] ?? [])
        return {
          workload: `search by ${order}, ${name}: time of a page, in history pages`,
          unit: '',
          ours: ratio,
          aim: '<= 20 x',
          met: ratio <= 20,
        }
      }),
    ]
  },
}

/** One post after the other, while the index is made. */
async function indexing(room: Room, progress: (text: string) => void): Promise<Row[]> {
  const connections = new Connections(room.url, 1)
  const member = new Member(room, 0)
  await member.connect()
  for (let post = 0; post < 200; post += 1) await member.post('How is the tide?')
  const startedAt = performance.now()
  let isReady = false
  const asking = (async () => {
    while (!isReady) {
      const { status, body } = await connections.call(call(room, 'sea', 'newest'))
      if (status !== 200 && status !== 202)
        throw new Error(`A search was answered ${status}: ${body}`)
      progress(`indexing: ${body.slice(0, 60)}`)
      isReady = status === 200
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  })()
  const times: number[] = []
  while (!isReady) {
    const sentAt = performance.now()
    await member.post('How is the tide?')
    times.push(performance.now() - sentAt)
  }
  await asking
  const seconds = (performance.now() - startedAt) / 1000
  connections.close()
  member.cut()
  const sorted = times.toSorted((a, b) => a - b)
  const slowest = sorted.at(-1) ?? 0
  return [
    { workload: 'search: first indexing of a million messages', unit: 's', ours: seconds },
    {
      workload: `search: the slowest of ${times.length} posts meanwhile`,
      unit: 'ms',
      ours: slowest,
      aim: '<= 50',
      met: slowest <= 50,
    },
    {
      workload: 'search: the 99th percentile of them',
      unit: 'ms',
      ours: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    },
  ]
}

const call = (room: Room, q: string, order: string): Call => ({
  method: 'GET',
  path: `/v1/rooms/${room.roomId}/search?q=${encodeURIComponent(q)}&order=${order}&limit=${PAGE}`,
  headers: { Authorization: `Bearer ${room.tokens[0]}` },
})
