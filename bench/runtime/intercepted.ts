/** What happens around a run of so many statements. */
export type Around = <T>(run: () => Promise<T>, statements: number) => Promise<T>

const originals = new WeakMap<object, D1PreparedStatement>()

/** A database of which every run, of one statement or of a batch, goes through a hook. */
export function intercepted(database: D1Database, around: Around): D1Database {
  return new Proxy(database, {
    get(target, key) {
      if (key === 'prepare') return (query: string) => statement(target.prepare(query), around)
      if (key === 'batch') {
        return (batch: D1PreparedStatement[]) => {
          const prepared = batch.map((wrapped) => originals.get(wrapped) ?? wrapped)
          return around(() => target.batch(prepared), prepared.length)
        }
      }
      const value = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function statement(prepared: D1PreparedStatement, around: Around): D1PreparedStatement {
  const wrapped = new Proxy(prepared, {
    get(target, key) {
      if (key === 'bind') return (...values: unknown[]) => statement(target.bind(...values), around)
      const value = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      return (...values: unknown[]) => around(() => value.apply(target, values), 1)
    },
  })
  originals.set(wrapped, prepared)
  return wrapped
}
