import type { SearchPreparing } from '../schemas/search'
import type { Caller } from './actors'
import * as jobs from './jobs'
import * as queries from './queries'
import { limit } from './rates'
import { reader } from './reading'
import * as searchIndex from './search-index'
import type { State } from './state'

const JOB = 'search'
// So much of a remainder is indexed while the search waits; anything longer by a job.
const SLICES = 10

/**
 * Brings the index up to where the room is, because someone may search and does. Where that takes longer it
 * is left to a job, and told how far the index is.
 */
export async function prepare(
  state: State,
  caller: Caller,
  q: string,
  now: number,
): Promise<SearchPreparing | null> {
  const { storage, sql, head, rates } = state
  reader(state, caller, now)
  limit(rates.searches, caller.userId, now)
  queries.parse(q)
  const isRunning = jobs.has(sql, JOB)
  for (let slice = 0; slice < SLICES && !isRunning && !state.isDeleted; slice += 1) {
    if (searchIndex.advance(storage)) return null
    // Others have their turn.
    await storage.sync()
  }
  if (state.isDeleted) return null
  if (!isRunning) jobs.put(storage, JOB, '', now)
  return { indexedSeq: searchIndex.reached(sql) ?? 0, seq: head.seq }
}

/** The job: one slice, and the next as soon as others had their turn. */
export function run({ storage, isDeleted }: State, now: number): void {
  if (isDeleted || searchIndex.advance(storage)) jobs.remove(storage, JOB, '')
  else jobs.put(storage, JOB, '', now)
}
