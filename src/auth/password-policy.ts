import { ApiError } from '../errors'

/** So many different characters at least: `aaaaaaaa` and `abababab` are on no list. */
const MIN_DISTINCT = 3

let common: Promise<ReadonlySet<string>> | undefined

/**
 * Throws `invalid` for a password that many people have, or that is one of the user's own names (any case). The list
 * is the passwords of leaks in @zxcvbn-ts/language-common; it is unpacked by the first call.
 */
export async function requireUncommon(
  password: string,
  names: (string | null | undefined)[],
): Promise<void> {
  const lower = password.toLowerCase()
  const own = names.flatMap((name) => (name ? [name.toLowerCase(), localPart(name)] : []))
  if (new Set(lower).size < MIN_DISTINCT) throw tooCommon('repeats too few characters')
  if (own.includes(lower)) throw tooCommon('is your own name')
  common ??= load()
  if ((await common).has(lower)) throw tooCommon('is one that many people have')
}

const localPart = (name: string) => name.toLowerCase().replace(/@.*$/, '')

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Set(dictionary['passwords-common'])
}

const tooCommon = (message: string) =>
  new ApiError('invalid', `password: it ${message}. Choose another one.`, {
    errors: [{ path: 'password', message }],
  })
