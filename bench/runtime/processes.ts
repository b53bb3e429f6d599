import { readdirSync, readFileSync } from 'node:fs'

/** The process with this `NAME=value` in its environment. */
export function find(variable: string): number | undefined {
  return readdirSync('/proc')
    .map(Number)
    .find((pid) => pid > 0 && pid !== process.pid && environment(pid).includes(variable))
}

function environment(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    // Gone since the listing, or not ours to see.
    return []
  }
}
