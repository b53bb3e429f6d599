import { beforeEach, expect, it } from 'vitest'
import type { Message, Ready } from '../../src/client/protocol'
import { Excerpt } from '../../src/client/store/excerpt'
import { Derived } from '../../src/client/store/observable'
import { RoomLog } from '../../src/client/store/room-log'
import { Users } from '../../src/client/store/users'
import { message, snapshot } from './fixtures/messages'

const LAST = 3_000
const all: Message[] = Array.from({ length: LAST }, (_, i) => ({
  ...message(i + 1),
  reactions: [],
}))

let log: RoomLog
let excerpt: Excerpt
let asked: string[]
/** Whether the network is there. */
let isUp: boolean

/** Pages as the service has them: newest first. */
function page(query: URLSearchParams) {
  const limit = Number(query.get('limit'))
  const [before, after, around] = ['before', 'after', 'around'].map((name) => query.get(name))
  const end = before
    ? Number(before) - 1
    : after
      ? Number(after) + limit
      : Number(around) + limit / 2
  const last = Math.min(end, LAST)
  const first = Math.max(last - limit + 1, after ? Number(after) + 1 : 1)
  const items = all.slice(first - 1, last).reverse()
  return { items, older: first > 1 ? first : null, newer: last < LAST ? last : null }
}

beforeEach(() => {
  log = new RoomLog(new Users(), () => 'ana')
  const latest = all.slice(-50)
  log.begin({ resumed: 'limited', snapshot: snapshot(LAST, latest) } as unknown as Ready)
  asked = []
  isUp = true
  excerpt = new Excerpt(
    {
      chat: {
        userId: 'ana',
        request: (async (_method: string, path: string) => {
          asked.push(path)
          if (!isUp) throw new TypeError('offline')
          return page(new URLSearchParams(path.split('?')[1]))
        }) as never,
      },
      log,
      view: new Derived(() => null),
      show: (one) => ({ ...one, status: 'sent' as const }),
      find: async () => 'harbour',
      path: (rest) => `/v1/rooms/harbour/${rest}`,
    },
    400,
  )
})

const settled = () => new Promise((resolve) => setTimeout(resolve))
const seqs = () => excerpt.view.getSnapshot().messages.map(({ seq }) => seq)
const known = () => log.messages.list().map(({ seq }) => seq)
const isWithoutGap = (list: (number | null)[]) =>
  list.every((seq, i) => i === 0 || Number(seq) === Number(list[i - 1]) + 1)

it('a message thousands back is shown after one page, with what stands around it', async () => {
  excerpt.open()
  await settled()
  expect(asked).toEqual(['/v1/rooms/harbour/messages?limit=50&around=400'])
  expect(seqs()).toContain(400)
  expect(isWithoutGap(seqs())).toBe(true)
  expect(excerpt.view.getSnapshot()).toMatchObject({ hasOlder: true, hasNewer: true })
  // There is a gap between it and the room, so the room does not have it.
  expect(known()[0]).toBe(LAST - 49)
})

it('read on in both directions, it has no gap, and read down to the room it is the room’s', async () => {
  excerpt.open()
  await settled()
  await excerpt.loadOlder()
  expect(isWithoutGap(seqs())).toBe(true)
  expect(seqs()[0]).toBe(326)
  while (known()[0] !== 326) await excerpt.loadNewer()
  expect(isWithoutGap(known())).toBe(true)
  expect(known()).toHaveLength(LAST - 325)
  expect(log.hasOlder).toBe(true)
})

it('an edit and an erasure far back are seen, and what is posted now does not come into it', async () => {
  excerpt.open()
  await settled()
  const edited = { ...message(400), text: 'Low tide is at eight.' }
  log.apply({ type: 'message.edited', seq: LAST + 1, messageSeq: 400, message: edited } as never)
  const at = '2026-11-22T20:41:07.000Z'
  const erased = { authorId: message(1).author.id, from: 405, to: 405, at }
  log.apply({ type: 'messages.erased', seq: LAST + 2, ...erased } as never)
  const posted = message(LAST + 3)
  log.apply({ type: 'message.posted', seq: LAST + 3, message: posted } as never)
  excerpt.view.changed()
  const shown = excerpt.view.getSnapshot().messages
  expect(shown.find(({ seq }) => seq === 400)?.text).toBe('Low tide is at eight.')
  expect(shown.find(({ seq }) => seq === 405)?.deletedAt).toBe(at)
  expect(seqs()).not.toContain(LAST + 3)
})

it('without a network it says so, and can be asked for again', async () => {
  isUp = false
  excerpt.open()
  await settled()
  expect(excerpt.view.getSnapshot().state).toBe('failed')
  isUp = true
  await excerpt.reload()
  excerpt.view.changed()
  expect(excerpt.view.getSnapshot().state).toBe('complete')
  expect(seqs()).toContain(400)
})

it('let go of, it is told nothing more', async () => {
  const close = excerpt.open()
  await settled()
  expect(log.excerpts.size).toBe(1)
  close()
  expect(log.excerpts.size).toBe(0)
})
