import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import type { Reply } from '../../fixtures/api'
import { createRoom, newMessage, roomStub } from '../../fixtures/rooms'
import type { User } from '../../fixtures/users'
import type { App } from './app'

/** Who is there, and where. */
export interface World {
  people: User[]
  /** Paths of rooms; of deleted ones, too. */
  paths: string[]
  /** The messages of each room, by its path. */
  seqs: Map<string, number[]>
  apps: App[]
  /** Opens another device of a user. */
  open: (user: User) => Promise<void>
}

/** One step: a command, and the numbers that choose who, where and what. */
export interface Step {
  name: keyof typeof commands
  who: number
  whom: number
  where: number
  what: number
  flag: boolean
}

interface Chosen {
  world: World
  user: User
  other: User
  path: string
  /** A message of the room. */
  seq: number
  flag: boolean
  what: number
}

const HOUR_MS = 3_600_000
const inAnHour = () => new Date(Date.now() + HOUR_MS).toISOString()
const roomIdOf = (path: string) => path.slice('/v1/rooms/'.length)
const mine = (path: string) => `${path}/members/@me`
const inboxOf = ({ id }: User) => env.INBOXES.get(env.INBOXES.idFromName(id))
const evict = (object: DurableObjectStub) => evictDurableObject(object).catch(() => {})

async function post({ world, user, path }: Chosen, more: object = {}): Promise<Reply> {
  const reply = await user.post(`${path}/messages`, { ...newMessage('hello'), ...more })
  if (reply.status === 201) world.seqs.get(path)?.push(reply.body.seq)
  return reply
}

function add(world: World, path: string): void {
  if (world.paths.includes(path)) return
  world.paths.push(path)
  world.seqs.set(path, [])
}

/** Everything that may move a badge or a list. */
const commands = {
  post: (c: Chosen) => post(c),
  mention: (c: Chosen) => post(c, { mentions: [c.other.id] }),
  mentionRoom: (c: Chosen) => post(c, { mentionsRoom: true }),
  reply: (c: Chosen) => post(c, { replyTo: c.seq, alsoInRoom: c.flag }),
  replyMentioning: (c: Chosen) => post(c, { replyTo: c.seq, mentions: [c.other.id] }),
  batch: ({ user, path }: Chosen) =>
    user.post(`${path}/batch`, {
      steps: [
        { do: 'message.post', ...newMessage('one') },
        { do: 'message.post', ...newMessage('two') },
        { do: 'message.delete', of: 0 },
      ],
    }),
  edit: ({ user, path, seq }: Chosen) => user.patch(`${path}/messages/${seq}`, { text: 'edited' }),
  editMentions: ({ user, other, path, seq, flag }: Chosen) =>
    user.patch(`${path}/messages/${seq}`, { mentions: flag ? [other.id] : [] }),
  delete: ({ user, path, seq }: Chosen) => user.delete(`${path}/messages/${seq}`),
  erase: ({ user, other, path }: Chosen) => user.delete(`${path}/messages?authorId=${other.id}`),
  react: ({ user, path, seq }: Chosen) =>
    user.put(`${path}/messages/${seq}/reactions/%F0%9F%91%8D/@me`),
  mark: ({ user, path, seq, flag }: Chosen) =>
    user.put(`${path}/read-marker`, { seq, unread: flag }),
  markOverInbox: async ({ world, user, path, seq, what }: Chosen) => {
    const device = world.apps.find((app) => app.user === user)?.socket
    device?.send({ do: 'read.mark', ref: `${what}`, roomId: roomIdOf(path), seq })
    await device?.answer(`${what}`)
  },
  markAll: ({ user }: Chosen) => user.put('/v1/me/read-marker'),
  follow: ({ user, path, seq }: Chosen) => user.put(`${path}/messages/${seq}/following`),
  unfollow: ({ user, path, seq }: Chosen) => user.delete(`${path}/messages/${seq}/following`),
  markThread: ({ world, user, path, seq, flag, what }: Chosen) => {
    const readSeq = world.seqs.get(path)?.at(-1 - (what % 3)) ?? 0
    return user.put(`${path}/messages/${seq}/read-marker`, { readSeq, unread: flag })
  },
  notify: ({ user, path, what }: Chosen) =>
    user.patch(mine(path), { notify: ['all', 'mentions', 'none'][what % 3] }),
  snooze: ({ user, path, flag }: Chosen) =>
    user.patch(mine(path), { snoozedUntil: flag ? inAnHour() : null }),
  favourite: ({ user, path, flag }: Chosen) => user.patch(mine(path), { favourite: flag }),
  archive: ({ user, path, flag }: Chosen) => user.patch(mine(path), { archived: flag }),
  join: ({ user, path }: Chosen) => user.put(mine(path)),
  leave: ({ user, path }: Chosen) => user.delete(mine(path)),
  addMember: ({ user, other, path }: Chosen) => user.put(`${path}/members/${other.id}`),
  remove: ({ user, other, path }: Chosen) => user.delete(`${path}/members/${other.id}`),
  ban: ({ user, other, path }: Chosen) => user.put(`${path}/bans/${other.id}`, {}),
  unban: ({ user, other, path }: Chosen) => user.delete(`${path}/bans/${other.id}`),
  role: ({ user, other, path, flag }: Chosen) =>
    user.patch(`${path}/members/${other.id}`, { role: flag ? 'moderator' : 'member' }),
  mute: ({ user, other, path, flag }: Chosen) =>
    user.patch(`${path}/members/${other.id}`, { mutedUntil: flag ? inAnHour() : null }),
  rename: ({ user, path, what }: Chosen) => user.patch(path, { name: `Room ${what}` }),
  block: ({ user, other }: Chosen) => user.put(`/v1/me/blocks/${other.id}`),
  unblock: ({ user, other }: Chosen) => user.delete(`/v1/me/blocks/${other.id}`),
  create: async ({ world, user, flag }: Chosen) => {
    const { path } = await createRoom(user, { access: flag ? 'open' : 'closed' })
    add(world, path)
  },
  deleteRoom: ({ user, path }: Chosen) => user.delete(path),
  direct: async ({ world, user, other }: Chosen) => {
    const reply = await user.post(`/v1/direct/${other.id}`)
    if (reply.status < 300) add(world, `/v1/rooms/${reply.body.id}`)
    return reply
  },
  openDevice: ({ world, user }: Chosen) => world.open(user),
  evictRoom: ({ path }: Chosen) => evict(roomStub(roomIdOf(path))),
  evictInbox: ({ user }: Chosen) => evict(inboxOf(user)),
} satisfies Record<string, (chosen: Chosen) => unknown>

// What happens most in a chat happens most here.
const often: Step['name'][] = ['post', 'post', 'post', 'mention', 'mention', 'reply', 'reply']
const oftener: Step['name'][] = ['mark', 'mark', 'markThread', 'join', 'join', 'replyMentioning']
export const names = Object.keys(commands) as Step['name'][]

const sequenceOf = (
  chosen: Step['name'][],
  { who, where }: { who: number; where: number },
  length: { minLength: number; maxLength: number },
): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      name: fc.constantFrom(...chosen),
      who: fc.nat(who),
      whom: fc.nat(2),
      where: fc.nat(where),
      what: fc.nat(999),
      flag: fc.boolean(),
    }),
    // Without a size fast-check makes hardly any longer than the shortest.
    { ...length, size: 'max' },
  )

export const steps = sequenceOf(
  [...names, ...often, ...oftener],
  { who: 3, where: 9 },
  { minLength: 15, maxLength: 60 },
)

const markers: Step['name'][] = ['mark', 'mark', 'mark', 'markOverInbox', 'markAll', 'markThread']
const around: Step['name'][] = ['post', 'post', 'mention', 'reply', 'openDevice']

/** Two people in one room, whose markers move to and fro while hardly anything else happens: only `marks` tells those apart. */
export const markerSteps = sequenceOf(
  [...markers, ...markers, ...around],
  { who: 1, where: 0 },
  { minLength: 5, maxLength: 25 },
)

/** The commands that were accepted at least once: one that never is tests nothing. */
export const accepted = new Set<string>()

/** Runs one step, by the first who may of all, beginning with `who`. What is refused changes nothing, which is a step, too. */
export async function run(world: World, step: Step): Promise<void> {
  for (let turn = 0; turn < world.people.length; turn += 1) {
    if (await runAs((step.who + turn) % world.people.length, world, step)) return
  }
}

/** Returns whether it was accepted. */
async function runAs(
  who: number,
  world: World,
  { name, whom, where, what, flag }: Step,
): Promise<boolean> {
  const user = world.people[who] as User
  const others = world.people.filter((one) => one !== user)
  const path = world.paths[where % world.paths.length] as string
  const seqs = world.seqs.get(path) ?? []
  // Of the latest messages, so that they have something to do with each other.
  const seq = seqs.at(-1 - (what % Math.min(5, seqs.length))) ?? 1
  const chosen = { world, user, other: others[whom] as User, path, seq, flag, what }
  const reply = (await commands[name](chosen)) as Partial<Reply> | undefined
  if (!reply?.status || reply.status < 300) {
    accepted.add(name)
    return true
  }
  if (reply.status >= 500) throw new Error(`${name}: ${JSON.stringify(reply.body)}`)
  return false
}
