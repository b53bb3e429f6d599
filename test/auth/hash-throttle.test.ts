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
  for (const work of [HASH, HASH, HASH / 2, HASH]) await acquire(work, 1000)
  expect(waits).toEqual([250, 500, 625])
  await acquire(HASH, 1000 + 60_000)
  expect(waits.length).toBe(3)
})

it('a hash that would wait too long is rejected with a time to try again', async () => {
  const { acquire } = await import('../../src/auth/hash-throttle')
  for (let i = 0; i <= 40; i += 1) await acquire(HASH, 0)
  await expect(acquire(HASH, 0)).rejects.toMatchObject({
    code: 'unavailable',
    extras: { retryAfter: 11 },
  })
  expect(waits.length).toBe(40)
})
