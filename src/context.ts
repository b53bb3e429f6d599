import type { Directory } from './directory/directory'

export interface AppEnv {
  Bindings: Env
  Variables: { requestId: string; directory: Directory; now: number }
}
