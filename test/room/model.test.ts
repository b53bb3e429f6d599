import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Message, Messages } from '../../src/schemas/messages'
import type { Room } from '../../src/schemas/rooms'
import { memberRules } from '../helpers/member-rules'
import { messageRules } from '../helpers/message-rules'
import { openRoom, type Person, person } from '../helpers/person'
import { type Deed, type Door, Doors } from '../helpers/room-doors'
import { type Name, names, RoomModel, type Verdict } from '../helpers/room-model'
import type { Rule, Try } from '../helpers/rules'

const rules: Record<Deed, Rule> = { ...messageRules, ...memberRules }

interface Scene {
  cast: Record<Name, Person>
  nameOf: (id: string) => Name
  path: string
  stub: Awaited<ReturnType<typeof openRoom>>['stub']
  doors: Doors
}

const verdicts = new Map<Verdict, number>()

/** One step: somebody tries something at a door; the verdict and everything after it must be the model's. */
class Step implements fc.AsyncCommand<RoomModel, Scene> {
  constructor(
    private readonly deed: Deed,
    private readonly door: Door,
    private readonly attempt: Omit<Try, 'seq'> & { back: number },
    private readonly evicts: boolean,
  ) {}

  check = () => true

  async run(model: RoomModel, scene: Scene): Promise<void> {
    if (this.evicts) await evictDurableObject(scene.stub)
    const { back, ...rest } = this.attempt
    // Mostly one of the newest messages; sometimes an event that is none, or none yet.
    const seq = model.messages.at(-back)?.seq ?? model.seq + 2 - back
    const attempt = { ...rest, seq: Math.max(1, seq) }
    const mayRead = model.may(attempt.who, 'read') === 'ok'
    model.shutOut.clear()
    const verdict = await scene.doors.try(this.deed, mayRead ? this.door : 'http', attempt)
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
    expect(verdict).toBe(rules[this.deed](model, attempt))
    await scene.doors.shut(model.shutOut)
    await compare(model, scene)
  }

  toString(): string {
    return `${this.evicts ? 'evict, ' : ''}${this.deed} at ${this.door} ${JSON.stringify(this.attempt)}`
  }
}

/** Everything that the room shows, to everybody, beside what the model says. */
async function compare(model: RoomModel, { cast, nameOf, stub }: Scene): Promise<void> {
  const reader = names.find((name) => model.may(name, 'read') === 'ok') as Name
  const caller = (name: Name) => ({ userId: cast[name].id })
  const [rooms, page, roster] = await runInDurableObject(stub, (room) =>
    Promise.all([
      Promise.all(names.map((name) => room.readRoom(caller(name)))),
      room.listMessages(caller(reader), { limit: 100 }),
      room.listMembers(caller(reader), null, 100),
    ]),
  )
  for (const [index, name] of names.entries()) {
    const answer = rooms[index]
    if (model.refused(name) !== 'ok') expect(answer).toMatchObject({ code: 'banned' })
    else expect(answer?.ok && shown(answer.value)).toEqual(expectedRoom(model, name))
  }
  if (!page.ok || !roster.ok) throw new Error(`${reader} may read and cannot`)
  const told = model.messages.slice(-100).map((message) => ({
    ...message,
    reactions: [...message.reactions].map(([emoji, who]) => [emoji, who.size, who.has(reader)]),
  }))
  const { items }: Messages = JSON.parse(page.value.json)
  expect(items.map((message) => plain(message, nameOf)).reverse()).toEqual(told)
  const members = roster.value.items.map(({ user, role }) => [nameOf(user.id), role])
  expect(members.sort()).toEqual(model.members.map((name) => [name, model.roleOf(name)]).sort())
}

const shown = ({ seq, n, memberCount, access, frozen, topic, me }: Room) => ({
  seq,
  n,
  memberCount,
  isOpen: access === 'open',
  isFrozen: frozen,
  topic,
  me: me && {
    role: me.role,
    isMuted: me.mutedUntil !== null,
    readSeq: me.readSeq,
    sent: me.sentCount,
    unread: me.unread,
    unreadMentions: me.unreadMentions,
    mayPost: me.capabilities.includes('message.post'),
  },
})

function expectedRoom(model: RoomModel, name: Name) {
  const { seq, n, isOpen, isFrozen, topic } = model
  const person = model.people.get(name)
  const me = person?.role && {
    role: person.role,
    isMuted: person.isMuted,
    readSeq: person.readSeq,
    sent: person.sent,
    ...model.unread(name),
    mayPost: model.may(name, 'post') === 'ok',
  }
  return { seq, n, memberCount: model.members.length, isOpen, isFrozen, topic, me: me || null }
}

const plain = (message: Message, nameOf: (id: string) => Name) => ({
  seq: message.seq,
  author: nameOf(message.author.id),
  nonce: message.nonce,
  text: message.text,
  isEdited: message.editedAt !== null,
  isDeleted: message.deletedAt !== null,
  replyTo: message.replyTo,
  replyCount: message.replyCount,
  reactions: message.reactions.map(({ emoji, count, me }) => [emoji, count, me]),
  isPinned: message.pinned,
  mentions: message.mentions.map(nameOf),
  mentionsRoom: message.mentionsRoom,
})

const often: Deed[] = ['post', 'post', 'reply', 'mention', 'react', 'mark', 'join', 'leave']
const attempt = fc.record({
  // Mostly somebody who may.
  who: fc.constantFrom(...names, 'ana', 'ana', 'ana', 'bo', 'bo'),
  whom: fc.constantFrom(...names, 'bo', 'cy'),
  back: fc.nat(6),
  // Few, so that they are repeated.
  nonce: fc.nat(40).map((n) => `nonce ${n}`),
  text: fc.constantFrom('hello', 'tides', 'rope'),
  emoji: fc.constantFrom('👍', '🎉'),
  role: fc.constantFrom('owner', 'admin', 'moderator', 'member'),
  on: fc.boolean(),
})
const step = fc
  .tuple(
    fc.constantFrom(...(Object.keys(rules) as Deed[]), ...often),
    fc.constantFrom<Door>('http', 'socket'),
    attempt,
    fc.integer({ min: 1, max: 5 }).map((dice) => dice === 1),
  )
  .map((parts) => new Step(...(parts as ConstructorParameters<typeof Step>)))

// An object with a timer is not evicted before it fired, and a room has some of a second.
const HASTE = 50
beforeEach(() => {
  const { setTimeout } = globalThis
  const wait = scheduler.wait.bind(scheduler)
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, ms = 0) =>
    setTimeout(work, ms / HASTE)) as unknown as typeof setTimeout)
  vi.spyOn(scheduler, 'wait').mockImplementation((ms) => wait(ms / HASTE))
})
afterEach(() => vi.restoreAllMocks())

it('a room does what its rules say, whoever tries what at which door, evicted or not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands([step], { maxCommands: 200, size: 'max' }), async (commands) => {
      const { ana, bo, cy, room, path, stub } = await openRoom()
      const cast = { ana, bo, cy, di: await person('Di') }
      const nameOf = (id: string) => names.find((name) => cast[name].id === id) as Name
      const doors = new Doors(cast, room.id, path)
      await fc.asyncModelRun(
        () => ({ model: new RoomModel(), real: { cast, nameOf, path, stub, doors } }),
        commands,
      )
    }),
    { numRuns: env.THOROUGH ? 300 : 20, seed: 20261123 },
  )
  console.log('model:', Object.fromEntries(verdicts))
}, 600_000)
