import { Secret, TOTP } from 'otpauth'

const PERIOD_SECONDS = 30
/** How many steps a clock may be off, either way. */
const WINDOW = 1
const SECRET_BYTES = 20

/** A new secret, base32. */
export const newSecret = (): string =>
  new Secret({
    buffer: crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).buffer,
  }).base32

/** What authenticator apps read, as a link or from a QR code. */
export const uriOf = (
  secret: string,
  { issuer, username }: { issuer: string; username: string },
): string => totp(secret, { issuer, label: username }).toString()

/** The time step that a code is of: now, the one before or the one after. Undefined for any other code. */
export function stepOf(secret: string, code: string, now: number): number | undefined {
  const delta = totp(secret).validate({ token: code, timestamp: now, window: WINDOW })
  return delta === null ? undefined : Math.floor(now / 1000 / PERIOD_SECONDS) + delta
}

// What every authenticator app can do: SHA-1, six digits, 30 seconds.
const totp = (secret: string, named: { issuer?: string; label?: string } = {}) =>
  new TOTP({
    ...named,
    secret: Secret.fromBase32(secret),
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_SECONDS,
  })
