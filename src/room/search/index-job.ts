import { enforceLimit } from '../../rate-limit/token-bucket'
import type { SearchPreparing } from '../../schemas/search'
import { authorize, type RequestContext } from '../policy/authorize'
import type { RoomState } from '../state/room-state'
import * as jobs from '../store/jobs'
import * as ftsIndex from './fts-index'
import * as queryParser from './query-parser'

const JOB = 'search'
// Slices that are indexed while a search waits. A longer remainder is left to the job, which takes as many per run.
const SLICES = 20

/**
 * Indexes what was posted since the last search. Rooms that nobody searches are never indexed. If there is much to
 * index, a job does it and the search answers how far the index is.
 */
export async function prepareSearch(
  context: RequestContext,
  { q, timeZone }: { q: string; timeZone: string },
): Promise<SearchPreparing | null> {
  authorize(context, 'room.read')
  const { state, caller, now } = context
  const { storage, sql, sequence, rates } = state
  enforceLimit(rates.searches, caller.userId, now)
  queryParser.parse(q, timeZone)
  const isRunning = jobs.has(sql, JOB)
  if (!isRunning && (await indexSlices(state))) return null
  if (!isRunning) jobs.schedule(storage, JOB, '', now)
  return { indexedSeq: ftsIndex.indexedSeq(sql) ?? 0, seq: sequence.seq }
}

/** One run of the job, which is scheduled again until everything is indexed. */
export async function runJob(state: RoomState, now: number): Promise<void> {
  if (await indexSlices(state)) jobs.cancel(state.storage, JOB, '')
  else jobs.schedule(state.storage, JOB, '', now)
}

/** Indexes up to SLICES slices. Returns whether everything is indexed. */
async function indexSlices(state: RoomState): Promise<boolean> {
  for (let slice = 0; slice < SLICES; slice += 1) {
    if (state.isDeleted || ftsIndex.indexNext(state.storage)) return true
    // Lets other requests run: waiting for storage would not, because its input gate holds them back.
    await scheduler.wait(1)
  }
  return state.isDeleted
}
