import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import type { Profile } from '../../src/directory/profiles'
import type { Snapshot } from '../../src/schemas/events'
import { eventually } from '../fixtures/eventually'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import type { User } from '../fixtures/users'
import { apply } from './replica'

const gone = (person: User, erased: boolean): Profile => ({
  id: person.id,
  username: null,
  displayName: 'deleted user',
  avatar: null,
  version: 2,
  suspendedUntil: null,
  deleted: true,
  erased,
})

it('messages of an erased account read as tombstones at once and are purged from every table', async () => {
  const { ana, bo, room, path, stub, seq } = await createScenario()
  const socket = await connect(ana.token, room.id)
  for (let i = 0; i < 1200; i += 1) {
    await stub.postMessage({ userId: bo.id }, { nonce: `${i}`, text: `whisper ${i}` })
  }
  await bo.patch(`${path}/messages/${seq + 1}`, { text: 'whisper again' })
  await ana.post(`${path}/messages`, newMessage('mine stays'))
  const before: Snapshot = {
    seq: (await ana.get(path)).body.seq,
    room: (({ me: _, ...shared }) => shared)((await ana.get(path)).body),
    messages: (await ana.get(`${path}/messages`)).body.items,
  }
  await stub.applyProfile(gone(bo, true))
  const read = await ana.get(`${path}/messages`)
  expect(JSON.stringify(read.body)).not.toContain('whisper')
  expect(read.body.items[0]).toMatchObject({ text: 'mine stays' })
  expect(read.body.items[1]).toMatchObject({ text: null, author: { displayName: 'deleted user' } })
  expect((await ana.get(`${path}/messages/${seq + 1}/versions`)).body.items).toEqual([])
  const { body: log } = await ana.get(`${path}/events?after=${before.seq}`)
  expect(log.items.map(({ type }: { type: string }) => type)).toEqual([
    'member.left',
    'messages.erased',
  ])
  const after = log.items.reduce(apply, before)
  expect(after.messages).toEqual(read.body.items)
  expect(after.room).toEqual((({ me: _, ...shared }) => shared)((await ana.get(path)).body))
  await socket.event(before.seq + 2)
  await eventually(async () => {
    await runDurableObjectAlarm(stub)
    const left = await runInDurableObject(stub, (_room, { storage: { sql } }) => [
      ...sql.exec(`select seq from messages where text like 'whisper%'`).toArray(),
      ...sql.exec('select message_seq from versions').toArray(),
      ...sql.exec('select author_id from erasures').toArray(),
      ...sql.exec(`select kind from jobs where kind = 'purge'`).toArray(),
    ])
    expect(left).toEqual([])
  })
  expect((await ana.get(`${path}/messages`)).body.items).toEqual(read.body.items)
})

it('a deleted account that keeps its messages loses only its name', async () => {
  const { ana, bo, path, stub } = await createScenario()
  await bo.post(`${path}/messages`, newMessage('still here'))
  await stub.applyProfile(gone(bo, false))
  const { body } = await ana.get(`${path}/messages`)
  expect(body.items[0]).toMatchObject({
    text: 'still here',
    author: { id: bo.id, username: null, displayName: 'deleted user' },
  })
})

it('when the last owner deletes the account, the longest-standing member becomes owner', async () => {
  const { ana, bo, cy, path, stub } = await createScenario()
  await cy.put(`${path}/members/@me`)
  await stub.applyProfile(gone(ana, false))
  expect((await bo.get(path)).body).toMatchObject({ memberCount: 2, me: { role: 'owner' } })
  expect((await cy.get(path)).body.me.role).toBe('member')
})

it('a room whose last member deletes the account is deleted', async () => {
  const { ana, bo, path, stub } = await createScenario()
  await bo.delete(`${path}/members/@me`)
  await stub.applyProfile(gone(ana, false))
  expect((await bo.get(path)).status).toBe(404)
})

it('a late or repeated profile changes nothing', async () => {
  const { bo, path, stub } = await createScenario()
  const news = { ...gone(bo, false), username: 'bobo', displayName: 'Bobo', deleted: false }
  await stub.applyProfile({ ...news, version: 3 })
  const { body } = await bo.get(path)
  await stub.applyProfile({ ...news, version: 3 })
  await stub.applyProfile({ ...news, version: 2, displayName: 'Older' })
  expect((await bo.get(path)).body.seq).toBe(body.seq)
  await bo.post(`${path}/messages`, newMessage('hi'))
  expect((await bo.get(`${path}/messages`)).body.items[0].author.displayName).toBe('Bobo')
})

it('reactions and pins of deleted messages go at once, and then from storage', async () => {
  const { ana, bo, path, stub } = await createScenario()
  const { body: message } = await bo.post(`${path}/messages`, newMessage('look at me'))
  const given = `${path}/messages/${message.seq}/reactions/%F0%9F%91%8D`
  await ana.put(`${given}/@me`)
  await ana.put(`${path}/pins/${message.seq}`)
  await ana.delete(`${path}/messages?authorId=${bo.id}`)
  const shown = { text: null, reactions: [], pinned: false }
  expect((await ana.get(`${path}/messages/${message.seq}`)).body).toMatchObject(shown)
  expect((await ana.get(given)).body.items).toEqual([])
  expect((await ana.get(`${path}/pins`)).body.items).toEqual([])
  expect((await ana.put(`${given}/@me`)).body.code).toBe('gone')
  await eventually(async () => {
    await runDurableObjectAlarm(stub)
    const left = await runInDurableObject(stub, (_room, { storage: { sql } }) => [
      ...sql.exec('select emoji from reactions').toArray(),
      ...sql
        .exec('select seq from messages where reactions is not null or pinned_at > 0')
        .toArray(),
      ...sql.exec('select author_id from erasures').toArray(),
    ])
    expect(left).toEqual([])
  })
  expect((await ana.get(`${path}/messages/${message.seq}`)).body).toMatchObject(shown)
})
