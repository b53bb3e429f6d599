/** The closed list of problem codes and the one HTTP status each has (CONTRACT.md). */
export const statusOf = {
  malformed: 400,
  invalid: 400,
  unauthenticated: 401,
  token_expired: 401,
  forbidden: 403,
  suspended: 403,
  muted: 403,
  banned: 403,
  frozen: 403,
  not_connected: 403,
  wrong_password: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  username_taken: 409,
  email_taken: 409,
  last_owner: 409,
  last_admin: 409,
  too_many: 409,
  gone: 410,
  too_large: 413,
  unsupported_type: 415,
  slow_mode: 429,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const

export type Code = keyof typeof statusOf

/** One sentence per code for `title` of a problem; `detail` says what happened this time. */
export const titleOf: Record<Code, string> = {
  malformed: 'The request could not be parsed',
  invalid: 'The request does not match its schema',
  unauthenticated: 'A valid access token is needed',
  token_expired: 'The access token has expired',
  forbidden: 'You may not do this',
  suspended: 'This account is suspended',
  muted: 'You are muted in this room',
  banned: 'You are banned from this room',
  frozen: 'This room is frozen',
  not_connected: 'This person does not accept messages from you',
  wrong_password: 'The credentials are wrong',
  not_found: 'There is nothing here that you may see',
  method_not_allowed: 'This resource does not have that method',
  conflict: 'The request conflicts with the current state',
  username_taken: 'This username is taken',
  email_taken: 'This e-mail address is taken',
  last_owner: 'The last owner cannot go',
  last_admin: 'The last admin cannot go',
  too_many: 'A limit on the number of these is reached',
  gone: 'This no longer exists',
  too_large: 'The request is too large',
  unsupported_type: 'The content type is not supported',
  slow_mode: 'This room is in slow mode',
  rate_limited: 'Too many requests',
  internal: 'Something went wrong on our side',
  unavailable: 'The service cannot answer right now',
}

export interface FieldError {
  path: string
  message: string
}

/** A limit: at most `quota` in `seconds`. */
export interface Policy {
  name: string
  quota: number
  seconds: number
  /** Whether what is left is known, and not only by one of many who count. */
  isExact: boolean
}

export interface ProblemExtras {
  errors?: FieldError[]
  /** Whole seconds after which trying again makes sense. */
  retryAfter?: number
  /** The limit that was reached. */
  policy?: Policy
  /** Methods that a 405 allows. */
  allow?: string[]
}

/** The only error modules throw on purpose: a code of the closed list and a sentence for the caller. */
export class ApiError extends Error {
  constructor(
    readonly code: Code,
    readonly detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(`${code}: ${detail}`)
    this.name = 'ApiError'
  }
}
