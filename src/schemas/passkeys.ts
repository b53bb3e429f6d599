import { z } from 'zod'
import { page } from './pages'
import { Id, Timestamp } from './primitives'
import { text } from './text'

const MAX_BYTES = 16_384

const Base64Url = z
  .string()
  .regex(/^[\w-]+$/, 'must be base64url')
  .max(MAX_BYTES)

const PasskeyName = text(1, 64).meta({ example: 'Key ring' })

/** A passkey of yours. What only its authenticator knows is nowhere here. */
export const Passkey = z
  .strictObject({
    id: Id,
    name: z.string().meta({ example: 'Key ring' }),
    createdAt: Timestamp,
    lastUsedAt: Timestamp.nullable().meta({ example: null }),
    synced: z.boolean().meta({
      description: 'Whether it is on several devices, or kept by their maker.',
      example: true,
    }),
  })
  .meta({ id: 'Passkey' })
export type Passkey = z.infer<typeof Passkey>

export const PasskeyPage = page(Passkey, 'PasskeyPage')

export const PasskeyPatch = z.strictObject({ name: PasskeyName }).meta({ id: 'PasskeyPatch' })

// Browsers own these formats: what a new one adds is let through, and not looked at.
const credential = {
  id: Base64Url.meta({ example: 'bmV2ZXItdXNlZC1pZA' }),
  rawId: Base64Url.meta({ example: 'bmV2ZXItdXNlZC1pZA' }),
  type: z.literal('public-key'),
}

const ClientData = Base64Url.meta({ example: 'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0' })

/** What `navigator.credentials.create()` resolves with, as JSON. */
export const PasskeyCreation = z
  .looseObject({
    ...credential,
    response: z
      .looseObject({
        clientDataJSON: ClientData,
        attestationObject: Base64Url.meta({ example: 'o2NmbXRkbm9uZQ' }),
        transports: z
          .array(z.string().regex(/^[\w-]{1,32}$/))
          .max(8)
          .optional(),
      })
      .meta({ id: 'PasskeyCreationResponse' }),
  })
  .meta({ id: 'PasskeyCreation', description: 'A new credential, by its `toJSON()`.' })
export type PasskeyCreation = z.infer<typeof PasskeyCreation>

/** What `navigator.credentials.get()` resolves with, as JSON. */
export const PasskeyAssertion = z
  .looseObject({
    ...credential,
    response: z
      .looseObject({
        clientDataJSON: ClientData,
        authenticatorData: Base64Url.meta({
          example: 'SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2M',
        }),
        signature: Base64Url.meta({ example: 'MEUCIQ' }),
        userHandle: Base64Url.nullish(),
      })
      .meta({ id: 'PasskeyAssertionResponse' }),
  })
  .meta({ id: 'PasskeyAssertion', description: 'A credential that was used, by its `toJSON()`.' })
export type PasskeyAssertion = z.infer<typeof PasskeyAssertion>

export const NewPasskey = z
  .strictObject({
    name: PasskeyName.optional().meta({
      description: 'Without one it is named after this device.',
    }),
    credential: PasskeyCreation,
  })
  .meta({ id: 'NewPasskey' })

const Descriptor = z
  .strictObject({
    id: z.string().meta({ example: 'bmV2ZXItdXNlZC1pZA' }),
    type: z.literal('public-key'),
    transports: z.array(z.string()).meta({ example: ['internal', 'hybrid'] }),
  })
  .meta({ id: 'PasskeyDescriptor' })

const options = {
  challenge: z.string().meta({ example: 'ZXlKaGJHY2lPaUpJVXpJMU5pSjk' }),
  timeout: z.int().meta({ description: 'In milliseconds.', example: 300_000 }),
}

/** For the browser, in the format of WebAuthn level 3. */
export const PasskeyCreationOptions = z
  .strictObject({
    ...options,
    rp: z
      .strictObject({
        id: z.string().meta({ example: 'example.com' }),
        name: z.string().meta({ example: 'example.com' }),
      })
      .meta({ id: 'PasskeyDomain' }),
    user: z
      .strictObject({
        id: z.string().meta({ example: 'MDE5OWQyZjY' }),
        name: z.string().meta({ example: 'ana.lopez' }),
        displayName: z.string().meta({ example: 'Ana López' }),
      })
      .meta({ id: 'PasskeyOwner' }),
    pubKeyCredParams: z.array(
      z
        .strictObject({ alg: z.int().meta({ example: -7 }), type: z.literal('public-key') })
        .meta({ id: 'PasskeyAlgorithm' }),
    ),
    excludeCredentials: z.array(Descriptor),
    authenticatorSelection: z
      .strictObject({
        residentKey: z.literal('required'),
        requireResidentKey: z.literal(true),
        userVerification: z.literal('required'),
      })
      .meta({ id: 'PasskeyAuthenticator' }),
    attestation: z.literal('none'),
  })
  .meta({
    id: 'PasskeyCreationOptions',
    description:
      'Give it to `PublicKeyCredential.parseCreationOptionsFromJSON()`, or to `startRegistration` of `@simplewebauthn/browser`. Good once, for five minutes, in this session.',
  })
export type PasskeyCreationOptions = z.infer<typeof PasskeyCreationOptions>

export const PasskeyRequestOptions = z
  .strictObject({
    ...options,
    rpId: z.string().meta({ example: 'example.com' }),
    allowCredentials: z.array(Descriptor),
    userVerification: z.literal('required'),
  })
  .meta({
    id: 'PasskeyRequestOptions',
    description:
      'Give it to `PublicKeyCredential.parseRequestOptionsFromJSON()`, or to `startAuthentication` of `@simplewebauthn/browser`. Good once, for five minutes.',
  })
export type PasskeyRequestOptions = z.infer<typeof PasskeyRequestOptions>
