import { env } from 'cloudflare:workers'
import { open as openDirectory } from '../../src/directory/database'
import * as emailLinks from '../../src/directory/email-links'
import { avatarKey } from '../../src/media/object-keys'
import { call } from '../fixtures/api'
import { storeAppKey } from '../fixtures/app-keys'
import { Authenticator } from '../fixtures/authenticator'
import { knowIssuers, openTab, PAGE, start, stateOf, storeCode } from '../fixtures/code-flow'
import { storeExport } from '../fixtures/exports'
import { openInbox } from '../fixtures/inbox'
import { markVerified, newAddress, tokenTo } from '../fixtures/mail'
import * as media from '../fixtures/media'
import { storePasskey } from '../fixtures/passkeys'
import { newMessage } from '../fixtures/rooms'
import { connect, type RoomSocket } from '../fixtures/socket'
import { beginTotp, turnOnTotp } from '../fixtures/totp'
import { clientAddress, PASSWORD, registerUser, setPassword } from '../fixtures/users'
import type { CallerScenario } from './callers'
import { CODES } from './policy'

/** One line of a policy: what is done, and the outcome for each kind of caller. */
export interface Row {
  row: string
  expected: Record<string, string>
}

export const normalize = (line: string) => line.trim().replace(/\s+/g, ' ')

export const columnsOf = (table: string) => normalize(table.trim().split('\n')[0] ?? '').split(' ')

export function parseRows(table: string): Row[] {
  const columns = columnsOf(table)
  return table
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const words = normalize(line).split(' ')
      const cells = new Map(columns.map((name, i) => [name, words.slice(-columns.length)[i] ?? '']))
      const expected = columns.map((name) => {
        const word = cells.get(name) ?? ''
        return [name, CODES[word] ?? word]
      })
      return {
        row: words.slice(0, -columns.length).join(' '),
        expected: Object.fromEntries(expected),
      }
    })
}

/** Gives the caller an address, even one who may change nothing. */
async function claimAddress(userId: string): Promise<string> {
  const email = newAddress('caller')
  const claim = 'update users set email = ?, email_verified_at = null where id = ?'
  await env.DB.prepare(claim).bind(email, userId).run()
  return email
}

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString()

/** One pixel, of ASCII. */
const GIF = 'GIF89a\x01\0\x01\0\0\0\0;'
const picture = { 'Content-Type': 'image/gif', 'Content-Length': String(GIF.length) }
const tus = { 'Tus-Resumable': '1.0.0' }
const begin = { ...tus, 'Upload-Length': '14', 'Upload-Metadata': 'filetype aW1hZ2UvZ2lm' }

/** What a row says in its headers. */
const headers: Record<string, Record<string, string>> = {
  'PUT /v1/me/avatar': picture,
  'PUT /v1/rooms/{room}/avatar': picture,
  'POST /v1/rooms/{room}/media': picture,
  'POST /v1/rooms/{room}/uploads': begin,
  'GET /v1/rooms/{room}/uploads/{upload}': tus,
  'PATCH /v1/rooms/{room}/uploads/{upload}': {
    ...tus,
    'Upload-Offset': '0',
    'Content-Type': 'application/offset+octet-stream',
  },
  'DELETE /v1/rooms/{room}/uploads/{upload}': tus,
}

/** What a row sends beside its path. */
const bodies: Record<
  string,
  (scenario: CallerScenario) => object | string | Promise<object | undefined>
> = {
  'PUT /v1/me/avatar': () => GIF,
  'PUT /v1/rooms/{room}/avatar': () => GIF,
  'POST /v1/rooms/{room}/media': () => GIF,
  'PATCH /v1/rooms/{room}/uploads/{upload}': () => GIF,
  'POST /v1/users': () => ({ password: PASSWORD }),
  'POST /v1/sessions': async () => {
    const { username } = await registerUser('ivy')
    return { username, password: PASSWORD }
  },
  'POST /v1/sessions code': storeCode,
  'POST /v1/sessions/refresh': async () => {
    const { refreshToken } = await registerUser('ivy')
    return { refreshToken }
  },
  'POST /v1/password-resets': () => ({ email: 'nobody@example.com' }),
  'PUT /v1/password': async () => {
    const email = newAddress('ivy')
    await markVerified(await registerUser('ivy', { email }))
    await call('POST', '/v1/password-resets', { body: { email }, headers: clientAddress() })
    return { token: await tokenTo(email, 'reset'), password: `${PASSWORD} too` }
  },
  'POST /v1/me/email/verification': async ({ callerId }) => {
    await claimAddress(callerId)
    return undefined
  },
  'PUT /v1/me/email/verification': async ({ callerId }) => {
    const recipient = { userId: callerId, username: '', email: await claimAddress(callerId) }
    const link = await emailLinks.issue(openDirectory(env.DB), 'verify', recipient, Date.now())
    return { token: link?.token ?? '' }
  },
  'PUT /v1/sessions/current/proof': async ({ callerId }) => {
    await setPassword(callerId)
    return { password: PASSWORD }
  },
  'POST /v1/me/passkeys': async ({ token, callerId }) => {
    const options = await call('POST', '/v1/me/passkey-options', { token })
    const { challenge = 'none' } = options.body
    const user = { id: btoa(callerId) }
    return { credential: await new Authenticator().create({ challenge, user }) }
  },
  'PATCH /v1/me/passkeys/{passkey}': () => ({ name: 'Phone' }),
  'POST /v1/me/totp': async ({ callerId }) => {
    await setPassword(callerId)
    return undefined
  },
  'POST /v1/me/totp/confirmation': async ({ callerId }) => ({ totp: await beginTotp(callerId) }),
  'PUT /v1/me/recovery-codes': async ({ callerId }) => {
    await turnOnTotp(callerId)
    return undefined
  },
  'POST /v1/users/{eve}/totp-resets': async ({ eve }) => {
    await turnOnTotp(eve.id)
    return { reason: 'Lost the phone.' }
  },
  'POST /v1/app-keys': () => ({ name: 'Shop', scopes: ['read'] }),
  'POST /v1/app-keys/{appKey}/successors': () => ({}),
  'POST /v1/app/sessions': () => ({ subject: crypto.randomUUID() }),
  'PATCH /v1/me': () => ({ bio: 'Tea.' }),
  'PUT /v1/users/{eve}/role': () => ({ role: 'moderator' }),
  'PUT /v1/users/{eve}/suspension': () => ({ until: tomorrow() }),
  'PUT /v1/me/friends/{eve}': async ({ eve, callerId }) => {
    await eve.put(`/v1/me/friend-requests/${callerId}`)
    return undefined
  },
  'POST /v1/me/sync': ({ roomId }) => ({ rooms: { [roomId]: 0 } }),
  'POST /v1/rooms': () => ({ name: 'Pier' }),
  'POST /v1/rooms key': ({ key }) => ({ key }),
  'PATCH /v1/rooms/{room}': () => ({ topic: 'Tides' }),
  'PUT /v1/rooms/{room}/members/@me': () => ({}),
  'PATCH /v1/rooms/{room}/members/{bo} role': () => ({ role: 'moderator' }),
  // The role they have: nothing to change is no leave to ask.
  'PATCH /v1/rooms/{room}/members/{bo} same': () => ({ role: 'member' }),
  'PATCH /v1/rooms/{room}/members/{bo} mute': () => ({ mutedUntil: tomorrow() }),
  'PATCH /v1/rooms/{room}/members/{bo} clear': () => ({ metadata: null }),
  'PUT /v1/rooms/{room}/bans/{bo}': () => ({ reason: 'Spam.' }),
  'POST /v1/rooms/{room}/invites': () => ({ maxUses: 1 }),
  'POST /v1/rooms/{room}/messages': () => newMessage('hello'),
  // What the caller posted before they became who they are, once more.
  'POST /v1/rooms/{room}/messages again': async ({ bo, roomId, own }) => {
    const { body } = await bo.get(`/v1/rooms/${roomId}/messages/${own}`)
    return { nonce: body.nonce, text: 'hello' }
  },
  'PATCH /v1/rooms/{room}/messages/{own}': () => ({ text: 'hullo' }),
  'PATCH /v1/rooms/{room}/messages/{others}': () => ({ text: 'hullo' }),
  'POST /v1/rooms/{room}/batch': () => ({
    steps: [{ do: 'message.post', ...newMessage('hello') }],
  }),
  'PATCH /v1/rooms/{room}/members/@me': () => ({ favourite: true }),
  'PUT /v1/rooms/{room}/read-marker': ({ others }) => ({ seq: others }),
  'PUT /v1/rooms/{room}/messages/{others}/read-marker': ({ others }) => ({ readSeq: others }),
}

const queries: Record<string, (scenario: CallerScenario) => string | Promise<string>> = {
  'GET /v1/identity/{issuer}/start': () =>
    `?${new URLSearchParams({ challenge: 'x'.repeat(43), returnTo: PAGE })}`,
  // Who logs in changes their mind, so that no issuer has to be asked.
  'GET /v1/identity/{issuer}/callback': async () => {
    const { at } = await start(await openTab())
    return `?${new URLSearchParams({ state: stateOf(at), error: 'access_denied' })}`
  },
  'GET /v1/users': () => '?search=eve',
  'GET /v1/me/export': async ({ callerId }) => {
    await storeExport(callerId)
    return ''
  },
  'GET /v1/me/friend-requests': () => '?direction=in',
  'DELETE /v1/app/sessions': () => '?subject=nobody',
  'GET /v1/rooms/{room}/events': () => '?after=0',
  'GET /v1/rooms/{room}/search': () => '?q=hello',
  'DELETE /v1/rooms/{room}/messages': ({ bo }) => `?authorId=${bo.id}`,
}

/** What a command of the socket carries. */
const commands: Record<string, (scenario: CallerScenario) => object> = {
  'message.post': () => newMessage('hello'),
  'message.edit {own}': ({ own }) => ({ seq: own, text: 'hullo' }),
  'message.edit {others}': ({ others }) => ({ seq: others, text: 'hullo' }),
  'message.delete {own}': ({ own }) => ({ seq: own }),
  'message.delete {others}': ({ others }) => ({ seq: others }),
  'reaction.add': ({ others }) => ({ seq: others, emoji: '👍' }),
  'reaction.remove': ({ others }) => ({ seq: others, emoji: '👍' }),
  'read.mark': ({ others }) => ({ seq: others }),
  'thread.follow': ({ others }) => ({ seq: others }),
  'thread.unfollow': ({ others }) => ({ seq: others }),
  'thread.read': ({ others }) => ({ seq: others, readSeq: others }),
  'live.send': () => ({ name: 'cursor', data: { x: 1 } }),
  auth: ({ token }) => ({ token }),
}

const invite = async ({ ana, roomId }: CallerScenario) =>
  (await ana.post(`/v1/rooms/${roomId}/invites`, {})).body

/** What stands in the braces of a path. */
const values: Record<string, (scenario: CallerScenario) => string | number | Promise<string>> = {
  eve: ({ eve }) => eve.id,
  bo: ({ bo }) => bo.id,
  username: ({ eve }) => eve.username,
  session: ({ sessionId }) => sessionId,
  room: ({ roomId }) => roomId,
  key: ({ key }) => key,
  own: ({ own }) => own,
  others: ({ others }) => others,
  invite: async (scenario) => (await invite(scenario)).id,
  code: async (scenario) => (await invite(scenario)).code,
  passkey: async ({ callerId }) => {
    await setPassword(callerId)
    return storePasskey(callerId)
  },
  appKey: async () => (await storeAppKey()).id,
  export: ({ eve }) => storeExport(eve.id),
  issuer: () => {
    knowIssuers()
    return 'example'
  },
  emoji: () => '%F0%9F%91%8D',
  file: () => 'style.css',
  script: async () => {
    const page = await call('GET', '/', { headers: { Accept: 'text/html' } })
    return /src="\/page\/([^"]+)"/.exec(page.body)?.[1] ?? 'none.js'
  },
  of: () => 'users',
  avatar: async ({ eve }) => {
    await env.MEDIA.put(avatarKey('users', eve.id, 'picture'), GIF)
    return 'picture'
  },
  // Where the two of a direct room may not write there is nothing: an id that leads nowhere.
  media: async ({ ana, bo, roomId }) => {
    // A direct room is without ana.
    const owner = (await ana.get(`/v1/rooms/${roomId}`)).status === 200 ? ana : bo
    const id = await media.uploadPicture(owner, roomId).catch(() => `${roomId}.none`)
    await owner.post(`/v1/rooms/${roomId}/messages`, { ...newMessage('look'), attachments: [id] })
    return id
  },
  upload: async ({ bo, roomId }) => {
    const path = `/v1/rooms/${roomId}/uploads`
    const reply = await call('POST', path, { token: bo.token, headers: begin })
    return reply.headers.get('Location')?.split('/').at(-1) ?? `${roomId}.none`
  },
}

async function addressOf(target: string, scenario: CallerScenario): Promise<string> {
  let path = target.split(' ')[0] ?? ''
  for (const [braced, name = ''] of target.matchAll(/\{(\w+)\}/g)) {
    const value = values[name]
    if (!value) throw new Error(`no value for ${braced}`)
    path = path.replace(braced, String(await value(scenario)))
  }
  return path
}

/** Where a row of a table asks, and with which headers. */
export const requestOf = async (row: string, scenario: CallerScenario) => ({
  path:
    (await addressOf(row.split(/ (.*)/)[1] ?? '', scenario)) +
    ((await queries[row]?.(scenario)) ?? ''),
  headers: { ...clientAddress(), ...scenario.headers, ...headers[row] },
})

/** Does what a row says; answers "ok" or the code of the problem. */
export async function outcomeOf(row: string, scenario: CallerScenario): Promise<string> {
  const [method = '', target = ''] = row.split(/ (.*)/)
  if (method === 'SOCKET') return answerTo(target, scenario)
  if (row.endsWith('/me/socket')) return (await openInbox(scenario.token)).closed?.reason ?? 'ok'
  if (row.endsWith('}/socket')) return (await open(scenario)).refusal ?? 'ok'
  const { path, headers } = await requestOf(row, scenario)
  const options = { token: scenario.token, body: await bodies[row]?.(scenario), headers }
  const reply = await call(method, path, options)
  // To be led elsewhere is no refusal.
  return reply.status < 400 ? 'ok' : reply.body.code
}

async function open({
  token,
  roomId,
}: CallerScenario): Promise<{ socket: RoomSocket; refusal?: string }> {
  const socket = await connect(token, roomId)
  return socket.closed ? { socket, refusal: socket.closed.reason } : { socket }
}

async function answerTo(target: string, scenario: CallerScenario): Promise<string> {
  const { socket, refusal } = await open(scenario)
  if (refusal) return refusal
  socket.send({ do: target.split(' ')[0], ref: 1, ...commands[target]?.(scenario) })
  const answer = await socket.answer(1)
  socket.close()
  return 'problem' in answer ? answer.problem.code : 'ok'
}
