import { setTimeout as wait } from 'node:timers/promises'
import { Connections } from '../clients/connections'
import { Member } from '../clients/member'
import type { Row } from '../report'
import { median, percentile } from '../statistics'
import type { Call } from '../targets/dialect'
import type { Room } from '../targets/target'
import type { Workload } from '../workload'
import { filled, pages, read } from './pages'

const MESSAGES = 1_000_000
const PAGE = 50
const WARM_UP_MS = 2000
const ALONE_MS = 20_000
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
  // Of twenty thousand words.
  { name: 'a prefix of many words', q: 'wave*', items: PAGE },
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

/** One post after the other, first while nothing else happens, then while the index is made. */
async function indexing(room: Room, progress: (text: string) => void): Promise<Row[]> {
  const connections = new Connections(room.url, 1)
  const member = new Member(room, 0)
  await member.connect()
  await posted(member, wait(WARM_UP_MS))
  const before = await posted(member, wait(ALONE_MS))
  const startedAt = performance.now()
  const meanwhile = await posted(member, indexed(room, connections, progress))
  const seconds = (performance.now() - startedAt) / 1000
  connections.close()
  member.cut()
  const slowest = percentile(meanwhile, 1)
  return [
    { workload: 'search: first indexing of a million messages', unit: 's', ours: seconds },
    {
      workload: `search: the slowest of ${meanwhile.length} posts meanwhile; as floor, of ${before.length} before`,
      unit: 'ms',
      ours: slowest,
      floor: percentile(before, 1),
      aim: '<= 50',
      met: slowest <= 50,
    },
    {
      workload: 'search: the 99th percentile of them',
      unit: 'ms',
      ours: percentile(meanwhile, 0.99),
      floor: percentile(before, 0.99),
    },
  ]
}

/** How long each of the posts took that someone makes, one after the other, until something has happened. */
async function posted(member: Member, end: Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  let isOver = false
  const ending = end.finally(() => {
    isOver = true
  })
  while (!isOver) {
    const sentAt = performance.now()
    await member.post('How is the tide?')
    times.push(performance.now() - sentAt)
  }
  await ending
  return times
}

/** Has the room's search index made. */
export async function searched(room: Room, progress: (text: string) => void): Promise<void> {
  const connections = new Connections(room.url, 1)
  await indexed(room, connections, progress)
  connections.close()
}

/** Searches until the index is there. */
async function indexed(room: Room, connections: Connections, progress: (text: string) => void) {
  for (;;) {
    const { status, body } = await connections.call(call(room, 'sea', 'newest'))
    if (status === 200) return
    if (status !== 202) throw new Error(`A search was answered ${status}: ${body}`)
    progress(`indexing: ${body}`)
    await wait(200)
  }
}

const call = (room: Room, q: string, order: string): Call => ({
  method: 'GET',
  path: `/v1/rooms/${room.roomId}/search?q=${encodeURIComponent(q)}&order=${order}&limit=${PAGE}`,
  headers: { Authorization: `Bearer ${room.tokens[0]}` },
})
