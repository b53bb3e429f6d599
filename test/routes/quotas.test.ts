import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { png, storedKeys, upload, uploadPicture } from '../fixtures/media'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { tusClient } from '../fixtures/tus'
import type { User } from '../fixtures/users'

const DAY_MS = 24 * 3_600_000
const PER_DAY = 2_000_000_000

/** Leaves someone so many bytes of a day. */
async function leave({ id }: User, bytes: number, at = Date.now()): Promise<void> {
  await env.DB.prepare('update users set uploaded_day = ?, uploaded_bytes = ? where id = ?')
    .bind(Math.floor(at / DAY_MS), PER_DAY - bytes, id)
    .run()
}

async function left({ id }: User): Promise<number> {
  const row = env.DB.prepare('select uploaded_bytes from users where id = ?').bind(id)
  return PER_DAY - Number((await row.first<{ uploaded_bytes: number }>())?.uploaded_bytes)
}

it('one has a quota a day, in all rooms together', async () => {
  const { ana, bo, room } = await createScenario()
  const { body: other } = await bo.post('/v1/rooms', { name: 'Other' })
  await leave(bo, png.length)
  expect((await upload(bo, room.id, png)).status).toBe(201)
  expect((await upload(bo, room.id, png)).code).toBe('rate_limited')
  expect((await upload(bo, other.id, png)).code).toBe('rate_limited')
  expect((await tusClient(bo, other.id).create(png.length)).code).toBe('rate_limited')
  expect((await upload(ana, room.id, png)).status).toBe(201)
  expect(
    [await storedKeys(room.id), await storedKeys(other.id)].map(({ length }) => length),
  ).toEqual([2, 0])
  await leave(bo, 0, Date.now() - DAY_MS)
  expect((await upload(bo, room.id, png)).status).toBe(201)
})

it('what was refused, broke off or was given up does not count', async () => {
  const { ana, bo, cy, room, path } = await createScenario()
  await ana.patch(path, { access: 'closed', listed: false })
  await leave(cy, png.length)
  expect((await upload(cy, room.id, png)).code).toBe('not_found')
  expect(await left(cy)).toBe(png.length)
  await leave(bo, 1000)
  const short = new Blob([png]).stream()
  const headers = { 'Content-Length': '900' }
  expect((await upload(bo, room.id, short, { headers })).code).toBe('invalid')
  expect(await left(bo)).toBe(1000)
  const { create, patch, cancel } = tusClient(bo, room.id)
  const begun = await create(900)
  expect(await left(bo)).toBe(100)
  expect((await create(900)).code).toBe('rate_limited')
  await cancel(begun.path)
  expect(await left(bo)).toBe(1000)
  const lie = await create(png.length, 'video/mp4')
  expect((await patch(lie.path, 0, png)).code).toBe('unsupported_type')
  expect(await left(bo)).toBe(1000)
})

it('two at once do not both get the last of it', async () => {
  const { bo, room } = await createScenario()
  await leave(bo, png.length)
  const both = await Promise.all([upload(bo, room.id, png), upload(bo, room.id, png)])
  expect(both.map(({ status }) => status).sort()).toEqual([201, 429])
  expect(await left(bo)).toBe(0)
})

it('a hundred uploads may wait for a message in one room', async () => {
  const { bo, room, path } = await createScenario()
  const ids: string[] = []
  while (ids.length < 50) ids.push(await uploadPicture(bo, room.id))
  for (let begun = 0; begun < 50; begun += 1) await tusClient(bo, room.id).create(png.length)
  expect((await upload(bo, room.id, png)).code).toBe('too_many')
  expect((await tusClient(bo, room.id).create(png.length)).code).toBe('too_many')
  await bo.post(`${path}/messages`, { ...newMessage('look'), attachments: ids.slice(0, 10) })
  expect((await upload(bo, room.id, png)).status).toBe(201)
})
