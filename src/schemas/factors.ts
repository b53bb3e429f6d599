import { z } from 'zod'
import { Timestamp } from './primitives'
import { text } from './text'

/** A code of an authenticator app. */
export const TotpCode = z
  .string()
  .regex(/^\d{6}$/, 'must be six digits')
  .meta({ description: 'What your authenticator app shows now.', example: '492039' })

export const RecoveryCode = z.string().min(1).max(64).meta({
  description:
    'In the place of a code of your authenticator app: one of those you were given to keep. Each is good once. Case, spaces and dashes do not matter.',
  example: '7k2m9q-4hd8rw-x3v6tb-p5c0zn',
})

/** What a user can log in by, and what they are asked for besides. */
export const Factors = z
  .strictObject({
    password: z.boolean().meta({ description: 'Whether you have a password.' }),
    passkeys: z.int().min(0).meta({ description: 'How many passkeys you have.', example: 1 }),
    identities: z.int().min(0).meta({
      description: 'How many accounts of identity providers open yours.',
      example: 0,
    }),
    totp: z
      .strictObject({
        since: Timestamp,
        recoveryCodes: z.int().min(0).meta({ description: 'How many you have left.', example: 10 }),
      })
      .meta({ id: 'TotpState' })
      .nullable()
      .meta({
        description:
          'Whether a log-in by password also asks for a code of your authenticator app; null where it does not.',
      }),
  })
  .meta({ id: 'Factors' })
export type Factors = z.infer<typeof Factors>

/** Shown once: what goes into an authenticator app. */
export const TotpSecret = z
  .strictObject({
    secret: z.string().meta({
      description: 'For typing it in.',
      example: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    }),
    uri: z.string().meta({
      description: 'Show it as a QR code, and as a link on a phone.',
      example:
        'otpauth://totp/chat.example.com:ana.lopez?issuer=chat.example.com&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    }),
  })
  .meta({ id: 'TotpSecret' })
export type TotpSecret = z.infer<typeof TotpSecret>

export const TotpConfirmation = z.strictObject({ totp: TotpCode }).meta({ id: 'TotpConfirmation' })

/** Shown once. */
export const RecoveryCodes = z
  .strictObject({
    recoveryCodes: z.array(z.string()).meta({
      description: 'Keep them where you keep no password. They replace any you had.',
      example: ['7k2m9q-4hd8rw-x3v6tb-p5c0zn'],
    }),
  })
  .meta({ id: 'RecoveryCodes' })
export type RecoveryCodes = z.infer<typeof RecoveryCodes>

/** Why an admin takes somebody's second factor away. */
export const TotpReset = z
  .strictObject({ reason: text(1, 500).meta({ example: 'Lost the phone; known in person.' }) })
  .meta({ id: 'TotpReset' })
