import type { AccessClaims } from '../auth/tokens'
import type { Directory } from '../directory/database'
import type { RpcResult } from '../durable-objects/rpc-result'
import type { ChatRoom } from '../room/chat-room'
import type { Caller } from '../room/policy/authorize'
import type { Scope } from '../schemas/app-keys'

export interface AppEnv {
  Bindings: Env
  Variables: {
    requestId: string
    directory: Directory
    now: number
    /** Set by `requireSession`. Only behind that guard is its type not optional. */
    access?: AccessClaims
    /** Which scope lets an app key act here on behalf of a user. */
    appKeyScope?: Scope
    /** Set where an app key acts. */
    appKeyId?: string
  }
}

/** What a handler finds behind `requireSession`. */
export interface SessionEnv {
  Bindings: AppEnv['Bindings']
  Variables: AppEnv['Variables'] & { access: AccessClaims }
}

/** What the handler of a room endpoint finds: see `roomEndpoint`. */
export interface RoomEnv {
  Bindings: AppEnv['Bindings']
  Variables: SessionEnv['Variables'] & { caller: Caller; room: CallRoom }
}

/** Calls the room in the path as the caller, and throws what the room refuses. */
export type CallRoom = <T>(
  call: (room: DurableObjectStub<ChatRoom>, caller: Caller) => Promise<RpcResult<T>>,
) => Promise<T>
