import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import * as hashThrottle from './hash-throttle'

// What OWASP recommends with N = 2^14. The runtime caps N * r * p at 2^20.
const BLOCK_SIZE = 8
const PARALLELISM = 5
const SALT_BYTES = 16
const KEY_BYTES = 32

interface Parameters {
  ln: number
  r: number
  p: number
}

/** Hashes a password with a random salt. Returns a PHC string. `cost` is log2 of scrypt's N. */
export async function hash(
  password: string,
  cost: number,
  queue: hashThrottle.Queue = 'account',
): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const parameters = { ln: cost, r: BLOCK_SIZE, p: PARALLELISM }
  return format(parameters, salt, await derive(password, salt, parameters, queue))
}

/** Whether a password matches a PHC string. */
export async function verify(
  password: string,
  phc: string,
  queue: hashThrottle.Queue = 'logIn',
): Promise<boolean> {
  const { parameters, salt, key } = parse(phc)
  return timingSafeEqual(await derive(password, salt, parameters, queue), key)
}

/** Whether a hash was made with a lower cost than `cost`, the log2 of scrypt's N. */
export const needsRehash = (phc: string, cost: number): boolean => parse(phc).parameters.ln < cost

/** A hash that no password matches. Verifying against it takes as long as against a real one. */
export const dummyHash = (cost: number): string =>
  format(
    { ln: cost, r: BLOCK_SIZE, p: PARALLELISM },
    Buffer.alloc(SALT_BYTES),
    Buffer.alloc(KEY_BYTES),
  )

async function derive(
  password: string,
  salt: Buffer,
  { ln, r, p }: Parameters,
  queue: hashThrottle.Queue,
): Promise<Buffer> {
  const N = 2 ** ln
  await hashThrottle.acquire(queue, N * r * p, Date.now())
  // Node's default limit of 32 MiB would reject the next step up from N = 2^14.
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r }
  // Keyboards compose characters differently. The same password must give the same bytes.
  const normalised = password.normalize('NFC')
  return new Promise((resolve, reject) =>
    scrypt(normalised, salt, KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  )
}

const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')

const format = ({ ln, r, p }: Parameters, salt: Buffer, key: Buffer) =>
  `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(key)}`

function parse(phc: string): { parameters: Parameters; salt: Buffer; key: Buffer } {
  const match = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(phc)
  const [, ln, r, p, salt = '', key = ''] = match ?? []
  if (!match) throw new Error('A stored password hash is not a PHC string of scrypt.')
  return {
    parameters: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  }
}
