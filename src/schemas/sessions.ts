import { z } from 'zod'
import { GivenEmail } from './emails'
import { RecoveryCode, TotpCode } from './factors'
import { CodeVerifier, LogInCode } from './identity'
import { page } from './pages'
import { PasskeyAssertion } from './passkeys'
import { ExpiresIn, Id, Timestamp } from './primitives'
import { Me } from './users'

const IdentityToken = z.string().min(1).max(8192).meta({
  example: 'eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiI0MiJ9.c2ln',
})

const Nonce = z.string().min(1).max(255).optional().meta({
  description: 'The `nonce` of the identity token, where it has one.',
  example: 'n-0S6_WzA2Mj',
})

export const NewSession = z
  .strictObject({
    username: z.string().max(254).toLowerCase().optional().meta({ example: 'ana.lopez' }),
    email: GivenEmail.optional().meta({ description: 'One that was verified.' }),
    password: z.string().max(1024).optional().meta({ example: 'correct horse battery staple' }),
    deviceToken: z.string().max(2048).optional().meta({
      description:
        'What this device was given when somebody signed in on it, with a password or a passkey. With it, wrong passwords tried elsewhere do not keep you out, and no letter tells of a new device.',
      example: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTk5In0.c2ln',
    }),
  })
  .extend({
    identityToken: IdentityToken.optional().meta({
      description:
        'Instead of all others: a JWT of an issuer that the operator trusts (`IDENTITY_ISSUERS`), by which it says who you are.',
    }),
    nonce: Nonce,
    code: LogInCode,
    codeVerifier: CodeVerifier,
    challenge: z.string().min(1).max(2048).optional().meta({
      description:
        'Of the `second_factor_required` that a right password was answered with. Send a `totp` or a `recoveryCode` with it, and nothing else.',
      example: 'eyJhbGciOiJIUzI1NiJ9.eyJwd2QiOiJ4In0.c2ln',
    }),
    totp: TotpCode.optional(),
    recoveryCode: RecoveryCode.optional(),
    passkey: PasskeyAssertion.optional(),
  })
  .superRefine((input, { addIssue }) => {
    const refuse = (path: string, message: string) =>
      addIssue({ code: 'custom', path: [path], message })
    const { username, email, password, identityToken, deviceToken, nonce } = input
    const { code, codeVerifier, challenge, totp, recoveryCode } = input
    const hasMore = [username, email, password, deviceToken].some((field) => field !== undefined)
    const hasIdentity = identityToken !== undefined || nonce !== undefined
    if (input.passkey !== undefined) {
      const { passkey: _, deviceToken: __, ...more } = input
      if (Object.values(more).some((field) => field !== undefined))
        refuse('passkey', 'goes with nothing but a deviceToken')
      return
    }
    if (challenge !== undefined) {
      if (hasMore || hasIdentity || code !== undefined || codeVerifier !== undefined)
        refuse('challenge', 'goes with a totp or a recoveryCode, and nothing else')
      if ((totp === undefined) === (recoveryCode === undefined))
        refuse('totp', 'give either a totp or a recoveryCode')
      return
    }
    if (totp !== undefined) refuse('totp', 'goes with a challenge')
    if (recoveryCode !== undefined) refuse('recoveryCode', 'goes with a challenge')
    if (code !== undefined || codeVerifier !== undefined) {
      if (code === undefined || codeVerifier === undefined)
        refuse('code', 'goes with a codeVerifier')
      if (hasMore || hasIdentity) refuse('code', 'goes with nothing but a codeVerifier')
    } else if (identityToken === undefined) {
      if (nonce !== undefined) refuse('nonce', 'goes with an identityToken')
      if (password === undefined) refuse('password', 'is required')
      if ((username === undefined) === (email === undefined)) {
        refuse('username', 'give either a username or an email')
      }
    } else if (hasMore) {
      refuse('identityToken', 'goes with nothing but a nonce')
    }
  })
  .meta({
    id: 'NewSession',
    example: { username: 'ana.lopez', password: 'correct horse battery staple' },
  })
export type NewSession = z.infer<typeof NewSession>

export const Proof = z
  .strictObject({
    password: z.string().max(1024).optional().meta({ example: 'correct horse battery staple' }),
    identityToken: IdentityToken.optional().meta({
      description: 'Instead of a password: an identity token that is new, for the same user.',
    }),
    nonce: Nonce,
    code: LogInCode,
    codeVerifier: CodeVerifier,
    totp: TotpCode.optional().meta({
      description: 'Beside the password, where your account asks for it.',
    }),
    recoveryCode: RecoveryCode.optional(),
    passkey: PasskeyAssertion.optional(),
  })
  .refine(
    ({ password, totp, recoveryCode }) =>
      (password !== undefined || (totp === undefined && recoveryCode === undefined)) &&
      (totp === undefined || recoveryCode === undefined),
    { message: 'goes with a password, without a recoveryCode', path: ['totp'] },
  )
  .refine(
    ({ password, identityToken, code, passkey }) =>
      [password, identityToken, code, passkey].filter((proof) => proof !== undefined).length === 1,
    {
      message: 'give one of a password, a passkey, an identityToken and a code',
      path: ['password'],
    },
  )
  .refine(({ code, codeVerifier }) => (code === undefined) === (codeVerifier === undefined), {
    message: 'goes with a codeVerifier',
    path: ['code'],
  })
  .meta({ id: 'Proof', example: { password: 'correct horse battery staple' } })
export type Proof = z.infer<typeof Proof>

export const RefreshInput = z
  .strictObject({
    refreshToken: z
      .string()
      .min(1)
      .max(2048)
      .meta({ example: 'eyJhbGciOiJIUzI1NiJ9.eyJnZW4iOjB9.c2ln' }),
  })
  .meta({ id: 'RefreshInput' })
export type RefreshInput = z.infer<typeof RefreshInput>

export const Tokens = z
  .strictObject({
    id: Id,
    accessToken: z.string().meta({ example: 'eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOiIwMTk5In0.c2ln' }),
    accessExpiresAt: Timestamp.meta({ example: '2026-11-22T20:45:21.000Z' }),
    accessExpiresIn: ExpiresIn,
    refreshToken: z.string().meta({ example: 'eyJhbGciOiJIUzI1NiJ9.eyJnZW4iOjB9.c2ln' }),
    refreshExpiresAt: Timestamp.meta({ example: '2027-01-21T20:35:21.000Z' }),
    refreshExpiresIn: ExpiresIn.meta({ example: 5_184_000 }),
  })
  .meta({ id: 'Tokens' })
export type Tokens = z.infer<typeof Tokens>

const DeviceToken = z.string().meta({
  description:
    'Keep it on this device, also after the session: send it with the next log-in. It signs nobody in.',
  example: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTk5In0.c2ln',
})

const signedIn = { me: Me, session: Tokens, deviceToken: DeviceToken }

/** The response to registering and refreshing. */
export const SignedIn = z.strictObject(signedIn).meta({ id: 'SignedIn' })
export type SignedIn = z.infer<typeof SignedIn>

const FailedLogIns = z
  .strictObject({ count: z.int().min(1).meta({ example: 3 }), lastAt: Timestamp })
  .meta({ id: 'FailedLogIns' })

/** The response to logging in. */
export const LoggedIn = z
  .strictObject({
    ...signedIn,
    restored: z.boolean().meta({
      description:
        'Whether this took back an account that was to be deleted. Tell the user: it is no longer to be.',
      example: false,
    }),
    failedLogIns: FailedLogIns.nullable().meta({
      description: 'Wrong passwords tried on your account since the log-in before. Show them.',
    }),
  })
  .meta({ id: 'LoggedIn' })
export type LoggedIn = z.infer<typeof LoggedIn>

/** A signed-in device. */
export const Session = z
  .strictObject({
    id: Id,
    name: z.string().meta({ example: 'Firefox on Linux' }),
    createdAt: Timestamp,
    lastUsedAt: Timestamp.describe('Accurate to 10 minutes, the lifetime of an access token.'),
    current: z.boolean().meta({ description: 'Whether this request uses it.' }),
    provenAt: Timestamp.meta({ description: 'When you last proved in it who you are.' }),
    methods: z.array(z.string()).meta({
      description:
        'By what: `password`, `totp` (a code of an authenticator app), `recovery_code`, `passkey`, `identity`, `app` (an app key opened it), `guest`. Expect others.',
      example: ['password', 'totp'],
    }),
  })
  .meta({ id: 'Session' })
export type Session = z.infer<typeof Session>

export const SessionPage = page(Session, 'SessionPage')
