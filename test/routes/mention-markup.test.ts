import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { mentionedIn, previewOf } from '../../src/schemas/mention-markup'
import { uploadPicture } from '../fixtures/media'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import type { User } from '../fixtures/users'

const unread = async (person: User, path: string) => (await person.get(path)).body.me.unreadMentions
let count = 0
const nonce = () => `markup ${count++}`

describe('the markup', () => {
  it.each([
    ['hi <@ana>', ['ana']],
    ['<@ana><@bo-2_x> <@ana>', ['ana', 'bo-2_x']],
    ['\\<@ana>', []],
    ['\\\\<@ana>', ['ana']],
    ['\\\\\\<@ana> <@bo>', ['bo']],
    ['<@> <@a b> <@ana <ana> @ana', []],
    [`<@${'x'.repeat(64)}> <@${'y'.repeat(65)}>`, ['x'.repeat(64)]],
  ])('of %j mentions %j', (text, userIds) => {
    expect(mentionedIn(text)).toEqual(userIds)
  })

  it('is not cut by the end of a preview', () => {
    const before = 'x'.repeat(130)
    expect(previewOf(`${before}<@0123456789>`)).toBe(before)
    expect(previewOf(`${before}<@01234>yz`)).toBe(`${before}<@01234>yz`)
    expect(previewOf(`${'🌊'.repeat(141)}`)).toBe('🌊'.repeat(140))
  })
})

it('a text mentions those in it, beside those that are named, once each and never the author', async () => {
  const { ana, bo, cy, path } = await createScenario()
  await cy.put(`${path}/members/@me`)
  const text = `<@${bo.id}> and \\<@${cy.id}> and <@${ana.id}>`
  const { body } = await ana.post(`${path}/messages`, { nonce: nonce(), text })
  expect(body).toMatchObject({ text, mentions: [bo.id] })
  expect(body).not.toHaveProperty('droppedMentions')
  expect([await unread(bo, path), await unread(cy, path)]).toEqual([1, 0])
  const both = await ana.post(`${path}/messages`, {
    nonce: nonce(),
    text: `<@${bo.id}>`,
    mentions: [cy.id, bo.id],
  })
  expect(both.body.mentions).toEqual([cy.id, bo.id])
})

it('the bound counts those in the text and those named together', async () => {
  const { ana, bo, path } = await createScenario()
  const text = Array.from({ length: 25 }, (_, i) => `<@u${i}>`).join('')
  const { status, body } = await ana.post(`${path}/messages`, {
    nonce: nonce(),
    text,
    mentions: [bo.id],
  })
  expect([status, body.errors[0].path]).toEqual([400, 'mentions'])
})

it('whoever just left is not mentioned, and every answer to the post says so', async () => {
  const { ana, bo, cy, room, path, stub } = await createScenario()
  await cy.put(`${path}/members/@me`)
  await bo.delete(`${path}/members/@me`)
  const post = { nonce: nonce(), text: `<@nobody> <@${cy.id}>`, mentions: [bo.id] }
  const first = await ana.post(`${path}/messages`, post)
  expect([first.status, first.body.mentions]).toEqual([201, [cy.id]])
  expect(first.body.droppedMentions).toEqual([bo.id, 'nobody'])
  await bo.put(`${path}/members/@me`)
  await evictDurableObject(stub)
  const again = await ana.post(`${path}/messages`, post)
  expect([again.status, again.body]).toEqual([200, first.body])
  const socket = await connect(ana.token, room.id)
  socket.send({ do: 'message.post', ref: 1, ...post })
  expect(await socket.answer(1)).toEqual({
    ref: 1,
    seq: first.body.seq,
    droppedMentions: [bo.id, 'nobody'],
  })
  const { body } = await ana.post(`${path}/batch`, { steps: [{ do: 'message.post', ...post }] })
  expect(body.results).toEqual([{ seq: first.body.seq, droppedMentions: [bo.id, 'nobody'] }])
  expect((await ana.get(`${path}/messages/${first.body.seq}`)).body).not.toHaveProperty(
    'droppedMentions',
  )
})

describe('an edit', () => {
  async function posted() {
    const room = await createScenario()
    await room.cy.put(`${room.path}/members/@me`)
    const { body } = await room.ana.post(`${room.path}/messages`, {
      nonce: nonce(),
      text: 'look',
      mentions: [room.bo.id],
    })
    const at = `${room.path}/messages/${body.seq}`
    const listed = async (person: User, seq: number) => {
      const { body: list } = await person.get(`/v1/me/rooms?seen=${room.room.id}:${seq}`)
      const { body: mine } = await person.get('/v1/me/mentions')
      return [list.items[0].me.unreadMentions, mine.items.length]
    }
    return { ...room, at, message: body, listed }
  }

  it('changes whom a message mentions: in the message, in counts and in lists', async () => {
    const { ana, bo, cy, room, path, at, listed, message, stub } = await posted()
    expect(await listed(bo, message.seq)).toEqual([1, 1])
    const socket = await connect(bo.token, room.id)
    const edited = await ana.patch(at, { text: 'look', mentions: [cy.id] })
    expect(edited.body).toMatchObject({ text: 'look', mentions: [cy.id] })
    expect(await socket.event(message.seq + 1)).toMatchObject({
      type: 'message.edited',
      message: { mentions: [cy.id] },
    })
    await evictDurableObject(stub)
    expect([await unread(bo, path), await unread(cy, path)]).toEqual([0, 1])
    expect(await listed(bo, message.seq + 1)).toEqual([0, 0])
    expect(await listed(cy, message.seq + 1)).toEqual([1, 1])
    expect((await ana.get(`${at}/versions`)).body.items).toEqual([])
  })

  it('of the text alone keeps those named, and follows the markup', async () => {
    const { ana, bo, cy, at } = await posted()
    const edit = async (text: string) => (await ana.patch(at, { text })).body.mentions
    expect(await edit(`look <@${cy.id}>`)).toEqual([bo.id, cy.id])
    expect(await edit('look here')).toEqual([bo.id])
    expect((await ana.patch(at, { text: 'look', mentions: [] })).body.mentions).toEqual([])
  })

  it('keeps someone who has left since, and drops whom it would add', async () => {
    const { ana, bo, cy, at } = await posted()
    await bo.delete(`${at.split('/messages')[0]}/members/@me`)
    await cy.delete(`${at.split('/messages')[0]}/members/@me`)
    const { body } = await ana.patch(at, { text: `look <@${cy.id}>` })
    expect(body).toMatchObject({ mentions: [bo.id], droppedMentions: [cy.id] })
  })

  it('does so over a socket and in a batch, too', async () => {
    const { ana, bo, cy, room, path, message } = await posted()
    const socket = await connect(ana.token, room.id)
    const step = { seq: message.seq, text: 'look', mentions: [cy.id] }
    socket.send({ do: 'message.edit', ref: 1, ...step })
    expect(await socket.answer(1)).toEqual({ ref: 1, seq: message.seq + 1 })
    await cy.delete(`${path}/members/@me`)
    const text = `<@${bo.id}> <@${cy.id}>`
    const { body } = await ana.post(`${path}/batch`, {
      steps: [{ do: 'message.edit', seq: message.seq, text, mentions: [] }],
    })
    expect(body.results).toEqual([{ seq: message.seq + 3 }])
    expect((await ana.get(`${path}/messages/${message.seq}`)).body.mentions).toEqual([bo.id, cy.id])
  })

  it('may leave no text where there is an attachment, and only there', async () => {
    const { ana, room, path, at } = await posted()
    const refused = await ana.patch(at, { text: '  ' })
    expect([refused.status, refused.body.errors[0].path]).toEqual([400, 'text'])
    const { body } = await ana.post(`${path}/messages`, {
      nonce: nonce(),
      text: 'caption',
      attachments: [await uploadPicture(ana, room.id)],
    })
    const bare = await ana.patch(`${path}/messages/${body.seq}`, { text: '' })
    expect([bare.status, bare.body.text, bare.body.attachments.length]).toEqual([200, '', 1])
  })
})
