import { relyingPartyOf } from '../auth/relying-party'
import { secretsOf } from '../auth/tokens'

/** What passkeys are made and checked for, as of a request. Throws `forbidden` where the operator has set no page for them. */
export const passkeyContext = ({
  env,
  req,
  var: { now },
}: {
  env: Env
  req: { url: string }
  var: { now: number }
}) => ({ secrets: secretsOf(env), relyingParty: relyingPartyOf(env, req.url), now })
