import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'

async function talk(count: number) {
  const room = await createScenario()
  const seqs: number[] = []
  while (seqs.length < count) {
    const { body } = await room.bo.post(`${room.path}/messages`, newMessage(`${seqs.length}`))
    seqs.push(body.seq)
  }
  const pin = (seq: number) => room.ana.put(`${room.path}/pins/${seq}`)
  return { ...room, seqs, first: seqs[0] as number, pin }
}

it('pins are listed by when they were pinned, last first, with who and when', async () => {
  const { ana, bo, path, seqs, pin } = await talk(3)
  const [one, two, three] = seqs as [number, number, number]
  for (const seq of [two, one, three]) expect((await pin(seq)).status).toBe(204)
  const first = await bo.get(`${path}/pins?limit=2`)
  const rest = await bo.get(`${path}/pins?limit=2&cursor=${first.body.nextCursor}`)
  const pins = [...first.body.items, ...rest.body.items]
  expect(pins.map(({ message }) => message.seq).sort()).toEqual(seqs)
  expect(pins[0].pinnedBy.id).toBe(ana.id)
  const times = pins.map(({ pinnedAt }) => pinnedAt)
  expect(times).toEqual(times.toSorted().reverse())
  expect(pins[0].message.pinned).toBe(true)
})

it('pinning and unpinning again changes nothing, and everybody is told once', async () => {
  const { ana, bo, room, path, first, pin } = await talk(1)
  const socket = await connect(bo.token, room.id)
  for (const _ of [1, 2]) await pin(first)
  expect(await socket.event(first + 1)).toMatchObject({
    type: 'message.pinned',
    messageSeq: first,
    pinned: true,
    by: ana.id,
  })
  for (const _ of [1, 2]) await ana.delete(`${path}/pins/${first}`)
  expect(await socket.event(first + 2)).toMatchObject({ type: 'message.unpinned', pinned: false })
  expect((await ana.get(path)).body.seq).toBe(first + 2)
})

it('members do not pin, moderators do', async () => {
  const { ana, bo, path, first, pin } = await talk(1)
  expect((await bo.put(`${path}/pins/${first}`)).body.code).toBe('forbidden')
  await ana.patch(`${path}/members/${bo.id}`, { role: 'moderator' })
  expect((await bo.put(`${path}/pins/${first}`)).status).toBe(204)
  expect((await pin(99)).body.code).toBe('not_found')
})

it('in a direct room both may pin', async () => {
  const { ana, bo } = await createScenario()
  await ana.put(`/v1/me/following/${bo.id}`)
  await bo.put(`/v1/me/following/${ana.id}`)
  const { body: room } = await ana.post(`/v1/direct/${bo.id}`)
  const path = `/v1/rooms/${room.id}`
  const { body: message } = await ana.post(`${path}/messages`, newMessage('between us'))
  expect((await bo.put(`${path}/pins/${message.seq}`)).status).toBe(204)
})

it('a deleted message loses its pin and takes none', async () => {
  const { bo, path, first, pin } = await talk(1)
  await pin(first)
  await bo.delete(`${path}/messages/${first}`)
  expect((await bo.get(`${path}/pins`)).body.items).toEqual([])
  expect((await bo.get(`${path}/messages/${first}`)).body.pinned).toBe(false)
  expect((await pin(first)).body.code).toBe('gone')
})

it('a room has 250 pins', async () => {
  const { ana, bo, room, path } = await createScenario()
  const stub = env.ROOMS.get(env.ROOMS.idFromName(room.id))
  for (let i = 0; i < 251; i += 1) {
    await stub.postMessage({ userId: bo.id }, { nonce: `${i}`, text: `${i}` })
    if (i < 250) await stub.pinMessage({ userId: ana.id }, i + 3 + i)
  }
  expect((await ana.get(`${path}/pins?limit=100`)).body.items.length).toBe(100)
  expect((await ana.put(`${path}/pins/503`)).body.code).toBe('too_many')
})
