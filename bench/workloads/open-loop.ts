import { setTimeout as wait } from 'node:timers/promises'
import { type Member, newNonce } from '../clients/member'
import { compare } from '../comparison'
import { percentile } from '../statistics'
import type { Target } from '../targets/target'
import { connected, settled } from './rooms'

const ROUND_MS = 10_000
const LAP_MS = 1000

/**
 * Posts at fixed times whether or not the server keeps up; each message takes from when it was meant to
 * be sent until the last of its room has it. Returns the p99 of that, in milliseconds.
 */
async function openLoop(rooms: Member[][], everyMs: number, forMs = ROUND_MS): Promise<number> {
  const times: number[] = []
  const unfinished = new Map<string, { dueAt: number; left: number }>()
  for (const members of rooms) {
    for (const member of members) {
      member.onEvent = (nonce) => {
        const message = nonce === undefined ? undefined : unfinished.get(nonce)
        if (!message || nonce === undefined) return
        message.left -= 1
        if (message.left > 0) return
        times.push(performance.now() - message.dueAt)
        unfinished.delete(nonce)
      }
    }
  }
  const startedAt = performance.now()
  const count = Math.floor(forMs / everyMs)
  for (let index = 0; index < count; index += 1) {
    const dueAt = startedAt + index * everyMs
    const early = dueAt - performance.now()
    if (early > 0) await wait(early)
    const members = rooms[index % rooms.length] as Member[]
    const nonce = newNonce()
    unfinished.set(nonce, { dueAt, left: members.length })
    members[Math.floor(index / rooms.length) % members.length]?.send(nonce, 'How is the sea today?')
  }
  while (unfinished.size > 0) {
    if (performance.now() - startedAt > 3 * ROUND_MS) throw new Error('Deliveries are missing.')
    await wait(10)
  }
  await Promise.all(rooms.map(settled))
  return percentile(times, 0.99)
}

const populate = async (target: Target, rooms: number, members: number): Promise<Member[][]> => {
  const populated: Member[][] = []
  for (let index = 0; index < rooms; index += 1) {
    populated.push(await connected(await target.room(members)))
  }
  return populated
}

export const crowd = compare({
  name: 'crowd, 1,000 members, 20 messages/s, last delivery p99',
  unit: 'ms',
  aim: '< 250 ms',
  met: (_, ours) => ours < 250,
  async prepare(target) {
    const rooms = await populate(target, 1, 1000)
    return () => openLoop(rooms, 1000 / 20)
  },
})

export const manyRooms = compare({
  name: 'many rooms, 200 of 10 members, 1 message/s each, p99',
  unit: 'ms',
  aim: '<= 1.3 x',
  met: (ratio) => ratio <= 1.3,
  settings: (pool) => pool.elsewhere(),
  async prepare(target) {
    const rooms = await populate(target, 200, 10)
    const everyMs = LAP_MS / rooms.length
    await openLoop(rooms, everyMs / 4)
    return async () => {
      // They fell asleep while the other target had its turn.
      await openLoop(rooms, everyMs, LAP_MS)
      return openLoop(rooms, everyMs)
    }
  },
})
