import { env } from 'cloudflare:workers'
import { signAccessToken } from '../../src/auth/tokens'
import { open } from '../../src/directory/database'
import { sessions } from '../../src/directory/schema'
import { newGrant } from '../../src/directory/sessions'
import { fanOutPage } from '../../src/fanout/profile-fanout'
import { callByKey, createAppKey } from '../fixtures/app-keys'
import { newMessage } from '../fixtures/rooms'
import { createUser, makeGuest, setSiteRole, type User } from '../fixtures/users'

/** Everything that a row of the access tables may name. */
export interface CallerScenario {
  /** Of whoever calls. */
  token: string | undefined
  /** What the caller sends beside it. */
  headers: Record<string, string>
  sessionId: string
  roomId: string
  /** Of the room; the two of a direct room have none. */
  key: string
  callerId: string
  /** Messages: one that the caller wrote before they became who they are, and one of bo. */
  own: number
  others: number
  /** ana made the room, bo is a plain member of it, eve is in no room. */
  ana: User
  bo: User
  eve: User
}

interface Setup {
  ana: User
  bo: User
  caller: User
  room: string
}

const HOUR = 3_600_000

const leave = ({ caller, room }: Setup) => caller.delete(`${room}/members/@me`)
const become =
  (role: string) =>
  ({ ana, caller, room }: Setup) =>
    ana.patch(`${room}/members/${caller.id}`, { role })
const promote = (role: 'moderator' | 'admin') => async (setup: Setup) => {
  await leave(setup)
  await setSiteRole(setup.caller, role)
}
const nothing = async () => {}
const suspend = async ({ caller }: Setup) => {
  await env.DB.prepare(
    'update users set suspended_until = ?, profile_version = profile_version + 1 where id = ?',
  )
    .bind(Date.now() + HOUR, caller.id)
    .run()
  await fanOutPage(env, { userId: caller.id }, false)
}

/** What happens to someone who is in the room and wrote there, until they are who the column says. */
const becoming: Record<string, (setup: Setup) => Promise<unknown>> = {
  none: nothing,
  junk: nothing,
  old: nothing,
  async gone({ caller }) {
    await caller.delete('/v1/me')
    await fanOutPage(env, { userId: caller.id }, false)
  },
  async susp(setup) {
    await become('owner')(setup)
    await suspend(setup)
  },
  str: leave,
  async gst(setup) {
    await leave(setup)
    await makeGuest(setup.caller.id)
  },
  async key(setup) {
    await leave(setup)
    await callByKey(setup.caller)
  },
  async alw(setup) {
    await leave(setup)
    await setup.ana.put(`${setup.room}/allowlist/${setup.caller.id}`)
  },
  ban: ({ ana, caller, room }) => ana.put(`${room}/bans/${caller.id}`, {}),
  mute: ({ ana, caller, room }) =>
    ana.patch(`${room}/members/${caller.id}`, {
      mutedUntil: new Date(Date.now() + HOUR).toISOString(),
    }),
  mem: nothing,
  mod: become('moderator'),
  adm: become('admin'),
  async own(setup) {
    await become('owner')(setup)
    await become('admin')({ ...setup, caller: setup.ana })
  },
  smod: promote('moderator'),
  sadm: promote('admin'),
}

/** The same for one of the two of a direct room, which nobody leaves: a stranger is somebody else. */
const becomingInDirect: typeof becoming = {
  ...becoming,
  susp: suspend,
  str: nothing,
  gst: ({ caller }) => makeGuest(caller.id),
  key: ({ caller }) => callByKey(caller),
  blk: ({ bo, caller }) => bo.put(`/v1/me/blocks/${caller.id}`),
  smod: ({ caller }) => setSiteRole(caller, 'moderator'),
  sadm: ({ caller }) => setSiteRole(caller, 'admin'),
}

const STRANGERS = ['str', 'gst', 'key', 'smod', 'sadm']

export const callers = Object.keys(becoming)

/** A room and a caller of its own. */
export async function createCallerScenario(
  name: string,
  settings: Record<string, unknown>,
): Promise<CallerScenario> {
  const [ana, bo, caller, eve] = await Promise.all([
    createUser('Ana'),
    createUser('Bo'),
    createUser('Caller'),
    createUser('Eve'),
  ])
  await env.DB.prepare(
    `update users set add_policy = 'everyone', message_policy = 'everyone' where id in (?, ?, ?)`,
  )
    .bind(ana.id, bo.id, caller.id)
    .run()
  await env.DB.prepare(`update users set add_policy = 'everyone' where id = ?`).bind(eve.id).run()
  const isDirect = settings.kind === 'direct'
  const inside = isDirect && STRANGERS.includes(name) ? ana : caller
  const key = `access:${crypto.randomUUID()}`
  const roomId = isDirect
    ? await direct(inside, bo)
    : await channel(ana, [bo, caller], { key, ...settings })
  const room = `/v1/rooms/${roomId}`
  const others = await say(bo, room)
  const own = await say(inside, room)
  const sessionId = await openSession(caller.id)
  const ways = isDirect ? becomingInDirect : becoming
  const changed = await ways[name]?.({ ana, bo, caller, room })
  if (isRefused(changed)) throw new Error(`no ${name}: ${JSON.stringify(changed)}`)
  const isKey = name === 'key'
  const headers: Record<string, string> = isKey ? { 'On-Behalf-Of': caller.id } : {}
  const token = isKey ? await createAppKey() : await tokenOf(name, { userId: caller.id, sessionId })
  return { token, headers, sessionId, roomId, key, callerId: caller.id, own, others, ana, bo, eve }
}

/** Both have opened it, so both see it before its first message. */
async function direct(one: User, other: User): Promise<string> {
  await one.post(`/v1/direct/${other.id}`)
  return (await other.post(`/v1/direct/${one.id}`)).body.id
}

async function channel(ana: User, members: User[], settings: object): Promise<string> {
  const { body } = await ana.post('/v1/rooms', { name: 'Harbour', ...settings })
  const add = ({ id }: User) => ana.put(`/v1/rooms/${body.id}/members/${id}`)
  await Promise.all(members.map(add))
  return body.id
}

const isRefused = (reply: unknown) => (reply as { status: number } | undefined)?.status === 403

async function openSession(userId: string): Promise<string> {
  const now = Date.now()
  const grant = newGrant(userId, now)
  await open(env.DB)
    .insert(sessions)
    .values({ ...grant, name: 'a test', createdAt: now })
  return grant.id
}

async function tokenOf(name: string, access: { userId: string; sessionId: string }) {
  if (name === 'none') return undefined
  if (name === 'junk') return 'junk'
  const now = Date.now() - (name === 'old' ? HOUR : 0)
  return (await signAccessToken(env.TOKEN_SECRET, access, now)).token
}

const say = async (who: User, room: string): Promise<number> =>
  (await who.post(`${room}/messages`, newMessage('hello'))).body.seq
