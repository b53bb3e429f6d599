import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import type { ChatRoom } from '../../src/room/chat-room'
import type { SearchResult } from '../../src/schemas/search'
import { eventually } from '../fixtures/eventually'
import { createScenario } from '../fixtures/scenario'
import { spyOnSql } from '../fixtures/sql-spy'
import type { User } from '../fixtures/users'

const COUNT = 14_000

/** Writes messages of which the first thousand say a word each that only its beginning shares with others. */
async function fill(stub: DurableObjectStub<ChatRoom>, by: User) {
  await runInDurableObject(stub, (_room, { storage: { sql } }) => {
    sql.exec(
      `with recursive i (value) as (select 1 union all select value + 1 from i where value < ?)
      insert into messages (seq, n, author_id, nonce, text, created_at)
      select 2 + value, value, ?, 'copy ' || value,
        'the tide is high' || iif(value <= 1000, ' sail' || value, ''), 1 from i`,
      COUNT,
      by.id,
    )
  })
  await evictDurableObject(stub)
}

async function ask(who: User, path: string, q: string, more = '') {
  const answer = () => who.get(`${path}/search?q=${encodeURIComponent(q)}&limit=100${more}`)
  // Searches are rate limited, so not as often as it can.
  await eventually(async () => expect((await answer()).status).toBe(200), 500)
  return (await answer()).body as { items: SearchResult[]; nextCursor: string | null }
}

const seqs = (items: SearchResult[]) => items.map(({ message }) => message.seq)
const descending = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, index) => from - index)

it('a prefix of more words than one query expands is found page by page, some of them empty', async () => {
  const { ana, bo, path, stub } = await createScenario()
  await fill(stub, bo)
  const sizes: number[] = []
  const found: number[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await ask(ana, path, 'sail*', cursor && `&cursor=${cursor}`)
    sizes.push(page.items.length)
    found.push(...seqs(page.items))
    cursor = page.nextCursor
  }
  expect(found).toEqual(descending(1002, 3))
  expect(sizes.slice(0, 2)).toEqual([0, 100])
  // Beside what the index can tell, and as the end of a phrase.
  const narrow = ['sail* sail77', '"high sail"* sail77', 'sail* sail77 from:@me']
  const results = await Promise.all(narrow.map((q) => ask(ana, path, q)))
  expect(results.map(({ items }) => seqs(items))).toEqual([[79], [79], []])
  expect(results.map(({ nextCursor }) => nextCursor)).toEqual([null, null, null])
  // Few words begin so, and the index is asked for each.
  expect(seqs((await ask(ana, path, 'sail99*')).items)).toEqual([...descending(1001, 992), 101])
  expect((await ask(ana, path, 'sailor*')).items).toEqual([])
})

it('no search reads a table from end to end', async () => {
  const { ana, bo, path, stub } = await createScenario()
  await fill(stub, bo)
  await ask(ana, path, 'tide')
  const sql = await spyOnSql(stub)
  for (const q of ['tide', 'sail*', 'sail1*', 'sail* tide from:@me has:link after:2026-01-01']) {
    await ask(ana, path, q)
    await ask(ana, path, q, '&order=relevance')
  }
  sql.restore()
  const selects = sql.statements
    .map(({ query }) => query)
    .filter((query) => /^\s*(select|with)/.test(query))
  const plans = await runInDurableObject(stub, (_room, { storage: { sql } }) =>
    [...new Set(selects)].flatMap((query) =>
      sql
        .exec<{ detail: string }>(
          `explain query plan ${query}`,
          ...Array.from(query.matchAll(/\?/g), () => 1),
        )
        .toArray()
        .map(({ detail }) => detail),
    ),
  )
  expect(plans.some((plan) => plan.includes('words_0 VIRTUAL TABLE'))).toBe(true)
  // One row, a parameter and a recursion over what it found, or the full-text index itself.
  const known = /^SCAN (room|r|input|found|CONSTANT ROW|.* VIRTUAL TABLE)/
  expect(plans.filter((plan) => plan.startsWith('SCAN') && !known.test(plan))).toEqual([])
  expect(plans.filter((plan) => plan.includes('TEMP B-TREE'))).toEqual([])
})
