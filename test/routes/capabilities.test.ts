import { expect, it } from 'vitest'
import { call } from '../fixtures/api'
import { createScenario } from '../fixtures/scenario'
import { createUser, setSiteRole } from '../fixtures/users'

it('the table of capabilities is what each role has in a room', async () => {
  const { ana, bo, cy, path } = await createScenario()
  const { body: table } = await cy.get('/v1/capabilities')
  const seen = async () => (await bo.get(path)).body.me.capabilities.toSorted()
  for (const role of ['member', 'moderator', 'admin', 'owner']) {
    if (role !== 'member') {
      expect((await ana.patch(`${path}/members/${bo.id}`, { role })).status).toBe(200)
    }
    expect([role, await seen()]).toEqual([role, table.roles[role].toSorted()])
  }
  await cy.put(`/v1/me/following/${ana.id}`)
  await ana.put(`/v1/me/following/${cy.id}`)
  const { body: direct } = await ana.post(`/v1/direct/${cy.id}`)
  const { capabilities } = (await ana.get(`/v1/rooms/${direct.id}`)).body.me
  const both = new Set([...table.roles.member, ...table.directPeer])
  expect(new Set(capabilities)).toEqual(both)
})

it('it takes no session, and caches keep it for an hour', async () => {
  const { status, headers } = await call('GET', '/v1/capabilities', {})
  expect([status, headers.get('Cache-Control')]).toEqual([200, 'public, max-age=3600'])
})

it('a hundred users are read by their ids, as each would be alone', async () => {
  const [ana, bo, cy] = await Promise.all(['Ana', 'Bo', 'Cy'].map((name) => createUser(name)))
  if (!ana || !bo || !cy) throw new Error('nobody')
  await setSiteRole(cy, 'moderator')
  await ana.put(`/v1/me/following/${bo.id}`)
  const ids = [bo.id, 'nobody', cy.id, bo.id]
  const { status, body } = await ana.get(`/v1/users?ids=${ids.join(',')}`)
  expect([status, body.nextCursor]).toEqual([200, null])
  const alone = await Promise.all(
    [bo, cy].map(async ({ id }) => (await ana.get(`/v1/users/${id}`)).body),
  )
  expect(new Map(body.items.map((user: { id: string }) => [user.id, user]))).toEqual(
    new Map(alone.map((user) => [user.id, user])),
  )
  expect(body.items).toHaveLength(2)
  const status100 = async (count: number) =>
    (await ana.get(`/v1/users?ids=${Array.from({ length: count }, (_, i) => `u${i}`).join(',')}`))
      .status
  expect([await status100(100), await status100(101)]).toEqual([200, 400])
  expect((await ana.get('/v1/users')).status).toBe(400)
  expect((await ana.get(`/v1/users?ids=${bo.id}&search=bo`)).status).toBe(400)
})
