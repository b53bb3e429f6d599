import fc from 'fast-check'
import { expect, it } from 'vitest'
import { iso } from '../../src/schemas/primitives'

it('a time is written as the platform writes it', () => {
  // Far and near, so that hours change and stay.
  const time = fc.oneof(
    fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 }),
    fc.integer({ min: 1_795_541_000_000, max: 1_795_549_000_000 }),
  )
  fc.assert(
    fc.property(time, (ms) => iso(ms) === new Date(ms).toISOString()),
    { numRuns: 5000, seed: 20261124 },
  )
  expect(() => iso(Number.NaN)).toThrow(RangeError)
})
