import { base64url, CompactSign, exportJWK, exportSPKI, generateKeyPair } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { verifyIdentityToken } from '../../src/auth/identity-tokens'
import { stopClock } from '../fixtures/clock'
import * as issuers from '../fixtures/issuers'
import {
  ALGORITHMS,
  AUDIENCE,
  claimsOf,
  ISSUER,
  SHARED,
  signShared,
  signWith,
} from '../fixtures/issuers'

let keys: Awaited<ReturnType<typeof issuers.createKeys>>
let set: Awaited<ReturnType<typeof issuers.publicSet>>
let asked: ReturnType<typeof issuers.publish>

beforeAll(async () => {
  keys = await issuers.createKeys()
  set = await issuers.publicSet(keys)
})
beforeEach(() => {
  asked = issuers.publish(() => set)
})
afterEach(() => void vi.restoreAllMocks())

const IDENTITY_ISSUERS = issuers.settingOf()
const verify = (token: string, nonce?: string, now = Date.now(), setting = IDENTITY_ISSUERS) =>
  verifyIdentityToken({ IDENTITY_ISSUERS: setting }, token, nonce, now)
const seconds = () => Math.floor(Date.now() / 1000)
const json = (value: unknown) => base64url.encode(JSON.stringify(value))
const part = (token: string, index: number) => token.split('.')[index] as string
const replaced = (token: string, index: number, value: string) =>
  token.split('.').with(index, value).join('.')
const es = (claims = claimsOf(), kid?: string) => signWith('ES256', keys.ES256, claims, kid)
const signature = (token: string) => base64url.decode(part(token, 2))
const withSignature = (token: string, bytes: Uint8Array) =>
  replaced(token, 2, base64url.encode(bytes))

describe('a token of an issuer that is trusted', () => {
  it.each(ALGORITHMS)('that %s signed says who somebody is', async (alg) => {
    const claims = claimsOf({ name: 'Ana', auth_time: seconds() - 60 })
    const identity = await verify(await signWith(alg, keys[alg], claims))
    expect(identity).toEqual({
      issuer: ISSUER,
      subject: 'user-1',
      name: 'Ana',
      provenAt: (claims.auth_time as number) * 1000,
    })
  })

  it('that a shared key signed does, too', async () => {
    expect((await verify(await signShared())).subject).toBe('user-1')
  })

  it('may be for several, with a nonce, and from a clock that is 20 s ahead or behind', async () => {
    const many = { aud: ['other', AUDIENCE], azp: AUDIENCE, nonce: 'n-1' }
    expect((await verify(await es(claimsOf(many)), 'n-1')).subject).toBe('user-1')
    const ahead = claimsOf({ iat: seconds() + 20, nbf: seconds() + 20 })
    expect((await verify(await es(ahead))).provenAt).toBeLessThanOrEqual(Date.now())
    expect((await verify(await es(claimsOf({ exp: seconds() - 20 })))).subject).toBe('user-1')
  })
})

/** Tokens that nobody may get in with. Each is made when its turn comes. */
const forged: Record<string, () => string | Promise<string>> = {
  nothing: () => '',
  'a word': () => 'token',
  'two dots': () => '..',
  'three dots': () => '...',
  'one part': async () => part(await es(), 0),
  'two parts': async () => (await es()).split('.').slice(0, 2).join('.'),
  'four parts': async () => `${await es()}.${part(await es(), 2)}`,
  'five parts, as if encrypted': async () => `${await es()}.a.b`,
  'no header': async () => replaced(await es(), 0, ''),
  'no payload': async () => replaced(await es(), 1, ''),
  'no signature': async () => replaced(await es(), 2, ''),
  'a header that is no JSON': async () => replaced(await es(), 0, base64url.encode('{')),
  'a header that is a list': async () => replaced(await es(), 0, json([])),
  'a header that is null': async () => replaced(await es(), 0, json(null)),
  'a payload that is no JSON': async () => replaced(await es(), 1, base64url.encode('{')),
  'a payload that is a list': async () => replaced(await es(), 1, json([claimsOf()])),
  'a payload that is a text': async () => replaced(await es(), 1, json('user-1')),
  'padding behind the signature': async () => `${await es()}==`,
  'padding behind the header': async () => replaced(await es(), 0, `${part(await es(), 0)}=`),
  'base64 that is not url-safe': async () =>
    replaced(await es(), 2, `+/${part(await es(), 2).slice(2)}`),
  'a space before': async () => ` ${await es()}`,
  'a line break behind': async () => `${await es()}\n`,
  'a null byte inside': async () => (await es()).replace('.', '.\0'),
  'characters of no alphabet': async () => replaced(await es(), 2, '🦆'.repeat(20)),
  'stray bits behind the last byte of the signature': async () => {
    const token = await es()
    const last = token.at(-1) as string
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    return token.slice(0, -1) + alphabet[alphabet.indexOf(last) + 1]
  },
  'alg none without a signature': () => `${json({ alg: 'none' })}.${json(claimsOf())}.`,
  'alg none with a signature': async () => replaced(await es(), 0, json({ alg: 'none' })),
  'alg None': async () => replaced(await es(), 0, json({ alg: 'None', kid: 'ES256' })),
  'alg NONE': async () => replaced(await es(), 0, json({ alg: 'NONE', kid: 'ES256' })),
  'no alg': async () => replaced(await es(), 0, json({ kid: 'ES256' })),
  'an empty alg': async () => replaced(await es(), 0, json({ alg: '' })),
  'alg null': async () => replaced(await es(), 0, json({ alg: null })),
  'alg as a list': async () => replaced(await es(), 0, json({ alg: ['ES256'] })),
  'alg in lower case': async () => replaced(await es(), 0, json({ alg: 'es256', kid: 'ES256' })),
  'alg __proto__': async () => replaced(await es(), 0, json({ alg: '__proto__' })),
  'alg constructor': async () => replaced(await es(), 0, json({ alg: 'constructor' })),
  'alg ES384': async () => replaced(await es(), 0, json({ alg: 'ES384', kid: 'ES256' })),
  'alg ES256K': async () => replaced(await es(), 0, json({ alg: 'ES256K', kid: 'ES256' })),
  'alg PS256 by the RSA key': async () => {
    const { privateKey } = await generateKeyPair('PS256', { extractable: true })
    return compact({ alg: 'PS256', kid: 'RS256' }, privateKey)
  },
  'alg RS1': async () => replaced(await es(), 0, json({ alg: 'RS1', kid: 'RS256' })),
  'alg RS512': async () => replaced(await es(), 0, json({ alg: 'RS512', kid: 'RS256' })),
  'HS256 by the public RSA key as PEM': async () =>
    confused(await exportSPKI(keys.RS256.publicKey)),
  'HS256 by the public EC key as PEM': async () => confused(await exportSPKI(keys.ES256.publicKey)),
  'HS256 by the public EC key as JWK': async () =>
    confused(JSON.stringify(await exportJWK(keys.ES256.publicKey))),
  'HS256 by the published set': () => confused(JSON.stringify(set)),
  'HS256 by the modulus': async () => confused((await exportJWK(keys.RS256.publicKey)).n as string),
  'HS256 by an empty key': async () =>
    `${json({ alg: 'HS256' })}.${json(claimsOf())}.${'A'.repeat(43)}`,
  'HS256 by the shared key of another issuer': () => confused(SHARED.key),
  'the shared issuer, by another key': () => signShared({}, 'another key of thirty-two characters'),
  'the shared issuer, by the key with a space': () => signShared({}, `${SHARED.key} `),
  'the shared issuer, by a key of the other issuer': () => es(claimsOf({ iss: SHARED.issuer })),
  'the shared issuer, alg HS512': () =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(claimsOf({ iss: SHARED.issuer }))))
      .setProtectedHeader({ alg: 'HS512' })
      .sign(new TextEncoder().encode(SHARED.key.repeat(2))),
  'the shared issuer, a signature cut short': async () => {
    const token = await signShared()
    return withSignature(token, signature(token).slice(0, 16))
  },
  'a bit of the signature flipped': async () => {
    const token = await es()
    const bytes = signature(token)
    bytes[10] = (bytes[10] as number) ^ 1
    return withSignature(token, bytes)
  },
  'a signature cut short': async () => {
    const token = await es()
    return withSignature(token, signature(token).slice(0, -1))
  },
  'half of a signature': async () => {
    const token = await es()
    return withSignature(token, signature(token).slice(0, 32))
  },
  'a signature twice': async () => {
    const token = await es()
    return withSignature(token, new Uint8Array([...signature(token), ...signature(token)]))
  },
  'a byte more behind a signature': async () => {
    const token = await es()
    return withSignature(token, new Uint8Array([...signature(token), 0]))
  },
  'a signature of zeros: r and s are 0': async () => withSignature(await es(), new Uint8Array(64)),
  'r is 0': async () => {
    const token = await es()
    return withSignature(token, signature(token).fill(0, 0, 32))
  },
  's is 0': async () => {
    const token = await es()
    return withSignature(token, signature(token).fill(0, 32))
  },
  'r is the order of the curve': async () => withSignature(await es(), rs(ORDER, ONE)),
  's is the order of the curve': async () => withSignature(await es(), rs(ONE, ORDER)),
  'r and s are 1': async () => withSignature(await es(), rs(ONE, ONE)),
  'r and s are as great as can be': async () =>
    withSignature(await es(), new Uint8Array(64).fill(255)),
  'an ECDSA signature in DER': async () => {
    const token = await es()
    const bytes = signature(token)
    const der = [0x30, 0x44, 2, 32, ...bytes.slice(0, 32), 2, 32, ...bytes.slice(32)]
    return withSignature(token, new Uint8Array(der))
  },
  'an RSA signature of zeros': async () =>
    withSignature(await signWith('RS256', keys.RS256, claimsOf()), new Uint8Array(256)),
  'an RSA signature of one byte': async () =>
    withSignature(await signWith('RS256', keys.RS256, claimsOf()), new Uint8Array([1])),
  'an RSA signature with a zero before it': async () => {
    const token = await signWith('RS256', keys.RS256, claimsOf())
    return withSignature(token, new Uint8Array([0, ...signature(token)]))
  },
  'an Ed25519 signature of zeros': async () =>
    withSignature(await signWith('EdDSA', keys.EdDSA, claimsOf()), new Uint8Array(64)),
  'an Ed25519 signature cut short': async () => {
    const token = await signWith('EdDSA', keys.EdDSA, claimsOf())
    return withSignature(token, signature(token).slice(0, 63))
  },
  'the point of order one, which anything verifies by': async () => {
    const token = await signWith('EdDSA', keys.EdDSA, claimsOf())
    return withSignature(token, new Uint8Array(64).fill(1, 0, 1))
  },
  'another payload under a signature': async () =>
    replaced(await es(), 1, json(claimsOf({ sub: 'admin' }))),
  'another header over a signature': async () =>
    replaced(await es(), 0, json({ alg: 'ES256', kid: 'ES256', typ: 'JWT' })),
  'the signature of another token': async () =>
    replaced(await es(), 2, part(await es(claimsOf({ sub: 'user-2' })), 2)),
  'a key of nobody': async () => signWith('ES256', await generateKeyPair('ES256'), claimsOf()),
  'an RSA key of nobody': async () => signWith('RS256', await generateKeyPair('RS256'), claimsOf()),
  'an Ed25519 key of nobody': async () =>
    signWith('EdDSA', await generateKeyPair('EdDSA'), claimsOf()),
  'another curve': async () => {
    const { privateKey } = await generateKeyPair('ES384')
    return compact({ alg: 'ES384', kid: 'ES256' }, privateKey)
  },
  'an ES256 token that names the RSA key': () => es(claimsOf(), 'RS256'),
  'an RS256 token that names the EC key': () => signWith('RS256', keys.RS256, claimsOf(), 'ES256'),
  'a kid that nobody has': () => es(claimsOf(), 'other'),
  'a kid that is a path': () => es(claimsOf(), '../../dev/null'),
  'a kid that is SQL': () => es(claimsOf(), "ES256' or '1'='1"),
  'a kid that is an address': () => es(claimsOf(), 'https://evil.example/jwks'),
  'a kid __proto__': () => es(claimsOf(), '__proto__'),
  'a kid that is a number': () => compact({ alg: 'ES256', kid: 1 as never }, keys.ES256.privateKey),
  'a key of its own in the header': () => withHeader(async (jwk) => ({ jwk })),
  'an address of keys in the header': () =>
    withHeader(async () => ({ jku: 'https://evil.example/jwks' })),
  'a certificate in the header': () =>
    withHeader(async () => ({ x5u: 'https://evil.example/x', x5c: ['a'] })),
  'critical headers': () =>
    compact({ alg: 'ES256', kid: 'ES256', crit: ['b64'], b64: true }, keys.ES256.privateKey),
  'critical headers that nobody knows': async () =>
    replaced(await es(), 0, json({ alg: 'ES256', kid: 'ES256', crit: ['exp'], exp: 1 })),
  'no critical headers, in a list': async () =>
    replaced(await es(), 0, json({ alg: 'ES256', kid: 'ES256', crit: [] })),
  'an access token': () =>
    compact({ alg: 'ES256', kid: 'ES256', typ: 'at+jwt' }, keys.ES256.privateKey),
  'a log-out token': () =>
    compact({ alg: 'ES256', kid: 'ES256', typ: 'logout+jwt' }, keys.ES256.privateKey),
  'a token in a token': async () =>
    compact({ alg: 'ES256', kid: 'ES256', cty: 'JWT' }, keys.ES256.privateKey, await es()),
  'a huge one': () => es(claimsOf({ name: 'x'.repeat(9000) })),
  'a deep one': async () => replaced(await es(), 1, base64url.encode('['.repeat(4000))),
  'no issuer': () => es(claimsOf({ iss: undefined as never })),
  'another issuer': () => es(claimsOf({ iss: 'https://evil.example' })),
  'an issuer with a slash more': () => es(claimsOf({ iss: `${ISSUER}/` })),
  'an issuer in capitals': () => es(claimsOf({ iss: ISSUER.toUpperCase() })),
  'an issuer that is a list': () => es(claimsOf({ iss: [ISSUER] as never })),
  'an issuer __proto__': () => es(claimsOf({ iss: '__proto__' })),
  'no audience': () => es(claimsOf({ aud: undefined as never })),
  'another audience': () => es(claimsOf({ aud: 'other' })),
  'an audience that begins alike': () => es(claimsOf({ aud: `${AUDIENCE}.evil` })),
  'no audience in a list': () => es(claimsOf({ aud: [] })),
  'several audiences, made for another': () =>
    es(claimsOf({ aud: [AUDIENCE, 'other'], azp: 'other' })),
  'no subject': () => es(claimsOf({ sub: undefined as never })),
  'an empty subject': () => es(claimsOf({ sub: '' })),
  'a subject that is a number': () => es(claimsOf({ sub: 1 as never })),
  'a subject of 256 characters': () => es(claimsOf({ sub: 'x'.repeat(256) })),
  'no end': () => es(claimsOf({ exp: undefined as never })),
  'an end that has passed': () => es(claimsOf({ exp: seconds() - 31 })),
  'an end that is a text': () => es(claimsOf({ exp: '9999999999' as never })),
  'no beginning': () => es(claimsOf({ iat: undefined as never })),
  'a beginning that is a text': () => es(claimsOf({ iat: `${seconds()}` as never })),
  'a beginning ahead': () => es(claimsOf({ iat: seconds() + 60 })),
  'a beginning too long ago': () => es(claimsOf({ iat: seconds() - 700, exp: seconds() + 300 })),
  'not valid yet': () => es(claimsOf({ nbf: seconds() + 60 })),
  'a nonce that nobody sent': () => es(claimsOf({ nonce: 'n-1' })),
}

const ORDER = [...base64(`ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551`)]
const ONE = [...new Uint8Array(31), 1]
const rs = (r: number[], s: number[]) => new Uint8Array([...r, ...s])
function base64(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
}

const compact = (header: object, key: CryptoKey, payload = JSON.stringify(claimsOf())) =>
  new CompactSign(new TextEncoder().encode(payload))
    .setProtectedHeader(header as never)
    .sign(key, { crit: { b64: true } })

/** Signed by HS256 with what the issuer publishes, or another text. */
const confused = (key: string) =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(claimsOf())))
    .setProtectedHeader({ alg: 'HS256', kid: 'ES256' })
    .sign(new TextEncoder().encode(key))

async function withHeader(more: (jwk: object) => Promise<object>): Promise<string> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  return compact(
    { alg: 'ES256', kid: 'ES256', ...(await more(await exportJWK(publicKey))) },
    privateKey,
  )
}

describe('nobody gets in', () => {
  it.each(Object.entries(forged))('by a token with %s', async (_, make) => {
    const refusal = await verify(await make()).then(
      () => 'accepted',
      (error: { code?: string }) => error.code,
    )
    expect(refusal).toBe('identity_refused')
  })

  it(`by any of ${Object.keys(forged).length} such tokens`, () => {
    expect(Object.keys(forged).length).toBeGreaterThan(100)
  })

  it('by another nonce, or without one', async () => {
    for (const nonce of ['n-2', undefined]) {
      await expect(verify(await es(claimsOf({ nonce: 'n-1' })), nonce)).rejects.toThrow('nonce')
    }
    await expect(verify(await es(), 'n-1')).rejects.toThrow('nonce')
  })

  it('by an algorithm that the operator did not name', async () => {
    const setting = issuers.settingOf(ISSUER, ['RS256'])
    await expect(verify(await es(), undefined, Date.now(), setting)).rejects.toThrow('algorithm')
  })

  it('where no issuer is trusted', async () => {
    await expect(verifyIdentityToken({}, await es(), undefined, Date.now())).rejects.toThrow(
      'nobody',
    )
  })

  it.each([
    ['no JSON', '{'],
    [
      'a public key beside HS256',
      JSON.stringify([
        { issuer: 'a', audience: 'b', algorithms: ['HS256'], jwks: 'https://a.example/jwks' },
      ]),
    ],
    [
      'a shared key that is short',
      JSON.stringify([{ issuer: 'a', audience: 'b', sharedKey: 'short' }]),
    ],
    [
      'keys over plain HTTP',
      JSON.stringify([
        { issuer: 'a', audience: 'b', algorithms: ['ES256'], jwks: 'http://a.example/jwks' },
      ]),
    ],
    [
      'no algorithm',
      JSON.stringify([
        { issuer: 'a', audience: 'b', algorithms: [], jwks: 'https://a.example/jwks' },
      ]),
    ],
    [
      'none',
      JSON.stringify([
        { issuer: 'a', audience: 'b', algorithms: ['none'], jwks: 'https://a.example/jwks' },
      ]),
    ],
  ])('by a setting that has %s, and the log holds no key', async (_, setting) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    await expect(verify(await es(), undefined, Date.now(), setting)).rejects.toMatchObject({
      code: 'unavailable',
    })
    expect(JSON.stringify(log.mock.calls)).not.toContain('short')
  })
})

describe('the published keys', () => {
  const own = (name: string) => `https://${name}.example.com`
  const ask = async (issuer: string, kid?: string) =>
    verify(
      await es(claimsOf({ iss: issuer }), kid),
      undefined,
      Date.now(),
      issuers.settingOf(issuer),
    )

  it('are fetched once for many at a time, and for ten minutes', async () => {
    const clock = stopClock()
    await Promise.all(Array.from({ length: 20 }, () => ask(own('many'))))
    expect(asked).toHaveBeenCalledTimes(1)
    clock.advance(9 * 60_000)
    await ask(own('many'))
    expect(asked).toHaveBeenCalledTimes(1)
    clock.advance(2 * 60_000)
    await ask(own('many'))
    expect(asked).toHaveBeenCalledTimes(2)
  })

  it('are fetched again for a key that is not among them, but once in 30 seconds', async () => {
    const clock = stopClock()
    await ask(own('rotating'))
    clock.advance(31_000)
    for (let i = 0; i < 10; i += 1) {
      await expect(ask(own('rotating'), `made-up-${i}`)).rejects.toMatchObject({
        code: 'identity_refused',
      })
    }
    expect(asked).toHaveBeenCalledTimes(2)
    clock.advance(31_000)
    const next = await issuers.publicSet({ next: keys.ES256 })
    asked.mockImplementation(async () => Response.json(next))
    expect((await ask(own('rotating'), 'next')).subject).toBe('user-1')
  })

  it('stay good while the issuer is down', async () => {
    const clock = stopClock()
    vi.spyOn(console, 'error').mockImplementation(() => {})
    await ask(own('shaky'))
    clock.advance(11 * 60_000)
    asked.mockRejectedValue(new Error('down'))
    expect((await ask(own('shaky'))).subject).toBe('user-1')
  })

  it.each([
    ['nothing', () => Promise.reject(new Error('down'))],
    ['an error', async () => new Response('no', { status: 500 })],
    [
      'a redirection',
      async () => new Response(null, { status: 302, headers: { Location: ISSUER } }),
    ],
    ['what is no JSON', async () => new Response('<html>')],
    ['what is no set', async () => Response.json({ keys: 'none' })],
    ['more than 64 KiB', async () => Response.json({ keys: [], more: 'x'.repeat(70_000) })],
    [
      'a thousand keys',
      async () => Response.json({ keys: Array.from({ length: 1000 }, () => ({ kty: 'EC' })) }),
    ],
  ])('that answer %s let nobody in: 503', async (what, answer) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    asked.mockImplementation(answer)
    await expect(ask(own(what.replaceAll(' ', '-').toLowerCase()))).rejects.toMatchObject({
      code: 'unavailable',
    })
  })
})
