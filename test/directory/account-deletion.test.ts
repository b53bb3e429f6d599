import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import * as accountDeletion from '../../src/directory/account-deletion'
import { open } from '../../src/directory/database'
import * as profiles from '../../src/directory/profiles'
import * as usernames from '../../src/directory/usernames'
import { beforeNextBatch } from '../fixtures/interleaving'
import { storePasskey } from '../fixtures/passkeys'
import { turnOnTotp } from '../fixtures/totp'
import { registerUser, setSiteRole } from '../fixtures/users'

const directory = open(env.DB)
const isReserved = (username: string) =>
  usernames.findReserved(directory, { userId: 'another', username, now: Date.now() })

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

const countOf = (table: string, userId: string) =>
  env.DB.prepare(`select count(*) n from ${table} where user_id = ?`).bind(userId).first('n')

it('deleting an account leaves no name, address or password hash in any table, only a hash of its username', async () => {
  const more = { displayName: 'Wanda the Vanishing', email: 'wanda@example.com' }
  const ana = await registerUser('wanda', more)
  await ana.patch('/v1/me', { bio: 'Vanishes.' })
  await turnOnTotp(ana.id)
  expect(await countOf('totp', ana.id)).toBe(1)
  expect(await countOf('recovery_codes', ana.id)).toBe(10)
  await storePasskey(ana.id)
  expect(await everything()).toMatch(/wanda@example.com/)
  await ana.delete('/v1/me?now=true')
  const left = await everything()
  expect(left).not.toMatch(/wanda|vanish|scrypt/i)
  expect(left).toContain(usernames.hash(ana.username))
  for (const table of ['totp', 'recovery_codes', 'passkeys'])
    expect(await countOf(table, ana.id)).toBe(0)
})

it('deleting raises the profile version once, and erasing afterwards raises it once more', async () => {
  const ana = await registerUser('ana')
  const profile = async () => (await profiles.find(directory, [ana.id]))[0]
  expect(await profile()).toMatchObject({ version: 1, deleted: false })
  await ana.delete('/v1/me?now=true')
  await ana.delete('/v1/me?now=true')
  expect(await profile()).toMatchObject({
    version: 2,
    deleted: true,
    erased: false,
    username: null,
  })
  for (const messages of ['erase', 'erase', 'keep'] as const) {
    await accountDeletion.apply(directory, ana.id, messages, Date.now())
  }
  expect(await profile()).toMatchObject({ version: 3, deleted: true, erased: true })
})

it('a deletion that races a rename reserves the new name', async () => {
  const ana = await registerUser('ana')
  const renamed = `${ana.username}x`
  beforeNextBatch(directory, () => ana.patch('/v1/me', { username: renamed }))
  await accountDeletion.apply(directory, ana.id, 'keep', Date.now())
  expect(await isReserved(renamed)).toBe(true)
  expect((await ana.get('/v1/me')).status).toBe(401)
})

it('an account that becomes the last admin during its deletion is not deleted', async () => {
  const [ana, bo] = await Promise.all([registerUser('ana'), registerUser('bo')])
  await Promise.all([setSiteRole(ana, 'admin'), setSiteRole(bo, 'admin')])
  beforeNextBatch(directory, () => setSiteRole(bo, 'user'))
  const deletion = accountDeletion.apply(directory, ana.id, 'keep', Date.now())
  await expect(deletion).rejects.toMatchObject({ code: 'last_admin' })
  expect((await ana.get('/v1/sessions')).body.items).toHaveLength(1)
  expect(await isReserved(ana.username)).toBe(false)
})
