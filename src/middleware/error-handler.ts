import type { Context, ErrorHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { ApiError, type Code, type Policy, rootOf, statusOf, titleOf } from '../errors'
import type { AppEnv } from '../http/context'
import type { Problem } from '../schemas/problems'

/** The one place where an error becomes a response. */
export const errorHandler: ErrorHandler<AppEnv> = (error, c) => {
  if (error instanceof ApiError) return problemResponse(c, error)
  if (error instanceof HTTPException) return problemResponse(c, fromHono(error))
  const { name, message, stack } = rootOf(error)
  console.error({ level: 'error', requestId: c.var.requestId, name, message, stack })
  if (isOutage(message)) {
    return problemResponse(
      c,
      new ApiError('unavailable', 'The service cannot answer right now. Try again in a moment.'),
    )
  }
  return problemResponse(
    c,
    new ApiError(
      'internal',
      'Something went wrong on our side. Name this request id when you report it.',
    ),
  )
}

// D1 includes SQLite's code when a statement fails, and none when D1 cannot be reached.
const isOutage = (message: string) => message.startsWith('D1_ERROR') && !/SQLITE_/.test(message)

export function problemResponse(c: Context<AppEnv>, { code, detail, extras }: ApiError): Response {
  const status = statusOf[code]
  const content: Problem = {
    type: `/docs/problems#${code}`,
    title: titleOf[code],
    status,
    detail,
    code,
    requestId: c.var.requestId,
    ...(extras.errors && { errors: extras.errors }),
    ...(extras.seq !== undefined && { seq: extras.seq }),
    ...(extras.nextPostAt && { nextPostAt: extras.nextPostAt }),
    ...(extras.challenge && { challenge: extras.challenge }),
  }
  const headers: Record<string, string> = { 'Content-Type': 'application/problem+json' }
  if (extras.allow) headers.Allow = extras.allow.join(', ')
  const retryAfter = extras.retryAfter ?? (status === 503 ? 1 : undefined)
  if (retryAfter !== undefined) headers['Retry-After'] = String(retryAfter)
  if (extras.policy) Object.assign(headers, limitOf(extras.policy, retryAfter))
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer'
  return c.body(JSON.stringify(content), status, headers)
}

const limitOf = (policy: Policy, retryAfter = policy.seconds) => ({
  'RateLimit-Policy': toPolicy(policy),
  ...(policy.isExact && { RateLimit: `"${policy.name}";r=0;t=${retryAfter}` }),
})

/** A limit in the syntax of draft-ietf-httpapi-ratelimit-headers: `quota` per `seconds`. */
export const toPolicy = ({ name, quota, seconds }: Omit<Policy, 'isExact'>): string =>
  `"${name}";q=${quota};w=${seconds}`

const codeOf: Record<number, Code> = { 400: 'malformed', 413: 'too_large', 415: 'unsupported_type' }

function fromHono(error: HTTPException): ApiError {
  const code = codeOf[error.status] ?? 'internal'
  return new ApiError(code, code === 'internal' ? titleOf.internal : `${error.message}.`)
}
