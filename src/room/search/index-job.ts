import { enforceLimit } from '../../rate-limit/token-bucket'
import type { SearchPreparing } from '../../schemas/search'
import { authorize, type RequestContext } from '../policy/authorize'
import type { State } from '../state/room-state'
import * as jobs from '../store/jobs'
import * as ftsIndex from './fts-index'
import * as queryParser from './query-parser'

const JOB = 'search'
// So much of a remainder is indexed while the search waits; anything longer by a job, so much at a time.
const SLICES = 20

/**
 * Brings the index up to where the room is, because someone may search and does. Where that takes longer it
 * is left to a job, and told how far the index is.
 */
export async function prepareSearch(
  context: RequestContext,
  { q }: { q: string },
): Promise<SearchPreparing | null> {
  authorize(context, 'room.read')
  const { state, caller, now } = context
  const { storage, sql, head: sequence, rates } = state
  enforceLimit(rates.searches, caller.userId, now)
  queryParser.parse(q)
  const isRunning = jobs.has(sql, JOB)
  if (!isRunning && (await indexSlices(state))) return null
  if (!isRunning) jobs.put(storage, JOB, '', now)
  return { indexedSeq: ftsIndex.indexedSeq(sql) ?? 0, seq: sequence.seq }
}

/** The job: comes again until all is indexed. */
export async function run(state: State, now: number): Promise<void> {
  if (await indexSlices(state)) jobs.remove(state.storage, JOB, '')
  else jobs.put(state.storage, JOB, '', now)
}

/** Indexes some slices; returns whether there is no more to do. */
async function indexSlices(state: State): Promise<boolean> {
  for (let slice = 0; slice < SLICES; slice += 1) {
    if (state.isDeleted || ftsIndex.indexNext(state.storage)) return true
    // Others have their turn, which they would not while this waits for storage.
    await scheduler.wait(1)
  }
  return state.isDeleted
}
