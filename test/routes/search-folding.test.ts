import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { dropSearchIndex } from '../../src/room/store/schema'
import type { SearchResult } from '../../src/schemas/search'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'

/** A room where bo said this; `search` gives what ana finds, with <marks>. */
async function talk(said: string) {
  const { ana, bo, path, stub } = await createScenario()
  await bo.post(`${path}/messages`, newMessage(said))
  const ask = (q: string, more = '') => ana.get(`${path}/search?q=${encodeURIComponent(q)}${more}`)
  const search = async (q: string, more = ''): Promise<string[]> =>
    (await ask(q, more)).body.items.map(marked)
  return { ask, search, stub }
}

const marked = ({ snippet }: SearchResult) =>
  snippet.map(({ text, match }) => (match ? `<${text}>` : text)).join('')

it.each([
  ['GROẞE Sache', 'große', '<GROẞE> Sache'],
  ['πόσοι είναι', 'πόσ*', '<πόσοι> είναι'],
  ['مُحَمَّد', 'محمد', '<مُحَمَّد>'],
  ['أحمد', 'احم*', '<أحمد>'],
  ['שָׁלוֹם', 'שלום', '<שָׁלוֹם>'],
  ['ｶﾞｽ代', 'ガス', '<ｶﾞｽ>代'],
  ['Łódź', 'lodz', '<Łódź>'],
  ['co\u00adope\u00adrate', 'cooperate', '<co\u00adope\u00adrate>'],
  ['한국어에서 왔다', '한국어*', '<한국어에서> 왔다'],
])('%s is found by %s', async (text, q, found) => {
  const { search } = await talk(text)
  expect(await search(q)).toEqual([found])
})

it('a day is one in the time zone that the client names', async () => {
  const { search, ask } = await talk('ahoy')
  const on = (ms: number) => `ahoy on:${new Date(Date.now() + ms).toISOString().slice(0, 10)}`
  const ahead = 14 * 3_600_000
  for (const zone of ['Pacific/Kiritimati', '+14:00']) {
    const more = `&timeZone=${encodeURIComponent(zone)}`
    expect([zone, await search(on(ahead), more)]).toEqual([zone, ['<ahoy>']])
    expect([zone, await search(on(ahead - 86_400_000), more)]).toEqual([zone, []])
  }
  expect((await ask('ahoy', '&timeZone=Mars/Base')).status).toBe(400)
})

it('an index of words folded otherwise is dropped and made anew', async () => {
  const { search, stub } = await talk('GROẞE Sache')
  expect(await search('große')).toHaveLength(1)
  await runInDurableObject(stub, (_room, { storage: { sql } }) => {
    dropSearchIndex(sql)
    const tables = sql.exec(`select name from sqlite_master where sql like '%using fts5%'`)
    expect(tables.toArray()).toEqual([])
  })
  await evictDurableObject(stub)
  expect(await search('große')).toHaveLength(1)
})
