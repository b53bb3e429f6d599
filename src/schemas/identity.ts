import { z } from 'zod'

/** Base64url of a SHA-256. */
const Challenge = z
  .string()
  .regex(/^[\w-]{43}$/, 'must be the SHA-256 of a verifier, in base64url')
  .meta({ example: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' })

const WEB = { protocol: /^https?$/ }

export const IssuerParams = z.strictObject({
  issuer: z.string().min(1).max(32).meta({
    description: 'The name that the operator gave the issuer.',
    example: 'example',
  }),
})

export const LogInQuery = z.strictObject({
  challenge: Challenge.meta({
    description:
      'SHA-256 of a random verifier of 43 to 128 characters, in base64url, as PKCE has it (S256). Keep the verifier in `sessionStorage`.',
  }),
  returnTo: z.url(WEB).max(512).meta({
    description: 'The page to come back to: of this origin, or of one that `CORS_ORIGINS` names.',
    example: 'https://app.example.com/signed-in',
  }),
  prompt: z.enum(['login']).optional().meta({
    description: 'Asks for the password again, although the issuer knows who it is: as a proof.',
    example: 'login',
  }),
})
export type LogInQuery = z.infer<typeof LogInQuery>

/** What an issuer adds to our address: any parameters, of which these are ours to know. */
export const CallbackQuery = z.looseObject({
  state: z.string().max(4096).meta({
    description: 'What the identity provider was given. It adds `code`, or `error`.',
    example: 'eyJhbGciOiJIUzI1NiJ9.eyJ1bnRpbCI6MX0.c2ln',
  }),
})

export const LogInCode = z.string().min(1).max(255).optional().meta({
  description:
    'What a page got as `#code=` from `GET /v1/identity/{issuer}/start`. It is good once, for a minute.',
  example: '0rJ3nTnQ1p6nGm0n2bM9Xw',
})

export const CodeVerifier = z
  .string()
  .regex(/^[\w.~-]{43,128}$/, 'must be 43 to 128 characters, as PKCE has them')
  .optional()
  .meta({
    description: 'The verifier of the challenge that the page sent.',
    example: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  })
