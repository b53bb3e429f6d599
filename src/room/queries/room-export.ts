import { ApiError } from '../../errors'
import { exportLine } from '../../schemas/export-lines'
import { authorize, type RequestContext } from '../policy/authorize'

/** Seqs that are read at a time: a few milliseconds of the room. */
const PAGE = 300

/** Messages with the text that they had at a time, ?3. One that is deleted, or is being erased, has none. */
const MESSAGES = `
  select m.seq, m.n, m.author_id, m.created_at, m.reply_to, m.also_in_room, m.kind, m.format_version,
    case
      when m.deleted_at is not null or exists (select 1 from erasures e
        where e.author_id = m.author_id and m.seq <= e.to_seq and m.seq >= e.from_seq) then 1
    end as deleted,
    case when coalesce(m.edited_at, m.created_at) <= ?3 then m.text
      else (select v.text from versions v where v.message_seq = m.seq and v.written_at <= ?3
        order by v.written_at desc limit 1)
    end as text,
    case when coalesce(m.edited_at, m.created_at) <= ?3 then m.edited_at
      else nullif((select max(v.written_at) from versions v
        where v.message_seq = m.seq and v.written_at <= ?3), m.created_at)
    end as edited_at,
    (select json_group_array(json_object('id', id, 'kind', kind, 'type', type, 'name', name, 'size', size))
      from (select * from media where message_seq = m.seq order by position)) as attachments
  from messages m where m.seq > ?1 and m.seq <= ?2 order by m.seq`

const EVENTS = `
  select seq, type, at, by, user_id, from_seq, message_seq, member_count, reason, emoji
  from events where seq > ?1 and seq <= ?2 order by seq`

type Row = Record<string, string | number | null> & { seq: number }

/** Which lines of a room are wanted. */
export interface RoomExportQuery {
  /** The seq at which the room is looked at; the present one if it is undefined. */
  asOf: number | undefined
  after: number
}

/**
 * The next lines of all that happened in a room up to a seq, in its order: messages with the texts that they had then, and
 * events. The same lines each time, but for what was deleted since. `next` is null at the end.
 */
export async function exportRoom(
  context: RequestContext,
  { asOf: asked, after }: RoomExportQuery,
): Promise<{ lines: string; asOf: number; next: number | null }> {
  const { sql, sequence } = context.state
  const asOf = asked ?? sequence.seq
  // A text of the same millisecond counts as of then, however late it comes: so that has to be over.
  if (timeAt(sql, asOf) >= context.now) await scheduler.wait(1)
  authorize(context, 'room.export')
  if (asOf > sequence.seq) {
    throw new ApiError('invalid', `asOf: this room is at ${sequence.seq}.`)
  }
  const end = Math.min(after + PAGE, asOf)
  const messages = sql.exec<Row>(MESSAGES, after, end, timeAt(sql, asOf)).toArray()
  const rows = [
    ...messages.map((row) => ({ seq: row.seq, line: toMessageLine(row) })),
    ...sql
      .exec<Row>(EVENTS, after, end)
      .toArray()
      .map(({ seq, ...row }) => ({ seq, line: exportLine({ type: 'event', seq }, row) })),
  ].sort((one, other) => one.seq - other.seq)
  const head = after > 0 ? '' : exportLine({ type: 'room', roomId: sequence.roomId }, { seq: asOf })
  const lines = head + rows.map(({ line }) => line).join('')
  return { lines, asOf, next: end < asOf ? end : null }
}

function toMessageLine({ seq, deleted, text, edited_at, also_in_room, attachments, ...row }: Row) {
  const isDeleted = deleted === 1
  return exportLine(
    { type: 'message', seq },
    {
      ...row,
      also_in_room: also_in_room === 1,
      deleted: isDeleted,
      text: isDeleted ? null : text,
      edited_at: isDeleted ? null : edited_at,
      attachments: isDeleted ? [] : JSON.parse(String(attachments)),
    },
  )
}

/** When a seq was given: the times of a room never go back. */
function timeAt(sql: SqlStorage, seq: number): number {
  const [row] = sql
    .exec<{ at: number }>(
      'select created_at as at from messages where seq = ?1 union all select at from events where seq = ?1',
      seq,
    )
    .toArray()
  return row?.at ?? 0
}
