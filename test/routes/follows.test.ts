import { expect, it } from 'vitest'
import { listIds, relationTo } from '../fixtures/relations'
import { createUser } from '../fixtures/users'

const people = () => Promise.all([createUser('Ana'), createUser('Bo'), createUser('Cy')])

it('a follow shows on both sides, and is no friendship', async () => {
  const [ana, bo] = await people()
  const { status, body } = await ana.put(`/v1/me/following/${bo.id}`)
  expect(status).toBe(200)
  expect(body.relation).toMatchObject({ following: true, followedBy: false, friend: false })
  expect(await relationTo(bo, ana)).toMatchObject({ following: false, followedBy: true })
  expect([await listIds(ana, 'following'), await listIds(bo, 'followers')]).toEqual([
    [bo.id],
    [ana.id],
  ])
  expect([await listIds(bo, 'following'), await listIds(ana, 'followers')]).toEqual([[], []])
})

it('two who follow each other may message each other', async () => {
  const [ana, bo] = await people()
  await ana.put(`/v1/me/following/${bo.id}`)
  expect((await relationTo(ana, bo)).canMessage).toBe(false)
  await bo.put(`/v1/me/following/${ana.id}`)
  expect((await relationTo(ana, bo)).canMessage).toBe(true)
  await bo.delete(`/v1/me/following/${ana.id}`)
  expect((await relationTo(ana, bo)).canMessage).toBe(false)
})

it('following and unfollowing again are harmless', async () => {
  const [ana, bo] = await people()
  for (const action of ['put', 'put', 'delete', 'delete'] as const) {
    expect((await ana[action](`/v1/me/following/${bo.id}`)).status).toBeLessThan(300)
  }
  expect(await listIds(bo, 'followers')).toEqual([])
})

it('lists are latest first, and go through all pages without a gap or a repeat', async () => {
  const [ana, ...others] = await Promise.all(Array.from({ length: 6 }, () => createUser('Ana')))
  if (!ana) throw new Error('There is no cast.')
  for (const other of others) {
    await ana.put(`/v1/me/following/${other.id}`)
    await other.put(`/v1/me/following/${ana.id}`)
  }
  const expected = others.map(({ id }) => id).reverse()
  for (const list of ['following', 'followers']) {
    const found: string[] = []
    for (let cursor = ''; ; ) {
      const { body } = await ana.get(`/v1/me/${list}?limit=2${cursor && `&cursor=${cursor}`}`)
      found.push(...body.items.map(({ id }: { id: string }) => id))
      if (body.nextCursor === null) break
      cursor = body.nextCursor
    }
    expect(found).toEqual(expected)
  }
  expect((await ana.get('/v1/me/following?cursor=nonsense')).body.code).toBe('invalid')
})
