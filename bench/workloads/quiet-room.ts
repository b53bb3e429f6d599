import { Member } from '../clients/member'
import { compare } from '../comparison'
import { median } from '../statistics'
import type { Room, Target } from '../targets/target'

const MESSAGES = 400

export const quietRoom = compare({
  name: 'quiet room, p50',
  unit: 'ms',
  aim: '<= 1.25 x',
  met: (ratio) => ratio <= 1.25,
  async prepare(target) {
    const deliver = await conversation(target)
    return async () => median(await deliver(MESSAGES))
  },
})

/** Two members, one message at a time: milliseconds from each send to the other's delivery. */
export const conversation = async (target: Target) => conversationIn(await target.room(2))

/** The same in a room that there is, of its first two members. */
export async function conversationIn(room: Room): Promise<(count: number) => Promise<number[]>> {
  const [sender, reader] = [new Member(room, 0), new Member(room, 1)]
  await sender.connect()
  await reader.connect()
  return async (count) => {
    const times: number[] = []
    while (times.length < count) {
      const delivered = new Promise<number>((resolve) => {
        reader.onEvent = () => resolve(performance.now())
      })
      const sentAt = performance.now()
      const acknowledged = sender.post('How is the sea today?')
      times.push((await delivered) - sentAt)
      await acknowledged
    }
    await sender.reach(reader.seq)
    return times
  }
}
