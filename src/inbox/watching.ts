import * as schema from './schema'

/** What an inbox keeps of being told by rooms. */
export interface Watching {
  userId: string
  epoch: number
  /** Ids of the rooms that tell of changes. */
  leases: Set<string>
  versions: Record<string, number>
  compareAt: number | null
  blocks: string[]
}

/** undefined while no socket was ever opened. */
export function read(sql: SqlStorage): Watching | undefined {
  if (!schema.exists(sql)) return undefined
  schema.migrate(sql)
  const [row] = sql.exec<Row>('select * from watching').toArray()
  return (
    row && {
      userId: row.user_id,
      epoch: row.epoch,
      leases: new Set(JSON.parse(row.leases) as string[]),
      versions: JSON.parse(row.versions),
      compareAt: row.compare_at,
      blocks: JSON.parse(row.blocks),
    }
  )
}

export function write(sql: SqlStorage, watching: Watching): void {
  schema.migrate(sql)
  sql.exec(
    `insert or replace into watching (id, user_id, epoch, leases, versions, compare_at, blocks)
    values (1, ?, ?, ?, ?, ?, ?)`,
    watching.userId,
    watching.epoch,
    JSON.stringify([...watching.leases]),
    JSON.stringify(watching.versions),
    watching.compareAt,
    JSON.stringify(watching.blocks),
  )
}

type Row = {
  user_id: string
  epoch: number
  leases: string
  versions: string
  compare_at: number | null
  blocks: string
}
