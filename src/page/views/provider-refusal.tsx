import { useFeatures } from '../app/features'
import { sentenceOfReason } from '../app/identity'

/** Why nobody is logged in by an identity provider, and what else there is. */
export function ProviderRefusal({ reason }: { reason: string }) {
  const features = useFeatures()
  return (
    <div class="welcome-note welcome-refusal" role="status">
      <p>{sentenceOfReason(reason)}</p>
      <p>
        If you can no longer log in there, log in here by a password or a passkey.
        {features?.email &&
          ' You have neither? “Forgot your password?” sends a link to your verified e-mail address, by which you choose a password, also your first.'}
      </p>
    </div>
  )
}
