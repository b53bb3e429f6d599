import { setTimeout as wait } from 'node:timers/promises'

const RETRY_MS = 20

/** Tries until it works, as a client does whose server comes and goes. */
export async function insist<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const value = await attempt().catch(() => undefined)
    if (value !== undefined) return value
    await wait(RETRY_MS)
  }
}
