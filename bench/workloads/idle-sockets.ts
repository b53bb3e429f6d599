import { setTimeout as wait } from 'node:timers/promises'
import type { Member } from '../clients/member'
import type { Target } from '../targets/target'
import type { Workload } from '../workload'
import * as counts from './counts'
import { connected, populated } from './rooms'

const SOCKETS = 2000
const MINUTE_MS = 60_000
const PING_EVERY_MS = 20_000
// An object sleeps after 10 s without work; the index is flushed before that.
const FALL_ASLEEP_MS = 25_000

/** A minute of sockets that only ping: what wakes the object, and what each socket holds of memory. */
export const idleSockets: Workload = {
  name: 'idle, 2,000 sockets pinging for a minute',
  async run({ pool, progress }) {
    const counted = await pool.counted()
    progress(`${this.name}: wake-ups`)
    const members = await populated(counted, SOCKETS)
    await wait(FALL_ASLEEP_MS)
    const before = await counts.read(counted)
    await pingForAMinute(members)
    const after = await counts.read(counted)
    const woken =
      after.wakes - before.wakes + (after.frames - before.frames) + (after.alarms - before.alarms)
    await pool.stop()
    progress(`${this.name}: memory`)
    const floor = await memoryPerSocket(await pool.floor())
    await pool.stop()
    const ours = await memoryPerSocket(await pool.ours())
    const ratio = ours / floor
    return [
      { workload: `${this.name}: wake-ups`, unit: '', ours: woken, aim: '0', met: woken === 0 },
      {
        workload: `${this.name}: memory a socket`,
        unit: 'KB',
        ours: ours / 1024,
        floor: floor / 1024,
        ratio,
        aim: '<= 1.2 x',
        met: ratio <= 1.2,
      },
    ]
  },
}

async function pingForAMinute(members: Member[]): Promise<void> {
  for (let elapsed = 0; elapsed < MINUTE_MS; elapsed += PING_EVERY_MS) {
    for (const member of members) member.ping()
    await wait(PING_EVERY_MS)
  }
  const unanswered = members.filter(({ pongs }) => pongs !== MINUTE_MS / PING_EVERY_MS)
  if (unanswered.length > 0) throw new Error(`${unanswered.length} sockets lack a pong.`)
}

/** Resident bytes of the runtime that came with the sockets, once the object sleeps. */
async function memoryPerSocket(target: Target): Promise<number> {
  const room = await target.room(SOCKETS)
  // Joining made its own garbage; what is there before the sockets is not theirs.
  await wait(FALL_ASLEEP_MS)
  const before = target.server.memory
  await pingForAMinute(await connected(room))
  return (target.server.memory - before) / SOCKETS
}
