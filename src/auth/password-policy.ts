import { ApiError } from '../errors'

/** So many different characters at least: `aaaaaaaa` and `abababab` are on no list. */
const MIN_DISTINCT = 3

/** What the service is called: the first words that come to mind where somebody chooses a password for it. */
const SERVICE = ['chatroom', 'chat room', 'chat-room']
/** So many characters before and after a name make no password of it: `chatroom2026`. */
const MAX_BESIDE_NAME = 4

let common: Promise<ReadonlySet<string>> | undefined

/**
 * Throws `invalid` for a password that many people have, or that is one of the user's own names or the service's with
 * little before or after it (any case). The list
 * is the passwords of leaks in @zxcvbn-ts/language-common; it is unpacked by the first call.
 */
export async function requireUncommon(
  password: string,
  names: (string | null | undefined)[],
): Promise<void> {
  const lower = password.toLowerCase()
  const own = names.flatMap((name) => (name ? [name.toLowerCase(), localPart(name)] : []))
  if (new Set(lower).size < MIN_DISTINCT) throw tooCommon('repeats too few characters')
  if (own.some((name) => isHardlyMore(lower, name)))
    throw tooCommon('is little more than your own name')
  if (SERVICE.some((name) => isHardlyMore(lower, name)))
    throw tooCommon('is little more than the name of the service')
  common ??= load()
  if ((await common).has(lower)) throw tooCommon('is one that many people have')
}

const isHardlyMore = (password: string, name: string): boolean =>
  password.includes(name) && password.length - name.length <= MAX_BESIDE_NAME

const localPart = (name: string) => name.toLowerCase().replace(/@.*$/, '')

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Set(dictionary['passwords-common'])
}

const tooCommon = (message: string) =>
  new ApiError('invalid', `password: it ${message}. Choose another one.`, {
    errors: [{ path: 'password', message }],
  })
