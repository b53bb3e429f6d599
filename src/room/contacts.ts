import type { Contact } from '../directory/contacts'
import type { State } from './state'

/** Takes over who of the two in a direct room may write, when it is news. */
export function apply({ sql }: Pick<State, 'sql'>, { version, writers }: Contact): void {
  sql.exec(
    `insert into contact (id, version, writers) values (1, ?, ?)
    on conflict (id) do update set version = excluded.version, writers = excluded.writers
    where excluded.version > contact.version`,
    version,
    JSON.stringify(writers),
  )
}
