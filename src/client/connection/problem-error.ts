import type { Problem, SocketProblem } from '../protocol'

export type ProblemCode = SocketProblem['code']

/** The service refused. `code` comes from a closed list; the message may be shown to the user. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: ProblemCode
  /** Seconds to wait before another attempt. */
  readonly retryAfter: number | undefined

  constructor(
    readonly problem: Problem | SocketProblem,
    retryAfter?: number,
  ) {
    super(problem.detail)
    this.code = problem.code
    this.retryAfter = 'retryAfter' in problem ? problem.retryAfter : retryAfter
  }

  /** Whether the same request may succeed later. */
  get isTemporary(): boolean {
    return ['rate_limited', 'unavailable', 'internal'].includes(this.code)
  }

  /** Whether the same request may succeed with a new token. */
  get isOfToken(): boolean {
    return ['unauthenticated', 'token_expired'].includes(this.code)
  }
}
