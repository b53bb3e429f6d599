import type { AccessClaims } from '../auth/tokens'
import type { Directory } from '../directory/database'

export interface AppEnv {
  Bindings: Env
  Variables: {
    requestId: string
    directory: Directory
    now: number
    /** Set by the guard `requireSession`; only behind it is it known to be there. */
    access?: AccessClaims
  }
}
