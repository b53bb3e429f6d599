import { base64url } from 'jose'
import { type Purpose, refused, verifyAssertion } from '../auth/passkeys'
import * as passkeys from '../directory/passkeys'
import type { PasskeyAssertion } from '../schemas/passkeys'
import type { AppEnv } from './context'
import { passkeyContext } from './passkey-context'

interface Request {
  env: Env
  req: { url: string }
  var: Pick<AppEnv['Variables'], 'directory' | 'now'>
}

/** Verifies the use of a passkey, once, and returns whose it is. Throws `passkey_refused`: for whatever reason, the same. */
export async function acceptPasskey(
  c: Request,
  assertion: PasskeyAssertion,
  purpose: Purpose,
): Promise<{ id: string; userId: string }> {
  const { directory, now } = c.var
  const context = passkeyContext(c)
  const passkey = await passkeys.findByCredential(directory, assertion.id)
  const { userHandle } = assertion.response
  if (userHandle && userHandle !== base64url.encode(passkey.userId)) throw refused()
  const used = await verifyAssertion(assertion, passkey, purpose, context)
  await passkeys.recordUse(directory, passkey.id, used, now)
  return passkey
}
