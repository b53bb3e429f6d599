import { expect, it } from 'vitest'
import { befriend } from '../fixtures/relations'
import { createUser, type User } from '../fixtures/users'

/** ana's group, and people she may or may not add. */
async function group() {
  const [ana, bo, cy] = await Promise.all([createUser('Ana'), createUser('Bo'), createUser('Cy')])
  const { body: room } = await ana.post('/v1/rooms', { access: 'closed' })
  const add = (by: User, who: User) => by.put(`/v1/rooms/${room.id}/members/${who.id}`)
  return { ana, bo, cy, room, add }
}

it('a friend is added and is a member at once', async () => {
  const { ana, bo, room, add } = await group()
  await befriend(ana, bo)
  expect((await add(ana, bo)).body).toMatchObject({ user: { id: bo.id }, role: 'member' })
  expect((await bo.get(`/v1/rooms/${room.id}`)).body.me.role).toBe('member')
})

it('a stranger is added only when they let everyone', async () => {
  const { ana, bo, add } = await group()
  expect((await add(ana, bo)).body.code).toBe('not_connected')
  await bo.patch('/v1/me', { addPolicy: 'everyone' })
  expect((await add(ana, bo)).status).toBe(200)
})

it('someone who blocks the admin answers as one who lets nobody add them', async () => {
  const { ana, bo, cy, add } = await group()
  await bo.patch('/v1/me', { addPolicy: 'everyone' })
  await bo.put(`/v1/me/blocks/${ana.id}`)
  await cy.patch('/v1/me', { addPolicy: 'nobody' })
  const { requestId: _, ...problem } = (await add(ana, bo)).body
  expect((await add(ana, cy)).body).toMatchObject(problem)
  expect(problem).toMatchObject({ status: 403, code: 'not_connected' })
})

it('who is in it stays, whatever they let others do now', async () => {
  const { ana, bo, room, add } = await group()
  await befriend(ana, bo)
  await add(ana, bo)
  await bo.delete(`/v1/me/friends/${ana.id}`)
  expect((await add(ana, bo)).status).toBe(200)
  expect((await bo.get(`/v1/rooms/${room.id}`)).body.me.role).toBe('member')
})

it('who may not add anyone is not told whom they could', async () => {
  const { ana, bo, cy, room, add } = await group()
  await befriend(ana, bo)
  await add(ana, bo)
  expect((await add(bo, cy)).body.code).toBe('forbidden')
  expect((await add(cy, ana)).body.code).toBe('not_found')
  expect((await ana.get(`/v1/rooms/${room.id}`)).body.memberCount).toBe(2)
})
