import { createMiddleware } from 'hono/factory'
import * as accounts from '../directory/accounts'
import type { SessionEnv } from '../http/context'
import type { SiteRole } from '../schemas/users'

interface SiteRoleEnv {
  Bindings: SessionEnv['Bindings']
  Variables: SessionEnv['Variables'] & { siteRole: SiteRole }
}

// Stands after `requireSession`. A token carries neither role nor suspension, so each request reads D1.
const requireSiteRole = (needed: SiteRole) =>
  createMiddleware<SiteRoleEnv>(async function requireSiteRole(c, next) {
    const { directory, access, now } = c.var
    c.set('siteRole', await accounts.requireSiteRole(directory, access.userId, needed, now))
    await next()
  })

/** Requires an account that is neither deleted nor suspended. */
export const requireActive = requireSiteRole('user')

/** Requires an account that is neither deleted, suspended nor a guest's. `act` completes "Guests may not". */
export const requireRegistered = (act: string) =>
  createMiddleware<SessionEnv>(async function requireRegistered(c, next) {
    await accounts.requireRegistered(c.var.directory, c.var.access.userId, act, c.var.now)
    await next()
  })

/** Requires a site moderator or admin. */
export const requireModerator = requireSiteRole('moderator')

/** Requires a site admin. */
export const requireAdmin = requireSiteRole('admin')
