import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { open } from '../../src/directory/database'
import * as fanoutProgress from '../../src/directory/fanout-progress'
import { spyOnD1 } from '../fixtures/d1-spy'
import { eventually } from '../fixtures/eventually'
import { befriend, listIds, relationTo } from '../fixtures/relations'
import { createUser, type User } from '../fixtures/users'

const people = () => Promise.all([createUser('Ana'), createUser('Bo'), createUser('Cy')])

describe('a block', () => {
  it('ends the friendship and both follows, and only its own side sees it', async () => {
    const [ana, bo] = await people()
    await befriend(ana, bo)
    await ana.put(`/v1/me/following/${bo.id}`)
    await bo.put(`/v1/me/following/${ana.id}`)
    const { body } = await ana.put(`/v1/me/blocks/${bo.id}`)
    expect(body.relation).toEqual({
      friend: false,
      request: 'none',
      following: false,
      followedBy: false,
      blocked: true,
      canMessage: false,
    })
    expect(await listIds(ana, 'blocks')).toEqual([bo.id])
    expect(await listIds(ana, 'followers')).toEqual([])
    expect(await listIds(bo, 'blocks')).toEqual([])
    expect((await relationTo(bo, ana)).blocked).toBe(false)
  })

  it('leaves the blocked what only a block could have taken: their follow and their request', async () => {
    const [ana, bo] = await people()
    await bo.put(`/v1/me/following/${ana.id}`)
    await bo.put(`/v1/me/friend-requests/${ana.id}`)
    const before = await relationTo(bo, ana)
    await ana.put(`/v1/me/blocks/${bo.id}`)
    expect(await relationTo(bo, ana)).toEqual(before)
    expect(await listIds(bo, 'following')).toEqual([ana.id])
    expect(await listIds(bo, 'friend-requests?direction=out')).toEqual([ana.id])
    expect(await listIds(ana, 'friend-requests')).toEqual([])
    expect(await listIds(ana, 'followers')).toEqual([])
  })

  it('lets the blocked ask and follow as it seems, and reaches nobody', async () => {
    const [ana, bo] = await people()
    await ana.put(`/v1/me/blocks/${bo.id}`)
    const asked = await bo.put(`/v1/me/friend-requests/${ana.id}`)
    expect(asked.body.relation).toMatchObject({ friend: false, request: 'out' })
    const followed = await bo.put(`/v1/me/following/${ana.id}`)
    expect(followed.body.relation).toMatchObject({ following: true, canMessage: false })
    expect(await relationTo(ana, bo)).toMatchObject({ request: 'none', followedBy: false })
    expect(await listIds(ana, 'friend-requests')).toEqual([])
    expect((await ana.put(`/v1/me/friends/${bo.id}`)).body.code).toBe('not_found')
  })

  it('keeps the one who blocks from asking and following until it is lifted', async () => {
    const [ana, bo] = await people()
    await ana.put(`/v1/me/blocks/${bo.id}`)
    expect((await ana.put(`/v1/me/friend-requests/${bo.id}`)).body.code).toBe('conflict')
    expect((await ana.put(`/v1/me/following/${bo.id}`)).body.code).toBe('conflict')
    await ana.delete(`/v1/me/blocks/${bo.id}`)
    expect((await ana.put(`/v1/me/following/${bo.id}`)).status).toBe(200)
  })

  it('closes messages both ways, whatever the policies', async () => {
    const [ana, bo] = await people()
    await ana.patch('/v1/me', { messagePolicy: 'everyone' })
    await bo.patch('/v1/me', { messagePolicy: 'everyone' })
    expect((await relationTo(ana, bo)).canMessage).toBe(true)
    await ana.put(`/v1/me/blocks/${bo.id}`)
    expect((await relationTo(ana, bo)).canMessage).toBe(false)
    expect((await relationTo(bo, ana)).canMessage).toBe(false)
  })
})

describe('lifting a block', () => {
  it('shows nothing that was hidden until the other asks or follows again', async () => {
    const [ana, bo] = await people()
    await bo.put(`/v1/me/following/${ana.id}`)
    await ana.put(`/v1/me/blocks/${bo.id}`)
    await bo.put(`/v1/me/friend-requests/${ana.id}`)
    expect((await ana.delete(`/v1/me/blocks/${bo.id}`)).status).toBe(204)
    expect(await relationTo(ana, bo)).toMatchObject({ request: 'none', followedBy: false })
    await bo.put(`/v1/me/friend-requests/${ana.id}`)
    await bo.put(`/v1/me/following/${ana.id}`)
    expect(await relationTo(ana, bo)).toMatchObject({ request: 'in', followedBy: true })
    expect(await listIds(ana, 'followers')).toEqual([bo.id])
  })

  it('makes friends of two who both asked, one of them unheard', async () => {
    const [ana, bo] = await people()
    await ana.put(`/v1/me/blocks/${bo.id}`)
    await bo.put(`/v1/me/friend-requests/${ana.id}`)
    await ana.delete(`/v1/me/blocks/${bo.id}`)
    const { body } = await ana.put(`/v1/me/friend-requests/${bo.id}`)
    expect(body.relation).toMatchObject({ friend: true, request: 'none' })
    expect(await relationTo(bo, ana)).toMatchObject({ friend: true, request: 'none' })
  })
})

describe('a blocked user cannot tell a block from a policy', () => {
  const actions: [string, (bo: User, ana: User) => Promise<unknown>][] = [
    ['reading', (bo, ana) => bo.get(`/v1/users/${ana.id}`)],
    ['asking', (bo, ana) => bo.put(`/v1/me/friend-requests/${ana.id}`)],
    ['asking again', (bo, ana) => bo.put(`/v1/me/friend-requests/${ana.id}`)],
    ['the requests', (bo) => bo.get('/v1/me/friend-requests?direction=out')],
    ['withdrawing', (bo, ana) => bo.delete(`/v1/me/friend-requests/${ana.id}`)],
    ['accepting', (bo, ana) => bo.put(`/v1/me/friends/${ana.id}`)],
    ['ending', (bo, ana) => bo.delete(`/v1/me/friends/${ana.id}`)],
    ['following', (bo, ana) => bo.put(`/v1/me/following/${ana.id}`)],
    ['whom they follow', (bo) => bo.get('/v1/me/following')],
    ['unfollowing', (bo, ana) => bo.delete(`/v1/me/following/${ana.id}`)],
    ['blocking', (bo, ana) => bo.put(`/v1/me/blocks/${ana.id}`)],
    ['asking while blocking', (bo, ana) => bo.put(`/v1/me/friend-requests/${ana.id}`)],
    ['lifting', (bo, ana) => bo.delete(`/v1/me/blocks/${ana.id}`)],
  ]

  /** What bo gets for each action, and what it costs, without what differs between any two people. */
  async function lookAt(close: (ana: User, bo: User) => Promise<unknown>) {
    const [ana, bo] = await people()
    await close(ana, bo)
    // What the queue does about it is not what bo's requests do.
    await eventually(async () =>
      expect(await fanoutProgress.findPending(open(env.DB), ana.id)).toBeUndefined(),
    )
    const seen: unknown[] = []
    for (const [name, act] of actions) {
      const d1 = spyOnD1()
      const reply = (await act(bo, ana)) as { status: number; body: unknown }
      d1.restore()
      const text = JSON.stringify(reply.body)
        .replaceAll(ana.id, 'ana')
        .replaceAll(ana.id.slice(-12), 'ana')
        .replace(/"(requestId|createdAt)":"[^"]+"/g, '')
      seen.push({ name, status: reply.status, text, statements: d1.queriesAbout(ana, bo) })
    }
    return seen
  }

  it('by status, code, text or the work that it takes', async () => {
    const closed = await lookAt((ana) => ana.patch('/v1/me', { messagePolicy: 'nobody' }))
    const blocked = await lookAt((ana, bo) => ana.put(`/v1/me/blocks/${bo.id}`))
    expect(blocked).toEqual(closed)
  })
})
