import { runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import type { Message } from '../../src/schemas/messages'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import { createUser } from '../fixtures/users'

async function talk() {
  const room = await createScenario()
  const { body: message } = await room.bo.post(`${room.path}/messages`, newMessage('Tide is in'))
  const at = `${room.path}/messages/${message.seq}`
  const given = (emoji: string) => `${at}/reactions/${encodeURIComponent(emoji)}`
  return { ...room, message, at, given }
}

it('a reaction is counted for everybody and marked for the one who gave it', async () => {
  const { ana, bo, at, given } = await talk()
  expect((await ana.put(`${given('👍')}/@me`)).status).toBe(204)
  await bo.put(`${given('👍')}/@me`)
  await ana.put(`${given('❤️')}/@me`)
  expect((await bo.get(at)).body.reactions).toEqual([
    { emoji: '👍', count: 2, me: true },
    { emoji: '❤️', count: 1, me: false },
  ])
  await ana.delete(`${given('👍')}/@me`)
  await bo.delete(`${given('👍')}/@me`)
  expect((await bo.get(at)).body.reactions).toEqual([{ emoji: '❤️', count: 1, me: false }])
})

it("what is one's own is marked on a page of few reactions, of very many, and in messages from anywhere", async () => {
  const { ana, bo, path, stub, message, given } = await talk()
  await bo.put(`${given('👍')}/@me`)
  const { body: later } = await bo.post(`${path}/messages`, newMessage('Tide is out'))
  await ana.put(`${path}/messages/${later.seq}/reactions/${encodeURIComponent('🎉')}/@me`)
  const marked = async (where: string) =>
    (await ana.get(`${path}${where}`)).body.items.map((item: { message?: Message } & Message) =>
      (item.message ?? item).reactions.map(({ emoji, me }) => [emoji, me]),
    )
  const both = [[['🎉', true]], [['👍', false]]]
  expect(await marked('/messages')).toEqual(both)
  await bo.post(`${path}/messages`, newMessage('between and around'))
  expect(await marked('/search?q=tide')).toEqual(both)
  await ana.put(`${given('👍')}/@me`)
  await runInDurableObject(stub, (_room, { storage: { sql } }) => {
    const emoji = JSON.stringify([['👍', 1002]])
    sql.exec('update messages set reactions = ? where seq = ?', emoji, message.seq)
  })
  expect(await marked('/messages?limit=3')).toEqual([[], [['🎉', true]], [['👍', true]]])
})

it('giving and taking back again changes nothing', async () => {
  const { ana, path, message, given } = await talk()
  for (const _ of [1, 2]) await ana.put(`${given('👍')}/@me`)
  expect((await ana.get(path)).body.seq).toBe(message.seq + 1)
  for (const _ of [1, 2]) await ana.delete(`${given('👍')}/@me`)
  expect((await ana.get(path)).body.seq).toBe(message.seq + 2)
})

it('an emoji is one by Unicode, whatever its variation selectors; text and names are none', async () => {
  const { ana, at, given } = await talk()
  for (const emoji of ['👍🏽', '🇵🇹', '1️⃣', '👨‍👩‍👧‍👦', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏃🏽‍♂️', '☝🏽', '❤️‍🔥']) {
    expect((await ana.put(`${given(emoji)}/@me`)).status).toBe(204)
    await ana.delete(`${given(emoji)}/@me`)
  }
  for (const heart of ['❤', '❤️', '❤️️']) await ana.put(`${given(heart)}/@me`)
  expect((await ana.get(at)).body.reactions).toEqual([{ emoji: '❤️', count: 1, me: true }])
  for (const text of ['a', '1', ':+1:', '👍👍', '👍a', '🇵', '🏽x', '❤\u200d', '\ufe0f']) {
    expect((await ana.put(`${given(text)}/@me`)).body.code).toBe('invalid')
  }
})

it('a message takes twenty kinds', async () => {
  const { ana, bo, given } = await talk()
  const kinds = Array.from({ length: 21 }, (_, i) => String.fromCodePoint(0x1f600 + i))
  for (const emoji of kinds.slice(0, 20)) await ana.put(`${given(emoji)}/@me`)
  expect((await ana.put(`${given(kinds[20] as string)}/@me`)).body.code).toBe('too_many')
  expect((await bo.put(`${given(kinds[0] as string)}/@me`)).status).toBe(204)
})

it('who gave an emoji is listed page by page', async () => {
  const { ana, bo, cy, path, given } = await talk()
  await cy.put(`${path}/members/@me`)
  for (const person of [ana, bo, cy]) await person.put(`${given('🎉')}/@me`)
  const first = await ana.get(`${given('🎉')}?limit=2`)
  const rest = await ana.get(`${given('🎉')}?limit=2&cursor=${first.body.nextCursor}`)
  const ids = [...first.body.items, ...rest.body.items].map(({ id }: { id: string }) => id)
  expect(ids).toEqual([ana.id, bo.id, cy.id].sort())
  expect(rest.body.nextCursor).toBeNull()
})

it('a stranger joins an open room by reacting, over HTTP and the socket, as by posting', async () => {
  const { ana, cy, room, path, message, given } = await talk()
  const di = await createUser('Di')
  const member = await connect(ana.token, room.id)
  expect((await cy.delete(`${given('👍')}/@me`)).status).toBe(204)
  expect((await cy.get(path)).body.me).toBeNull()
  expect((await cy.put(`${given('👍')}/@me`)).status).toBe(204)
  expect((await cy.get(path)).body).toMatchObject({ memberCount: 3, me: { role: 'member' } })
  const reacted = await member.event(message.seq + 2)
  expect(member.events.slice(-2)).toMatchObject([
    { type: 'member.joined', by: cy.id },
    { type: 'reaction.added', userId: cy.id, seq: reacted.seq },
  ])
  const stranger = await connect(di.token, room.id)
  stranger.send({ do: 'reaction.add', ref: 1, seq: message.seq, emoji: '👍' })
  expect(await stranger.answer(1)).toMatchObject({ seq: message.seq + 4 })
  expect((await di.get(path)).body.me.role).toBe('member')
})

it('nobody who was removed comes back by reacting', async () => {
  const { ana, bo, path, given } = await talk()
  await ana.delete(`${path}/members/${bo.id}`)
  expect((await bo.put(`${given('👍')}/@me`)).body.code).toBe('forbidden')
  expect((await ana.get(given('👍'))).body.items).toEqual([])
})

it('those who may not speak do not react, nor do strangers to a closed room', async () => {
  const { ana, bo, cy, path, given } = await talk()
  const code = async (person: typeof bo) => (await person.put(`${given('👍')}/@me`)).body?.code
  await ana.patch(path, { access: 'closed' })
  expect(await code(cy)).toBe('forbidden')
  await ana.patch(path, { access: 'open' })
  const mutedUntil = new Date(Date.now() + 3_600_000).toISOString()
  await ana.patch(`${path}/members/${bo.id}`, { mutedUntil })
  expect(await code(bo)).toBe('muted')
  await ana.patch(`${path}/members/${bo.id}`, { mutedUntil: null })
  await ana.patch(path, { frozen: true })
  expect(await code(bo)).toBe('frozen')
})

it('a deleted message loses its reactions and takes none', async () => {
  const { ana, bo, at, given } = await talk()
  await ana.put(`${given('👍')}/@me`)
  await bo.delete(at)
  expect((await ana.get(at)).body.reactions).toEqual([])
  expect((await ana.get(given('👍'))).body.items).toEqual([])
  expect((await ana.put(`${given('👍')}/@me`)).body.code).toBe('gone')
  expect((await ana.delete(`${given('👍')}/@me`)).status).toBe(204)
})

it('over the socket everybody is told the resulting counts, without whose they are', async () => {
  const { ana, bo, room, message } = await talk()
  const a = await connect(ana.token, room.id)
  const b = await connect(bo.token, room.id)
  a.send({ do: 'reaction.add', ref: 1, seq: message.seq, emoji: '❤' })
  expect(await a.answer(1)).toEqual({ ref: 1, seq: message.seq + 1 })
  const change = { messageSeq: message.seq, emoji: '❤️', userId: ana.id }
  const reactions = [{ emoji: '❤️', count: 1 }]
  expect(await b.event(message.seq + 1)).toMatchObject({
    type: 'reaction.added',
    ...change,
    count: 1,
    reactions,
  })
  a.send({ do: 'reaction.remove', ref: 2, seq: message.seq, emoji: '❤️' })
  await a.answer(2)
  expect(await b.event(message.seq + 2)).toMatchObject({
    type: 'reaction.removed',
    ...change,
    count: 0,
    reactions: [],
  })
})
