import { describe, expect, it } from 'vitest'
import { befriend, listIds, relationTo } from '../fixtures/relations'
import { registerCast } from '../fixtures/scenario'
import { createUser } from '../fixtures/users'

const people = () => Promise.all([createUser('Ana'), createUser('Bo'), createUser('Cy')])

describe('a friend request', () => {
  it('waits on both sides until it is answered', async () => {
    const [ana, bo] = await people()
    const { status, body } = await ana.put(`/v1/me/friend-requests/${bo.id}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ id: bo.id, relation: { friend: false, request: 'out' } })
    expect((await relationTo(bo, ana)).request).toBe('in')
    expect(await listIds(ana, 'friend-requests?direction=out')).toEqual([bo.id])
    expect(await listIds(bo, 'friend-requests?direction=in')).toEqual([ana.id])
    expect(await listIds(bo, 'friend-requests')).toEqual([ana.id])
    expect(await listIds(bo, 'friend-requests?direction=out')).toEqual([])
  })

  it('is accepted by its addressee', async () => {
    const [ana, bo] = await people()
    await ana.put(`/v1/me/friend-requests/${bo.id}`)
    const { body } = await bo.put(`/v1/me/friends/${ana.id}`)
    expect(body.relation).toMatchObject({ friend: true, request: 'none', canMessage: true })
    expect([await listIds(ana, 'friends'), await listIds(bo, 'friends')]).toEqual([
      [bo.id],
      [ana.id],
    ])
    expect(await listIds(bo, 'friend-requests')).toEqual([])
    expect(await listIds(ana, 'friend-requests?direction=out')).toEqual([])
  })

  it('that meets its opposite makes friends, also at the same moment', async () => {
    const [ana, bo] = await people()
    await Promise.all([
      ana.put(`/v1/me/friend-requests/${bo.id}`),
      bo.put(`/v1/me/friend-requests/${ana.id}`),
    ])
    expect(await relationTo(ana, bo)).toMatchObject({ friend: true, request: 'none' })
    expect(await relationTo(bo, ana)).toMatchObject({ friend: true, request: 'none' })
  })

  it('is harmless when repeated, and among friends', async () => {
    const [ana, bo] = await people()
    await ana.put(`/v1/me/friend-requests/${bo.id}`)
    await ana.put(`/v1/me/friend-requests/${bo.id}`)
    expect(await listIds(bo, 'friend-requests')).toEqual([ana.id])
    await bo.put(`/v1/me/friends/${ana.id}`)
    const { body } = await ana.put(`/v1/me/friend-requests/${bo.id}`)
    expect(body.relation).toMatchObject({ friend: true, request: 'none' })
    expect(await listIds(ana, 'friends')).toEqual([bo.id])
  })

  it('is withdrawn by its sender and refused by its addressee', async () => {
    const [ana, bo, cy] = await people()
    await ana.put(`/v1/me/friend-requests/${bo.id}`)
    await ana.put(`/v1/me/friend-requests/${cy.id}`)
    expect((await ana.delete(`/v1/me/friend-requests/${bo.id}`)).status).toBe(204)
    expect((await cy.delete(`/v1/me/friend-requests/${ana.id}`)).status).toBe(204)
    expect((await cy.delete(`/v1/me/friend-requests/${ana.id}`)).status).toBe(204)
    expect(await listIds(ana, 'friend-requests?direction=out')).toEqual([])
    expect((await bo.put(`/v1/me/friends/${ana.id}`)).body.code).toBe('not_found')
  })
})

describe('a friendship', () => {
  it('takes a request to accept, and accepting again is fine', async () => {
    const [ana, bo] = await people()
    expect((await ana.put(`/v1/me/friends/${bo.id}`)).body.code).toBe('not_found')
    await befriend(ana, bo)
    expect((await ana.put(`/v1/me/friends/${bo.id}`)).status).toBe(200)
  })

  it('is not accepted by who asked', async () => {
    const [ana, bo] = await people()
    await ana.put(`/v1/me/friend-requests/${bo.id}`)
    expect((await ana.put(`/v1/me/friends/${bo.id}`)).body.code).toBe('not_found')
  })

  it('ends for both, whoever ends it, and again is harmless', async () => {
    const [ana, bo] = await people()
    await befriend(ana, bo)
    expect((await bo.delete(`/v1/me/friends/${ana.id}`)).status).toBe(204)
    expect((await ana.delete(`/v1/me/friends/${bo.id}`)).status).toBe(204)
    expect([await listIds(ana, 'friends'), await listIds(bo, 'friends')]).toEqual([[], []])
    expect(await relationTo(ana, bo)).toMatchObject({ friend: false, canMessage: false })
  })

  it('ends with the account of either', async () => {
    const [ana, bo, cy] = await people()
    await befriend(ana, bo)
    await cy.put(`/v1/me/friend-requests/${bo.id}`)
    await bo.put(`/v1/me/following/${ana.id}`)
    await bo.delete('/v1/me')
    expect(await listIds(ana, 'friends')).toEqual([])
    expect(await listIds(ana, 'followers')).toEqual([])
    expect(await listIds(cy, 'friend-requests?direction=out')).toEqual([])
    expect(await relationTo(ana, bo)).toBe(undefined)
  })
})

const changes = ['friend-requests', 'friends', 'following', 'blocks'].flatMap((list) => [
  ['put', list] as const,
  ['delete', list] as const,
])

describe.each(changes)('%s /v1/me/%s/{userId}', (method, list) => {
  it('is invalid of oneself, and finds no unknown or deleted user', async () => {
    const [ana, bo] = await people()
    await bo.delete('/v1/me')
    expect((await ana[method](`/v1/me/${list}/${ana.id}`)).body.code).toBe('invalid')
    expect((await ana[method](`/v1/me/${list}/nobody`)).body.code).toBe('not_found')
    expect((await ana[method](`/v1/me/${list}/${bo.id}`)).body.code).toBe('not_found')
  })

  it('is refused to the suspended', async () => {
    const { ana, bo, mo } = await registerCast()
    await mo.put(`/v1/users/${ana.id}/suspension`, { until: '2999-01-01T00:00:00.000Z' })
    expect((await ana[method](`/v1/me/${list}/${bo.id}`)).body.code).toBe('suspended')
    expect((await ana.get(`/v1/me/${list}`)).status).toBe(200)
  })
})
