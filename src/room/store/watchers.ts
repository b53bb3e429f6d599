/** An inbox that asked to be told of changes. */
export interface Watcher {
  userId: string
  /** Which of the inbox's requests this is. */
  epoch: number
}

export const list = (sql: SqlStorage): Watcher[] =>
  sql
    .exec<{ userId: string; epoch: number }>('select user_id as userId, epoch from watchers')
    .toArray()

export function add(sql: SqlStorage, { userId, epoch }: Watcher): void {
  sql.exec(
    `insert into watchers (user_id, epoch) values (?, ?)
    on conflict (user_id) do update set epoch = excluded.epoch where excluded.epoch > epoch`,
    userId,
    epoch,
  )
}

export function remove(sql: SqlStorage, userId: string): void {
  sql.exec('delete from watchers where user_id = ?', userId)
}
