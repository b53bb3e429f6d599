import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { shardOf } from '../../src/room/search/shards'
import { dropSearchIndex, exists, migrate, steps } from '../../src/room/store/schema'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'

/** The tables that a version of the room has of its own, without those of a search index. */
const tablesOf = (sql: SqlStorage) =>
  sql
    .exec<{ name: string }>(
      `select name from sqlite_master where type = 'table'
        and name <> 'migrations' and name not like 'search%' and name not like 'words%'
        and name not like '\\_%' escape '\\' and name not like 'sqlite%'`,
    )
    .toArray()
    .map(({ name }) => name)

const columnsOf = (sql: SqlStorage, table: string) =>
  sql.exec<{ name: string }>('select name from pragma_table_info(?)', table).toArray()

/** Stores a room again as a version with the first `count` steps had it. */
async function restoreAs(storage: DurableObjectStorage, count: number): Promise<void> {
  const { sql } = storage
  const rows = new Map(
    tablesOf(sql).map((table) => [table, sql.exec(`select * from ${table}`).toArray()]),
  )
  await storage.deleteAll()
  if (exists(sql)) throw new Error('something is left')
  migrate(storage, count)
  for (const table of tablesOf(sql)) {
    const columns = columnsOf(sql, table).map(({ name }) => name)
    for (const row of rows.get(table) ?? []) {
      const names = columns.filter((name) => name in row)
      const values = names.map((name) => row[name] as SqlStorageValue)
      const marks = names.map(() => '?').join(', ')
      sql.exec(`insert or replace into ${table} (${names.join(', ')}) values (${marks})`, ...values)
    }
  }
}

/** The index as it was made when words were only put in lower case. */
function indexAsBefore(sql: SqlStorage, messages: { seq: number; words: string }[]): void {
  const { index, words } = shardOf(0)
  sql.exec(`create virtual table ${index} using fts5(
      words, facets, tokenize = 'ascii', content = '', columnsize = 0)`)
  sql.exec(`create virtual table ${words} using fts5vocab(${index}, instance)`)
  for (const message of messages) {
    sql.exec(
      `insert into ${index} (rowid, words, facets) values (?, ?, '')`,
      message.seq,
      message.words,
    )
  }
  sql.exec('update room set searched_seq = ?', Math.max(...messages.map(({ seq }) => seq)))
}

it('a room with a search index of before folding is migrated, keeps its messages, and is found in again', async () => {
  const { ana, bo, path, stub } = await createScenario()
  const { body: large } = await bo.post(`${path}/messages`, newMessage('GROẞE Sache'))
  const { body: city } = await bo.post(`${path}/messages`, newMessage('Łódź'))
  const before = (await ana.get(`${path}/messages`)).body.items
  const count = steps.indexOf(dropSearchIndex)
  expect(count).toBeGreaterThan(0)
  await runInDurableObject(stub, async (_room, { storage }) => {
    await restoreAs(storage, count)
    indexAsBefore(storage.sql, [
      { seq: large.seq, words: 'groẞe sache' },
      { seq: city.seq, words: 'łódź' },
    ])
  })
  await evictDurableObject(stub)

  const found = async (q: string) => {
    const { status, body } = await ana.get(`${path}/search?q=${encodeURIComponent(q)}`)
    expect(status).toBe(200)
    return body.items.map(({ message }: { message: { seq: number } }) => message.seq)
  }
  expect([await found('große'), await found('lodz')]).toEqual([[large.seq], [city.seq]])
  expect((await ana.get(`${path}/messages`)).body.items).toEqual(before)
  expect((await bo.post(`${path}/messages`, newMessage('noch eine große'))).status).toBe(201)
  expect(await found('grosse')).toHaveLength(2)
  const applied = await runInDurableObject(stub, (_room, { storage: { sql } }) =>
    sql.exec('select count(*) as count from migrations').one(),
  )
  expect(applied).toEqual({ count: steps.length })
})
