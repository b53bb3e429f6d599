import { env } from 'cloudflare:workers'

/** Watches D1 from within: tests and the service share one isolate, so its prototype is the one place. */
export function watchD1() {
  const prototype = Object.getPrototypeOf(env.DB) as D1Database
  const { prepare } = prototype
  const watch = {
    statements: [] as string[],
    /** While set, every statement fails. */
    isDown: false,
    restore: () => {
      prototype.prepare = prepare
    },
  }
  prototype.prepare = function (this: D1Database, query: string) {
    if (watch.isDown) throw new Error('D1_ERROR: switched off by the test')
    watch.statements.push(query)
    return prepare.call(this, query)
  }
  return watch
}
