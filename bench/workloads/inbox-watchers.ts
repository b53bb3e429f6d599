import { setTimeout as wait } from 'node:timers/promises'
import { Connections } from '../clients/connections'
import { newNonce } from '../clients/member'
import * as storage from '../runtime/storage'
import { percentile } from '../statistics'
import * as people from '../targets/people'
import type { Workload } from '../workload'
import * as counts from './counts'

const WATCHERS = 5000
const WINDOWS = 12
const POSTS_IN_WINDOW = 100
const EVERY_MS = 40
const AIM = 1.5
const WARM_UP = 50

const members = `with recursive i (n) as (select 1 union all select n + 1 from i where n < ${WATCHERS})
  insert into members (user_id, username, display_name, profile_version, unconfirmed, role, joined_at, removed,
    read_seq, read_n, read_t, told_seq, sent_count, visited_at, version)
  select lower(hex(randomblob(16))), 'member' || n, 'Member ' || n, 1, 0, 'member', m.joined_at + n, 0,
    m.read_seq, m.read_n, m.read_t, m.read_seq, 0, m.visited_at, m.version from i, members m where role = 'owner'`
const watchers = `insert into watchers (user_id, epoch)
  select user_id, 1 from members where username like 'member%'`

/**
 * Posts to a room that tells 5,000 inboxes, which only remember; before and after it, when nobody is told any more, posts to
 * a room of as many members that tells nobody, in turns with a third like it, which is the noise.
 */
export const inboxWatchers: Workload = {
  name: `inbox, a room of ${WATCHERS.toLocaleString('en')} watchers`,
  async run({ pool, progress }) {
    progress(`${this.name}: preparing`)
    const before = await pool.counted()
    const tokens = await people.signedIn(await before.server.database('DB'), 1)
    const [token = ''] = tokens
    const rooms: { roomId: string; took: number[] }[] = []
    for (let i = 0; i < 3; i += 1) {
      rooms.push({ roomId: await people.gather(before.server.url, tokens), took: [] })
    }
    const [watched, ...quiet] = rooms as [Room, Room, Room]
    const prepare = (directory: string) => {
      for (const { roomId } of rooms) storage.change(directory, roomId, [members])
      storage.change(directory, watched.roomId, [watchers])
    }
    const server = await pool.restart(before, prepare, {}, pool.bundles.counted)
    const target = { ...before, server }
    await fetch(new URL('/remember', server.url), { method: 'PUT' })
    const connections = new Connections(server.url, 2)
    const post = async ({ roomId }: Room): Promise<number> => {
      const startedAt = performance.now()
      const message = { nonce: newNonce(), text: 'How is the sea?' }
      await connections.json('POST', `/v1/rooms/${roomId}/messages`, token, message)
      return performance.now() - startedAt
    }
    for (let i = 0; i < WARM_UP; i += 1) for (const room of rooms) await post(room)
    const measure = async (turns: Room[], windows: number) => {
      for (let window = 0; window < windows; window += 1) {
        for (const room of turns) {
          for (let i = 0; i < POSTS_IN_WINDOW; i += 1) {
            room.took.push(await post(room))
            await wait(EVERY_MS)
          }
        }
      }
    }
    await standstill(target)
    await measure(quiet, WINDOWS / 2)
    const { tells } = await counts.read(target)
    await measure([watched], WINDOWS)
    const told = (await counts.read(target)).tells - tells
    await standstill(target)
    await measure(quiet, WINDOWS / 2)
    connections.close()
    const at = (fraction: number) => rooms.map(({ took }) => percentile(took, fraction))
    const [p50 = 0, quietP50 = 0] = at(0.5)
    const [p99 = 0, quietP99 = 1, alikeP99 = 0] = at(0.99)
    const times = p99 / quietP99
    return [
      { workload: `${this.name}: p50 of a post`, unit: 'ms', ours: p50, floor: quietP50 },
      { workload: `${this.name}: p99 of a post`, unit: 'ms', ours: p99, floor: quietP99 },
      { workload: `${this.name}: p99, noise`, unit: 'ms', ours: alikeP99, floor: quietP99 },
      { workload: `${this.name}: calls of inboxes`, unit: '', ours: told },
      {
        workload: `${this.name}: p99, times`,
        unit: '',
        ours: times,
        aim: `< ${AIM}`,
        met: times < AIM,
      },
    ]
  },
}

interface Room {
  roomId: string
  took: number[]
}

/** Waits until nobody is told any more: a room goes on telling after its last post. */
async function standstill(target: Parameters<typeof counts.read>[0]): Promise<void> {
  for (let last = -1; ; ) {
    const { tells } = await counts.read(target)
    if (tells === last) return
    last = tells
    await wait(1500)
  }
}
