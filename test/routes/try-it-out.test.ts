import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { app } from '../../src/app'
import { documentOf } from '../../src/docs/openapi'
import { call } from '../fixtures/api'
import { Authenticator } from '../fixtures/authenticator'
import { readyOf } from '../fixtures/exports'
import { jpeg } from '../fixtures/jpeg'
import { markVerified, newAddress, tokenTo } from '../fixtures/mail'
import * as media from '../fixtures/media'
import { storePasskey } from '../fixtures/passkeys'
import { newMessage } from '../fixtures/rooms'
import { beginTotp, turnOnTotp } from '../fixtures/totp'
import * as users from '../fixtures/users'

interface Schema {
  $ref?: string
  example?: unknown
  examples?: unknown[]
  default?: unknown
  enum?: unknown[]
}

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  example?: unknown
  examples?: object
  schema: Schema
}

interface Operation {
  method: string
  path: string
  operationId: string
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { example: unknown }> }
}

const document = documentOf(app)
const named = document.components?.schemas as Record<string, Schema>
const operations = Object.entries(document.paths as Record<string, Record<string, Operation>>)
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  )
  // A page cannot open a socket as a request, and there is no issuer to log in at.
  .filter(({ operationId }) => !/^open(Inbox)?Socket$|IdentityLogIn$/.test(operationId))

const schemaOf = ({ schema }: Parameter): Schema => ({
  ...named[schema.$ref?.split('/').at(-1) ?? ''],
  ...schema,
})

/** What a page that fills in all it finds puts into the field of a parameter. */
function prefilled(parameter: Parameter): unknown {
  const schema = schemaOf(parameter)
  const given = parameter.example ?? schema.example ?? schema.examples?.[0] ?? schema.default
  return given ?? (parameter.required ? schema.enum?.[0] : undefined)
}

describe('an optional parameter', () => {
  it('has no example, which a page would fill in and send, unless a request needs one of two', () => {
    const offenders = operations.flatMap(({ operationId, parameters = [] }) =>
      parameters
        .filter(({ required }) => !required)
        .filter((parameter) => {
          const { example, examples } = { ...schemaOf(parameter), ...parameter }
          return example !== undefined || examples !== undefined
        })
        .map(({ name }) => `${operationId} ${name}`),
    )
    // Of search and ids a request needs one.
    expect(offenders).toEqual(['searchUsers search'])
  })
})

const photo = jpeg()

/** ana owns a room and is an admin of the site; bo is a member; eve is outside. */
async function scene() {
  const [ana, bo, eve] = await Promise.all(
    ['ana', 'bo', 'eve'].map((name) => users.registerUser(name)),
  )
  if (!ana || !bo || !eve) throw new Error('nobody registered')
  await users.setSiteRole(ana, 'admin')
  await env.DB.prepare(
    `update users set add_policy = 'everyone', message_policy = 'everyone' where id in (?, ?)`,
  )
    .bind(bo.id, eve.id)
    .run()
  const { body: room } = await ana.post('/v1/rooms', { name: 'Harbour crew' })
  const path = `/v1/rooms/${room.id}`
  await bo.put(`${path}/members/@me`)
  const { body: message } = await ana.post(`${path}/messages`, newMessage('See you at 7!'))
  return { ana, bo, eve, roomId: room.id as string, path, seq: message.seq as number }
}

type Scene = Awaited<ReturnType<typeof scene>>

/** Who tries it, if not ana: an owner cannot leave a room without another. */
const actors: Record<string, (scene: Scene) => { token: string } | Promise<{ token: string }>> = {
  joinRoom: ({ eve }) => eve,
  leaveRoom: ({ bo }) => bo,
  deleteMe: ({ bo }) => bo,
  createAppSession: async (scene) => ({ token: (await appKey(scene)).secret }),
  endAppSessions: async (scene) => ({ token: (await appKey(scene)).secret }),
}

/** What must have happened before. */
const befores: Record<string, (scene: Scene) => Promise<unknown>> = {
  replaceRecoveryCodes: ({ ana }) => turnOnTotp(ana.id),
  resetTotp: ({ bo }) => turnOnTotp(bo.id),
  requestVerification: (scene) => address(scene),
  getExport: ({ ana }) => ana.post('/v1/me/export'),
  acceptFriend: ({ ana, bo }) => bo.put(`/v1/me/friend-requests/${ana.id}`),
  // As the example of a key is.
  getRoomByKey: ({ ana }) => ana.post('/v1/rooms', { key: 'order:4711' }),
}

const appKey = async ({ ana }: Scene) =>
  (await ana.post('/v1/app-keys', { name: 'Back end', scopes: ['users.mint'] })).body

const invite = async ({ ana, path }: Scene) => (await ana.post(`${path}/invites`, {})).body

const uploading = async ({ ana, path }: Scene): Promise<string> => {
  const headers = {
    'Tus-Resumable': '1.0.0',
    'Upload-Length': '348112',
    'Upload-Metadata': 'filetype aW1hZ2UvanBlZw==',
  }
  const begun = await call('POST', `${path}/uploads`, { token: ana.token, headers })
  return begun.headers.get('Location')?.split('/').at(-1) ?? ''
}

const picture = async ({ ana, roomId, path }: Scene): Promise<string> => {
  const mediaId = await media.uploadPicture(ana, roomId)
  await ana.post(`${path}/messages`, { ...newMessage('Look!'), attachments: [mediaId] })
  return mediaId
}

const avatar = async ({ ana }: Scene): Promise<string> => {
  const { body } = await media.putAvatar(ana, '/v1/me/avatar')
  return body.avatarUrl?.split('/').at(-1) ?? ''
}

/** The ids of what there is, for those of the examples. */
const ids: Record<string, (scene: Scene, operation: string) => unknown> = {
  roomId: ({ roomId }) => roomId,
  userId: ({ bo, eve }, operation) => (operation === 'addMember' ? eve.id : bo.id),
  authorId: ({ bo }) => bo.id,
  username: ({ bo }) => bo.username,
  seq: ({ seq }) => seq,
  mediaId: (scene, operation) => (/Upload$/.test(operation) ? uploading(scene) : picture(scene)),
  inviteId: async (scene) => (await invite(scene)).id,
  code: async (scene) => (await invite(scene)).code,
  sessionId: async ({ ana }) => (await ana.get('/v1/sessions')).body.items[0].id,
  keyId: async (scene) => (await appKey(scene)).appKey.id,
  passkeyId: ({ ana }) => storePasskey(ana.id),
  // That of media is optional: the page sends none.
  token: async ({ ana }, operation) => {
    if (operation !== 'downloadExport') return undefined
    await ana.post('/v1/me/export')
    return (await readyOf(ana))[0]?.split('/').at(-1)
  },
  id: ({ ana }) => ana.id,
  avatarId: avatar,
}

/** The same in bodies, where a name that is taken counts as an id too. */
const bodies: Record<string, (scene: Scene) => object | Promise<object>> = {
  addPasskey: async ({ ana }) => {
    const { body } = await ana.post('/v1/me/passkey-options')
    return { credential: await new Authenticator().create(body) }
  },
  confirmTotp: async ({ ana }) => ({ totp: await beginTotp(ana.id) }),
  createUser: () => ({ username: `ana_${Date.now()}`, email: `ana_${Date.now()}@example.com` }),
  createSession: ({ ana }) => ({ username: ana.username }),
  refreshSession: ({ ana }) => ({ refreshToken: ana.refreshToken }),
  moveReadMarker: ({ seq }) => ({ seq }),
  verifyEmail: async (scene) => ({ token: await tokenTo(await address(scene), 'verify') }),
  resetPassword: async (scene) => {
    const email = await address(scene)
    await markVerified(scene.ana)
    await call('POST', '/v1/password-resets', { body: { email }, headers: users.clientAddress() })
    return { token: await tokenTo(email, 'reset') }
  },
}

/** Gives ana an address. */
async function address({ ana }: Scene): Promise<string> {
  const email = newAddress()
  await ana.patch('/v1/me', { email, currentPassword: users.PASSWORD })
  return email
}

async function bodyOf({ operationId, requestBody }: Operation, world: Scene) {
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? []
  if (!type || !content) return { headers: {} }
  if (type === 'application/json') {
    const body = { ...(content.example as object), ...(await bodies[operationId]?.(world)) }
    return { body, headers: { 'Content-Type': type } }
  }
  // The page has somebody choose a file.
  const headers = {
    'Content-Type': type === '*/*' ? 'image/jpeg' : type,
    'Content-Length': String(photo.length),
  }
  return { body: photo, headers }
}

/** Sends what the page has filled in, with real ids. */
async function tryOut(operation: Operation, world: Scene) {
  const { operationId, method, parameters = [] } = operation
  const { headers, body } = await bodyOf(operation, world)
  const sent = new Headers({ ...users.clientAddress(), ...headers })
  const query = new URLSearchParams()
  let path = operation.path
  for (const parameter of parameters) {
    const { name } = parameter
    const value = (await ids[name]?.(world, operationId)) ?? prefilled(parameter)
    if (value === undefined) continue
    if (parameter.in === 'path') path = path.replace(`{${name}}`, encodeURIComponent(String(value)))
    if (parameter.in === 'query') query.set(name, String(value))
    if (parameter.in === 'header') sent.set(name, String(value))
  }
  await befores[operationId]?.(world)
  const { token } = (await actors[operationId]?.(world)) ?? world.ana
  const address = query.size > 0 ? `${path}?${query}` : path
  return call(method, address, { token, body, headers: Object.fromEntries(sent) })
}

describe('what the page at /docs has filled in', () => {
  beforeAll(async () => {
    // So that ana is never the last admin.
    await users.setSiteRole(await users.registerUser('ada'), 'admin')
  })

  it.each(operations)('$operationId works as it is', async (operation) => {
    const { status, body } = await tryOut(operation, await scene())
    expect(status < 400, JSON.stringify(body)).toBe(true)
  })
})
