import type { Problem } from '../protocol'
import { ProblemError } from './problem-error'

export interface HttpRequest {
  body?: unknown
  token?: string
}

export type Send = <T>(method: string, path: string, request?: HttpRequest) => Promise<T>

/** Speaks JSON with the service. Throws a `ProblemError` for a refusal, and what `fetch` throws without an answer. */
export function http(address: string, fetcher: typeof fetch): Send {
  return async <T>(method: string, path: string, { body, token }: HttpRequest = {}) => {
    const headers: Record<string, string> = {}
    if (token) headers.Authorization = `Bearer ${token}`
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    const answer = await fetcher(address + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T
    throw await refusalOf(answer)
  }
}

async function refusalOf(answer: Response): Promise<ProblemError> {
  const wait = Number(answer.headers.get('Retry-After')) || undefined
  const problem = await answer.json().catch(() => undefined)
  if (problem?.code) return new ProblemError(problem as Problem, wait)
  // A proxy in between answers in a language of its own.
  const code = answer.status === 401 ? 'unauthenticated' : 'unavailable'
  return new ProblemError({ code, detail: `The service answered ${answer.status}.` }, wait)
}
