import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { stopClock } from '../fixtures/clock'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import { createUser, type User } from '../fixtures/users'

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()

/** ana owns, mod moderates, bo is a member, cy an outsider. */
async function staffed(settings: Record<string, unknown> = {}) {
  const room = await createScenario()
  const mod = await createUser('Mod')
  await mod.put(`${room.path}/members/@me`)
  await room.ana.patch(`${room.path}/members/${mod.id}`, { role: 'moderator' })
  if (Object.keys(settings).length > 0) await room.ana.patch(room.path, settings)
  return { ...room, mod }
}

const promote = (who: User, role: string) =>
  env.DB.prepare('update users set role = ? where id = ?').bind(role, who.id).run()

it('members act only on lower roles and grant no role above their own', async () => {
  const { ana, bo, mod, path } = await staffed()
  const change = (by: User, on: User, patch: unknown) => by.patch(`${path}/members/${on.id}`, patch)
  expect((await change(bo, mod, { role: 'member' })).body.code).toBe('forbidden')
  expect((await change(mod, bo, { role: 'moderator' })).body.code).toBe('forbidden')
  expect((await mod.delete(`${path}/members/${ana.id}`)).body.code).toBe('forbidden')
  expect((await change(ana, bo, { role: 'admin' })).body.role).toBe('admin')
  expect((await change(bo, mod, { role: 'admin' })).body.role).toBe('admin')
  expect((await change(mod, bo, { role: 'member' })).body.code).toBe('forbidden')
  expect((await change(bo, bo, { role: 'owner' })).body.code).toBe('forbidden')
  expect((await change(ana, ana, { role: 'member' })).body.code).toBe('last_owner')
  expect((await change(ana, bo, { role: 'owner' })).body.role).toBe('owner')
  expect((await change(ana, ana, { role: 'member' })).body.role).toBe('member')
  expect((await change(ana, bo, { role: 'member' })).body.code).toBe('forbidden')
})

it('a removed member receives nothing after it and comes back only by joining', async () => {
  const { ana, bo, mod, room, path } = await staffed()
  const socket = await connect(bo.token, room.id)
  expect((await mod.delete(`${path}/members/${bo.id}?reason=spam`)).status).toBe(204)
  expect(await socket.end()).toEqual({ code: 4403, reason: 'removed' })
  expect(socket.events.at(-1)).toMatchObject({
    type: 'member.removed',
    by: mod.id,
    reason: 'spam',
    member: { role: null },
    memberCount: 2,
  })
  expect((await bo.post(`${path}/messages`, newMessage('hm'))).body.code).toBe('forbidden')
  expect((await bo.put(`${path}/members/@me`)).body.me.role).toBe('member')
  expect((await bo.post(`${path}/messages`, newMessage('back'))).status).toBe(201)
  const log = await ana.get(`${path}/audit`)
  expect(log.body.items[0]).toMatchObject({
    action: 'member.removed',
    actor: { id: mod.id },
    target: { id: bo.id },
    reason: 'spam',
  })
  expect((await bo.get(`${path}/audit`)).body.code).toBe('forbidden')
})

it('a ban overrides every way to join, until it is lifted or expires', async () => {
  const { ana, bo, cy, mod, room, path } = await staffed()
  const socket = await connect(bo.token, room.id)
  expect((await mod.put(`${path}/bans/${bo.id}`, { reason: 'spam' })).status).toBe(204)
  expect(await socket.end()).toEqual({ code: 4403, reason: 'banned' })
  for (const refused of [
    await bo.get(path),
    await bo.get(`${path}/messages`),
    await bo.post(`${path}/messages`, newMessage('hm')),
    await bo.put(`${path}/members/@me`),
    await ana.put(`${path}/members/${bo.id}`),
  ]) {
    expect(refused.body.code).toBe('banned')
  }
  expect((await (await connect(bo.token, room.id)).end()).code).toBe(4403)
  const clock = stopClock()
  await mod.put(`${path}/bans/${cy.id}`, { expiresAt: inMs(150) })
  const { body: list } = await mod.get(`${path}/bans`)
  expect(list.items.map(({ user }: { user: { id: string } }) => user.id).sort()).toEqual(
    [bo.id, cy.id].sort(),
  )
  clock.advance(150)
  expect((await cy.get(path)).status).toBe(200)
  expect((await mod.delete(`${path}/bans/${bo.id}`)).status).toBe(204)
  expect((await bo.put(`${path}/members/@me`)).status).toBe(200)
})

it('a muted member reads and does not post, until the mute expires', async () => {
  const { bo, mod, room, path } = await staffed()
  const clock = stopClock()
  await mod.patch(`${path}/members/${bo.id}`, { mutedUntil: inMs(400) })
  expect((await bo.post(`${path}/messages`, newMessage('hm'))).body.code).toBe('muted')
  expect((await bo.get(path)).body.me.capabilities).not.toContain('message.post')
  const socket = await connect(bo.token, room.id)
  socket.send({ do: 'message.post', ref: 1, nonce: 'x', text: 'hm' })
  expect(await socket.answer(1)).toMatchObject({ problem: { code: 'muted' } })
  clock.advance(400)
  expect((await bo.post(`${path}/messages`, newMessage('again'))).status).toBe(201)
})

it('a mute says when one may post again, in the room, in ready and in the problem', async () => {
  const { bo, mod, room, path } = await staffed()
  stopClock()
  const until = inMs(60_000)
  expect((await bo.get(path)).body.me.nextPostAt).toBeNull()
  await mod.patch(`${path}/members/${bo.id}`, { mutedUntil: until })
  expect((await bo.get(path)).body.me.nextPostAt).toBe(until)
  const refused = await bo.post(`${path}/messages`, newMessage('hm'))
  expect([refused.body.code, refused.body.nextPostAt]).toEqual(['muted', until])
  const socket = await connect(bo.token, room.id)
  expect(socket.ready?.me).toMatchObject({ role: 'member', nextPostAt: until, mutedUntil: until })
  socket.send({ do: 'message.post', ref: 1, nonce: 'x', text: 'hm' })
  expect(await socket.answer(1)).toMatchObject({ problem: { code: 'muted', nextPostAt: until } })
})

it('slow mode says when one may post again, and whom it spares', async () => {
  const { bo, cy, mod, room, path } = await staffed({ slowModeSeconds: 30 })
  stopClock()
  expect((await bo.get(path)).body.me.nextPostAt).toBeNull()
  await bo.post(`${path}/messages`, newMessage('one'))
  const until = inMs(30_000)
  expect((await bo.get(path)).body.me.nextPostAt).toBe(until)
  expect((await bo.post(`${path}/messages`, newMessage('two'))).body.nextPostAt).toBe(until)
  await mod.post(`${path}/messages`, newMessage('one'))
  expect((await mod.get(path)).body.me.nextPostAt).toBeNull()
  const stranger = await connect(cy.token, room.id)
  expect(stranger.ready?.me).toBeNull()
})

it('the end of a mute is an event, once, and not when it is lifted or made longer', async () => {
  const { bo, mod, room, path, stub } = await staffed()
  const clock = stopClock()
  const socket = await connect(bo.token, room.id)
  const mute = (mutedUntil: string | null) =>
    mod.patch(`${path}/members/${bo.id}`, { mutedUntil, reason: 'shouting' })
  await mute(inMs(60_000))
  await mute(inMs(120_000))
  const { seq } = (await bo.get(path)).body
  clock.advance(60_000)
  await runDurableObjectAlarm(stub)
  expect((await bo.get(path)).body.seq).toBe(seq)
  clock.advance(60_000)
  await evictDurableObject(stub)
  await runDurableObjectAlarm(stub)
  expect(await socket.event(seq + 1)).toMatchObject({
    type: 'member.changed',
    by: bo.id,
    member: { user: { id: bo.id }, mutedUntil: null },
    reason: 'The mute has ended.',
  })
  await runDurableObjectAlarm(stub)
  await mute(inMs(60_000))
  await mute(null)
  clock.advance(60_000)
  await runDurableObjectAlarm(stub)
  expect((await bo.get(path)).body.seq).toBe(seq + 3)
  const { body: log } = await mod.get(`${path}/audit`)
  expect(log.items.some(({ reason }: { reason: string }) => /ended/.test(reason))).toBe(false)
})

it('nothing ends before it began: neither a ban, nor a mute, nor an invite', async () => {
  const { ana, bo, path } = await staffed()
  stopClock()
  for (const past of [inMs(0), inMs(-1), '2020-01-01T00:00:00Z']) {
    for (const [refused, field] of [
      [await ana.put(`${path}/bans/${bo.id}`, { expiresAt: past }), 'expiresAt'],
      [await ana.patch(`${path}/members/${bo.id}`, { mutedUntil: past }), 'mutedUntil'],
      [await ana.post(`${path}/invites`, { expiresAt: past }), 'expiresAt'],
    ] as const) {
      expect([refused.status, refused.body.errors[0].path]).toEqual([400, field])
    }
  }
  expect((await ana.get(`${path}/bans`)).body.items).toEqual([])
  expect((await ana.get(`${path}/invites`)).body.items).toEqual([])
})

it('slow mode is exact, answers with a Retry-After, and spares moderators', async () => {
  const { bo, mod, path } = await staffed({ slowModeSeconds: 2 })
  const clock = stopClock()
  const first = await bo.post(`${path}/messages`, { nonce: 'first', text: 'one' })
  const second = await bo.post(`${path}/messages`, newMessage('two'))
  expect([second.status, second.body.code]).toEqual([429, 'slow_mode'])
  expect(second.headers.get('Retry-After')).toBe('2')
  const repeat = await bo.post(`${path}/messages`, { nonce: 'first', text: 'one' })
  expect([repeat.status, repeat.body.seq]).toEqual([200, first.body.seq])
  await mod.post(`${path}/messages`, newMessage('one'))
  expect((await mod.post(`${path}/messages`, newMessage('two'))).status).toBe(201)
  clock.advance(1999)
  expect((await bo.post(`${path}/messages`, newMessage('two'))).body.code).toBe('slow_mode')
  clock.advance(1)
  expect((await bo.post(`${path}/messages`, newMessage('two'))).status).toBe(201)
})

it('in slow mode the post by which someone joins counts too', async () => {
  const { cy, path } = await staffed({ slowModeSeconds: 60 })
  expect((await cy.post(`${path}/messages`, newMessage('hello'))).status).toBe(201)
  expect((await cy.post(`${path}/messages`, newMessage('me again'))).body.code).toBe('slow_mode')
})

it('a frozen room can be read; its admins still write', async () => {
  const { ana, bo, mod, path } = await staffed()
  expect((await mod.patch(path, { frozen: true })).body.code).toBe('forbidden')
  expect((await ana.patch(path, { frozen: true })).body.frozen).toBe(true)
  expect((await bo.post(`${path}/messages`, newMessage('hm'))).body.code).toBe('frozen')
  expect((await ana.post(`${path}/messages`, newMessage('order'))).status).toBe(201)
  const { body } = await bo.get(`${path}/events?after=0`)
  expect(body.items.map(({ type }: { type: string }) => type)).toContain('room.frozen')
  await ana.patch(path, { frozen: false })
  expect((await bo.post(`${path}/messages`, newMessage('thanks'))).status).toBe(201)
})

it('moderators delete messages of lower roles, one by one or by author and time', async () => {
  const { ana, bo, mod, path } = await staffed()
  const clock = stopClock()
  const { body: one } = await bo.post(`${path}/messages`, newMessage('one'))
  const { body: hers } = await ana.post(`${path}/messages`, newMessage('hers'))
  expect((await mod.delete(`${path}/messages/${hers.seq}`)).body.code).toBe('forbidden')
  expect((await mod.delete(`${path}/messages/${one.seq}?reason=rude`)).status).toBe(204)
  clock.advance(5)
  const since = new Date().toISOString()
  for (const text of ['two', 'three']) await bo.post(`${path}/messages`, newMessage(text))
  clock.advance(5)
  const until = new Date().toISOString()
  await bo.post(`${path}/messages`, newMessage('four'))
  const query = `authorId=${bo.id}&since=${since}&until=${until}`
  expect((await bo.delete(`${path}/messages?${query}`)).body.code).toBe('forbidden')
  expect((await mod.delete(`${path}/messages?${query}`)).status).toBe(204)
  const { body } = await ana.get(`${path}/messages`)
  expect(body.items.map(({ text }: { text: string }) => text)).toEqual([
    'four',
    null,
    null,
    'hers',
    null,
  ])
  const { body: log } = await mod.get(`${path}/audit?limit=2`)
  expect(log.items.map(({ action }: { action: string }) => action)).toEqual([
    'messages.erased',
    'message.deleted',
  ])
  expect((await mod.get(`${path}/audit?cursor=${log.nextCursor}`)).body.nextCursor).toBeNull()
})

it('site moderators moderate only listed rooms', async () => {
  const { ana, bo, room, path } = await createScenario()
  const mo = await createUser('Mo')
  await promote(mo, 'moderator')
  const { body: message } = await bo.post(`${path}/messages`, newMessage('rude'))
  expect((await mo.delete(`${path}/messages/${message.seq}?reason=rude`)).status).toBe(204)
  expect((await mo.put(`${path}/bans/${bo.id}`, { reason: 'rude' })).status).toBe(204)
  expect((await mo.patch(path, { name: 'Mine' })).body.code).toBe('forbidden')
  expect((await ana.get(`${path}/audit`)).body.items[0].actor.id).toBe(mo.id)
  await ana.patch(path, { listed: false, access: 'closed' })
  expect((await mo.get(`/v1/rooms/${room.id}/messages`)).status).toBe(404)
  expect((await mo.put(`${path}/bans/${ana.id}`, {})).status).toBe(404)
})
