import { runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { createRoom } from '../fixtures/rooms'
import { createUser } from '../fixtures/users'

/** A room of people with these names, who join in that order after ana. */
async function named(...names: string[]) {
  const ana = await createUser('Ana')
  const { path, stub } = await createRoom(ana, { name: 'Harbour' })
  for (const name of names) await (await createUser(name)).put(`${path}/members/@me`)
  const find = async (search: string, more = '') => {
    const query = `search=${encodeURIComponent(search)}${more}`
    const { body } = await ana.get(`${path}/members?${query}`)
    const items: { user: { displayName: string } }[] = body.items
    return { names: items.map(({ user }) => user.displayName), next: body.nextCursor }
  }
  return { ana, path, stub, find }
}

it.each([
  ['lop', ['José López', 'lope de vega']],
  ['JOSE', ['José López']],
  ['lopez jo', ['José López']],
  ['jo lo', ['José López']],
  ['ópez', []],
  ['中', ['田中さくら']],
  ['田中', ['田中さくら']],
  ['...', []],
])('%s finds %j', async (search, expected) => {
  const { find } = await named('José López', 'Zoë', 'lope de vega', '田中さくら')
  expect((await find(search)).names).toEqual(expected)
})

it('a username is found by its parts, page by page in the order of joining', async () => {
  const { ana, path, find } = await named()
  for (const name of ['Cy Marin', 'Bo Marin', 'Di Maris']) {
    await (await createUser(name)).put(`${path}/members/@me`)
  }
  const first = await find('mari', '&limit=2')
  expect(first.names).toEqual(['Cy Marin', 'Bo Marin'])
  const rest = await find('mari', `&limit=2&cursor=${first.next}`)
  expect([rest.names, rest.next]).toEqual([['Di Maris'], null])
  expect((await find((await ana.get('/v1/me')).body.username)).names).toContain('Ana')
})

it('those who left are not found, and a large room is read a part at a time', async () => {
  const { path, stub, find } = await named()
  const leaver = await createUser('Leaver')
  await leaver.put(`${path}/members/@me`)
  await leaver.delete(`${path}/members/@me`)
  expect((await find('leav')).names).toEqual([])
  await runInDurableObject(stub, (_room, { storage: { sql } }) => {
    sql.exec(
      `insert into members (user_id, display_name, profile_version, unconfirmed, role, joined_at, removed,
        read_seq, read_n, told_seq, sent_count, visited_at, version)
      select 'extra ' || value, iif(value = 6000, 'Zed', 'Extra'), 1, 0, 'member', 9e12 + value, 0, 0, 0, 0, 0, 0, 0
      from (with recursive c(value) as (select 1 union all select value + 1 from c where value < 6000)
        select value from c)`,
    )
  })
  const first = await find('zed')
  expect([first.names, typeof first.next]).toEqual([[], 'string'])
  expect(await find('zed', `&cursor=${first.next}`)).toEqual({ names: ['Zed'], next: null })
})
