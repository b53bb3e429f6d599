import type { OpenAPIHono } from '@hono/zod-openapi'
import { ApiError } from '../errors'
import type { AppEnv } from '../http/context'

/** After all routes: every known path answers 405 with `Allow` to the methods it does not have. */
export function methodNotAllowed(app: OpenAPIHono<AppEnv>): void {
  const served = app.routes.filter(({ method }) => method !== 'ALL')
  const byPath = Map.groupBy(served, ({ path }) => path)
  for (const [path, routes] of byPath) {
    const methods = new Set(routes.map(({ method }) => method))
    if (methods.has('GET')) methods.add('HEAD')
    const allow = [...methods].sort()
    app.all(path, (c) => {
      throw new ApiError('method_not_allowed', `${c.req.method} is not among the methods here.`, {
        allow,
      })
    })
  }
}
