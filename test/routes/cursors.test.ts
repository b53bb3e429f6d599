import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { app } from '../../src/app'
import { open } from '../../src/directory/database'
import { sessions } from '../../src/directory/schema'
import { newGrant } from '../../src/directory/sessions'
import { eventually } from '../fixtures/eventually'
import { uploadPicture } from '../fixtures/media'
import { storePasskey } from '../fixtures/passkeys'
import { befriend } from '../fixtures/relations'
import { createRoom, newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { createUser, setSiteRole, type User } from '../fixtures/users'

/** The operation and the path of each list that has a cursor. */
const lists = app.openAPIRegistry.definitions.flatMap((definition) => {
  if (definition.type !== 'route') return []
  const { request, path, operationId } = definition.route
  const shape = request?.query && 'shape' in request.query ? (request.query.shape as object) : {}
  return 'cursor' in shape ? [{ id: operationId as string, path }] : []
})

// The parameters of lists that need or take some: those read with, then others that make it another list.
const parameters: Record<string, [read: string, ...others: string[]]> = {
  listRooms: ['', 'sort=new', 'search=harb'],
  listMyRooms: ['', 'sort=name', 'sort=unread', 'list=unread'],
  searchUsers: ['search=cursor', 'search=cursors'],
  listFriendRequests: ['', 'direction=out'],
  searchMessages: ['q=ahoy', 'q=aho*', 'q=ahoy&order=relevance'],
  listMedia: ['', 'kind=image'],
  listMyThreads: ['', 'unread=true'],
  listSiteAudit: ['', 'userId=someone', 'actorId=someone', 'action=setSiteRole'],
}

/** ana has two of everything that is listed; bo may read the same lists. */
async function createLists() {
  const scenario = await createScenario()
  const { ana, bo, cy, path, room } = scenario
  await setSiteRole(ana, 'admin')
  await setSiteRole(bo, 'admin')
  await ana.patch(`${path}/members/${bo.id}`, { role: 'admin' })
  const [di, ed, fi, gus] = (await Promise.all(
    ['CursorDi', 'CursorEd', 'CursorFi', 'CursorGus'].map(createUser),
  )) as [User, User, User, User]
  for (const other of [di, ed]) {
    await befriend(ana, other)
    await ana.put(`/v1/me/following/${other.id}`)
    await other.put(`/v1/me/following/${ana.id}`)
    await ana.put(`${path}/allowlist/${other.id}`)
    await ana.post(`${path}/invites`, {})
  }
  for (const other of [fi, gus]) {
    await other.put(`/v1/me/friend-requests/${ana.id}`)
    await ana.put(`${path}/bans/${other.id}`, {})
    await ana.put(`/v1/users/${other.id}/role`, { role: 'user' })
  }
  for (const other of [cy, bo]) await ana.put(`/v1/me/blocks/${other.id}`)
  for (const name of ['Shop', 'Forum']) await ana.post('/v1/app-keys', { name, scopes: ['read'] })
  for (const owner of [ana, ana, bo]) await storePasskey(owner.id)
  await createRoom(ana)
  const now = Date.now()
  const session = { ...newGrant(ana.id, now), name: 'another phone', createdAt: now }
  await open(env.DB).insert(sessions).values(session)
  const { body: root } = await ana.post(`${path}/messages`, newMessage('ahoy'))
  const { body: other } = await ana.post(`${path}/messages`, newMessage('another thread'))
  await di.post(`${path}/messages`, { ...newMessage('a reply'), replyTo: other.seq })
  for (const text of ['ahoy one', 'ahoy two']) {
    const attachments = [await uploadPicture(di, room.id)]
    const message = { ...newMessage(text), mentions: [ana.id], replyTo: root.seq, attachments }
    const { body } = await di.post(`${path}/messages`, message)
    await ana.put(`${path}/pins/${body.seq}`)
  }
  const reactions = `${path}/messages/${root.seq}/reactions/%F0%9F%8E%89`
  for (const user of [ana, di]) await user.put(`${reactions}/@me`)
  const urlOf = ({ id, path: template }: { id: string; path: string }, query?: string) => {
    const filled = template
      .replace('{roomId}', room.id)
      .replace('{seq}', String(root.seq))
      .replace('{emoji}', '%F0%9F%8E%89')
    const more = query ?? parameters[id]?.[0] ?? ''
    return `${filled}?limit=1${more && `&${more}`}`
  }
  const first = async (list: (typeof lists)[number]) =>
    eventually(async () => {
      const { status, body } = await ana.get(urlOf(list))
      expect([list.id, status]).toEqual([list.id, 200])
      expect([list.id, typeof body.nextCursor]).toEqual([list.id, 'string'])
      return body as { items: unknown[]; nextCursor: string }
    })
  return { ...scenario, urlOf, first }
}

const flipped = (cursor: string, at: number) => {
  const other = cursor.at(at) === 'A' ? 'B' : 'A'
  const index = at < 0 ? cursor.length + at : at
  return cursor.slice(0, index) + other + cursor.slice(index + 1)
}

it('a cursor opens the next page of its own list to its own reader, and nothing else', async () => {
  const { ana, bo, urlOf, first } = await createLists()
  expect(lists.length).toBeGreaterThan(15)
  const pages = new Map<string, Awaited<ReturnType<typeof first>>>()
  for (const list of lists) pages.set(list.id, await first(list))
  const refused = async (reader: User, url: string, cursor: string) => {
    const { status, body } = await reader.get(`${url}&cursor=${encodeURIComponent(cursor)}`)
    expect({ url, cursor, status, code: body.code, path: body.errors?.[0]?.path }).toEqual({
      url,
      cursor,
      status: 400,
      code: 'invalid',
      path: 'cursor',
    })
  }
  for (const list of lists) {
    const url = urlOf(list)
    const { items, nextCursor } = pages.get(list.id) as { items: unknown[]; nextCursor: string }
    const next = await ana.get(`${url}&cursor=${nextCursor}`)
    expect([list.id, next.status, next.body.items.length]).toEqual([list.id, 200, 1])
    expect(next.body.items).not.toEqual(items)
    const unsigned = Buffer.from(nextCursor, 'base64url').subarray(12).toString('base64url')
    for (const garbage of ['x', 'nonsense', '0', unsigned, `AAAAAAAAAAAAAAAA${unsigned}`, '🎉']) {
      await refused(ana, url, garbage)
    }
    for (const at of [0, 7, 15, 16, -2, -1]) await refused(ana, url, flipped(nextCursor, at))
    for (const [id, other] of pages) {
      if (id !== list.id) await refused(ana, url, other.nextCursor)
    }
    for (const query of parameters[list.id]?.slice(1) ?? []) {
      await refused(ana, urlOf(list, query), nextCursor)
    }
    await refused(bo, url, nextCursor)
  }
})

it("another room's cursor of the same list is refused", async () => {
  const { ana, path } = await createScenario()
  const other = await createRoom(ana)
  await (await createUser('Di')).put(`${other.path}/members/@me`)
  const { nextCursor } = (await ana.get(`${path}/members?limit=1`)).body
  expect((await ana.get(`${path}/members?cursor=${nextCursor}`)).status).toBe(200)
  expect((await ana.get(`${other.path}/members?cursor=${nextCursor}`)).body.code).toBe('invalid')
})

it('`limit` and `seen` may change between pages, and the longest name has a cursor, too', async () => {
  const ana = await createUser('Ana')
  const { room } = await createRoom(ana, { name: '🎉'.repeat(100) })
  await createRoom(ana, { name: `${'🎉'.repeat(99)}🎊` })
  const first = await ana.get('/v1/me/rooms?sort=name&limit=1')
  const rest = `sort=name&limit=2&seen=${room.id}:1&cursor=${first.body.nextCursor}`
  const second = await ana.get(`/v1/me/rooms?${rest}`)
  expect(second.body.items).toHaveLength(1)
  expect(second.body.items[0].id).not.toBe(first.body.items[0].id)
})
