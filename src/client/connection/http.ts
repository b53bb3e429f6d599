import type { Problem } from '../protocol'
import { ProblemError } from './problem-error'

export interface RequestOptions {
  signal?: AbortSignal
  /** The type and name of `body`, which is then sent as it is and not as JSON. */
  headers?: Record<string, string>
}

export interface HttpRequest extends RequestOptions {
  body?: unknown
  token?: string
}

export type Send = <T>(method: string, path: string, request?: HttpRequest) => Promise<T>

/** Speaks JSON with the service. Throws a `ProblemError` for a refusal, and what `fetch` throws without an answer. */
export function http(address: string, fetcher: typeof fetch): Send {
  return async <T>(method: string, path: string, request: HttpRequest = {}) => {
    const { body, token, signal } = request
    const headers: Record<string, string> = { ...request.headers }
    if (token) headers.Authorization = `Bearer ${token}`
    const isJson = body !== undefined && !request.headers
    if (isJson) headers['Content-Type'] = 'application/json'
    const answer = await fetcher(address + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : (body as BodyInit) }),
      ...(signal ? { signal } : {}),
    })
    const text = await answer.text()
    // What is only accepted, or gone, is answered with nothing.
    if (answer.ok) return (text ? JSON.parse(text) : undefined) as T
    throw refusalOf(answer.status, text, answer.headers.get('Retry-After'))
  }
}

/** What the service refused, of an answer that is not ok. */
export function refusalOf(status: number, body: string, retryAfter?: string | null): ProblemError {
  const wait = Number(retryAfter) || undefined
  try {
    const problem: Problem = JSON.parse(body)
    if (problem.code) return new ProblemError(problem, wait)
  } catch {
    // A proxy in between answers in a language of its own.
  }
  const code = status === 401 ? 'unauthenticated' : 'unavailable'
  return new ProblemError({ code, detail: `The service answered ${status}.` }, wait)
}
