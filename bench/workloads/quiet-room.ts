import { Member } from '../clients/member'
import { compare } from '../comparison'
import { median } from '../statistics'

const MESSAGES = 400

/** Two members, one message at a time: from the send to the other's delivery. */
export const quietRoom = compare({
  name: 'quiet room, p50',
  unit: 'ms',
  aim: '<= 1.25 x',
  met: (ratio) => ratio <= 1.25,
  async prepare(target) {
    const room = await target.room(2)
    const [sender, reader] = [new Member(room, 0), new Member(room, 1)]
    await sender.connect()
    await reader.connect()
    return async () => {
      const times: number[] = []
      for (let index = 0; index < MESSAGES; index += 1) {
        const delivered = new Promise<number>((resolve) => {
          reader.onEvent = () => resolve(performance.now())
        })
        const sentAt = performance.now()
        const acknowledged = sender.post('How is the sea today?')
        times.push((await delivered) - sentAt)
        await acknowledged
      }
      await sender.reach(reader.seq)
      return median(times)
    }
  },
})
