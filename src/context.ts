import type { Directory } from './directory/directory'
import type { Access } from './tokens'

export interface AppEnv {
  Bindings: Env
  Variables: {
    requestId: string
    directory: Directory
    now: number
    /** Set by the guard `signedIn`; only behind it is it known to be there. */
    access?: Access
  }
}
