import { setTimeout as wait } from 'node:timers/promises'
import { Connections } from '../clients/connections'
import { newNonce } from '../clients/member'
import type { Row } from '../report'
import type { Pool } from '../runtime/pool'
import * as storage from '../runtime/storage'
import { median, percentile } from '../statistics'
import * as people from '../targets/people'
import type { Room, Target } from '../targets/target'
import type { Workload } from '../workload'
import { connected, settled } from './rooms'

const MEMBERS = [100, 10_000, 50_000]
// An inbox of each is an open file, too: with 10,000 of both a process here runs out of files.
const SOCKETS = [1000, 5000]
const JOINS = 50
const POSTS = 200
const DELIVERIES = 10
const PAGE = 100
const FALL_ASLEEP_MS = 25_000
const AT_ONCE = 1000

const versionOf = (count: number) => 1001 + count

// Members who joined after the owner, and whose rows D1 is believed to have.
const fill = (count: number) => [
  `create temp table template as select * from members where role = 'owner'`,
  `with recursive i (n) as (select 1 union all select n + 1 from i where n < ${count})
  insert into members (user_id, username, display_name, profile_version, unconfirmed, role, joined_at, removed,
    read_seq, read_n, told_seq, sent_count, visited_at, version)
  select lower(hex(randomblob(16))), 'member' || n, 'Member ' || n, 1, 0, 'member', joined_at + n, 0,
    read_seq, read_n, read_seq, 0, visited_at, 1000 + n from i, template`,
  `update room set member_count = (select count(*) from members where left_at is null),
    version = ${versionOf(count)}, indexed_version = ${versionOf(count)}`,
]

/** What a room does with ever more members who are offline. */
export const largeRoom: Workload = {
  name: 'large room, offline members',
  async run({ pool, progress }) {
    const rows: Row[] = []
    for (const count of MEMBERS) {
      progress(`${this.name}: ${count}`)
      rows.push(...(await measure(pool, count)))
      await pool.stop()
    }
    return rows
  },
}

async function measure(pool: Pool, count: number): Promise<Row[]> {
  // D1 in a process of its own, as it is on another machine.
  const elsewhere = await pool.elsewhere()
  const before = await pool.ours(elsewhere)
  const room = await before.room(1)
  const server = await pool.restart(
    before,
    (directory) => storage.change(directory, room.roomId, fill(count)),
    elsewhere,
  )
  const database = await server.database('DB')
  const versioned = database.prepare('update rooms set version = ? where id = ?')
  await versioned.bind(versionOf(count), room.roomId).run()
  const joiners = await people.signedIn(database, JOINS)
  const connections = new Connections(server.url, 1)
  const [owner = ''] = room.tokens
  const path = `/v1/rooms/${room.roomId}`
  const timed = async (work: () => Promise<unknown>) => {
    const startedAt = performance.now()
    await work()
    return performance.now() - startedAt
  }
  const first = await timed(() => connections.json('GET', path, owner))
  const joins: number[] = []
  for (const token of joiners) {
    joins.push(await timed(() => connections.json('PUT', `${path}/members/@me`, token)))
  }
  const post = () =>
    connections.json('POST', `${path}/messages`, owner, { nonce: newNonce(), text: 'The tide?' })
  const posts: number[] = []
  for (let index = 0; index < POSTS; index += 1) posts.push(await timed(post))
  const pages: number[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = `limit=${PAGE}${cursor && `&cursor=${cursor}`}`
    pages.push(
      await timed(async () => {
        const page = await connections.json<{ nextCursor: string | null }>(
          'GET',
          `${path}/members?${query}`,
          owner,
        )
        cursor = page.nextCursor
      }),
    )
  }
  // As after a restore: the room finds that D1 is behind, and sends everything.
  await database.prepare('delete from memberships where room_id = ?').bind(room.roomId).run()
  await versioned.bind(0, room.roomId).run()
  const meanwhile: number[] = []
  const resent = await timed(async () => {
    const query = 'select count(*) as count from memberships where room_id = ?'
    for (;;) {
      meanwhile.push(await timed(post))
      const found = await database.prepare(query).bind(room.roomId).first<{ count: number }>()
      if ((found?.count ?? 0) > count) return
      await wait(50)
    }
  })
  connections.close()
  const of = (what: string, unit: string, ours: number): Row => ({
    workload: `large room, ${count.toLocaleString('en')} members: ${what}`,
    unit,
    ours,
  })
  return [
    of('first answer after a start', 'ms', first),
    of('a join, p50', 'ms', median(joins)),
    of('a join, slowest', 'ms', percentile(joins, 1)),
    of('a post, p50', 'ms', median(posts)),
    of('a post, p99', 'ms', percentile(posts, 0.99)),
    of('a page of 100 members, p50', 'ms', median(pages)),
    of('the slowest page', 'ms', percentile(pages, 1)),
    of('everything sent to D1 again', 's', resent / 1000),
    of('the slowest post meanwhile', 'ms', percentile(meanwhile, 1)),
    of('memory of the runtime', 'MB', server.memory / 1024 / 1024),
  ]
}

/** What a room does with ever more members who are online. */
export const onlineRoom: Workload = {
  name: 'large room, online members',
  async run({ pool, progress }) {
    const rows: Row[] = []
    for (const count of SOCKETS) {
      progress(`${this.name}: ${count}`)
      rows.push(...(await measureOnline(pool, count)))
      await pool.stop()
    }
    return rows
  },
}

/** A room of users who never joined over HTTP: their rows are written. */
async function withMembers(pool: Pool, count: number): Promise<{ target: Target; room: Room }> {
  const elsewhere = await pool.elsewhere()
  const before = await pool.ours(elsewhere)
  const room = await before.room(1)
  const database = await before.server.database('DB')
  const tokens: string[] = []
  // The connection to D1 may have been closed while tokens were signed: then other users will do.
  const someMore = () => people.signedIn(database, AT_ONCE)
  while (tokens.length < count) tokens.push(...(await someMore().catch(someMore)))
  const ids = tokens.map((token) => JSON.parse(atob(token.split('.')[1] ?? '')).sub as string)
  const statements = [
    ...fill(count),
    `with ids (name, id) as (select 'member' || (key + 1), value from json_each('${JSON.stringify(ids)}'))
    update members set user_id = ids.id from ids where ids.name = username`,
  ]
  const server = await pool.restart(
    before,
    (directory) => storage.change(directory, room.roomId, statements),
    elsewhere,
  )
  const versioned = database.prepare('update rooms set version = ? where id = ?')
  await versioned.bind(versionOf(count), room.roomId).run()
  return { target: { ...before, server }, room: { ...room, url: server.url, tokens } }
}

async function measureOnline(pool: Pool, count: number): Promise<Row[]> {
  const { target, room } = await withMembers(pool, count)
  await wait(FALL_ASLEEP_MS)
  const before = target.server.memory
  const startedAt = performance.now()
  const members = await connected(room)
  const opened = performance.now() - startedAt
  await wait(FALL_ASLEEP_MS)
  const memory = target.server.memory - before
  const cpuBefore = target.server.cpuMs
  const deliveries: number[] = []
  for (let index = 0; index < DELIVERIES; index += 1) {
    const sentAt = performance.now()
    await members[index]?.post('How is the sea today?')
    await settled(members)
    deliveries.push(performance.now() - sentAt)
    await wait(200)
  }
  const cpu = (target.server.cpuMs - cpuBefore) / DELIVERIES
  const of = (what: string, unit: string, ours: number): Row => ({
    workload: `large room, ${count.toLocaleString('en')} online: ${what}`,
    unit,
    ours,
  })
  return [
    of('all sockets open', 's', opened / 1000),
    of('memory a socket', 'KB', memory / count / 1024),
    of('a message until the last has it, p50', 'ms', median(deliveries)),
    of('the slowest', 'ms', percentile(deliveries, 1)),
    of('CPU time of a message', 'ms', cpu),
  ]
}
