import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { after, before, it } from 'node:test'
import { promisify } from 'node:util'
import { type Service, start } from '../proof/service.ts'
import { preparations, SETTINGS, turnOnTotp } from './credentials.ts'
import { type Document, type Operation, operationsOf, requestOf } from './operations.ts'
import { front, Prism } from './prism.ts'
import {
  beginUpload,
  bodies,
  createRoom,
  type Person,
  PIXEL,
  type Room,
  register,
  send,
  showPicture,
} from './scene.ts'

const FILE = 'dist/contract/openapi.json'
// Without `security`: Prism answers a missing token by itself, and we want to see what the service says.
const OPEN = 'dist/contract/openapi-open.json'
// As the tour has it; the ports of Prism lie beside it.
const PORT = 9400

const NOWHERE = '0199d2f6-8b7e-7c3a-9f1e-2a6b4c8d0e12'

let service: Service
let document: Document
let strict: Prism
let lax: Prism
before(async () => {
  service = await start(SETTINGS)
  document = (await (await fetch(`${service.url}/openapi.json`)).json()) as Document
  mkdirSync('dist/contract', { recursive: true })
  writeFileSync(FILE, JSON.stringify(document))
  const open = JSON.stringify(document, (key, value) => (key === 'security' ? undefined : value))
  writeFileSync(OPEN, open)
  strict = await Prism.start(FILE, service.url, PORT)
  lax = await Prism.start(OPEN, service.url, PORT + 1, '--validate-request', 'false')
})
after(async () => {
  strict?.stop()
  lax?.stop()
  await service.stop()
})

it('the tour, as pasted, breaks no promise', async (test) => {
  const between = await front(strict.url, service.url)
  test.after(between.stop)
  const blocks = readFileSync('docs/tour.md', 'utf8').matchAll(/```bash tour\n([\s\S]*?)```/g)
  const pasted = [...blocks]
    .map(([, block]) => block)
    .join('')
    .replace('localhost:8787', between.host)
  const { stdout } = await promisify(execFile)('bash', ['-e', '-c', pasted])
  assert.match(stdout, /Bring the rope/)
  assert.deepEqual(strict.violations, [])
})

/** Who does it, if not ana. Sessions and accounts that end are of somebody who is not needed again. */
const actors: Record<string, (people: People) => Person | Promise<Person>> = {
  ...Object.fromEntries(Object.keys(preparations).map((name) => [name, ({ lou }: People) => lou])),
  beginTotp: ({ lou }) => lou,
  endTotp: ({ lou }) => lou,
  joinRoom: ({ cy }) => cy,
  leaveRoom: ({ bo }) => bo,
  deleteMe: () => register(strict.url),
  endSessions: () => register(strict.url),
  endSession: () => register(strict.url),
  endCurrentSession: () => register(strict.url),
  refreshSession: () => register(strict.url),
  resetPassword: () => register(strict.url),
  createAppSession: async ({ ana }) => ({ ...ana, token: (await makeAppKey(ana)).secret }),
  endAppSessions: async ({ ana }) => ({ ...ana, token: (await makeAppKey(ana)).secret }),
}

/** An app key, which a site admin makes. */
async function makeAppKey(admin: Person): Promise<{ id: string; secret: string }> {
  const body = { name: 'Back end', scopes: ['users.mint'] }
  const { body: made } = await admin.ask('POST', '/v1/app-keys', { body })
  // Whoever is no admin is refused, and then nothing needs the key.
  return { id: made.appKey?.id ?? NOWHERE, secret: made.secret ?? '' }
}

/** The token of the link of an export, once it is ready. */
async function exportToken(person: Person): Promise<string> {
  await person.ask('POST', '/v1/me/export')
  for (let tries = 0; tries < 60; tries += 1) {
    const { body } = await person.ask('GET', '/v1/me/export')
    if (body.state === 'ready') return body.archives[0].split('/').at(-1)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error('The export is not ready.')
}

/** The ids of what there is, for those of the examples. */
async function valuesFor({ operationId }: Operation, actor: Person, room: Room, people: People) {
  const { ana, bo, cy, di } = people
  const ofSite = /^(setSiteRole|suspendUser|liftSuspension)$/.test(operationId)
  const ended = operationId === 'endUserSessions' ? await register(strict.url) : undefined
  const userId = ended?.id ?? (ofSite ? di.id : operationId === 'addMember' ? cy.id : bo.id)
  const values: Record<string, unknown> = { roomId: room.id, userId, seq: room.seq }
  Object.assign(values, { username: bo.username, authorId: bo.id, id: ana.id })
  if (/Upload$/.test(operationId)) values.mediaId = await beginUpload(ana, room)
  if (operationId === 'downloadMedia') values.mediaId = await showPicture(ana, room)
  if (/Invite$/.test(operationId) && operationId !== 'createInvite') {
    const { body } = await ana.ask('POST', `${room.path}/invites`, { body: {} })
    Object.assign(values, { inviteId: body.id, code: body.code })
  }
  if (operationId === 'getRoomByKey') {
    values.key = `key-${room.seq}-${room.id}`
    await ana.ask('POST', '/v1/rooms', { body: { key: values.key } })
  }
  if (/^(replace|revoke)AppKey$/.test(operationId)) values.keyId = (await makeAppKey(ana)).id
  if (operationId === 'endSession') {
    values.sessionId = (await actor.ask('GET', '/v1/sessions')).body.items[0].id
  }
  if (operationId === 'getAvatar') {
    const headers = { 'content-type': 'image/gif' }
    const { body } = await ana.ask('PUT', '/v1/me/avatar', { body: PIXEL, headers })
    values.avatarId = body.avatarUrl.split('/').at(-1)
  }
  if (operationId === 'resetTotp') {
    await turnOnTotp(people.lou)
    values.userId = people.lou.id
  }
  if (operationId === 'downloadExport') values.token = await exportToken(ana)
  if (operationId === 'acceptFriend') await bo.ask('PUT', `/v1/me/friend-requests/${ana.id}`)
  if (operationId === 'continueUpload') values['upload-offset'] = 0
  return values
}

type People = Record<'ana' | 'bo' | 'cy' | 'di' | 'lou', Person>

async function meet(url: string): Promise<People> {
  const people: Partial<People> = {}
  for (const name of ['ana', 'bo', 'cy', 'di', 'lou'] as const) people[name] = await register(url)
  return people as People
}

/** An operation with the body that it takes. */
async function prepared(operation: Operation, actor: Person, room: Room, people: People) {
  const { operationId } = operation
  const credentials = await preparations[operationId]?.(actor, service.url)
  const values = { ...(await valuesFor(operation, actor, room, people)), ...credentials?.values }
  const request = requestOf(operation, document, values)
  const isJson = request.headers['content-type'] === 'application/json'
  const more = bodies[operationId]?.(operationId === 'createSession' ? people.bo : actor, room)
  const body = isJson
    ? { ...(request.body as object), ...more, ...credentials?.body }
    : request.body && PIXEL
  return { ...request, body }
}

it('every operation answers as it says', async () => {
  const people = await meet(strict.url)
  await service.execute(`update users set role = 'admin' where id = '${people.ana.id}'`)
  for (const operation of operationsOf(document)) {
    // Prism knows no sockets, and there is no issuer to log in at.
    if (/^open(Inbox)?Socket$|IdentityLogIn$/.test(operation.operationId)) continue
    const room = await createRoom(people.ana, people.bo)
    const actor = (await actors[operation.operationId]?.(people)) ?? people.ana
    const { path, ...request } = await prepared(operation, actor, room, people)
    const { status, text } = await send(strict.url + path, actor.token, request)
    assert.ok(status < 400, `${operation.operationId} answered ${status}: ${text}`)
  }
  assert.deepEqual(strict.violations, [])
})

const NOTHING = {
  roomId: NOWHERE,
  userId: NOWHERE,
  inviteId: NOWHERE,
  mediaId: `${NOWHERE}.${NOWHERE}`,
  id: NOWHERE,
  seq: 4711,
}

/** What is wrong with a request: who sends it, what it asks for, what it carries. */
async function refusalsOf(operation: Operation, room: Room, people: People) {
  // Its link needs no token and ends every session.
  const isReset = operation.operationId === 'resetPassword'
  const owner = isReset ? await register(lax.url) : people.ana
  const there = await prepared(operation, owner, room, people)
  const nobody = [undefined, 'no.token.at.all'].map((token) => ({ ...there, token }))
  // These would end the account or the session of who asks.
  if (/^(deleteMe|end\w*Sessions?)$/.test(operation.operationId)) return nobody
  const absent = { ...requestOf(operation, document, NOTHING), body: there.body }
  const unknown = { ...there, path: `${there.path.replace(/\?.*/, '')}?limit=0&x=1` }
  const bodies = operation.requestBody ? ['{', '{"x":1}', '[]'] : []
  const { token } = people.cy
  const byOutsider = [there, absent, unknown, ...bodies.map((body) => ({ ...there, body }))]
  return [...nobody, ...byOutsider.map((request) => ({ ...request, token }))]
}

it('every operation refuses as it says', async () => {
  const people = await meet(lax.url)
  const statuses: number[] = []
  for (const operation of operationsOf(document)) {
    const room = await createRoom(people.ana, people.bo)
    await people.ana.ask('PATCH', room.path, { body: { access: 'closed', listed: false } })
    for (const { path, token, ...request } of await refusalsOf(operation, room, people)) {
      statuses.push((await send(lax.url + path, token, request)).status)
    }
  }
  assert.deepEqual(lax.violations, [])
  const count = Object.entries(Object.groupBy(statuses, String)).map(
    ([status, those]) => `${those?.length} x ${status}`,
  )
  console.log(`${strict.requests + lax.requests} requests; answers: ${count.join(', ')}`)
  assert.ok(statuses.filter((status) => status >= 400).length >= 300)
  for (const status of [400, 401, 403, 404, 415]) assert.ok(statuses.includes(status), `${status}`)
})
