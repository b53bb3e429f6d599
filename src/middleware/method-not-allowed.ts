import type { OpenAPIHono } from '@hono/zod-openapi'
import { ApiError } from '../errors'
import type { AppEnv } from '../http/context'

/**
 * Registered after all routes: a known path answers 405 with `Allow` to every other method. Hono's own
 * `hono/method-not-allowed` does not fit. It skips a 404 that is thrown, as ours is, and its `Allow` adds the methods
 * of every pattern that matches: it would tell a client of `/v1/sessions/refresh` to `DELETE`.
 */
export function methodNotAllowed(app: OpenAPIHono<AppEnv>): void {
  const served = app.routes.filter(({ method }) => method !== 'ALL')
  const byPath = Map.groupBy(served, ({ path }) => path)
  for (const [path, routes] of byPath) {
    const methods = new Set(routes.map(({ method }) => method))
    if (methods.has('GET')) methods.add('HEAD')
    const allow = [...methods].sort()
    app.all(path, (c) => {
      throw new ApiError(
        'method_not_allowed',
        `This path does not support ${c.req.method}. See the \`Allow\` header.`,
        {
          allow,
        },
      )
    })
  }
}
