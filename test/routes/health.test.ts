import { afterEach, expect, it, vi } from 'vitest'
import { call } from '../fixtures/api'
import { spyOnD1 } from '../fixtures/d1-spy'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'

afterEach(() => vi.restoreAllMocks())

it('says which parts answer', async () => {
  const well = await call('GET', '/health')
  expect([well.status, well.body]).toEqual([
    200,
    { status: 'ok', directory: true, rooms: true, media: true },
  ])
  const d1 = spyOnD1()
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  d1.isDown = true
  const ill = await call('GET', '/health')
  d1.restore()
  expect([ill.status, ill.body]).toEqual([
    503,
    { status: 'degraded', directory: false, rooms: true, media: true },
  ])
  // Beside what is left to do of other tests.
  expect(error.mock.calls.flat().filter(({ work }) => work === 'health')).toEqual([
    expect.objectContaining({ part: 'directory', message: expect.stringContaining('D1_ERROR') }),
  ])
})

it('does not wait for parts that do not answer, and says so', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(scheduler, 'wait').mockResolvedValue()
  const { status, body } = await call('GET', '/health')
  expect([status, body]).toEqual([
    503,
    { status: 'degraded', directory: false, rooms: false, media: false },
  ])
  const causes = error.mock.calls.flat().filter(({ work }) => work === 'health')
  expect(causes.map(({ message }) => message)).toEqual(
    Array.from({ length: 3 }, () => 'Error: no answer in 2000 ms'),
  )
})

it('logs one line per request, without what was said or who may say it', async () => {
  const { bo, room, path } = await createScenario()
  const info = vi.spyOn(console, 'info')
  await bo.post(`${path}/messages`, newMessage('a secret'))
  expect(info).toHaveBeenCalledTimes(1)
  expect(JSON.parse(info.mock.calls[0]?.[0])).toMatchObject({
    level: 'info',
    method: 'POST',
    route: '/v1/rooms/:roomId/messages',
    status: 201,
    userId: bo.id,
    roomId: room.id,
  })
  expect(JSON.stringify(info.mock.calls)).not.toMatch(/a secret|eyJ/)
})

it('answers with Server-Timing', async () => {
  expect((await call('GET', '/health')).headers.get('Server-Timing')).toMatch(/total;dur=/)
})
