import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import type { ChatRoom } from '../../src/room/chat-room'
import type { SearchResult } from '../../src/schemas/search'
import { stopClock } from '../fixtures/clock'
import { eventually } from '../fixtures/eventually'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import type { User } from '../fixtures/users'

type Stub = DurableObjectStub<ChatRoom>

const ask = (path: string, who: User, q: string) =>
  who.get(`${path}/search?q=${encodeURIComponent(q)}`)

/** Writes many messages into a room's table, which is all that an index is made of. */
const fill = (stub: Stub, by: User, count: number) =>
  runInDurableObject(stub, (_room, { storage: { sql } }) => {
    sql.exec(
      `with recursive i (value) as (select 1 union all select value + 1 from i where value < ?)
      insert into messages (seq, n, author_id, nonce, text, created_at)
      select 2 + value, value, ?, 'copy ' || value, 'tide no. ' || value, 1 from i`,
      count,
      by.id,
    )
  })

const tablesOf = (stub: Stub) =>
  runInDurableObject(stub, (_room, { storage: { sql } }) =>
    sql
      .exec<{ name: string }>(
        `select name from sqlite_master where name like '%search%' or name like 'words%'`,
      )
      .toArray()
      .map(({ name }) => name),
  )

/** Whether a word is anywhere in what the index stores. */
const remains = (stub: Stub, word: string) =>
  runInDurableObject(stub, (_room, { storage: { sql } }) => {
    const stored = [
      ...sql.exec<{ block: ArrayBuffer }>('select block from search_0_data').toArray(),
      ...sql.exec<{ block: ArrayBuffer }>('select term as block from search_0_idx').toArray(),
    ]
    // Terms share their beginnings with the one before, so it is the end of a word that is whole.
    return stored.some(({ block }) => new TextDecoder('latin1').decode(block).includes(word))
  })

it('a room that nobody searches has no index, and one that is searched indexes no post', async () => {
  const { ana, bo, path, stub, seq } = await createScenario()
  await bo.post(`${path}/messages`, newMessage('ahoy'))
  expect(await tablesOf(stub)).toEqual([])
  expect((await ask(path, ana, 'ahoy')).body.items).toHaveLength(1)
  expect(await tablesOf(stub)).toContain('search_0_data')
  await bo.post(`${path}/messages`, newMessage('ahoy again'))
  const reached = () =>
    runInDurableObject(
      stub,
      (_room, { storage: { sql } }) => sql.exec('select searched_seq from room').one().searched_seq,
    )
  expect(await reached()).toBe(seq + 1)
  expect((await ask(path, ana, 'ahoy')).body.items).toHaveLength(2)
  expect(await reached()).toBe(seq + 2)
})

it('a refused search makes no index', async () => {
  const { ana, cy, path, stub } = await createScenario()
  expect((await ask(path, ana, '*')).status).toBe(400)
  await ana.patch(path, { access: 'closed' })
  expect((await ask(path, cy, 'ahoy')).status).toBe(403)
  expect(await tablesOf(stub)).toEqual([])
})

it('a long room is indexed by a job, which the search is answered 202 for, also after an eviction', async () => {
  const { ana, bo, path, stub } = await createScenario()
  await fill(stub, bo, 12_345)
  await evictDurableObject(stub)
  const first = await ask(path, ana, 'tide')
  expect([first.status, first.headers.get('Retry-After')]).toEqual([202, '1'])
  expect(first.body.indexedSeq).toBeGreaterThan(0)
  expect(first.body.indexedSeq).toBeLessThan(first.body.seq)
  await evictDurableObject(stub)
  await eventually(async () => {
    await runDurableObjectAlarm(stub)
    expect((await ask(path, ana, 'tide')).status).toBe(200)
  })
  const { body } = await ask(path, ana, '"no 12345"')
  expect(body.items.map(({ message }: { message: { seq: number } }) => message.seq)).toEqual([
    12_347,
  ])
  expect((await ask(path, ana, '"no 1"')).body.items).toHaveLength(1)
})

it('the index of a long room has shards, and is searched as one', async () => {
  const { ana, bo, path, stub } = await createScenario()
  await runInDurableObject(stub, (_room, { storage: { sql } }) => {
    for (const [index, seq] of [10, 20, 249_999, 250_000, 800_000, 800_001].entries()) {
      sql.exec(
        `insert into messages (seq, n, author_id, nonce, text, created_at) values (?, ?, ?, ?, ?, 1)`,
        ...[seq, index + 1, bo.id, `copy ${index}`, `tide no. ${index}`],
      )
    }
  })
  await evictDurableObject(stub)
  const found = async (q: string) => {
    const seqs: number[] = []
    for (let next: string | null = ''; next !== null; ) {
      const { status, body } = await ana.get(
        `${path}/search?q=${encodeURIComponent(q)}&limit=2${next}`,
      )
      expect(status).toBe(200)
      seqs.push(...body.items.map(({ message }: SearchResult) => message.seq))
      next = body.nextCursor && `&cursor=${body.nextCursor}`
    }
    return seqs
  }
  const all = [800_001, 800_000, 250_000, 249_999, 20, 10]
  expect(await found('tide')).toEqual(all)
  expect(await found('ti*')).toEqual(all)
  expect(await found('"no 3"')).toEqual([250_000])
  await bo.delete(`${path}/messages/249999`)
  await bo.patch(`${path}/messages/800000`, { text: 'ebb' })
  expect(await found('tide')).toEqual([800_001, 250_000, 20, 10])
  expect(await found('ebb')).toEqual([800_000])
})

it('what was edited, deleted or erased leaves no byte in the index', async () => {
  const { ana, bo, path, stub } = await createScenario()
  const seqs: number[] = []
  for (const text of ['xedited', 'ydeleted', 'zerased', 'vkept']) {
    const author = text === 'zerased' ? bo : ana
    const { body } = await author.post(`${path}/messages`, newMessage(`a ${text} word`))
    seqs.push(body.seq)
  }
  await ask(path, ana, 'word')
  for (const word of ['edited', 'deleted', 'erased', 'kept']) {
    expect([word, await remains(stub, word)]).toEqual([word, true])
  }
  await ana.patch(`${path}/messages/${seqs[0]}`, { text: 'changed' })
  expect(await remains(stub, 'edited')).toBe(false)
  expect(await remains(stub, 'changed')).toBe(true)
  await ana.delete(`${path}/messages/${seqs[1]}`)
  expect(await remains(stub, 'deleted')).toBe(false)
  await ana.delete(`${path}/messages?authorId=${bo.id}`)
  expect((await ask(path, ana, 'zerased')).body.items).toEqual([])
  await eventually(async () => {
    await runDurableObjectAlarm(stub)
    expect(await remains(stub, 'erased')).toBe(false)
  })
  expect(await remains(stub, 'kept')).toBe(true)
})

it('a purge of what is indexed comes to its end, slice by slice', async () => {
  const { ana, bo, path, stub } = await createScenario()
  for (let i = 0; i < 120; i += 1) {
    const text = `${'mast sail oar '.repeat(4)} no. ${i}`
    await stub.postMessage({ userId: bo.id }, { nonce: `${i}`, text })
  }
  expect((await ask(path, ana, 'mast')).body.items).toHaveLength(50)
  await ana.delete(`${path}/messages?authorId=${bo.id}`)
  expect((await ask(path, ana, 'mast')).body).toEqual({ items: [], nextCursor: null })
  await eventually(async () => {
    await runDurableObjectAlarm(stub)
    const left = await runInDurableObject(stub, (_room, { storage: { sql } }) => [
      ...sql.exec('select author_id from erasures').toArray(),
      ...sql.exec('select seq from messages where text is not null').toArray(),
      ...sql.exec(`select rowid from search_0 where search_0 match 'words : "mast"'`).toArray(),
    ])
    expect(left).toEqual([])
  })
})

it('past the burst, searches are refused with a Retry-After; others may search', async () => {
  const { ana, bo, path } = await createScenario()
  stopClock()
  let last = await ask(path, ana, 'ahoy')
  for (let i = 0; i < 400 && last.status === 200; i += 1) last = await ask(path, ana, 'ahoy')
  expect([last.body.code, last.headers.get('Retry-After')]).toEqual(['rate_limited', '1'])
  expect((await ask(path, bo, 'ahoy')).status).toBe(200)
})

it('a room that was searched is deleted like any other', async () => {
  const { ana, bo, path, stub } = await createScenario()
  await bo.post(`${path}/messages`, newMessage('ahoy'))
  await ask(path, ana, 'aho*')
  await ana.delete(path)
  stopClock(Date.now() + 60_000)
  await eventually(async () => {
    await runDurableObjectAlarm(stub)
    expect(await tablesOf(stub)).toEqual([])
  })
  expect((await ask(path, ana, 'ahoy')).status).toBe(404)
})
