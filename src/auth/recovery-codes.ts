import { hashToken } from './tokens'

/** Without what is read as something else: i, l, o, u. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const GROUPS = 4
const GROUP_LENGTH = 6

/** How many recovery codes a user gets at a time. */
export const RECOVERY_CODES = 10

/** Draws recovery codes of 120 bits each, in groups to be read. */
export const drawCodes = (): string[] => Array.from({ length: RECOVERY_CODES }, drawCode)

function drawCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(GROUPS * GROUP_LENGTH))
  const letters = Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join('')
  return Array.from({ length: GROUPS }, (_, group) =>
    letters.slice(group * GROUP_LENGTH, (group + 1) * GROUP_LENGTH),
  ).join('-')
}

/** The form in which a code is stored, however it was typed. It is random, so it needs no salt and no slow hash. */
export const hashCode = (code: string): Promise<string> =>
  hashToken(
    code.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1'),
  )
