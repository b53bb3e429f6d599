import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { avatarPrefix } from '../../src/media/object-keys'
import { call } from '../fixtures/api'
import { eventually } from '../fixtures/eventually'
import { putAvatar, uploadPicture } from '../fixtures/media'
import { newMessage } from '../fixtures/rooms'
import { clientAddress, createUser } from '../fixtures/users'

const ROOMS = 50
const MESSAGES = 100
// What must be found nowhere afterwards.
const SECRETS = [
  'whispered',
  'zebulon',
  'Zebulon Quux',
  'zebulon@example.com',
  'likes zeppelins',
  'owns airships',
]

const tablesOf = (names: { name: string }[]) =>
  names.map(({ name }) => name).filter((name) => !/^(_cf_|sqlite_|d1_)/.test(name))
const LIST = `select name from sqlite_master where type = 'table'`

/** Every row of every table, of the directory and of every room, and every object in the bucket. */
async function everything(roomIds: string[]): Promise<string> {
  const dumps: unknown[] = []
  const { results } = await env.DB.prepare(LIST).all<{ name: string }>()
  for (const name of tablesOf(results)) {
    dumps.push((await env.DB.prepare(`select * from ${name}`).all()).results)
  }
  for (const roomId of roomIds) {
    const stub = env.ROOMS.get(env.ROOMS.idFromName(roomId))
    await runInDurableObject(stub, (_room, { storage: { sql } }) => {
      for (const name of tablesOf(sql.exec<{ name: string }>(LIST).toArray())) {
        dumps.push(sql.exec(`select * from ${name}`).toArray())
      }
    })
  }
  const { objects } = await env.MEDIA.list()
  dumps.push(objects.map(({ key, httpMetadata }) => [key, httpMetadata]))
  return JSON.stringify(dumps)
}

it('an erased account of 5,000 messages in 50 rooms is left in no table, and others keep posting', async () => {
  const ana = await createUser('Ana')
  const { body } = await call('POST', '/v1/users', {
    headers: clientAddress(),
    body: {
      username: 'zebulon',
      displayName: 'Zebulon Quux',
      email: 'zebulon@example.com',
      password: 'correct horse battery',
    },
  })
  const zeb = { id: body.me.id, token: body.session.accessToken }
  const told = { bio: 'likes zeppelins', metadata: { note: 'owns airships' } }
  await call('PATCH', '/v1/me', { token: zeb.token, body: told })
  const rooms = await Promise.all(
    Array.from(
      { length: ROOMS },
      async (_, i) => (await ana.post('/v1/rooms', { name: `r${i}` })).body.id,
    ),
  )
  for (const id of rooms) {
    const stub = env.ROOMS.get(env.ROOMS.idFromName(id))
    await Promise.all(
      Array.from({ length: MESSAGES }, (_, i) =>
        stub.postMessage({ userId: zeb.id }, { nonce: `${i}`, text: `whispered ${i}` }),
      ),
    )
  }
  // One picture said, one shown.
  const attached = await uploadPicture(zeb, rooms[0])
  await call('POST', `/v1/rooms/${rooms[0]}/messages`, {
    token: zeb.token,
    body: { nonce: 'picture', text: 'whispered too', attachments: [attached] },
  })
  const shown = await putAvatar(zeb, '/v1/me/avatar')
  expect(shown.status).toBe(200)
  const before = await everything(rooms)
  const objects = [attached, avatarPrefix('users', zeb.id)]
  for (const object of objects) expect(before).toContain(object)
  for (const secret of SECRETS) expect(before).toContain(secret)
  const startedAt = Date.now()
  const erased = await call('DELETE', '/v1/me?messages=erase&now=true', { token: zeb.token })
  const answeredIn = Date.now() - startedAt
  expect(erased.status).toBe(204)
  let slowest = 0
  await eventually(async () => {
    for (const id of rooms.slice(0, 5)) {
      const postedAt = Date.now()
      expect((await ana.post(`/v1/rooms/${id}/messages`, newMessage('meanwhile'))).status).toBe(201)
      slowest = Math.max(slowest, Date.now() - postedAt)
    }
    const after = await everything(rooms)
    for (const secret of SECRETS) expect(after).not.toContain(secret)
    expect((await env.MEDIA.list()).objects).toEqual([])
  })
  console.log(`erasure answered in ${answeredIn} ms; slowest post meanwhile ${slowest} ms`)
  const { body: page } = await ana.get(`/v1/rooms/${rooms[0]}/messages?limit=100`)
  expect(page.items.at(-1)).toMatchObject({ text: null, author: { displayName: 'deleted user' } })
  const taken = await call('POST', '/v1/users', {
    headers: clientAddress(),
    body: { username: 'zebulon', password: 'correct horse battery' },
  })
  expect(taken.body.code).toBe('username_taken')
})
