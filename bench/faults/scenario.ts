import { setTimeout as wait } from 'node:timers/promises'
import type { Pool } from '../runtime/pool'

/** Something that goes wrong around the service, and what becomes of its promises meanwhile. */
export interface Scenario {
  name: string
  run(pool: Pool): Promise<Findings>
}

export interface Findings {
  /** Measured, to be printed. */
  facts: Record<string, unknown>
  /** Promises that were broken, in words. */
  problems: string[]
}

/** Waits until something holds; throws when it takes too long. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patience = 30_000,
): Promise<void> {
  const deadline = Date.now() + patience
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`)
    await wait(50)
  }
}
