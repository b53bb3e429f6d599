import { compare } from '../comparison'
import { populated, settled } from './rooms'

const MEMBERS = 200
const ROUND_MS = 3000

/** Some of the members post as soon as their last message is acknowledged; everyone receives everything. */
const hotRoom = (inFlight: number, aim: number) =>
  compare({
    name: `hot room, 200 members, ${inFlight} in flight`,
    unit: 'deliveries/s',
    aim: `>= ${aim} x`,
    met: (ratio) => ratio >= aim,
    async prepare(target) {
      const members = await populated(target, MEMBERS)
      return async () => {
        await settled(members)
        const before = members.map(({ seq }) => seq)
        const startedAt = performance.now()
        await Promise.all(
          members.slice(0, inFlight).map(async (member) => {
            while (performance.now() - startedAt < ROUND_MS) await member.post('How is the sea?')
          }),
        )
        await settled(members)
        const seconds = (performance.now() - startedAt) / 1000
        const received = members.map(({ seq }, index) => seq - (before[index] ?? 0))
        return received.reduce((sum, count) => sum + count, 0) / seconds
      }
    },
  })

export const hotRooms = [hotRoom(8, 4), hotRoom(64, 18)]
