import { createMiddleware } from 'hono/factory'
import { ApiError } from '../errors'
import type { AppEnv } from '../http/context'

/** `npm start` refuses what is shorter, too: scripts/start/token-secret.mjs. */
const MIN_LENGTH = 32

// The secret of an isolate does not change, so each request after the first compares two equal strings.
// It begins as nothing that a secret can be: one that is missing is `undefined`.
let accepted: string | null = null
let isLogged = false

/** Answers nothing without a TOKEN_SECRET worth its name: an account would be made and its tokens could not be signed. */
export const requireTokenSecret = createMiddleware<AppEnv>(function requireTokenSecret(c, next) {
  if (c.env.TOKEN_SECRET !== accepted) accept(c.env.TOKEN_SECRET)
  return next()
})

function accept(secret: string | undefined): void {
  const { length } = secret?.trim() ?? ''
  if (length >= MIN_LENGTH) {
    accepted = secret ?? null
    return
  }
  // Once: who asks again would flood the log.
  if (!isLogged) {
    const found = length === 0 ? 'is blank or missing' : `has only ${length} characters`
    const message = `TOKEN_SECRET ${found}, so every request is answered 503. Set one of ${MIN_LENGTH} or more: npx --no-install wrangler secret put TOKEN_SECRET`
    console.error({ level: 'error', work: 'configuration', message })
  }
  isLogged = true
  throw new ApiError(
    'unavailable',
    'The service is not set up yet. Its log tells the operator what is missing.',
    { retryAfter: 60 },
  )
}
