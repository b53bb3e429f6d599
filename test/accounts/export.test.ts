import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { getTableColumns, getTableName } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { sources as directorySources } from '../../src/directory/personal-data'
import { sources as roomSources } from '../../src/room/queries/personal-data'
import { exportOf, type Line } from '../fixtures/exports'
import { png, putAvatar, upload } from '../fixtures/media'
import { newMessage } from '../fixtures/rooms'
import { createUser, registerUser, setSiteRole } from '../fixtures/users'
import { directory, type Held, type Rows, room } from './personal-tables'

type Row = Record<string, unknown>

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean)
const isRows = (held: Held): held is Rows => typeof held !== 'string'

/** What a table has, by SQL; `roomId` for one of a room. */
async function query(sql: string, bound: string[], roomId?: string): Promise<Row[]> {
  if (roomId === undefined)
    return (
      await env.DB.prepare(sql)
        .bind(...bound)
        .all<Row>()
    ).results
  const stub = env.ROOMS.get(env.ROOMS.idFromName(roomId))
  return runInDurableObject(stub, (_, { storage }) =>
    storage.sql.exec(sql, ...bound).toArray(),
  ) as Promise<Row[]>
}

async function tablesOf(roomId?: string): Promise<string[]> {
  const sql = `select name from sqlite_master where type = 'table' and sql not like 'create virtual%'
    and name not glob '_cf_*' and name not glob 'sqlite_*' and name not glob 'd1_*' and name not glob 'search*'`
  return (await query(sql, [], roomId)).map(({ name }) => String(name)).sort()
}

const columnsOf = async (table: string, roomId?: string) =>
  (await query(`select name from pragma_table_info('${table}')`, [], roomId)).map(({ name }) =>
    String(name),
  )

/** The columns that the sources of the export show of a table. */
const shown = {
  directory: (table: string) =>
    directorySources
      .filter((source) => getTableName(source.table) === table)
      .flatMap((source) => {
        const columns = getTableColumns(source.table) as Record<string, SQLiteColumn>
        return source.shown.map((name) => columns[name]?.name ?? name)
      }),
  room: (table: string) =>
    roomSources.filter((source) => source.table === table).flatMap(({ columns }) => words(columns)),
}

/** A value of a row in the forms in which a line may have it. */
const forms = (value: unknown): unknown[] => {
  const time = typeof value === 'number' && value > 0 ? [new Date(value).toISOString()] : []
  const flag = value === 0 || value === 1 ? [value === 1] : []
  const json =
    typeof value === 'string' && /^[[{]/.test(value) ? [JSON.stringify(JSON.parse(value))] : []
  return [value, ...time, ...flag, ...json]
}
const valuesOf = ({ data }: Line) =>
  Object.values(data).map((value) => (typeof value === 'object' ? JSON.stringify(value) : value))

/** Whether there is a line with all that is shown of a row. */
function isIn(lines: Line[], row: Row): boolean {
  return lines.some((line) => {
    const told = valuesOf(line)
    return Object.values(row).every(
      (value) => value === null || forms(value).some((form) => told.some((one) => one === form)),
    )
  })
}

/** Somebody with rows in every table, and others around them. */
async function createLife() {
  const ana = await registerUser('ana', { email: 'ana.exported@example.com', displayName: 'Ana E' })
  const [bo, cy, mo, di] = [
    await createUser('Bo'),
    await createUser('Cy'),
    await createUser('Mo'),
    await createUser('Di'),
  ]
  await setSiteRole(mo, 'moderator')
  const { body: made } = await ana.post('/v1/rooms', { name: 'Harbour', access: 'open' })
  const { body: other } = await bo.post('/v1/rooms', { name: 'Pier', access: 'open' })
  const { body: left } = await bo.post('/v1/rooms', { name: 'Left', access: 'open' })
  const [path, pier, gone] = [made, other, left].map(({ id }) => `/v1/rooms/${id}`) as [
    string,
    string,
    string,
  ]
  for (const user of [bo, cy]) await user.put(`${path}/members/@me`, {})
  for (const there of [pier, gone]) await ana.put(`${there}/members/@me`, {})
  const picture = (await upload(ana, made.id, png, { name: 'boat.png' })).media?.id ?? ''
  await upload(ana, made.id, png, { name: 'unsent.png' })
  const { body: first } = await ana.post(`${path}/messages`, {
    ...newMessage('first words of ana'),
    attachments: [picture],
    metadata: { mood: 'windy' },
  })
  await ana.patch(`${path}/messages/${first.seq}`, { text: 'second words of ana' })
  const { body: said } = await bo.post(`${path}/messages`, {
    ...newMessage('a secret of bo'),
    mentions: [ana.id],
  })
  await ana.put(`${path}/messages/${said.seq}/reactions/%F0%9F%91%8D/@me`)
  await ana.put(`${path}/pins/${said.seq}`)
  await ana.put(`${path}/messages/${said.seq}/following`)
  await ana.post(`${path}/messages`, { ...newMessage('a reply of ana'), replyTo: said.seq })
  await ana.post(`${gone}/messages`, newMessage('ana was here'))
  await ana.delete(`${gone}/members/@me`)
  await bo.patch(`${pier}/members/${ana.id}`, {
    mutedUntil: '2099-01-01T00:00:00.000Z',
    reason: 'Shouts.',
  })
  await ana.put(`${path}/bans/${cy.id}`, { reason: 'Spam of cy.' })
  await bo.put(`${gone}/bans/${ana.id}`, { reason: 'Came back.' })
  await ana.put(`${path}/allowlist/${bo.id}`)
  await bo.put(`${pier}/allowlist/${ana.id}`)
  await ana.post(`${path}/invites`, { maxUses: 3 })
  await ana.put(`/v1/me/friend-requests/${bo.id}`)
  await bo.put(`/v1/me/friends/${ana.id}`)
  await ana.post(`/v1/direct/${bo.id}`)
  await ana.put(`/v1/me/following/${cy.id}`)
  await ana.put(`/v1/me/blocks/${cy.id}`)
  await di.put(`/v1/me/blocks/${ana.id}`)
  await ana.patch('/v1/me', {
    bio: 'Knots.',
    metadata: { plan: 'gold' },
    username: `${ana.username}x`,
  })
  await putAvatar(ana, '/v1/me/avatar')
  const until = '2099-01-01T00:00:00.000Z'
  await mo.put(`/v1/users/${ana.id}/suspension`, { until, reason: 'Wrote in capitals.' })
  await mo.delete(`/v1/users/${ana.id}/suspension`)
  const insert = (sql: string, ...bound: unknown[]) =>
    env.DB.prepare(sql)
      .bind(...bound)
      .run()
  await insert(
    `insert into identities (issuer, subject, user_id, created_at, picture_hash, picture_avatar, picture_tried_at)
     values ('https://id.example.com', ?, ?, 1, 'hash of a picture', ?, 2)`,
    `subject of ${ana.id}`,
    ana.id,
    `avatar of ${ana.id}`,
  )
  await insert(
    `insert or ignore into email_links (user_id, purpose, hash, email, until, sent_since, sent)
     values (?, 'reset', ?, 'ana.exported@example.com', 1, 1, 1)`,
    ana.id,
    `hash of a link of ${ana.id}`,
  )
  await insert(
    `insert into totp (user_id, secret, key_id, created_at) values (?, 'sealed secret', 'key', 1)`,
    ana.id,
  )
  await insert(
    `insert into passkeys (id, user_id, credential_id, public_key, counter, transports, synced, name, created_at)
     values (?, ?, ?, 'public key', 0, 'internal', 1, 'Laptop', 1)`,
    `passkey of ${ana.id}`,
    ana.id,
    `credential of ${ana.id}`,
  )
  await insert(
    `insert into app_keys (id, name, hash, scopes, created_by, created_at) values (?, 'Shop', ?, 'read', ?, 1)`,
    `key of ${ana.id}`,
    `hash of ${ana.id}`,
    ana.id,
  )
  await insert(
    `insert into site_audit (id, at, actor_id, action, user_id, reason) values (?, 1, ?, 'x', ?, 'By ana.')`,
    `act of ${ana.id}`,
    ana.id,
    bo.id,
  )
  return { ana, bo, cy, mo, di, rooms: [made.id, other.id, left.id] as string[], picture }
}

describe('the tables of an export', () => {
  it('are all that there are, of the directory and of a room', async () => {
    const ana = await createUser('Ana')
    const { body } = await ana.post('/v1/rooms', { name: 'Pier' })
    expect(Object.keys(directory).sort()).toEqual(await tablesOf())
    expect(Object.keys(room).sort()).toEqual(await tablesOf(body.id))
  })

  it('are shown or withheld column by column', async () => {
    const ana = await createUser('Ana')
    const { body } = await ana.post('/v1/rooms', { name: 'Pier' })
    for (const [tables, shownOf, roomId] of [
      [directory, shown.directory, undefined],
      [room, shown.room, body.id],
    ] as const) {
      for (const [table, held] of Object.entries(tables)) {
        const told = shownOf(table)
        if (!isRows(held)) expect(told, table).toEqual([])
        else {
          const withheld = words(held.withheld)
          // `user_id` of a ban is one's own in one line, and that of whom one banned in another.
          const decided = new Set([...told, ...withheld])
          expect([...decided].sort(), table).toEqual((await columnsOf(table, roomId)).sort())
        }
      }
    }
  })
})

describe('the export of a user', () => {
  it('holds every row and byte of theirs, and nothing private of others', async () => {
    const { ana, mo, di, rooms, picture } = await createLife()
    const { lines, text, files } = await exportOf(ana)
    expect(new Set(lines.map(({ format }) => format))).toEqual(new Set([1]))
    let found = 0
    const hold = async (tables: Record<string, Held>, roomId?: string) => {
      for (const [table, held] of Object.entries(tables)) {
        if (!isRows(held)) continue
        for (const [type, mine] of Object.entries(held.types)) {
          const source = [...directorySources, ...roomSources].find((one) => one.type === type)
          const columns =
            source && 'shown' in source
              ? source.shown.map(
                  (name) =>
                    (getTableColumns(source.table) as Record<string, SQLiteColumn>)[name]?.name ??
                    name,
                )
              : words(source?.columns ?? '')
          const sql = `select ${columns.map((name) => `"${name}"`).join(', ')} from ${table} where ${mine}`
          const there = await query(sql, [ana.id], roomId)
          const told = lines.filter((line) => line.type === type && line.roomId === roomId)
          expect(told.length, `${roomId ?? 'directory'} ${table} ${type}`).toBe(there.length)
          for (const row of there)
            expect(isIn(told, row), `${table} ${JSON.stringify(row)}`).toBe(true)
          found += there.length
        }
      }
    }
    await hold(directory)
    for (const id of rooms) await hold(room, id)
    expect(found).toBeGreaterThan(40)
    const types = new Set(lines.map(({ type }) => type))
    const empty = [...directorySources, ...roomSources].filter(({ type }) => !types.has(type))
    // What is gone within moments or a day needs a test of its own.
    expect(empty.map(({ type }) => type).sort()).toEqual(['erasure', 'inviteUse', 'upload'])
    for (const name of [
      'first words of ana',
      'second words of ana',
      'ana was here',
      'Knots.',
      'gold',
      'windy',
      'ana.exported@example.com',
      'Wrote in capitals.',
      'Shouts.',
      'Came back.',
    ])
      expect(text).toContain(name)
    expect(files.get(`media/${picture}`)).toEqual(png)
    expect([...files.keys()].filter((name) => name.startsWith('media/'))).toHaveLength(2)
    expect([...files].find(([name]) => name.startsWith('avatar/'))?.[1]).toEqual(png)
    for (const secret of [
      'a secret of bo',
      'scrypt',
      'sealed secret',
      'hash of a link',
      'hash of a picture',
      di.id,
      mo.id,
      `hash of ${ana.id}`,
    ])
      expect(text).not.toContain(secret)
  })
})
