import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { open } from '../../src/directory/database'
import * as dmAccess from '../../src/directory/dm-access'
import { AddPolicy, MessagePolicy } from '../../src/schemas/contact-policies'
import { befriend, relationTo } from '../fixtures/relations'
import { registerCast } from '../fixtures/scenario'
import { createUser, type User } from '../fixtures/users'

const directory = open(env.DB)
const people = () => Promise.all([createUser('Ana'), createUser('Bo'), createUser('Cy')])
const mayAdd = (one: User, other: User) =>
  dmAccess.filterAddable(directory, one.id, [other.id], Date.now())

const nothing = async () => {}
const followed = async (ana: User, bo: User) => {
  await bo.put(`/v1/me/following/${ana.id}`)
}
const mutual = async (ana: User, bo: User) => {
  await followed(ana, bo)
  await followed(bo, ana)
}

/** The edges between ana and bo, and which of ana's policies then admit him. */
const accesses = [
  ['a stranger', nothing, ['everyone']],
  ['a follower', followed, ['everyone']],
  ['a mutual', mutual, ['everyone', 'mutuals', 'connections']],
  ['a friend', befriend, ['everyone', 'friends', 'connections']],
] as const

describe.each(accesses)('%s', (_, become, open) => {
  it.each(MessagePolicy.options)('may message by policy: %s', async (messagePolicy) => {
    const [ana, bo] = await people()
    await become(ana, bo)
    const { body } = await ana.patch('/v1/me', { messagePolicy })
    expect(body.messagePolicy).toBe(messagePolicy)
    const isOpen = open.some((policy) => policy === messagePolicy)
    expect((await relationTo(bo, ana)).canMessage).toBe(isOpen)
  })

  it.each(AddPolicy.options)('may be added by policy: %s', async (addPolicy) => {
    const [ana, bo] = await people()
    await become(ana, bo)
    await ana.patch('/v1/me', { addPolicy })
    const isOpen = open.some((policy) => policy === addPolicy)
    expect(await mayAdd(bo, ana)).toEqual(isOpen ? [ana.id] : [])
  })
})

it('by default only connections may message and add', async () => {
  const [ana] = await people()
  const { body } = await ana.get('/v1/me')
  expect(body).toMatchObject({ messagePolicy: 'connections', addPolicy: 'connections' })
})

it('filterAddable checks many users at once, and drops oneself, unknown users and blocked ones', async () => {
  const [ana, bo, cy] = await people()
  for (const one of [ana, bo, cy]) await one.patch('/v1/me', { addPolicy: 'everyone' })
  await ana.put(`/v1/me/blocks/${cy.id}`)
  const ids = [ana.id, bo.id, cy.id, 'nobody']
  const now = Date.now()
  expect(await dmAccess.filterAddable(directory, ana.id, ids, now)).toEqual([bo.id])
  expect(await dmAccess.filterAddable(directory, cy.id, ids, now)).toEqual([bo.id])
})

it('a suspended user may message and add nobody until the suspension expires', async () => {
  const { ana, bo, mo } = await registerCast()
  await befriend(ana, bo)
  const before = (await dmAccess.read(directory, ana.id, [bo.id])).get(bo.id)
  await mo.put(`/v1/users/${ana.id}/suspension`, { until: '2999-01-01T00:00:00.000Z' })
  expect((await relationTo(ana, bo)).canMessage).toBe(false)
  expect(await mayAdd(ana, bo)).toEqual([])
  const later = Date.parse('2999-01-01T00:00:00.000Z')
  expect(await dmAccess.filterAddable(directory, ana.id, [bo.id], later)).toEqual([bo.id])
  // The copy in a room does not change, because a room would not be told when a suspension expires.
  expect((await dmAccess.read(directory, ana.id, [bo.id])).get(bo.id)).toEqual(before)
})

it('DM access names who may write, and its version grows with every change of either user', async () => {
  const [ana, bo] = await people()
  const read = async () => (await dmAccess.read(directory, bo.id, [ana.id])).get(ana.id)
  const seen = [await read()]
  const changes = [
    () => ana.patch('/v1/me', { messagePolicy: 'everyone' }),
    () => befriend(ana, bo),
    () => bo.put(`/v1/me/blocks/${ana.id}`),
    () => ana.delete('/v1/me'),
  ]
  for (const change of changes) {
    await change()
    seen.push(await read())
  }
  const writers = seen.map((access) => access?.writers.toSorted())
  expect(writers).toEqual([[], [bo.id], [ana.id, bo.id].sort(), [], []])
  const versions = seen.map((access) => access?.version ?? 0)
  expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b))
})

it('changing the bio, or setting the same policy again, does not raise the version', async () => {
  const [ana, bo] = await people()
  const read = async () => (await dmAccess.read(directory, ana.id, [bo.id])).get(bo.id)?.version
  const before = await read()
  await ana.patch('/v1/me', { bio: 'Tea.', messagePolicy: 'connections', addPolicy: 'nobody' })
  expect(await read()).toBe(before)
})
