import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { Refusal } from './refusal.mjs'

const FILE = '.dev.vars'
// The service refuses what is shorter, too: src/middleware/require-configuration.ts.
const MIN_LENGTH = 32

/** Makes the local TOKEN_SECRET where there is no file of secrets. */
export function makeSecret() {
  if (existsSync(FILE)) return
  const secret = randomBytes(32).toString('hex')
  writeFileSync(FILE, `TOKEN_SECRET=${secret}\n`, { mode: 0o600 })
}

/** Throws a refusal where the file of secrets has no TOKEN_SECRET or a short one. */
export function checkSecret() {
  const secret = lastSecret(readFileSync(FILE, 'utf8'))
  if (secret.length >= MIN_LENGTH) return
  const found = secret ? `has ${secret.length} characters` : 'is blank or missing'
  throw new Refusal(
    `TOKEN_SECRET in ${FILE} ${found}, and it signs every token: give it ${MIN_LENGTH} or more. Remove ${FILE} to get a new one; a new one signs everybody out.`,
  )
}

/**
 * What dotenv reads of a line `TOKEN_SECRET=value`: the last one counts, quotes and a comment behind do not.
 * @param {string} text
 */
function lastSecret(text) {
  const lines = [...text.matchAll(/^\s*(?:export\s+)?TOKEN_SECRET\s*[=:][ \t]*(.*)$/gm)]
  const value = (lines.at(-1)?.[1] ?? '').trim()
  const quoted = /^(['"`])(.*?)\1/.exec(value)
  return quoted ? (quoted[2] ?? '').trim() : (value.split('#')[0] ?? '').trim()
}
