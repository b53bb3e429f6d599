import { runDurableObjectAlarm } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { exif, jpeg, text, xmp } from '../fixtures/jpeg'
import { download, putAvatar, storedKeys, upload } from '../fixtures/media'
import { createScenario, type Scenario } from '../fixtures/scenario'
import { mediaPath, tusClient } from '../fixtures/tus'

type Room = Scenario
const photo = jpeg(exif(), xmp)

it.each<[string, (set: Room) => Promise<string>]>([
  [
    'in one request',
    async ({ bo, room }) =>
      (await upload(bo, room.id, photo, { type: 'image/jpeg' })).media?.url as string,
  ],
  [
    'by tus, cut within its location',
    async ({ bo, room }) => {
      const { create, patch } = tusClient(bo, room.id)
      const { path } = await create(photo.length, 'image/jpeg')
      const cut = text(photo).indexOf('LATITUDE-LAT') + 5
      await patch(path, 0, photo.slice(0, cut))
      await patch(path, cut, photo.slice(cut))
      return mediaPath(path)
    },
  ],
  [
    'as an avatar',
    async ({ bo }) =>
      (await putAvatar(bo, '/v1/me/avatar', photo, 'image/jpeg')).body.avatarUrl as string,
  ],
])('a photo that comes %s is stored without the place where it was taken', async (_, send) => {
  expect(text(photo)).toMatch(/LATITUDE-LATITUDE/)
  const set = await createScenario()
  const { status, bytes } = await download(set.bo.token, await send(set))
  expect([status, bytes.length]).toEqual([200, photo.length])
  expect(text(bytes)).not.toMatch(/LATITUDE-|GPS|53,33N/)
  expect(text(bytes)).toContain('Exif')
})

it('a photo that ends within its location is refused, whichever way it comes', async () => {
  const { bo, room, stub } = await createScenario()
  const half = photo.slice(0, text(photo).indexOf('LATITUDE-') + 5)
  const type = 'image/jpeg'
  expect((await upload(bo, room.id, half, { type })).code).toBe('invalid')
  expect((await tusClient(bo, room.id).create(half.length, type, half)).code).toBe('invalid')
  expect((await putAvatar(bo, '/v1/me/avatar', half, type)).body.code).toBe('invalid')
  expect((await bo.get('/v1/me')).body.avatarUrl).toBeNull()
  await runDurableObjectAlarm(stub)
  expect(await storedKeys(room.id)).toEqual([])
})
