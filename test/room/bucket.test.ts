import { createMessageBatch, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import * as profileFanout from '../../src/fanout/profile-fanout'
import { PART_BYTES } from '../../src/media/multipart'
import { avatarKey, mediaKey } from '../../src/media/object-keys'
import type { GalleryItem } from '../../src/schemas/media'
import { call } from '../fixtures/api'
import { stopClock } from '../fixtures/clock'
import { download, png, putAvatar, upload, uploadPicture } from '../fixtures/media'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { tusClient } from '../fixtures/tus'
import { createUser, type User } from '../fixtures/users'

type Scene = Awaited<ReturnType<typeof scene>>
interface Step extends Scene {
  actor: User
  /** What they uploaded and no message has. */
  mine: string[]
  /** One of the newest messages. */
  message: string
}

const long = new Uint8Array(PART_BYTES + 50)
long.set(png)

/** di watches, who does nothing herself. */
async function scene() {
  const [set, di] = [await createScenario(), await createUser('Di')]
  const everyone = [set.ana, set.bo, set.cy]
  /** What each uploaded and no message has. */
  const loose = new Map(everyone.map((each) => [each, [] as string[]]))
  const begun: { path: string; owner: User }[] = []
  return { ...set, di, everyone, loose, begun }
}

/** All that may happen to what the bucket has; what is refused is a step too. */
const acts = {
  upload: async ({ actor, room, mine }: Step) => mine.push(await uploadPicture(actor, room.id)),
  'upload half': ({ actor, room }: Step) =>
    upload(actor, room.id, new Blob([png]).stream(), { headers: { 'Content-Length': '999' } }),
  'upload a page as a picture': ({ actor, room }: Step) =>
    upload(actor, room.id, new TextEncoder().encode('<html>')),
  'upload by tus': async ({ actor, room, mine }: Step) => {
    const { path } = await tusClient(actor, room.id).create(png.length, 'image/png', png)
    mine.push(path.split('/').at(-1) as string)
  },
  'begin by tus': async ({ actor, room, begun }: Step) => {
    const { path } = await tusClient(actor, room.id).create(
      png.length,
      'image/png',
      png.slice(0, 20),
    )
    begun.push({ path, owner: actor })
  },
  'begin much by tus': async ({ actor, room, begun }: Step) => {
    const { create, patch } = tusClient(actor, room.id)
    const { path } = await create(PART_BYTES + 100)
    begun.push({ path, owner: actor })
    await patch(path, 0, long)
  },
  'go on by tus': async ({ actor, room, begun }: Step) => {
    for (const { path } of begun) await tusClient(actor, room.id).patch(path, 20, png.slice(20))
  },
  'lie by tus': async ({ actor, room }: Step) => {
    const { create, patch } = tusClient(actor, room.id)
    await patch((await create(png.length, 'video/mp4')).path, 0, png)
  },
  cancel: async ({ actor, room, begun }: Step) => {
    for (const { path } of begun.slice(-2)) await tusClient(actor, room.id).cancel(path)
  },
  post: ({ actor, path, mine }: Step) =>
    actor.post(`${path}/messages`, { ...newMessage('look'), attachments: mine.splice(0, 3) }),
  edit: ({ actor, message }: Step) => actor.patch(message, { text: 'look here' }),
  delete: ({ actor, message }: Step) => actor.delete(message),
  erase: ({ ana, actor, path }: Step) => ana.delete(`${path}/messages?authorId=${actor.id}`),
  'change avatar': ({ actor }: Step) => putAvatar(actor, '/v1/me/avatar'),
  'change avatar to none': ({ actor }: Step) => actor.delete('/v1/me/avatar'),
  'change the avatar of the room': ({ ana, path }: Step) => putAvatar(ana, `${path}/avatar`),
  'change the avatar of the room to none': ({ ana, path }: Step) => ana.delete(`${path}/avatar`),
  sweep: ({ stub }: Step) => runDurableObjectAlarm(stub),
}

const ends = {
  nothing: async () => {},
  'the room is deleted': ({ ana, path }: Scene) => ana.delete(path),
  'bo erases his account': ({ bo }: Scene) => erase(bo),
  'bo deletes his account': ({ bo }: Scene) => bo.delete('/v1/me?now=true'),
  'everyone erases their account': async ({ everyone }: Scene) => {
    for (const each of everyone) await erase(each)
  },
}
const erase = ({ token }: User) => call('DELETE', '/v1/me?messages=erase&now=true', { token })

const step = fc.record({
  act: fc.constantFrom(
    ...(Object.keys(acts) as (keyof typeof acts)[]),
    'upload',
    'post',
    'change avatar',
  ),
  who: fc.constantFrom('ana' as const, 'bo' as const, 'cy' as const),
  nth: fc.nat(3),
})

/** What the service tells of: keys of what is shown, and beginnings of keys of what is on its way. */
async function known({ di, everyone, path, begun, loose }: Scene) {
  const { body: gallery } = await di.get(`${path}/media?limit=100`)
  const items: GalleryItem[] = gallery.items ?? []
  const shown = items.map(({ media }) => mediaKey(media.id))
  for (const each of [path, ...everyone.map(({ id }) => `/v1/users/${id}`)]) {
    const { body } = await di.get(each)
    const [, , , of, id, avatar] = (body.avatarUrl ?? '').split('/')
    if (avatar) shown.push(avatarKey(of, id, avatar))
  }
  const waiting: string[] = []
  for (const { path, owner } of begun) {
    const { status } = await tusClient(owner, '').head(path)
    if (status === 200) waiting.push(mediaKey(path.split('/').at(-1) as string))
  }
  for (const [{ token }, ids] of loose) {
    for (const id of ids) {
      const { status } = await download(token, `/v1/media/${id}`)
      if (status === 200) waiting.push(mediaKey(id))
    }
  }
  return { shown: shown.sort(), waiting }
}

const listed = async () => (await env.MEDIA.list()).objects.map(({ key }) => key)

/** What is due is done: the room's jobs and what the queue tells of people. */
async function settle({ stub, everyone }: Scene): Promise<void> {
  for (let slices = 0; slices < 4; slices += 1) await runDurableObjectAlarm(stub)
  const messages = everyone.map(({ id: userId }) => ({
    id: userId,
    timestamp: new Date(),
    attempts: 1,
    body: { userId },
  }))
  await profileFanout.consume(createMessageBatch('chatroom-people', messages), env)
  for (let slices = 0; slices < 4; slices += 1) await runDurableObjectAlarm(stub)
}

it('the bucket has what a message, an avatar or a running upload refers to, whatever happened', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.constantFrom(...(Object.keys(ends) as (keyof typeof ends)[])),
      async (steps, end) => {
        const set = await scene()
        const before = await listed()
        for (const { act, who, nth } of steps) {
          const actor = set[who]
          const { items } = (await set.di.get(`${set.path}/messages?limit=4`)).body
          const { seq } = items[nth % items.length] ?? { seq: 1 }
          const loose = set.loose.get(actor) as string[]
          await acts[act]({ ...set, actor, mine: loose, message: `${set.path}/messages/${seq}` })
        }
        await ends[end](set)
        await settle(set)
        const { shown, waiting } = await known(set)
        const here = (await listed()).filter((key) => !before.includes(key))
        expect(here.filter((key) => shown.includes(key))).toEqual(shown)
        const strays = here.filter(
          (key) => !shown.includes(key) && !waiting.some((each) => key.startsWith(each)),
        )
        expect(strays).toEqual([])
        const clock = stopClock(Date.now() + 25 * 3_600_000)
        await settle(set)
        clock.restart()
        expect((await listed()).filter((key) => !before.includes(key))).toEqual(shown)
      },
    ),
    { numRuns: env.THOROUGH ? 300 : 30, seed: 20261122 },
  )
})
