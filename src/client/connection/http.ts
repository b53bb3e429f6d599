import type { Problem } from '../protocol'
import { ProblemError } from './problem-error'

const LATE_MS = 5_000

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

/**
 * Speaks JSON with the service. Throws a `ProblemError` for a refusal, and what `fetch` throws without an answer. `onUnanswered`
 * is told of that, and of an answer that is late.
 */
export function http(address: string, fetcher: typeof fetch, onUnanswered = () => {}): Send {
  return async <T>(method: string, path: string, request: HttpRequest = {}) => {
    const { body, token, signal } = request
    const headers: Record<string, string> = { ...request.headers }
    if (token) headers.Authorization = `Bearer ${token}`
    const isJson = body !== undefined && !request.headers
    if (isJson) headers['Content-Type'] = 'application/json'
    const asked = {
      method,
      headers,
      ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : (body as BodyInit) }),
      ...(signal ? { signal } : {}),
    }
    const { answer, text } = await answered(
      () => fetcher(address + path, asked),
      onUnanswered,
      !request.headers,
    )
    // What is only accepted, or gone, is answered with nothing.
    if (answer.ok) return (text ? JSON.parse(text) : undefined) as T
    throw refusalOf(answer.status, text, answer.headers.get('Retry-After'))
  }
}

/** A network that is gone often shows first in an answer that does not come. */
async function answered(ask: () => Promise<Response>, onUnanswered: () => void, isShort: boolean) {
  const timer = isShort ? setTimeout(onUnanswered, LATE_MS) : undefined
  try {
    const answer = await ask()
    return { answer, text: await answer.text() }
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) onUnanswered()
    throw error
  } finally {
    clearTimeout(timer)
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
