import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { afterEach, beforeEach, it, vi } from 'vitest'
import { RoomModel } from './model/room-model'
import { createModelScenario } from './model/scenario'
import { runs, verdicts } from './model/steps'

// An object with a timer is not evicted before it fired, and presence has one of a second.
const HASTE = 50
beforeEach(() => {
  const { setTimeout } = globalThis
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, ms = 0) =>
    setTimeout(work, ms / HASTE)) as unknown as typeof setTimeout)
})
afterEach(() => vi.restoreAllMocks())

const LIMIT_MS = 900_000
it(
  'a room behaves as the model does, whoever attempts what over which transport, evicted or not',
  async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (commands) => {
        const real = await createModelScenario()
        await fc.asyncModelRun(() => ({ model: new RoomModel(), real }), commands)
      }),
      { numRuns: env.THOROUGH ? 1000 : 100, seed: 20261123 },
    )
    console.log('model:', Object.fromEntries(verdicts))
  },
  LIMIT_MS,
)
