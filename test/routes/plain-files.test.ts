import { runDurableObjectAlarm } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { download, png, storedKeys, upload } from '../fixtures/media'
import { befriend } from '../fixtures/relations'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import { mediaPath, tusClient } from '../fixtures/tus'

const zip = new Uint8Array([0x50, 0x4b, 3, 4, ...new Array(60).fill(0)])
const notes = new TextEncoder().encode('Tides: 8:12, 20:41')

it.each([
  ['an archive', zip, 'application/zip'],
  ['a text', notes, 'text/plain'],
  ['bytes of no said type', notes, 'application/octet-stream'],
])('a room takes %s only where its admins allow plain files', async (_, bytes, type) => {
  const { ana, bo, room, path, stub } = await createScenario()
  expect((await ana.get(path)).body.plainFiles).toBe(false)
  expect((await upload(bo, room.id, bytes, { type })).code).toBe('unsupported_type')
  await runDurableObjectAlarm(stub)
  expect(await storedKeys(room.id)).toEqual([])
  expect((await bo.patch(path, { plainFiles: true })).body.code).toBe('forbidden')
  const socket = await connect(bo.token, room.id)
  const { seq } = (await ana.patch(path, { plainFiles: true })).body
  expect(await socket.event(seq)).toMatchObject({
    type: 'room.changed',
    room: { plainFiles: true },
  })
  expect((await upload(bo, room.id, bytes, { type, name: 'a.txt' })).media).toMatchObject({
    kind: 'file',
    type: 'application/octet-stream',
  })
  const { items } = (await bo.get(`/v1/me/rooms?seen=${room.id}:${seq}`)).body
  expect(items[0].plainFiles).toBe(true)
})

it('by tus a plain file is refused before its bytes where it says what it is, and after them where not', async () => {
  const { ana, bo, room, path, stub } = await createScenario()
  const { create, patch, head } = tusClient(bo, room.id)
  expect((await create(notes.length, 'text/plain')).code).toBe('unsupported_type')
  const silent = await create(notes.length, 'application/octet-stream')
  expect((await patch(silent.path, 0, notes)).code).toBe('unsupported_type')
  expect((await head(silent.path)).status).toBe(404)
  const picture = await create(png.length, 'application/octet-stream', png)
  expect(picture.offset).toBe(png.length)
  await runDurableObjectAlarm(stub)
  expect(await storedKeys(room.id)).toHaveLength(1)
  await ana.patch(path, { plainFiles: true })
  const begun = await create(notes.length, 'text/plain', notes)
  expect((await download(bo.token, mediaPath(begun.path))).bytes).toEqual(notes)
})

it('two people send each other what they like', async () => {
  const { ana, bo } = await createScenario()
  await befriend(ana, bo)
  const { body: room } = await ana.post(`/v1/direct/${bo.id}`)
  expect(room.plainFiles).toBe(true)
  expect((await upload(ana, room.id, notes, { type: 'text/plain' })).status).toBe(201)
})
