import { weather } from './weather'

const statements = new WeakMap<object, D1PreparedStatement>()

/** The database, as slow or as dead as the weather is. */
export function exposed(database: D1Database): D1Database {
  return new Proxy(database, {
    get(target, key) {
      if (key === 'prepare') return (query: string) => statement(target.prepare(query))
      if (key === 'batch') {
        return async (batch: D1PreparedStatement[]) => {
          await endure()
          return target.batch(batch.map((wrapped) => statements.get(wrapped) ?? wrapped))
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
      return async (...values: unknown[]) => {
        await endure()
        return value.apply(target, values)
      }
    },
  })
  statements.set(wrapped, prepared)
  return wrapped
}

async function endure(): Promise<void> {
  if (weather.delayMs > 0) await scheduler.wait(weather.delayMs)
  // As D1 says it when it cannot be reached.
  if (weather.isDown) throw new Error('D1_ERROR: Network connection lost.')
}
