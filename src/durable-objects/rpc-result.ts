import { ApiError, type Code, type ProblemExtras } from '../errors'

/** What crosses RPC: errors lose their class there and are logged as uncaught, so a refusal travels as data. */
export type RpcResult<T> = { ok: true; value: T } | RpcRefusal

export interface RpcRefusal {
  ok: false
  code: Code
  detail: string
  extras: ProblemExtras
}

/** Inside the room: turns a thrown `ApiError` into data. */
export async function toRpcResult<T>(work: () => T | Promise<T>): Promise<RpcResult<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { ok: false, code: error.code, detail: error.detail, extras: error.extras }
  }
}
