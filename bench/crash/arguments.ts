import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

export interface Arguments {
  kills: number
  seed: number
  /** Instead of the room, those that are wrong on purpose in ways whose names have this; or `all`. */
  broken?: string | undefined
}

export function read(): Arguments {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string' },
      seed: { type: 'string' },
      broken: { type: 'string' },
    },
  })
  const { broken } = values
  const kills = Number(values.kills ?? (broken === undefined ? 20 : 8))
  return { kills, seed: Number(values.seed ?? randomInt(2 ** 31)), broken }
}

/** Numbers from 0 to 1 that the same seed gives again (mulberry32). */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
