import { useFeatures } from '../../app/features'
import { IssuerButton } from '../issuer-button'

/** Logging in once more where one comes from. What was to be done is done again after that. */
export function IdentityProof() {
  const issuers = useFeatures()?.identityIssuers ?? []
  if (issuers.length === 0)
    return <p class="dialog-text">Log out and log in again where you come from.</p>
  return (
    <div class="form">
      {issuers.map((issuer) => (
        <IssuerButton key={issuer} issuer={issuer} isProof />
      ))}
    </div>
  )
}
