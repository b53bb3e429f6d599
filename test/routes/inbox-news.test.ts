import { expect, it } from 'vitest'
import { updatesOf } from '../../src/inbox/relation-news'
import { openInbox } from '../fixtures/inbox'
import { registerCast } from '../fixtures/scenario'
import { createUsers } from '../fixtures/users'

it('friend requests, friendships and their end are told to both, with what each is to the other', async () => {
  const [ana, bo] = await createUsers('Ana', 'Bo')
  const [hers, his] = [await openInbox(ana.token), await openInbox(bo.token)]
  await ana.put(`/v1/me/friend-requests/${bo.id}`)
  const requested = await his.update('friend.requested')
  expect(requested.user).toEqual((await bo.get(`/v1/users/${ana.id}`)).body)
  await hers.update('relation.changed', ({ user }) => user.relation?.request === 'out')
  await bo.put(`/v1/me/friends/${ana.id}`)
  for (const [inbox, other] of [
    [hers, bo],
    [his, ana],
  ] as const) {
    const { user } = await inbox.update('friend.accepted')
    expect(user).toMatchObject({ id: other.id, relation: { friend: true, request: 'none' } })
  }
  await ana.delete(`/v1/me/friends/${bo.id}`)
  await hers.update('friend.ended')
  await his.update('friend.ended')
})

it('followers are told; what is asked again is not told again', async () => {
  const [ana, bo] = await createUsers('Ana', 'Bo')
  const his = await openInbox(bo.token)
  for (let i = 0; i < 3; i += 1) await ana.put(`/v1/me/following/${bo.id}`)
  await ana.put(`/v1/me/friend-requests/${bo.id}`)
  await his.update('friend.requested')
  expect(his.of('followed')).toHaveLength(1)
  await ana.delete(`/v1/me/following/${bo.id}`)
  await his.update('relation.changed', ({ user }) => user.relation?.followedBy === false)
})

it('a block is told to one’s own devices, and to nobody else', async () => {
  const [ana, bo] = await createUsers('Ana', 'Bo')
  const [hers, his] = [await openInbox(ana.token), await openInbox(bo.token)]
  await ana.put(`/v1/me/blocks/${bo.id}`)
  expect(await hers.update('blocks')).toEqual({ type: 'blocks', blocks: [bo.id] })
  // Whoever is blocked may ask and follow, and reaches nobody.
  await bo.put(`/v1/me/friend-requests/${ana.id}`)
  await bo.put(`/v1/me/following/${ana.id}`)
  await his.update('relation.changed', ({ user }) => user.relation?.following === true)
  await ana.delete(`/v1/me/blocks/${bo.id}`)
  await hers.update('blocks', ({ blocks }) => blocks.length === 0)
  expect(hers.updates.filter(({ type }) => /friend|follow/.test(type))).toEqual([])
  expect(JSON.stringify(his.updates)).not.toContain('"blocked":true')
})

it('that somebody may not be messaged any more is told by no update: it may be a block', () => {
  const none = {
    friend: false,
    request: 'none',
    following: false,
    followedBy: false,
    blocked: false,
    canMessage: true,
  } as const
  const person = { id: 'a' } as never
  expect(updatesOf(none, { ...none, canMessage: false }, person)).toEqual([])
})

it('one’s account is told to every device: a new name, a role, a suspension', async () => {
  const { ana, mo } = await registerCast()
  const inbox = await openInbox(ana.token)
  const changed = await ana.patch('/v1/me', { displayName: 'Ana B.' })
  expect((await inbox.update('me.updated')).me).toEqual(changed.body)
  const until = new Date(Date.now() + 60_000).toISOString()
  await mo.put(`/v1/users/${ana.id}/suspension`, { until })
  await inbox.update('me.updated', ({ me }) => me.suspendedUntil === until)
  await mo.delete(`/v1/users/${ana.id}/suspension`)
  await inbox.update('me.updated', ({ me }) => me.suspendedUntil === null)
})
