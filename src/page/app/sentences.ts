import { ProblemError } from '../../client/connection/problem-error'

/** What went wrong, for whoever did it: the sentences of the service, or ours where it did not answer. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ProblemError) return error.message
  if (!navigator.onLine) return 'You are offline. Try again when there is a connection.'
  return 'The service did not answer. Try again in a moment.'
}

/** What the service refused for; undefined where it did not answer. */
export const codeOfProblem = (error: unknown): string | undefined =>
  error instanceof ProblemError ? error.code : undefined
