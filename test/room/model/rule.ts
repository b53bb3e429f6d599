import type { RoomRole } from '../../../src/schemas/members'
import type { Name, RoomModel, Verdict } from './room-model'

/** What anybody may try. `seq` is of any event, or of none yet. */
export interface Attempt {
  who: Name
  whom: Name
  seq: number
  /** When the message of that seq was written, if it is one. */
  since: string | undefined
  /** Which invite, counted from the newest. */
  invite: number
  nonce: string
  text: string
  emoji: string
  role: RoomRole
  /** On or off, forth or back. */
  on: boolean
}

/** Returns the outcome of an attempt, and changes the model as the service must change. */
export type Rule = (room: RoomModel, attempt: Attempt) => Verdict

/** Runs checks in their order; the first that is not ok is the verdict, and nothing happens. */
export function first(checks: (() => Verdict)[], happen: () => void): Verdict {
  for (const check of checks) {
    const verdict = check()
    if (verdict !== 'ok') return verdict
  }
  happen()
  return 'ok'
}

export const when = (holds: boolean, verdict: Verdict): Verdict => (holds ? verdict : 'ok')
