import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import * as accountUpdate from '../../src/directory/account-update'
import { open } from '../../src/directory/database'
import * as profiles from '../../src/directory/profiles'
import { beforeNextBatch } from '../fixtures/interleaving'
import { registerCast } from '../fixtures/scenario'
import { PASSWORD, registerUser } from '../fixtures/users'

const directory = open(env.DB)
const versionOf = async (id: string) => (await profiles.find(directory, [id]))[0]?.version

it('the profile version grows when a name changes, and only then', async () => {
  const ana = await registerUser('ana', { displayName: 'Ana' })
  await ana.patch('/v1/me', { bio: 'Tea.', username: ana.username, displayName: 'Ana' })
  expect(await versionOf(ana.id)).toBe(1)
  await ana.patch('/v1/me', { displayName: 'Ana López' })
  expect(await versionOf(ana.id)).toBe(2)
  await ana.patch('/v1/me', { username: `${ana.username}x`, displayName: 'Ana' })
  expect(await versionOf(ana.id)).toBe(3)
})

it('concurrent changes of different fields are all kept', async () => {
  const ana = await registerUser('ana')
  const changes = [{ displayName: 'Ana' }, { bio: 'Tea.' }, { username: `${ana.username}x` }]
  const replies = await Promise.all(changes.map((change) => ana.patch('/v1/me', change)))
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200])
  expect((await ana.get('/v1/me')).body).toMatchObject(Object.assign({}, ...changes))
  expect(await versionOf(ana.id)).toBe(3)
})

it('the profile version grows when a suspension begins, moves or ends', async () => {
  const { ana, mo } = await registerCast()
  const suspend = (until: string) => mo.put(`/v1/users/${ana.id}/suspension`, { until })
  await suspend('2999-01-01T00:00:00.000Z')
  await suspend('2999-01-01T00:00:00.000Z')
  expect(await versionOf(ana.id)).toBe(2)
  await suspend('2999-01-02T00:00:00.000Z')
  await mo.delete(`/v1/users/${ana.id}/suspension`)
  await mo.delete(`/v1/users/${ana.id}/suspension`)
  expect(await versionOf(ana.id)).toBe(4)
})

it('a password change that races a new suspension is rejected', async () => {
  const { ana, mo } = await registerCast()
  const until = '2999-01-01T00:00:00.000Z'
  beforeNextBatch(directory, () => mo.put(`/v1/users/${ana.id}/suspension`, { until }))
  const patch = { password: 'a new horse', currentPassword: PASSWORD }
  const access = { userId: ana.id, sessionId: '' }
  const late = accountUpdate.apply(directory, access, patch, { cost: 4, now: Date.now() })
  await expect(late).rejects.toMatchObject({ code: 'suspended' })
  expect((await ana.get('/v1/sessions')).body.items).toHaveLength(1)
})
