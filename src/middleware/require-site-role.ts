import { createMiddleware } from 'hono/factory'
import type { AccessClaims } from '../auth/tokens'
import * as accounts from '../directory/accounts'
import type { AppEnv } from '../http/context'
import type { SiteRole } from '../schemas/users'

type Proven = {
  Bindings: AppEnv['Bindings']
  Variables: AppEnv['Variables'] & { access: AccessClaims; siteRole: SiteRole }
}

// After `requireSession`. The token says nothing of roles and suspensions, so D1 is read each time.
const prove = (needed: SiteRole) =>
  createMiddleware<Proven>(async function siteRole(c, next) {
    const { directory, access, now } = c.var
    c.set('siteRole', await accounts.requireSiteRole(directory, access.userId, needed, now))
    await next()
  })

/** Proves that the account is neither deleted nor suspended. */
export const requireActive = prove('user')

/** Proves a moderator of the site, or an admin. */
export const requireModerator = prove('moderator')

/** Proves an admin of the site. */
export const requireAdmin = prove('admin')
