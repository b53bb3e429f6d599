import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const HASH = 2 ** 14 * 8 * 5

const waits: number[] = []
beforeEach(() => {
  waits.length = 0
  vi.resetModules()
  vi.spyOn(scheduler, 'wait').mockImplementation(async (ms) => void waits.push(ms))
})
afterEach(() => vi.restoreAllMocks())

it('a hash waits for the ones before it, and for a pause in proportion to their work', async () => {
  const { acquire } = await import('../../src/auth/hash-throttle')
  for (const work of [HASH, HASH, HASH / 2, HASH]) await acquire('logIn', work, 1000)
  expect(waits).toEqual([250, 500, 625])
  await acquire('logIn', HASH, 1000 + 60_000)
  expect(waits.length).toBe(3)
})

it('a hash that would wait too long is rejected with a time to try again', async () => {
  const { acquire } = await import('../../src/auth/hash-throttle')
  for (let i = 0; i <= 40; i += 1) await acquire('logIn', HASH, 0)
  await expect(acquire('logIn', HASH, 0)).rejects.toMatchObject({
    code: 'unavailable',
    extras: { retryAfter: 11 },
  })
  expect(waits.length).toBe(40)
})

it('passwords of rooms wait for each other and for log-ins, which wait for no room', async () => {
  const { acquire } = await import('../../src/auth/hash-throttle')
  for (let i = 0; i <= 10; i += 1) await acquire('room', HASH, 0)
  await expect(acquire('room', HASH, 0)).rejects.toMatchObject({ code: 'unavailable' })
  waits.length = 0
  await acquire('logIn', HASH, 0)
  expect(waits).toEqual([])
  await acquire('account', HASH, 0)
  expect(waits).toEqual([250])
})

it('a log-in that comes while the password of a room waits goes before it', async () => {
  const { acquire } = await import('../../src/auth/hash-throttle')
  await acquire('room', HASH, 0)
  vi.mocked(scheduler.wait).mockImplementationOnce(async (ms) => {
    waits.push(ms)
    await acquire('logIn', HASH, 900)
  })
  await acquire('room', HASH, 0)
  expect(waits).toEqual([1000, 1000])
})
