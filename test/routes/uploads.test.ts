import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, it, vi } from 'vitest'
import { PART_BYTES } from '../../src/media/multipart'
import { stopClock } from '../fixtures/clock'
import { eventually } from '../fixtures/eventually'
import { download, png, storedKeys } from '../fixtures/media'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { mediaPath, tusClient } from '../fixtures/tus'

afterEach(() => {
  vi.restoreAllMocks()
})

const text = (content: string) => new TextEncoder().encode(content)

/** A picture with noise behind it. */
function large(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 1) bytes[at] = (at * 31 + (at >> 8)) & 255
  bytes.set(png)
  return bytes
}

/** Makes one call of R2 fail. */
function failing(method: 'put' | 'delete' | 'resumeMultipartUpload' | 'createMultipartUpload') {
  const prototype = Object.getPrototypeOf(env.MEDIA) as Record<typeof method, () => unknown>
  return vi.spyOn(prototype, method).mockImplementationOnce(() => {
    throw new Error('R2 is down.')
  })
}

it('a picture in three pieces becomes media that can be attached', async () => {
  const { bo, room, path, stub } = await createScenario()
  const { create, patch, head } = tusClient(bo, room.id)
  const begun = await create(png.length)
  expect([begun.status, begun.offset]).toEqual([201, 0])
  expect(begun.headers.get('Upload-Expires')).toMatch(/GMT$/)
  expect((await patch(begun.path, 0, png.slice(0, 10))).offset).toBe(10)
  expect((await patch(begun.path, 10, png.slice(10, 11))).offset).toBe(11)
  await evictDurableObject(stub)
  expect((await head(begun.path)).offset).toBe(11)
  const last = await patch(begun.path, 11, png.slice(11))
  expect([last.status, last.offset]).toEqual([204, png.length])
  const id = begun.path.split('/').at(-1) as string
  const { body } = await bo.post(`${path}/messages`, { ...newMessage(''), attachments: [id] })
  expect(body.attachments).toMatchObject([{ type: 'image/png', name: 'dot.png', width: 1 }])
  expect((await download(bo.token, mediaPath(begun.path))).bytes).toEqual(png)
  expect((await head(begun.path)).offset).toBe(png.length)
  await runDurableObjectAlarm(stub)
  expect(await storedKeys(room.id)).toEqual([`rooms/${room.id}/${id}`])
})

it('creation takes the bytes along', async () => {
  const { bo, room } = await createScenario()
  const { create } = tusClient(bo, room.id)
  const begun = await create(png.length, 'image/png', png)
  expect([begun.status, begun.offset]).toEqual([201, png.length])
  expect((await download(bo.token, mediaPath(begun.path))).bytes).toEqual(png)
})

it('twelve megabytes in odd pieces are cut into equal parts and are what they were', async () => {
  const { bo, room, stub } = await createScenario()
  const bytes = large(12_345_678)
  const { create, patch, head } = tusClient(bo, room.id)
  const { path } = await create(bytes.length)
  let offset = 0
  for (const size of [1, 4_999_999, 777_777, PART_BYTES, 99_999, 2_000_000]) {
    const end = Math.min(offset + size, bytes.length)
    expect((await patch(path, offset, bytes.slice(offset, end))).offset).toBe(end)
    offset = end
  }
  await abortAllDurableObjects()
  expect((await head(path)).offset).toBe(bytes.length)
  expect((await download(bo.token, mediaPath(path))).bytes).toEqual(bytes)
  await eventually(async () => {
    await runDurableObjectAlarm(stub)
    expect(await storedKeys(room.id)).toHaveLength(1)
  })
})

it('at another offset it is a conflict, and nothing changes', async () => {
  const { bo, room } = await createScenario()
  const { create, patch, head } = tusClient(bo, room.id)
  const { path } = await create(png.length)
  await patch(path, 0, png.slice(0, 10))
  expect((await patch(path, 0, png.slice(0, 10))).status).toBe(409)
  expect((await patch(path, 20, png.slice(20))).status).toBe(409)
  expect((await head(path)).offset).toBe(10)
})

it.each(['put', 'createMultipartUpload', 'resumeMultipartUpload'] as const)(
  'when R2 fails at %s, the offset is where the stored bytes end, and the rest can follow',
  async (method) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const { bo, room } = await createScenario()
    const bytes = large(PART_BYTES + 500_000)
    const { create, patch, head } = tusClient(bo, room.id)
    const { path } = await create(bytes.length)
    const r2 = failing(method)
    let offset = 0
    for (let tries = 0; tries < 6 && offset < bytes.length; tries += 1) {
      await patch(path, offset, bytes.slice(offset, offset + 3_000_000))
      offset = (await head(path)).offset as number
    }
    expect(r2).toHaveBeenCalled()
    expect((await download(bo.token, mediaPath(path))).bytes).toEqual(bytes)
  },
)

it('a request that another overtook saves nothing', async () => {
  const { bo, room, stub } = await createScenario()
  const { create, head } = tusClient(bo, room.id)
  const { path } = await create(png.length)
  const id = path.split('/').at(-1) as string
  const caller = { userId: bo.id }
  const [first, second] = [
    await stub.claimUpload(caller, id, 0),
    await stub.claimUpload(caller, id, 0),
  ]
  if (!first.ok || !second.ok) throw new Error('not claimed')
  const progress = { offset: 5, parts: [], multipart: null, chunks: [], metadata: null }
  expect(await stub.saveUpload(caller, first.value, progress)).toMatchObject({ code: 'conflict' })
  expect((await head(path)).offset).toBe(0)
  expect(await stub.saveUpload(caller, second.value, progress)).toMatchObject({ ok: true })
})

it("someone else's upload is not there", async () => {
  const { ana, bo, room } = await createScenario()
  const { path } = await tusClient(bo, room.id).create(png.length)
  const { head, patch, cancel } = tusClient(ana, room.id)
  const statuses = [await head(path), await patch(path, 0, png), await cancel(path)]
  expect(statuses.map(({ status }) => status)).toEqual([404, 404, 404])
})

it.each([
  ['bytes of another kind', 'video/mp4', 97, png, 'unsupported_type'],
  [
    'a page',
    'image/png',
    30,
    text('<!doctype html><script></script>').slice(0, 30),
    'unsupported_type',
  ],
])('%s end the upload and leave nothing', async (_, type, length, bytes, code) => {
  const { bo, room, stub } = await createScenario()
  const { create, patch, head } = tusClient(bo, room.id)
  const { path } = await create(Math.min(length, bytes.length), type)
  expect((await patch(path, 0, bytes)).code).toBe(code)
  expect((await head(path)).status).toBe(404)
  await runDurableObjectAlarm(stub)
  expect(await storedKeys(room.id)).toEqual([])
})

it('more bytes than declared are refused, said or not', async () => {
  const { bo, room, stub } = await createScenario()
  const { create, patch } = tusClient(bo, room.id)
  const { path } = await create(50)
  expect((await patch(path, 0, png)).status).toBe(413)
  expect((await patch(path, 0, new Blob([png]).stream())).status).toBe(413)
  await runDurableObjectAlarm(stub)
  expect(await storedKeys(room.id)).toEqual([])
})

it('nothing at all, too much and no length are refused at once', async () => {
  const { bo, room } = await createScenario()
  const { create, send } = tusClient(bo, room.id)
  expect((await create(0)).code).toBe('invalid')
  expect((await create(20_000_001)).code).toBe('too_large')
  expect((await send('POST', `/v1/rooms/${room.id}/uploads`)).code).toBe('invalid')
  expect(
    (await send('POST', `/v1/rooms/${room.id}/uploads`, { 'Tus-Resumable': '0.2.2' })).status,
  ).toBe(412)
})

it('what is given up or forgotten leaves nothing', async () => {
  const { bo, room, stub } = await createScenario()
  const { create, patch, cancel, head } = tusClient(bo, room.id)
  const [given, forgotten] = [await create(png.length), await create(PART_BYTES + 10)]
  await patch(given.path, 0, png.slice(0, 50))
  await patch(forgotten.path, 0, large(PART_BYTES + 5))
  expect(await storedKeys(room.id)).toHaveLength(2)
  expect((await cancel(given.path)).status).toBe(204)
  expect((await patch(given.path, 50, png.slice(50))).status).toBe(404)
  await runDurableObjectAlarm(stub)
  expect(await storedKeys(room.id)).toHaveLength(1)
  const clock = stopClock(Date.now() + 25 * 3_600_000)
  await runDurableObjectAlarm(stub)
  clock.restart()
  expect((await head(forgotten.path)).status).toBe(404)
  expect(await storedKeys(room.id)).toEqual([])
})
