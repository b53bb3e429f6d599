import { base64url } from 'jose'
import { type Secrets, signingKey } from './tokens'

/** A secret as it is stored: encrypted with AES-256-GCM, under a key that follows from a secret of the service. */
export interface SealedSecret {
  secret: string
  /** Names the secret of the service, as the `kid` of a token does. */
  keyId: string
}

const IV_BYTES = 12
const text = new TextEncoder()

/** Encrypts a secret for its owner: nobody else's row can hold it. */
export async function seal(
  [current]: Secrets,
  { owner, plain }: { owner: string; plain: string },
): Promise<SealedSecret> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: text.encode(owner) },
    await encryptionKey(current),
    text.encode(plain),
  )
  const secret = base64url.encode(new Uint8Array([...iv, ...new Uint8Array(sealed)]))
  return { secret, keyId: (await signingKey(current)).kid }
}

/** Decrypts a secret. Undefined for that of another owner, and where the secret of the service that it needs is gone. */
export async function unseal(
  secrets: Secrets,
  { owner, sealed }: { owner: string; sealed: SealedSecret },
): Promise<string | undefined> {
  for (const secret of secrets) {
    if (!secret || (await signingKey(secret)).kid !== sealed.keyId) continue
    const bytes = base64url.decode(sealed.secret)
    const aes = {
      name: 'AES-GCM',
      iv: bytes.slice(0, IV_BYTES),
      additionalData: text.encode(owner),
    }
    const key = await encryptionKey(secret)
    return crypto.subtle.decrypt(aes, key, bytes.slice(IV_BYTES)).then(
      (plain) => new TextDecoder().decode(plain),
      () => undefined,
    )
  }
  return undefined
}

const keys = new Map<string, Promise<CryptoKey>>()

/** Not the key that signs, but one that follows from the same secret. */
function encryptionKey(secret: string): Promise<CryptoKey> {
  const cached = keys.get(secret)
  if (cached) return cached
  const made = derive(secret)
  keys.set(secret, made)
  return made
}

async function derive(secret: string): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', text.encode(secret), 'HKDF', false, [
    'deriveKey',
  ])
  const hkdf = {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: text.encode('sealed secrets'),
  }
  const aes = { name: 'AES-GCM', length: 256 }
  return crypto.subtle.deriveKey(hkdf, base, aes, false, ['encrypt', 'decrypt'])
}
