import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { open } from '../../src/directory/directory'
import * as names from '../../src/directory/names'
import * as profiles from '../../src/directory/profiles'
import { register } from '../helpers/cast'

const directory = open(env.DB)

/** Every value of every row of the directory. */
async function everything(): Promise<string> {
  const tables = await env.DB.prepare(
    "select name from sqlite_master where type = 'table' and name not glob '_cf_*'",
  ).all<{ name: string }>()
  const rows = await Promise.all(
    tables.results.map(({ name }) => env.DB.prepare(`select * from "${name}"`).all()),
  )
  return JSON.stringify(rows.map(({ results }) => results))
}

it('a deleted account leaves no name, address or hash in any table, and its username hashed', async () => {
  const more = { displayName: 'Wanda the Vanishing', email: 'wanda@example.com' }
  const ana = await register('wanda', more)
  await ana.patch('/v1/me', { bio: 'Vanishes.' })
  expect(await everything()).toMatch(/wanda@example.com/)
  await ana.delete('/v1/me')
  const left = await everything()
  expect(left).not.toMatch(/wanda|vanish|scrypt/i)
  expect(left).toContain(names.hash(ana.username))
})

it('a deletion is a new version of the profile, once; erasing afterwards is one more', async () => {
  const ana = await register('ana')
  const profile = async () => (await profiles.find(directory, [ana.id]))[0]
  expect(await profile()).toMatchObject({ version: 1, deleted: false })
  await ana.delete('/v1/me')
  await ana.delete('/v1/me')
  expect(await profile()).toMatchObject({
    version: 2,
    deleted: true,
    erased: false,
    username: null,
  })
  await ana.delete('/v1/me?messages=erase')
  await ana.delete('/v1/me?messages=erase')
  await ana.delete('/v1/me')
  expect(await profile()).toMatchObject({ version: 3, deleted: true, erased: true })
})

it('a rename that races the deletion leaves no name free that was the last one', async () => {
  for (let round = 0; round < 10; round += 1) {
    const ana = await register('ana')
    const renamed = `${ana.username}x`
    await Promise.all([ana.patch('/v1/me', { username: renamed }), ana.delete('/v1/me')])
    const bo = await register('bo')
    const taken = await Promise.all(
      [ana.username, renamed].map((username) => names.isReserved(directory, username)),
    )
    expect(taken.filter(Boolean)).toHaveLength(1)
    await bo.delete('/v1/me')
  }
})
