import { createMessageBatch, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import * as profileFanout from '../../src/fanout/profile-fanout'
import { avatarKey, avatarPrefix } from '../../src/media/object-keys'
import { stopClock } from '../fixtures/clock'
import { eventually } from '../fixtures/eventually'
import { download, png, putAvatar as put } from '../fixtures/media'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'

const kept = async (of: 'users' | 'rooms', id: string) =>
  (await env.MEDIA.list({ prefix: avatarPrefix(of, id) })).objects.length

const shown = async (url: string | undefined) => (await download(undefined, url as string)).status

it("bo's picture reaches his profile, his rooms and what he wrote", async () => {
  const { ana, bo, room, path } = await createScenario()
  const socket = await connect(ana.token, room.id)
  await bo.post(`${path}/messages`, newMessage('hello'))
  const { status, body } = await put(bo, '/v1/me/avatar')
  expect(status).toBe(200)
  const { avatarUrl } = body
  const picture = await download(undefined, avatarUrl as string)
  expect([picture.status, picture.bytes]).toEqual([200, png])
  expect(picture.headers.get('Cache-Control')).toContain('immutable')
  expect((await ana.get(`/v1/users/${bo.id}`)).body.avatarUrl).toBe(avatarUrl)
  await eventually(async () => {
    const { items } = (await ana.get(`${path}/messages`)).body
    expect(items[0].author.avatarUrl).toBe(avatarUrl)
  })
  await socket.until(() => socket.events.some(({ type }) => type === 'member.changed'))
})

it('a browser that has a picture is answered 304, scaled or not, until it is removed', async () => {
  const { bo } = await createScenario()
  const url = (await put(bo, '/v1/me/avatar')).body.avatarUrl as string
  for (const path of [url, `${url}?width=96`]) {
    const tag = (await download(undefined, path)).headers.get('ETag') as string
    const again = (known: string) =>
      download(undefined, path, { headers: { 'If-None-Match': known } })
    const same = await again(tag)
    expect([same.status, same.bytes.length, same.headers.get('ETag')]).toEqual([304, 0, tag])
    expect((await again('"other"')).status).toBe(200)
  }
  const tag = (await download(undefined, url)).headers.get('ETag') as string
  await bo.delete('/v1/me/avatar')
  const gone = await download(undefined, url, { headers: { 'If-None-Match': tag } })
  expect(gone.status).toBe(404)
})

it('a new picture replaces the old, whose address shows nothing any more; one may have none', async () => {
  const { bo } = await createScenario()
  const first = (await put(bo, '/v1/me/avatar')).body.avatarUrl
  const second = (await put(bo, '/v1/me/avatar')).body.avatarUrl
  expect([await shown(first), await shown(second), await kept('users', bo.id)]).toEqual([
    404, 200, 1,
  ])
  expect((await bo.delete('/v1/me/avatar')).status).toBe(204)
  expect([await shown(second), await kept('users', bo.id)]).toEqual([404, 0])
  expect((await bo.get('/v1/me')).body.avatarUrl).toBeNull()
})

it('the queue removes pictures that nobody has, once they are no longer on their way', async () => {
  const { bo } = await createScenario()
  await put(bo, '/v1/me/avatar')
  await env.MEDIA.put(avatarKey('users', bo.id, 'lost'), png)
  const message = { id: 'm', timestamp: new Date(), attempts: 1, body: { userId: bo.id } }
  const receive = () => profileFanout.consume(createMessageBatch('chatroom-people', [message]), env)
  await receive()
  expect(await kept('users', bo.id)).toBe(2)
  const clock = stopClock(Date.now() + 3_600_000)
  await receive()
  clock.restart()
  expect(await kept('users', bo.id)).toBe(1)
})

it('only pictures, and small ones, are avatars', async () => {
  const { bo } = await createScenario()
  const pdf = new TextEncoder().encode('%PDF-1.7\n')
  expect((await put(bo, '/v1/me/avatar', pdf, 'application/pdf')).body.code).toBe(
    'unsupported_type',
  )
  expect((await put(bo, '/v1/me/avatar', pdf)).body.code).toBe('unsupported_type')
  const huge = new Uint8Array(2_000_001)
  huge.set(png)
  expect((await put(bo, '/v1/me/avatar', huge)).body.code).toBe('too_large')
  expect(await kept('users', bo.id)).toBe(0)
})

it("a room's picture is its admins' to change, and everyone is told", async () => {
  const { ana, bo, room, path, stub } = await createScenario()
  const socket = await connect(bo.token, room.id)
  expect((await put(bo, `${path}/avatar`)).body.code).toBe('forbidden')
  const first = (await put(ana, `${path}/avatar`)).body.avatarUrl
  const second = (await put(ana, `${path}/avatar`)).body.avatarUrl
  await socket.until(() => socket.events.filter(({ type }) => type === 'room.changed').length === 2)
  const { items } = (await ana.get(`/v1/me/rooms?seen=${room.id}:9`)).body
  expect(items[0].avatarUrl).toBe(second)
  await runDurableObjectAlarm(stub)
  expect([await shown(first), await shown(second)]).toEqual([404, 200])
  await ana.delete(`${path}/avatar`)
  await runDurableObjectAlarm(stub)
  expect(await kept('rooms', room.id)).toBe(0)
  expect((await bo.get(path)).body.avatarUrl).toBeNull()
})

it('a picture that never became the avatar goes within hours', async () => {
  const { ana, room, stub } = await createScenario()
  const begun = await stub.beginAvatar({ userId: ana.id })
  if (!begun.ok) throw new Error(begun.code)
  await env.MEDIA.put(avatarKey('rooms', room.id, begun.value), png)
  const clock = stopClock(Date.now() + 2 * 3_600_000)
  await runDurableObjectAlarm(stub)
  expect(await stub.setAvatar({ userId: ana.id }, begun.value)).toMatchObject({ code: 'not_found' })
  clock.restart()
  expect(await kept('rooms', room.id)).toBe(0)
})
