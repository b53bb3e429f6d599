import { setTimeout as wait } from 'node:timers/promises'
import { Connections } from '../clients/connections'
import { newNonce } from '../clients/member'
import * as storage from '../runtime/storage'
import { percentile } from '../statistics'
import * as people from '../targets/people'
import type { Workload } from '../workload'
import * as counts from './counts'

const WATCHERS = 5000
const POSTS = 600
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

/** Posts in turns to a room that tells 5,000 inboxes, which only remember, and to one of as many members that tells nobody. */
export const inboxWatchers: Workload = {
  name: `inbox, a room of ${WATCHERS.toLocaleString('en')} watchers`,
  async run({ pool, progress }) {
    progress(`${this.name}: preparing`)
    const before = await pool.counted()
    const tokens = await people.signedIn(await before.server.database('DB'), 1)
    const [token = ''] = tokens
    const watched = await people.gather(before.server.url, tokens)
    const unwatched = await people.gather(before.server.url, tokens)
    const prepare = (directory: string) => {
      storage.change(directory, watched, [members, watchers])
      storage.change(directory, unwatched, [members])
    }
    const server = await pool.restart(before, prepare, {}, pool.bundles.counted)
    const target = { ...before, server }
    await fetch(new URL('/remember', server.url), { method: 'PUT' })
    const connections = new Connections(server.url, 2)
    const post = async (roomId: string): Promise<number> => {
      const startedAt = performance.now()
      const message = { nonce: newNonce(), text: 'How is the sea?' }
      await connections.json('POST', `/v1/rooms/${roomId}/messages`, token, message)
      return performance.now() - startedAt
    }
    const took = { watched: [] as number[], unwatched: [] as number[] }
    const { tells } = await counts.read(target)
    for (let i = 0; i < WARM_UP + POSTS; i += 1) {
      const [one, other] = [await post(watched), await post(unwatched)]
      if (i >= WARM_UP) {
        took.watched.push(one)
        took.unwatched.push(other)
      }
      await wait(EVERY_MS)
    }
    const told = (await counts.read(target)).tells - tells
    connections.close()
    const p99 = { ours: percentile(took.watched, 0.99), floor: percentile(took.unwatched, 0.99) }
    const times = p99.ours / p99.floor
    const p50 = { ours: percentile(took.watched, 0.5), floor: percentile(took.unwatched, 0.5) }
    const rows = [
      { workload: `${this.name}: p50 of a post`, unit: 'ms', ours: p50.ours },
      { workload: `${this.name}: p50 where nobody watches`, unit: 'ms', ours: p50.floor },
      { workload: `${this.name}: p99 of a post`, unit: 'ms', ours: p99.ours },
      { workload: `${this.name}: p99 where nobody watches`, unit: 'ms', ours: p99.floor },
      { workload: `${this.name}: calls of inboxes`, unit: '', ours: told },
    ]
    const ratio = { workload: `${this.name}: p99, times`, unit: '', ours: times }
    return [...rows, { ...ratio, aim: `< ${AIM}`, met: times < AIM }]
  },
}
