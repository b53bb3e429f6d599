import { boundedFetch } from '../auth/bounded-fetch'
import { pictureAddress } from '../auth/picture-address'
import { MAX_AVATAR_BYTES } from '../media/avatars'

/** How long each request of a picture may take, its body included. */
const TIMEOUT_MS = 3000
const MAX_REDIRECTS = 2
const REDIRECTS = [301, 302, 303, 307, 308]

/** Why no picture was fetched. `reason` has nothing of its address. */
export class PictureFailure extends Error {
  constructor(readonly reason: string) {
    super(reason)
  }
}

/**
 * Fetches a picture from a server that somebody else named, which may answer with anything. An address to which it redirects
 * has to be as good as the first. Throws `PictureFailure`.
 */
export async function fetchPicture(address: URL): Promise<Uint8Array> {
  let next = address
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await ask(next)
    if (response.status === 200) return new Uint8Array(await response.arrayBuffer())
    const location = response.headers.get('Location')
    if (location === null || !REDIRECTS.includes(response.status))
      throw new PictureFailure(`status ${response.status}`)
    const target = pictureAddress(location, next)
    if (!target) throw new PictureFailure('redirected to an address that is not asked')
    next = target
  }
  throw new PictureFailure('redirected too often')
}

// The runtime sends no cookie and no referrer, and nothing is added here.
async function ask({ href }: URL): Promise<Response> {
  try {
    return await boundedFetch(href, {
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_AVATAR_BYTES,
      headers: { Accept: 'image/*' },
    })
  } catch (error) {
    // Not its message: the runtime puts addresses there.
    throw new PictureFailure(reasonOf(error))
  }
}

function reasonOf(error: unknown): string {
  const { name } = error as Partial<Error>
  if (name === 'TimeoutError') return 'too slow'
  return name === 'RangeError' ? 'too large' : 'no answer'
}
