import { counts } from './counts'

const statements = new WeakMap<object, D1PreparedStatement>()

/** The database, counting each statement that is run. */
export function counted(database: D1Database): D1Database {
  return new Proxy(database, {
    get(target, key) {
      if (key === 'prepare') return (query: string) => statement(target.prepare(query))
      if (key === 'batch') {
        return (batch: D1PreparedStatement[]) => {
          const prepared = batch.map((wrapped) => statements.get(wrapped) ?? wrapped)
          return target.batch(prepared).then((results) => results.map(note))
        }
      }
      const value = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function statement(prepared: D1PreparedStatement): D1PreparedStatement {
  const wrapped = new Proxy(prepared, {
    get(target, key) {
      if (key === 'bind') return (...values: unknown[]) => statement(target.bind(...values))
      const value = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      return async (...values: unknown[]) => note(await value.apply(target, values))
    },
  })
  statements.set(wrapped, prepared)
  return wrapped
}

/** `raw` and `first` answer without the count of rows; neither is used for writing. */
function note<T>(result: T): T {
  counts.statements += 1
  const { meta } = (result ?? {}) as { meta?: D1Meta }
  counts.directoryRows += meta?.rows_written ?? 0
  return result
}
