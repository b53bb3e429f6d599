import { z } from 'zod'
import { ApiError } from '../errors'

declare global {
  // wrangler.toml cannot say that a secret may be left out.
  interface Env {
    IDENTITY_ISSUERS?: string
  }
}

/** Whose word app keys give, and so the name of no issuer. */
export const APP_ISSUER = 'app'

/** An identity token older than this opens no session, unless its issuer says otherwise. */
const MAX_AGE_SECONDS = 600

const isLocal = ({ hostname }: URL) => ['localhost', '127.0.0.1', '[::1]'].includes(hostname)

const Address = z.url({ protocol: /^https?$/ }).refine((address) => {
  const url = new URL(address)
  return url.protocol === 'https:' || isLocal(url)
}, 'must be https')

/** How pages log in at an issuer, by the authorization code flow. `name` is the issuer's in our own addresses. */
const CodeFlow = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,32}$/),
  clientId: z.string().min(1),
  /** None of a public client. */
  clientSecret: z.string().min(1).optional(),
  authMethod: z.enum(['client_secret_basic', 'client_secret_post']).default('client_secret_basic'),
  authorizationEndpoint: Address,
  tokenEndpoint: Address,
  scope: z
    .string()
    .regex(/(^| )openid( |$)/, 'must have openid')
    .default('openid profile'),
})
export type CodeFlow = z.infer<typeof CodeFlow>

const common = {
  issuer: z
    .string()
    .min(1)
    .max(255)
    .refine((name) => name !== APP_ISSUER, 'is reserved'),
  audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  /** Whether the pictures that its tokens name become avatars. */
  pictures: z.boolean().default(true),
  maxAgeSeconds: z.int().min(60).max(86_400).default(MAX_AGE_SECONDS),
}

// A shared key signs HS256 and nothing else, published keys everything but: so no public key is ever taken for a shared one.
const Issuer = z.union([
  z.strictObject({
    ...common,
    algorithms: z.tuple([z.literal('HS256')]).default(['HS256']),
    sharedKey: z.string().min(32),
  }),
  z.strictObject({
    ...common,
    algorithms: z.array(z.enum(['RS256', 'ES256', 'EdDSA'])).min(1),
    jwks: Address,
    codeFlow: CodeFlow.optional(),
  }),
])
export type Issuer = z.infer<typeof Issuer>

const codeFlowOf = (issuer: Issuer) => ('codeFlow' in issuer ? issuer.codeFlow : undefined)
const isUnique = (names: readonly string[]) => new Set(names).size === names.length

/** Its tokens are made for the client that asks for them. */
function isForItsClient(issuer: Issuer): boolean {
  const flow = codeFlowOf(issuer)
  return !flow || [issuer.audience].flat().includes(flow.clientId)
}

const Issuers = z
  .array(Issuer)
  .refine((list) => isUnique(list.map(({ issuer }) => issuer)), 'repeats one')
  .refine((list) => isUnique(list.flatMap((one) => codeFlowOf(one)?.name ?? [])), 'repeats a name')
  .refine((list) => list.every(isForItsClient), 'has a clientId that is no audience')

const parsed = new Map<string, ReadonlyMap<string, Issuer>>()

/** The issuers whose word the operator takes, by name. Throws `unavailable` for a setting that cannot be read. */
export function issuersOf({ IDENTITY_ISSUERS = '[]' }: Pick<Env, 'IDENTITY_ISSUERS'>) {
  const known = parsed.get(IDENTITY_ISSUERS)
  if (known) return known
  const issuers = new Map(parse(IDENTITY_ISSUERS).map((issuer) => [issuer.issuer, issuer]))
  parsed.clear()
  parsed.set(IDENTITY_ISSUERS, issuers)
  return issuers
}

/** An issuer at which pages can log in. */
export interface PageIssuer {
  issuer: Issuer
  flow: CodeFlow
}

/** The issuer of this name at which pages can log in. Throws `not_found`. */
export function pageIssuer(env: Pick<Env, 'IDENTITY_ISSUERS'>, name: string): PageIssuer {
  for (const issuer of issuersOf(env).values()) {
    const flow = codeFlowOf(issuer)
    if (flow?.name === name) return { issuer, flow }
  }
  throw new ApiError('not_found', 'There is no such issuer to log in at.')
}

/** The names of all of them; of none where the setting cannot be read. */
export function pageIssuerNames(env: Pick<Env, 'IDENTITY_ISSUERS'>): string[] {
  try {
    return [...issuersOf(env).values()].flatMap((issuer) => codeFlowOf(issuer)?.name ?? [])
  } catch (error) {
    if (error instanceof ApiError) return []
    throw error
  }
}

function parse(setting: string): Issuer[] {
  try {
    return Issuers.parse(JSON.parse(setting))
  } catch (error) {
    // Only where it is wrong: the setting holds keys.
    const at = error instanceof z.ZodError ? error.issues.map(({ path }) => path.join('.')) : 'JSON'
    const message = `IDENTITY_ISSUERS cannot be read, at: ${at}`
    console.error({ level: 'error', work: 'configuration', message })
    throw new ApiError(
      'unavailable',
      'Logging in this way is not set up yet. The log tells the operator what is missing.',
      { retryAfter: 60 },
    )
  }
}
