import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ApiError } from '../../src/errors'
import type { ChatRoom } from '../../src/room/chat-room'
import { ask } from '../../src/room/client'
import { toSocketProblem } from '../../src/room/commit/socket-problem'

const logged = vi.fn()
beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(logged)
})
afterEach(() => vi.restoreAllMocks())

const rooms = {
  idFromName: (name: string) => name,
  get: () => ({}),
} as unknown as DurableObjectNamespace<ChatRoom>

const failing = (error: unknown) => ask(rooms, 'room', () => Promise.reject(error))

// As workerd says it, of a statement or of the commit (`npm run test:faults` fills a real disk).
const full = new Error('database or disk is full: SQLITE_FULL')

it('a room whose disk is full is unavailable, over HTTP and sockets alike', async () => {
  await expect(failing(full)).rejects.toMatchObject({
    code: 'unavailable',
    extras: { retryAfter: 1 },
  })
  expect(toSocketProblem(full)).toMatchObject({ code: 'unavailable', retryAfter: 1 })
  expect(logged).toHaveBeenCalledTimes(2)
})

it("a room that crashed during a call is unavailable, and the log has the runtime's reference", async () => {
  const broke = new Error('internal error; reference = uvfgq5nj0ebvveg5a2fdt652')
  await expect(failing(broke)).rejects.toMatchObject({
    code: 'unavailable',
    extras: { retryAfter: 1 },
  })
  expect(logged).toHaveBeenCalledWith(expect.objectContaining({ message: broke.message }))
  await expect(failing(new Error('internal'))).rejects.toThrow('internal')
})

it('an overloaded room is asked once, one that reset three times', async () => {
  const asked = vi.fn()
  const call = (mark: object) => () => {
    asked()
    return Promise.reject(Object.assign(new Error('gone'), mark))
  }
  await expect(ask(rooms, 'room', call({ overloaded: true, retryable: true }))).rejects.toThrow(
    ApiError,
  )
  expect(asked).toHaveBeenCalledTimes(1)
  await expect(ask(rooms, 'room', call({ retryable: true }))).rejects.toThrow(ApiError)
  expect(asked).toHaveBeenCalledTimes(4)
})

it('any other failure is a bug, and its text stays inside', async () => {
  await expect(failing(new TypeError('x is not a function'))).rejects.toThrow(TypeError)
  expect(toSocketProblem(new TypeError('x is not a function'))).toEqual({
    code: 'internal',
    detail: 'Something went wrong on our side. The failure was logged.',
  })
})
