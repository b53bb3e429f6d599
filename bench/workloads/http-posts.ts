import { Connections } from '../clients/connections'
import { newNonce } from '../clients/member'
import { compare } from '../comparison'

const CONNECTIONS = 32
const ROUND_MS = 2000

/** One room, each connection posts as soon as its last post is answered. */
export const httpPosts = compare({
  name: 'post over HTTP, 32 connections',
  unit: 'messages/s',
  aim: '>= 0.7 x',
  met: (ratio) => ratio >= 0.7,
  async prepare(target) {
    const room = await target.room(1)
    const connections = new Connections(room.url, CONNECTIONS)
    return async () => {
      const seqs: number[] = []
      const startedAt = performance.now()
      const post = async () => {
        while (performance.now() - startedAt < ROUND_MS) {
          const call = target.dialect.httpPost(room, newNonce(), 'How is the sea today?')
          const { status, body } = await connections.call(call)
          if (status >= 300) throw new Error(`A post was answered ${status}: ${body}`)
          seqs.push(JSON.parse(body).seq)
        }
      }
      await Promise.all(Array.from({ length: CONNECTIONS }, post))
      const seconds = (performance.now() - startedAt) / 1000
      refuseGaps(seqs)
      return seqs.length / seconds
    }
  },
})

function refuseGaps(seqs: number[]): void {
  const sorted = seqs.toSorted((a, b) => a - b)
  const gap = sorted.findIndex((seq, index) => seq !== (sorted[0] ?? 0) + index)
  if (gap !== -1) throw new Error(`Answers lack or repeat a seq near ${sorted[gap]}`)
}
