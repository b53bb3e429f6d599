import type { Identity } from '../auth/identity-tokens'
import { pictureAddress } from '../auth/picture-address'
import { hashToken } from '../auth/tokens'
import type { Directory } from '../directory/database'
import * as identityPictures from '../directory/identity-pictures'
import { ApiError, rootOf } from '../errors'
import { checkAvatar } from '../media/avatars'
import { takeOfIssuer } from './avatars'
import { fetchPicture, PictureFailure } from './picture-fetch'

/**
 * Takes the picture of an identity over as the avatar of its user, unless they chose or removed theirs. Meant for the background:
 * what fails is logged and changes nothing. Returns whether the user has a new avatar.
 */
export async function take(
  { env, directory }: { env: Env; directory: Directory },
  { userId, identity }: { userId: string; identity: Identity },
  now: number,
): Promise<boolean> {
  if (identity.picture === undefined) return false
  try {
    const address = pictureAddress(identity.picture)
    if (!address) throw new PictureFailure('an address that is not asked')
    const picture = { userId, identity, hash: await hashToken(address.href) }
    const claimed = await identityPictures.claim(directory, picture, now)
    if (!claimed) return false
    const avatar = await checkAvatar(await fetchPicture(address), env)
    const owner = { env, directory, access: { userId } }
    return await takeOfIssuer(owner, avatar, { ...picture, ...claimed })
  } catch (error) {
    logFailure(identity, error)
    return false
  }
}

// What is wrong with a picture is nothing that an operator must mend. Its address is in no log.
function logFailure({ issuer }: Identity, error: unknown): void {
  const work = 'identity-picture'
  if (error instanceof PictureFailure || error instanceof ApiError) {
    const reason = error instanceof ApiError ? error.code : error.reason
    console.info(JSON.stringify({ level: 'info', work, issuer, reason }))
  } else {
    console.error({ level: 'error', work, issuer, message: rootOf(error).message })
  }
}
