import type { Counts } from '../counted/counts'
import type { Target } from '../targets/target'

/** What a counted service did so far. */
export async function read(target: Target): Promise<Counts> {
  return (await fetch(new URL('/counts', target.server.url))).json() as Promise<Counts>
}
