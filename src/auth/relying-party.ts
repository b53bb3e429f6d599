import { ApiError } from '../errors'

/** Whom passkeys are made for: a domain, and the pages of it that may ask for them. */
export interface RelyingParty {
  /** The domain. A passkey works on it and below, and nowhere else. */
  id: string
  isOrigin(origin: string): boolean
}

type Settings = Pick<Env, 'PUBLIC_URL' | 'PASSKEY_ORIGINS' | 'PASSKEY_DOMAIN'>

const LOCAL = 'localhost'
const isLocal = (hostname: string) => hostname === LOCAL || hostname === '127.0.0.1'

/** `url` is that of a request: without settings, only this machine has passkeys. Throws `forbidden`. */
export function relyingPartyOf(env: Settings, url: string): RelyingParty {
  const origins = (env.PASSKEY_ORIGINS || env.PUBLIC_URL)
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '')
    .map((origin) => new URL(origin))
  const [first] = origins
  const id = env.PASSKEY_DOMAIN || (first ? hostOf(first) : isLocal(new URL(url).hostname) && LOCAL)
  if (!id)
    throw new ApiError('forbidden', 'There are no passkeys here: nobody said for which page.')
  return {
    id,
    // Of a front end that is being written, each tool serves another port.
    isOrigin: (origin) =>
      origins.some((known) => known.origin === origin) ||
      (id === LOCAL && /^http:\/\/localhost(:\d+)?$/.test(origin)),
  }
}

const hostOf = ({ hostname }: URL) => (isLocal(hostname) ? LOCAL : hostname)
