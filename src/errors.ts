/** The closed list of problem codes, each with its HTTP status. */
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
  second_factor_required: 403,
  wrong_code: 403,
  proof_required: 403,
  registration_required: 403,
  identity_refused: 403,
  passkey_refused: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  username_taken: 409,
  last_owner: 409,
  last_admin: 409,
  last_credential: 409,
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

/** The `title` of each problem; `detail` says what happened this time. Both may be shown to users. */
export const titleOf: Record<Code, string> = {
  malformed: 'The request could not be parsed',
  invalid: 'The request is not valid',
  unauthenticated: 'You are not signed in',
  token_expired: 'The access token has expired',
  forbidden: 'You are not allowed to do this',
  suspended: 'This account is suspended',
  muted: 'You are muted in this room',
  banned: 'You are banned from this room',
  frozen: 'This room is frozen',
  not_connected: 'The privacy settings of this user do not allow this',
  wrong_password: 'The credentials are wrong',
  second_factor_required: 'A second factor is needed',
  wrong_code: 'The code is wrong, or was used',
  proof_required: 'You must prove who you are first',
  registration_required: 'Guests may not do this',
  identity_refused: 'The identity token is not accepted',
  passkey_refused: 'The passkey is not accepted',
  not_found: 'This does not exist, or you may not see it',
  method_not_allowed: 'This URL does not support that method',
  conflict: 'The request conflicts with the current state',
  username_taken: 'This username is taken',
  last_owner: 'A room needs at least one owner',
  last_admin: 'The site needs at least one admin',
  last_credential: 'You need at least one way to log in',
  too_many: 'You have reached the maximum number of these',
  gone: 'This no longer exists',
  too_large: 'The request is too large',
  unsupported_type: 'This content type is not accepted here',
  slow_mode: 'This room is in slow mode',
  rate_limited: 'You sent too many requests',
  internal: 'Something went wrong on our side',
  unavailable: 'The service cannot answer right now',
}

export interface FieldError {
  path: string
  message: string
}

/** A rate limit: at most `quota` in `seconds`. */
export interface Policy {
  name: string
  quota: number
  seconds: number
  /** Whether the remaining quota is exact. It is not when several counters share the limit. */
  isExact: boolean
}

export interface ProblemExtras {
  errors?: FieldError[]
  /** Seconds to wait before a retry can succeed. */
  retryAfter?: number
  /** The seq of the message that the caller's nonce has, told to someone who may no longer read it. */
  seq?: number
  /** When the caller may post again, in ISO 8601. */
  nextPostAt?: string
  /** What a log-in goes on with, once the password was right. */
  challenge?: string
  /** The limit that was reached. */
  policy?: Policy
  /** Methods to name in the `Allow` header of a 405. */
  allow?: string[]
}

/** The only error that modules throw on purpose: a code and a sentence that a user may be shown. */
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

/** What lies under an error, for a log or to look into: the error of a failed statement quotes its parameters, this one does not. */
export function rootOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  return error.cause instanceof Error ? rootOf(error.cause) : error
}

/** A guest asked for what takes an account of one's own. `act` completes "Guests may not". */
export const registrationRequired = (act: string) =>
  new ApiError(
    'registration_required',
    `Guests may not ${act}. Choose a username and a password first.`,
  )
