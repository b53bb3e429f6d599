import { compare } from '../comparison'
import { populated, settled } from './rooms'

const IN_FLIGHT = 64
const ROUND_MS = 2000

/** One member alone, who keeps this many posts unacknowledged: what group commit gains. */
export const oneSocket = compare({
  name: 'post over one socket, 64 in flight',
  unit: 'messages/s',
  aim: '>= 4 x',
  met: (ratio) => ratio >= 4,
  async prepare(target) {
    const members = await populated(target, 1)
    const [sender] = members
    if (!sender) throw new Error('A room of one has a member.')
    return async () => {
      let count = 0
      const startedAt = performance.now()
      const post = async () => {
        while (performance.now() - startedAt < ROUND_MS) {
          await sender.post('How is the sea today?')
          count += 1
        }
      }
      await Promise.all(Array.from({ length: IN_FLIGHT }, post))
      const seconds = (performance.now() - startedAt) / 1000
      await settled(members)
      return count / seconds
    }
  },
})
