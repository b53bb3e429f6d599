import { ProblemError } from '../../client/connection/problem-error'

/** What a log-in goes on with whose password was right, and not enough. */
export function challengeOf(error: unknown): string | undefined {
  if (!(error instanceof ProblemError)) return undefined
  return 'challenge' in error.problem ? error.problem.challenge : undefined
}
