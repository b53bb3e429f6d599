import { runDurableObjectAlarm } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { stopClock } from '../fixtures/clock'
import { eventually } from '../fixtures/eventually'
import { download, png, storedKeys, uploadPicture } from '../fixtures/media'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { registerUser, type User } from '../fixtures/users'

/** bo's picture in a message that all may read. */
async function posted() {
  const set = await createScenario()
  const id = await uploadPicture(set.bo, set.room.id)
  const { body } = await set.bo.post(`${set.path}/messages`, {
    ...newMessage('look'),
    attachments: [id],
  })
  const url = `/v1/media/${id}`
  return { ...set, id, url, message: `${set.path}/messages/${body.seq}` }
}

const tokenOf = async ({ post }: User, path: string): Promise<string> =>
  (await post(`${path}/media-token`)).body.token

it.each([
  ['bytes=0-9', 206, [0, 10]],
  ['bytes=10-', 206, [10, png.length]],
  ['bytes=-5', 206, [png.length - 5, png.length]],
  ['bytes=0-99999', 206, [0, png.length]],
  ['bytes=0-0', 206, [0, 1]],
  ['bytes=9-3', 200, [0, png.length]],
  ['bytes=0-1,5-6', 200, [0, png.length]],
  ['pages=1', 200, [0, png.length]],
] as const)('the range %s is answered %i', async (Range, expected, [from, to]) => {
  const { ana, url } = await posted()
  const { status, bytes, headers } = await download(ana.token, url, { headers: { Range } })
  expect([status, bytes]).toEqual([expected, png.slice(from, to)])
  expect(headers.get('Content-Length')).toBe(String(to - from))
  const range = expected === 206 ? `bytes ${from}-${to - 1}/${png.length}` : null
  expect(headers.get('Content-Range')).toBe(range)
})

it.each(['bytes=99999-', 'bytes=-0'])(
  'the range %s is answered 416 with the size',
  async (Range) => {
    const { ana, url } = await posted()
    const { status, headers } = await download(ana.token, url, { headers: { Range } })
    expect([status, headers.get('Content-Range')]).toEqual([416, `bytes */${png.length}`])
  },
)

it('a range of what changed is answered with all of it, and what one has with 304', async () => {
  const { ana, url } = await posted()
  const ETag = (await download(ana.token, url)).headers.get('ETag') as string
  const get = (headers: Record<string, string>) => download(ana.token, url, { headers })
  expect((await get({ Range: 'bytes=0-1', 'If-Range': ETag })).status).toBe(206)
  expect((await get({ Range: 'bytes=0-1', 'If-Range': '"older"' })).status).toBe(200)
  expect((await get({ 'If-None-Match': `"older", ${ETag}` })).status).toBe(304)
  expect((await get({ 'If-None-Match': '"older"' })).status).toBe(200)
})

it('HEAD says what GET would, without the bytes', async () => {
  const { ana, url } = await posted()
  const { status, bytes, headers } = await download(ana.token, url, { method: 'HEAD' })
  expect([status, bytes.length]).toEqual([200, 0])
  expect(headers.get('Content-Type')).toBe('image/png')
  expect(headers.get('Accept-Ranges')).toBe('bytes')
})

it('HEAD ignores a range', async () => {
  const { ana, url } = await posted()
  const asked = { method: 'HEAD', headers: { Range: 'bytes=0-1' } }
  const { status, headers } = await download(ana.token, url, asked)
  expect([status, headers.get('Content-Length'), headers.get('Content-Range')]).toEqual([
    200,
    String(png.length),
    null,
  ])
})

it('a page of another origin may show it, and no shared cache may keep it', async () => {
  const { ana, url } = await posted()
  const { headers } = await download(ana.token, url)
  expect(headers.get('Cross-Origin-Resource-Policy')).toBe('cross-origin')
  expect(headers.get('Cache-Control')).toBe('private, no-cache')
})

it('a media token opens the media of its room, for a while, and nothing else', async () => {
  const { ana, bo, path, url } = await posted()
  const { expiresAt } = (await ana.post(`${path}/media-token`)).body
  const token = await tokenOf(ana, path)
  expect((await download(undefined, `${url}?token=${token}`)).status).toBe(200)
  expect((await download(undefined, url)).status).toBe(401)
  expect((await download(undefined, `${url}?token=${ana.token}`)).status).toBe(401)
  expect((await download(token, `${path}/messages`)).status).toBe(401)
  const { body: other } = await bo.post('/v1/rooms', { name: 'Other' })
  const foreign = await tokenOf(bo, `/v1/rooms/${other.id}`)
  expect((await download(undefined, `${url}?token=${foreign}`)).status).toBe(401)
  const clock = stopClock(Date.parse(expiresAt) + 1000)
  const late = await download(undefined, `${url}?token=${token}`)
  clock.restart()
  expect(late.status).toBe(401)
})

it('for an hour a session has the same media token, with five minutes left at least', async () => {
  const HOUR = 3_600_000
  const clock = stopClock(Math.ceil(Date.now() / HOUR) * HOUR - 300_000)
  const { ana, path } = await posted()
  const { body: first } = await ana.post(`${path}/media-token`)
  expect(Date.parse(first.expiresAt) - Date.now()).toBe(300_000)
  clock.advance(1)
  const { body: second } = await ana.post(`${path}/media-token`)
  expect(Date.parse(second.expiresAt) - Date.parse(first.expiresAt)).toBe(HOUR)
  clock.advance(5 * 60_000)
  expect((await ana.post(`${path}/media-token`)).body).toEqual({
    ...second,
    expiresIn: second.expiresIn - 300,
  })
})

it('a media token ends with its session', async () => {
  const { path, url } = await posted()
  const di = await registerUser('di')
  await di.put(`${path}/members/@me`)
  const token = await tokenOf(di, path)
  expect((await download(undefined, `${url}?token=${token}`)).status).toBe(200)
  await di.delete('/v1/sessions/current')
  expect((await download(undefined, `${url}?token=${token}`)).status).toBe(401)
})

it("a removed member's next request is refused, by bearer and by token, even for what they have", async () => {
  const { ana, bo, path, url } = await posted()
  await ana.patch(path, { access: 'closed', listed: false })
  const token = await tokenOf(bo, path)
  const { headers } = await download(undefined, `${url}?token=${token}`)
  await ana.delete(`${path}/members/${bo.id}`)
  const known = { headers: { 'If-None-Match': headers.get('ETag') as string } }
  expect((await download(undefined, `${url}?token=${token}`, known)).status).toBe(404)
  expect((await download(bo.token, url)).status).toBe(404)
  expect((await download(ana.token, url)).status).toBe(200)
})

it('a deleted message takes its media', async () => {
  const { ana, bo, room, path, url, message, stub } = await posted()
  await bo.delete(message)
  expect((await download(bo.token, url)).status).toBe(404)
  expect((await ana.get(`${path}/media`)).body.items).toEqual([])
  expect((await ana.get(message)).body.attachments).toEqual([])
  await eventually(async () => {
    await runDurableObjectAlarm(stub)
    expect(await storedKeys(room.id)).toEqual([])
  })
})

it('erased messages take theirs, and are not seen while it lasts', async () => {
  const { ana, bo, room, path, url, stub } = await posted()
  await ana.delete(`${path}/messages?authorId=${bo.id}`)
  expect((await download(ana.token, url)).status).toBe(404)
  expect((await ana.get(`${path}/media`)).body.items).toEqual([])
  await eventually(async () => {
    await runDurableObjectAlarm(stub)
    expect(await storedKeys(room.id)).toEqual([])
  })
})

it('a deleted room takes everything', async () => {
  const { ana, bo, room, path, stub } = await posted()
  await uploadPicture(bo, room.id)
  await ana.delete(path)
  await eventually(async () => {
    await runDurableObjectAlarm(stub)
    expect(await storedKeys(room.id)).toEqual([])
  })
})

it('the gallery shows what messages have, newest first, by kind and by pages', async () => {
  const { ana, bo, room, path, id } = await posted()
  const ids = [await uploadPicture(bo, room.id), await uploadPicture(bo, room.id)]
  await uploadPicture(bo, room.id)
  await bo.post(`${path}/messages`, { ...newMessage('more'), attachments: ids })
  const first = (await ana.get(`${path}/media?kind=image&limit=2`)).body
  const second = (await ana.get(`${path}/media?kind=image&limit=2&cursor=${first.nextCursor}`)).body
  const shown = [...first.items, ...second.items].map(({ media }) => media.id)
  expect(shown).toEqual([...ids.reverse(), id])
  expect(second.nextCursor).toBeNull()
  expect((await ana.get(`${path}/media?kind=video`)).body.items).toEqual([])
})
