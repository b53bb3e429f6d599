import { beforeEach, expect, it, vi } from 'vitest'
import { History } from '../../src/client/history'
import type { Message, Ready } from '../../src/client/protocol'
import { RoomAddress } from '../../src/client/room-address'
import { type MessagePage, RoomLog } from '../../src/client/store/room-log'
import { Users } from '../../src/client/store/users'
import { message, snapshot } from './fixtures/messages'

const shared = [message(1, { reactions: [{ emoji: '👍', count: 1 }] })]
const mine: Message = { ...message(1), reactions: [{ emoji: '👍', count: 1, me: true }] }
const ready = { resumed: 'limited', snapshot: snapshot(1, shared) } as unknown as Ready

let log: RoomLog
let history: History
let isReady: boolean
/** How many requests the network still loses. */
let lost: number
let asked: number
/** What an answer waits for. */
let held: Promise<void>
let pages: MessagePage[]
let paths: string[]

beforeEach(() => {
  log = new RoomLog(new Users(), () => 'ana')
  isReady = true
  lost = 0
  asked = 0
  held = Promise.resolve()
  pages = []
  paths = []
  const request = async (_: string, path: string) => {
    asked += 1
    paths.push(path)
    await held
    if (lost-- > 0) throw new TypeError('offline')
    return pages.shift() ?? { items: [mine], older: null }
  }
  const chat = { request: request as never, backOff: { base: 1, max: 1 } }
  history = new History({
    ...{ chat, log, address: new RoomAddress(chat, 'harbour') },
    isReady: () => isReady,
    changed: () => {},
  })
})

const isMine = () => log.messages.get(1)?.reactions[0]?.me

it('which reactions are mine is asked for after a snapshot, however long the network fails', async () => {
  lost = 23
  log.begin(ready)
  history.continue(true)
  expect([isMine(), history.isBehind]).toEqual([false, true])
  await vi.waitFor(() => expect(isMine()).toBe(true))
  expect(asked).toBe(24)
  await vi.waitFor(() => expect(history.isBehind).toBe(false))
})

it('it is asked again when the connection is back, also without another snapshot', async () => {
  lost = Number.POSITIVE_INFINITY
  log.begin(ready)
  history.continue(true)
  await vi.waitFor(() => expect(asked).toBeGreaterThan(6))
  isReady = false
  // It gives up meanwhile.
  let before = 0
  await vi.waitFor(() => {
    const isOver = before === asked
    before = asked
    expect(isOver).toBe(true)
  })
  expect(isMine()).toBe(false)
  lost = 0
  isReady = true
  history.continue(false)
  await vi.waitFor(() => expect(isMine()).toBe(true))
})

it('a page that another one dropped does not count', async () => {
  let release = () => {}
  held = new Promise((resolve) => {
    release = resolve
  })
  log.begin(ready)
  history.continue(true)
  await vi.waitFor(() => expect(asked).toBe(1))
  // The snapshot of another connection makes the page under way useless.
  log.begin(ready)
  history.continue(true)
  release()
  await vi.waitFor(() => expect(isMine()).toBe(true))
  expect(asked).toBe(2)
})

it('is asked of all that the snapshot had, however much was posted since', async () => {
  pages = [
    { items: [], older: 51 },
    { items: [], older: 2 },
  ]
  log.begin(ready)
  history.continue(true)
  await vi.waitFor(() => expect(history.isBehind).toBe(false))
  expect(isMine()).toBe(true)
  expect(paths.map((path) => path.split('before=')[1])).toEqual([undefined, '51', '2'])
})
