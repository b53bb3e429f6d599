import { useMe } from '../../../client/react/chatroom-react'
import { useFeatures } from '../../app/features'
import { IssuerButton } from '../issuer-button'

/** Logging in once more where one comes from. What was to be done is done again after that. */
export function IdentityProof() {
  const me = useMe()
  const features = useFeatures()
  const issuers = features?.identityIssuers ?? []
  if (issuers.length === 0)
    return <p class="dialog-text">Log out and log in again where you come from.</p>
  return (
    <div class="form">
      {issuers.map((issuer) => (
        <IssuerButton key={issuer} issuer={issuer} isProof />
      ))}
      {me?.emailVerified && features?.email && (
        <p class="field-hint">
          Does it not answer any more? Log out and choose “Forgot your password?”: the link that{' '}
          {me.email} is sent gives you a password.
        </p>
      )}
    </div>
  )
}
