import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

export interface Arguments {
  kills: number
  seed: number
}

export function read(): Arguments {
  const { values } = parseArgs({
    options: { kills: { type: 'string', default: '20' }, seed: { type: 'string' } },
  })
  return { kills: Number(values.kills), seed: Number(values.seed ?? randomInt(2 ** 31)) }
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
