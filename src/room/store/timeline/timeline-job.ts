import * as jobs from '../jobs'
import { IN_TIMELINE, positionAt } from './timeline'

const JOB = 'timeline'
const SLICE = 1000

/** Counts the timeline in rows that are older than `t`, a slice at a time. The key of the job is how far it has come. */
export function runSlice(storage: DurableObjectStorage, key: string, now: number): void {
  const { sql } = storage
  const done = Number(key)
  storage.transactionSync(() => {
    jobs.cancel(storage, JOB, key)
    const counted = sql.exec<{ seq: number }>(
      `update messages set t = counted.t
      from (select seq, ? + sum(${IN_TIMELINE}) over (order by seq) as t from messages
        where seq > ? and t is null order by seq limit +?) counted
      where messages.seq = counted.seq returning messages.seq as seq`,
      positionAt(sql, done).t,
      done,
      SLICE,
    )
    const seqs = counted.toArray().map(({ seq }) => seq)
    if (seqs.length === SLICE) jobs.schedule(storage, JOB, String(Math.max(...seqs)), now)
  })
}
