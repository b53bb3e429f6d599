import type { Directory } from '../directory/database'
import type { CallRoom } from '../http/context'
import type { Caller } from '../room/policy/authorize'

/** Who uploads, and how to reach the room they upload to. */
export interface Uploader {
  env: Env
  directory: Directory
  caller: Caller
  room: CallRoom
  now: number
}
